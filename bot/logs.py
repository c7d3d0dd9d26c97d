"""Where the program's log goes. A log line is for whoever runs the bot; people in the chat never see one."""

import logging
import sys
from pathlib import Path
from typing import Final

from bot.settings.config import Log

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"

TALKATIVE: Final = (
    "aiohttp",
    "aiosqlite",
    "anthropic",
    "botocore",
    "discord",
    "google",
    "httpx2",
    "openai",
    "slack_bolt",
    "slack_sdk",
)
"""Libraries that log at "debug" what people said, and tokens with it."""


def start(settings: Log, *, otherwise: Path | None) -> None:
    """Log to the configured file, else to `otherwise`, else to standard error. Replaces what was set before.

    A file is made, with its folder, where there is none. Raises OSError.
    """
    file = settings.file or otherwise
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORM))
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
