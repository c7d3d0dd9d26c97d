"""What the README shows of the program is what the program shows."""

import re
import textwrap
from pathlib import Path
from typing import Final

import pytest

from adapters.chat.discord.failures import NEEDED
from adapters.chat.slack.manifest import scopes
from adapters.chat.slack.settings import Settings, Socket
from adapters.chat.terminal import typeset
from adapters.store.sqlite import SQLiteStore
from bot import __main__ as program
from bot import cards
from bot.commands.usage import usage
from bot.settings.config import load
from safi.ledger import Entry, Ledger
from safi.record import State
from safi.spirit import Memory, Reading
from tests.bot.cards.test_cards import record
from tests.bot.making import commands

README: Final = (Path(__file__).parents[3] / "README.md").read_text()
WORDS: Final = " ".join(README.split())
"""The same as running words."""


def entry(name: str, score: float, confidence: float) -> Entry:
    return Entry(value=name, score=score, confidence=confidence, sentence=1, reason="it shows")


def test_the_sample_of_an_audit_is_what_a_terminal_shows() -> None:
    found = (
        entry("Accuracy", 0.5, 0.75),
        entry("Usefulness", 1, 1),
        entry("Welcome", 0.5, 0.75),
        Entry(value="Independence"),
        entry("Credit", 0.5, 0.75),
    )
    audited = record(
        number=12,
        ledger=Ledger(entries=found),
        reading=Reading(coherence=8.4, confidence=0.81, drift=0.06),
    )
    shown = typeset.card(
        cards.audit_landed(audited, State(memory=Memory(folded=12))),
        typeset.Page(width=80, marks=typeset.marks_for("utf-8")),
    )
    assert "\n".join(line.plain.rstrip() for line in shown) in README


async def test_the_table_of_commands_is_the_command_table(store: SQLiteStore) -> None:
    shown = re.findall(r"^\| `(/[^`]+)` \|", README, re.MULTILINE)
    table = commands(store).values()
    assert shown == [usage(row, ("/", "/")) for row in table]
    everyones = [usage(row, ("/", "/")) for row in table if row.audience == "everyone"]
    assert everyones == shown[: shown.index("/about") + 1]


async def test_the_menus_of_messages_are_named(store: SQLiteStore) -> None:
    assert [row.menu for row in commands(store).values() if row.menu and f'"{row.menu}"' not in WORDS] == []


def test_every_configuration_that_is_shown_can_be_used(tmp_path: Path) -> None:
    shown = re.findall(r"^ *```toml\n(.*?)^ *```", README, re.MULTILINE | re.DOTALL)
    assert shown
    for text in shown:
        (tmp_path / "config.toml").write_text(textwrap.dedent(text))
        load(tmp_path / "config.toml")


def test_every_subcommand_that_is_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"safi-bot ([a-z]+)", README))
    for subcommand in sorted(named):
        with pytest.raises(SystemExit) as left:
            program.main([subcommand, "--help"])
        assert left.value.code == 0, subcommand
    assert {"run", "doctor"} <= named


def test_the_permissions_are_those_that_the_bot_asks_for() -> None:
    *most, last = NEEDED.values()
    assert f"asks for six permissions: {', '.join(most)} and {last}." in WORDS


def test_the_scopes_are_those_that_the_manifest_asks_for() -> None:
    *most, last = sorted(f"`{scope}`" for scope in scopes(Settings(name="", bot_token="", line=Socket(token=""))))
    assert f"The least that it asks for: {', '.join(most)} and {last}." in WORDS
