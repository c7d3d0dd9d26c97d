"""Keys and tokens: the configuration names a variable or a file of mode 0600 that holds one, and never holds it."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import ConfigError
from bot.settings.tables import Check, matching

VARIABLE: Final[Check] = matching(
    r"[A-Z_][A-Z0-9_]*", "that names an environment variable in capitals, as in OPENAI_API_KEY", secret=True
)
"""What the name of a variable looks like; whoever writes a key in its place is not shown it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of secret that can be told by its looks. `words` name it; `remedy`: what to do if a copy does not help."""

    words: str
    form: re.Pattern[str]
    remedy: str = ""


DISCORD_TOKEN: Final = Kind(
    words="a Discord bot's token, which is three parts joined by dots",
    form=re.compile(r"[A-Za-z0-9_-]{20,}[.][A-Za-z0-9_-]{5,}[.][A-Za-z0-9_-]{20,}"),
)
SLACK_BOT_TOKEN: Final = Kind(words="a bot token, which begins with xoxb-", form=re.compile(r"xoxb-[A-Za-z0-9-]{8,}"))
SLACK_APP_TOKEN: Final = Kind(words="an app token, which begins with xapp-", form=re.compile(r"xapp-[A-Za-z0-9-]{8,}"))
SLACK_SECRET: Final = Kind(
    words="a signing secret, which is 32 hexadecimal digits", form=re.compile(r"[0-9a-fA-F]{32}")
)

KINDS: Final = (
    DISCORD_TOKEN,
    SLACK_BOT_TOKEN,
    SLACK_APP_TOKEN,
    SLACK_SECRET,
    Kind(words="a user's token, which begins with xoxp-", form=re.compile(r"xoxp-[A-Za-z0-9-]{8,}")),
    Kind(
        words="a token that expires, since token rotation is on",
        form=re.compile(r"xoxe[.-][A-Za-z0-9.-]{8,}"),
        remedy="make the app anew with `safi-bot setup slack`, since rotation cannot be switched off again",
    ),
)
"""Every kind that is known, so that one which lies in the place of another can be named."""


def kind_of(text: str) -> Kind | None:
    """What kind of secret a text looks like; None if it looks like none."""
    return next((kind for kind in KINDS if kind.form.fullmatch(text)), None)


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
