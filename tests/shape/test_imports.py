"""Every import contract of pyproject.toml holds, and is seen to break when one import is planted against it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LINT_IMPORTS: Final = Path(sys.executable).with_name("lint-imports")

# Contract, the module that offends, and the line planted in it.
PLANTED: Final = [
    ("packages", "safi/turn.py", "import adapters.chat.port"),
    ("packages", "safi/loop.py", "from bot import wiring"),
    ("packages", "adapters/chat/port.py", "import bot"),
    ("loop", "safi/conscience.py", "from safi.coaching import coach"),
    ("loop", "safi/will.py", "from safi import intellect"),
    ("loop", "safi/loop.py", "from safi.judgecheck.cases import Case"),
    ("loop", "safi/ledger.py", "from safi.ports import Model"),
    ("program", "bot/cards/phrases.py", "from bot.turns import converse"),
    ("program", "bot/commands/desk.py", "from bot.turns.converse import Converse"),
    ("program", "bot/turns/converse.py", "from bot import wiring"),
    ("pure", "safi/spirit.py", "import asyncio"),
    ("pure", "safi/loop.py", "from random import random"),
    ("pure", "safi/will.py", "import logging"),
    ("pure", "safi/record.py", "import sqlite3"),
    ("pure", "safi/intellect.py", "import openai"),
    ("ports", "adapters/store/__init__.py", "from adapters.llm import scripted"),
    ("ports", "adapters/llm/__init__.py", "import adapters.chat.port"),
    ("wiring", "bot/turns/converse.py", "from adapters.store.sqlite import open_store"),
    ("wiring", "bot/settings/config.py", "import adapters.llm.anthropic"),
    ("wiring", "bot/app.py", "from adapters.chat.terminal import console"),
    ("wiring", "bot/serving.py", "from adapters.chat.discord.platform import Discord"),
    ("cycles", "safi/errors.py", "from safi import loop"),
    ("anthropic", "adapters/llm/openai.py", "import anthropic"),
    ("openai", "adapters/llm/embedded.py", "from openai import AsyncOpenAI"),
    ("http", "adapters/llm/openai.py", "import aiohttp"),
    ("http", "bot/turns/converse.py", "import httpx2"),
    ("lean", "adapters/llm/openai.py", "import adapters.llm.transport"),
    ("embedded", "adapters/llm/embedded.py", "import xllamacpp"),
    ("sqlite", "bot/turns/audits.py", "import sqlite3"),
    ("lock", "bot/app.py", "import filelock"),
    ("sqlite", "adapters/chat/terminal/console.py", "import sqlite3"),
    ("screen", "safi/firstpass.py", "import regex"),
    ("discord", "bot/doctor/discord.py", "import discord"),
    ("discord", "adapters/chat/port.py", "from discord import Client"),
    ("slack", "bot/wiring/chat.py", "from slack_sdk.web.async_client import AsyncWebClient"),
    ("slack", "adapters/chat/several.py", "import slack_bolt"),
    ("terminal", "bot/reports.py", "from rich.console import Console"),
    ("terminal", "adapters/chat/port.py", "import prompt_toolkit"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three packages and their contracts, in a place where they may be spoiled."""
    for package in ("safi", "adapters", "bot"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.slow
def test_every_contract_holds(copy: Path) -> None:
    held, report = lint(copy)
    assert held, report


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_planted_import_breaks_its_contract(copy: Path, contract: str, module: str, line: str) -> None:
    with (copy / module).open("a") as offender:
        offender.write(f"\n{line}\n")
    held, report = lint(copy, contract)
    assert not held
    assert f"{contracts()[contract]} BROKEN" in report


def test_every_contract_has_an_import_planted_against_it() -> None:
    assert {contract for contract, _, _ in PLANTED} == set(contracts())


def contracts() -> dict[str, str]:
    """The names of the contracts by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def lint(where: Path, *only: str) -> tuple[bool, str]:
    """Whether the named contracts, or all, hold for the packages in that folder, and the linter's report."""
    chosen = [word for contract in only for word in ("--contract", contract)]
    done = subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", *chosen],
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200"},
    )
    return done.returncode == 0, done.stdout + done.stderr
