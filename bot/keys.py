"""Keys and tokens: the configuration names a variable or a file of mode 0600 that holds one, and never holds it."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.errors import ConfigError
from bot.tables import Check, matching

VARIABLE: Final[Check] = matching(
    r"[A-Z_][A-Z0-9_]*", "that names an environment variable in capitals, as in OPENAI_API_KEY", secret=True
)
"""What the name of a variable looks like; whoever writes a key in its place is not shown it."""

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,}[.][A-Za-z0-9_-]{5,}[.][A-Za-z0-9_-]{20,}")
"""What a bot's token at Discord looks like."""


def secret(environ: Mapping[str, str], *, variable: str | None, file: Path | None, key: str) -> str | None:
    """What the file holds, or without one the variable; None where that is nothing.

    Raises ConfigError, which names `key`, if the file cannot be read, or others than its owner can read it.
    """
    if file is None:
        return (environ.get(variable, "").strip() or None) if variable else None
    if problem := file_problem(file):
        raise ConfigError([f"{key}: {problem}"])
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except UnicodeDecodeError:
        raise ConfigError([f"{key}: {file} is not UTF-8 text"]) from None  # the error holds what was read


def file_problem(path: Path) -> str | None:
    """What is wrong with a file that is to hold a secret; None if nothing is."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if not stat.S_ISREG(mode):
        return f"{path} is not a file"
    return f"{path} has mode {mode & 0o777:04o}, so others can read it; set it to 0600" if mode & 0o077 else None
