"""The other cards that a moderator gets for a command, as they are."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from adapters.chat import parsing
from adapters.chat.parsing import Call, Dialect
from adapters.chat.port import Command
from adapters.store.sqlite import SQLiteStore
from bot.cards import notices
from safi.profile import Rule
from tests.bot.making import give, given
from tests.bot.showing import shown, talked
from tests.doubles import PLACE


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    return await talked(store)


async def test_moderators_begin_at_a_panel(table: dict[str, Command]) -> None:
    assert shown(await give(table, "panel")) == snapshot("""\
◆ SAFi bot
  Who answers here: ada, the default.

  Status: /status · Latest audits: /audit list · Values: /values · Help: /help
[Status] status
[Latest audits] audit list
[Values] values
[Help] help\
""")


async def test_moderators_see_how_a_place_stands(table: dict[str, Command]) -> None:
    assert shown(await give(table, "status")) == snapshot("""\
◆ Status

  Persona    ada, the default
  Turns      2 approved, 1 suppressed
  Audits     1 remembered, 1 owed (since 2026-11-22 12:00 UTC), 0 without a ledger
  Memory     warming up, 1 of 5 audits
  Agreement  too early to tell: members and Conscience judge 1 of 1 rated answers alike
  Reports    none, among the latest 50 turns
  Models     all on scripted
  Spent      $0 of $5.00 today, $0 of $50.00 this month, in all places together
  Calls      0 today, 0 of them without an answer

  Honesty   ──────────┼━━━━━━━━━━ +1.00
  Kindness  ─────━━━━━┼────────── -0.50

  Latest audits: /audit list · Memory: /memory show
[Latest audits] audit list
[Memory] memory show
[Post to channel] status public\
""")


async def test_help_names_each_command_as_it_is_typed(table: dict[str, Command]) -> None:
    at_discord = replace(given("help"), prefixes=("/", "/safi "))
    assert shown(await table["help"].run(at_discord)) == snapshot("""\
◆ Commands

  /values                       What this persona stands for
  /why [number]                 Why it answered as it did: gate, coaching, audit
  /report [number] [reason]     Tell the moderators that a reply is not right
  /about                        What this bot is and how it works
  /safi panel                   The most used commands, as buttons
  /safi status                  How this place's persona stands
  /safi audit list [page]       The latest turns and their audits
  /safi audit show [number]     One turn: exchange, gate, coaching, scores, evidence
  /safi audit pending           The audits that are owed, longest first
  /safi persona list [page]     All personas
  /safi persona show [name]     A persona's values and rules
  /safi persona assign name     Let a persona answer in this channel
  /safi persona pause           Let nobody answer in this channel for now
  /safi persona resume          Let the persona answer in this channel again
  /safi drift show              The latest readings, and how far they drift
  /safi drift baseline          Mark where comparing later turns begins
  /safi memory show             Memory by value, and what was done to it
  /safi memory reset            Let memory start anew
  /safi memory freeze           Keep memory as it is, whatever is audited
  /safi memory thaw             Let audits go into memory again
  /safi memory restore number   Make memory what it was after a number
  /safi export audits [format]  A file with a row for each turn
  /safi export ledger [format]  A file with a row for each value and turn
  /safi help                    This list\
""")


async def test_moderators_see_drift_and_memory(table: dict[str, Command]) -> None:
    assert shown(await give(table, "drift show")) == snapshot("""\
◆ Drift
  Latest: coherence 6.6 of 10 (confidence 100%) · drift warming up (1 of 5).

  #1  coherence 6.6 of 10 (confidence 100%) · drift warming up (1 of 5)

  Drift is how far an answer's scores point away from what is remembered: 0 is not at all,
  1 is elsewhere, 2 is the very opposite.

  Memory: /memory show
[Memory] memory show
[Post to channel] drift show public\
""")
    assert shown(await give(table, "memory show")) == snapshot("""\
◆ What ada remembers here

  Holds           warming up, 1 of 5 audits
  Frozen          no
  Latest changes  none

  Honesty   ──────────┼━━━━━━━━━━ +1.00
  Kindness  ─────━━━━━┼────────── -0.50

  Bars show the remembered scores of each value, from -1 to 1.

  Drift: /drift show
[Drift] drift show
[Post to channel] memory show public\
""")


async def test_moderators_are_asked_before_memory_is_changed(table: dict[str, Command]) -> None:
    asking = replace(given("memory reset"), confirmed=False)
    assert shown(await table["memory reset"].run(asking)) == snapshot("""\
◆ Let ada's memory start anew?
  What it remembers here is set aside, and its coaching with it. It can be restored later.
[Reset memory] memory reset confirmed dangerous\
""")
    going_back = replace(given("memory restore", number=1), confirmed=False)
    assert shown(await table["memory restore"].run(going_back)) == snapshot("""\
◆ Make ada's memory what it was after #1?
  What went into it since is set aside. That too can be undone later.
[Restore memory] memory restore 1 confirmed dangerous\
""")


async def test_moderators_see_all_personas(table: dict[str, Command]) -> None:
    assert shown(await give(table, "persona list")) == snapshot("""\
◆ Personas

  ada (answers here)
  bob
[Post to channel] persona list public\
""")


def test_moderators_are_called_to_a_message_and_at_a_console_to_the_turn() -> None:
    rules = (Rule(id="in-danger", text="Someone is in danger.", notify=True),)
    assert shown(notices.person_needed(rules)) == snapshot("""\
◆ A person is needed: please look
  A message or a draft met the rule in-danger, which calls for a moderator.

  Rule in-danger  Someone is in danger.

  See why: /why
[See why] why\
""")


async def test_every_button_that_can_be_typed_is_understood_as_what_it_does(table: dict[str, Command]) -> None:
    rows = tuple(table.values())
    cards = [await give(table, name) for name, row in table.items() if not any(o.required for o in row.options)]
    buttons = [button for card in cards for button in card.buttons if not (button.target or button.public)]
    assert len(buttons) > 10
    for button in buttons:
        typed = " ".join([button.command, *map(str, button.arguments.values())])
        call = parsing.understand(typed, rows, place=PLACE, author="ann", dialect=Dialect(prefix="/"))
        assert isinstance(call, Call)
        assert (call.command.name, call.invocation.arguments) == (button.command, button.arguments)
