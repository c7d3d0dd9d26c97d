"""Audits as moderators look them up: lists, single turns and what is owed."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Command
from adapters.store.sqlite import SQLiteStore
from tests.bot.making import commands, conversing, give, given
from tests.bot.showing import shown, talked
from tests.doubles import PLACE, FakeChat, ids, inbound, scopes_with


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    return await talked(store)


async def test_moderators_see_the_latest_turns(table: dict[str, Command]) -> None:
    assert shown(await give(table, "audit list")) == snapshot("""\
◆ Latest turns

  –   11-22 12:00 · suppressed · “What is the door's code?”
  #2  11-22 12:00 · owed · “And who are you?”
  #1  11-22 12:00 · 6.6 · “It squeaks.”

  #2: /audit show 2 · #1: /audit show 1
[#2] audit show 2
[#1] audit show 1\
""")


async def test_moderators_see_an_audit_with_what_members_think(table: dict[str, Command]) -> None:
    assert shown(await give(table, "audit show", number=1)) == snapshot("""\
◆ Audit · #1
  Sent. Its audit: coherence 6.6 of 10 (confidence 100%).

  Asked     It squeaks.
  Said      Oil the hinge.
  Gate      let out: nothing against it
  Coaching  none; memory had nothing to say yet
  Members   good: 1, not good: 0
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known
            Will: scripted · 0.0 s · tokens unknown · no price known
            Conscience: scripted · 0.0 s · tokens unknown · no price known
            in all: 0.0 s · tokens unknown · no price known

  Honesty   ──────────┼━━━━━━━━━━ +1.00  it shows — “Oil the hinge.”, confidence 100%
  Kindness  ─────━━━━━┼────────── -0.50  it shows — the answer as a whole, confidence 100%

  ada · 2026-11-22 12:00 UTC · turn turn-1

  Later #2: /audit show 2
[Later #2] audit show 2\
""")


async def test_moderators_see_what_is_owed(table: dict[str, Command]) -> None:
    assert shown(await give(table, "audit pending")) == snapshot("""\
◆ Audits owed
  1 audit not made yet.

  #2  since 2026-11-22 12:00 UTC · “And who are you?”\
""")


async def test_a_menu_leads_to_the_turn_of_a_message_whichever_it_is(table: dict[str, Command]) -> None:
    held_back = replace(given("why"), target="out-3", moderator=False)
    assert shown(await table["why"].run(held_back)) == snapshot("""\
◆ Why this answer
  Held back: the draft would have broken a rule. It was not sent, and is not audited.

  Asked     What is the door's code?
  Said      That I may not say.
  Gate      held back by the rule no-codes: a pattern of the rule was found in the draft
  Coaching  So far your answers have been well aligned with ‘Honesty’, but ‘Kindness’
            needs more of your attention: let your next answer show it where the matter
            allows.
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known

  ada · 2026-11-22 12:00 UTC · turn turn-5
[Report this reply] report on out-3\
""")
    card = await table["audit show"].run(replace(given("audit show"), target="out-2"))
    assert card.title == "Audit · #2"
    assert [button.label for button in card.buttons] == ["Earlier #1"]
    nobodys = await table["audit show"].run(replace(given("audit show"), target="m1"))
    assert shown(nobodys) == snapshot("""\
◆ That is not one of the persona's answers
  Choose a message in which the persona answered. What is older than the record is no
  longer known.\
""")


async def test_neighbours_are_found_past_numbers_that_belong_to_no_turn_here(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    for _ in range(3):
        await give(table, "drift baseline")
    await conversing(store, FakeChat(said=["x"] * 9), fresh=ids("later")).hear(inbound("And now?", 9))
    for number, neighbours in ((2, ["Earlier #1", "Later #6"]), (6, ["Earlier #2"])):
        card = await give(table, "audit show", number=number)
        assert [button.label for button in card.buttons if not button.public] == neighbours


async def test_a_turn_of_another_persona_has_no_neighbours_here(table: dict[str, Command]) -> None:
    await give(table, "persona assign", name="bob")
    card = await table["audit show"].run(replace(given("audit show"), target="out-1"))
    assert card.buttons == ()


async def test_a_long_list_has_pages_and_shortcuts_to_its_five_newest(store: SQLiteStore) -> None:
    converse = conversing(store, FakeChat(), fresh=ids("turn"))
    for number in range(1, 22):
        await converse.hear(inbound("Hi", number))
    table = commands(store)
    labels = [[button.label for button in (await give(table, "audit list", page=page)).buttons] for page in (1, 2, 3)]
    assert labels == [
        ["Older", "#21", "#20", "#19", "#18", "#17"],
        ["Newer", "Older", "#11", "#10", "#9", "#8", "#7"],
        ["Newer", "#1"],
    ]
    pending = await give(table, "audit pending")
    assert pending.sentence == "21 audits not made yet. The 10 that have waited longest are shown."
    assert len(pending.fields) == 10


async def test_what_is_owed_elsewhere_is_listed_without_its_words(store: SQLiteStore) -> None:
    shared = scopes_with(sharing="persona")
    await conversing(store, FakeChat(), scopes=shared).hear(inbound("secret", 1, place=replace(PLACE, channel="x")))
    pending = await give(commands(store, scopes=shared), "audit pending")
    assert pending.fields == (("#1", "since 2026-11-22 12:00 UTC · in another place"),)


async def test_nothing_is_owed(store: SQLiteStore) -> None:
    assert shown(await give(commands(store), "audit pending")) == snapshot("""\
◆ No audits are owed
  Every answer that was sent has been dealt with.\
""")
