"""The log: what goes into it at which level."""

import logging
from pathlib import Path
from typing import Literal

import pytest

from bot import logs
from bot.settings.config import Log

LIBRARIES = (
    "discord.gateway",
    "discord.http",
    "discord.webhook.async_",
    "openai._base_client",
    "aiosqlite",
    "slack_bolt.AsyncApp",
    "slack_bolt.AsyncSocketModeHandler",
    "slack_sdk.web.async_base_client",
    "slack_sdk.socket_mode.aiohttp",
)


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_library_writes_down_what_people_said(tmp_path: Path, level: Literal["debug", "info"]) -> None:
    file = tmp_path / "folder" / "safi.log"
    logs.start(Log(level=level, file=file), otherwise=None)
    for name in LIBRARIES:
        logging.getLogger(name).debug("a secret")
        logging.getLogger(name).info("%s is there", name)
    logging.getLogger("bot").debug("our own")
    text = file.read_text()
    assert "secret" not in text
    assert text.count("is there") == len(LIBRARIES)
    assert ("our own" in text) is (level == "debug")


def test_libraries_are_no_louder_than_all_else(tmp_path: Path) -> None:
    file = tmp_path / "safi.log"
    logs.start(Log(level="error", file=file), otherwise=None)
    logging.getLogger("discord.client").warning("careful")
    assert not file.read_text()
