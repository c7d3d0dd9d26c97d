"""What tests of `run` and `doctor` on a platform have in common: a folder, a configuration, the program that serves."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from llmock.pytest_plugin import LLMock

from bot.cli import run
from bot.cli.opening import chosen, configured, opening
from bot.doctor import rounds
from bot.doctor.finding import Finding
from tests.bot.examining import ROLES, written
from tests.doubles import clear

NOWHERE: Final = "http://127.0.0.1:9/v1"

DISCORD_TOKEN: Final = f"{'A' * 24}.{'b' * 6}.{'c' * 38}"


def settled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In that folder, with no token, no model that answers, and all the time that a busy machine needs."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(run, "_PATIENCE", 600.0)
    monkeypatch.setattr(rounds, "PLATFORM", 600.0)
    monkeypatch.setenv("MY_KEY", "sk-test")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


def configuration(folder: Path, tables: str) -> Path:
    """The platforms' tables, with models that are never asked."""
    return written(folder, NOWHERE, roles=f"{ROLES}{tables}")


def answering(folder: Path, tables: str, llmock: LLMock) -> Path:
    """The platforms' tables, with models one of which drafts "Oil the hinge." and the other finds nothing wrong."""
    llmock.reply("Oil the hinge.", times=None, provider="anthropic")
    llmock.reply(clear(), times=None, provider="openai")
    drafts = f'[providers.drafts]\napi = "anthropic"\nbase_url = "{llmock.base_url("anthropic")}"\n'
    roles = '[roles]\nintellect = "drafts:m"\nwill = "mine:judge"\nconscience = "mine:judge"\n'
    return written(folder, llmock.base_url("openai"), roles=f"{drafts}{roles}{tables}")


def told(finding: Finding) -> tuple[str, str, str | None]:
    """What the doctor says of something."""
    return finding.state, finding.sentence, finding.remedy


async def served(file: Path, tell: Callable[[str], None] = print, *, unchecked_judges: bool = True) -> None:
    """The program as `safi-bot run` runs it, in this loop."""
    config = configured(file)
    start = opening(config, chosen(config, os.environ), os.environ)
    await run.whole(start, unchecked_judges=unchecked_judges, tell=tell)


@asynccontextmanager
async def greeted(file: Path) -> AsyncGenerator[list[str]]:
    """The program once it has said all that it says when it is there; whoever leaves waits for its end."""
    said, there = list[str](), asyncio.Event()

    def tell(line: str) -> None:
        said.append(line)
        if line == "Ctrl-C stops it.":
            there.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(served(file, tell))
        await there.wait()
        yield said
