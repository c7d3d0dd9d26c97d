"""What moderators do to a memory, on the real store: what changes, what the card says, and what undoes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Command
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot import cards
from safi.errors import ModelUnavailable
from safi.ports import Landed
from safi.record import State, fold
from safi.spirit import Memory
from tests.bot.making import SCOPE, auditing, commands, conversing, drawn, give, given, press, text_of
from tests.bot.test_app import app
from tests.doubles import NOON, PLACE, FakeChat, HandClock, in_turn, inbound, ledger_text, scopes_with, small_profile

GOOD, BAD = ledger_text(Honesty=1, Kindness=1), ledger_text(Honesty=-1, Kindness=-1)


@pytest.fixture
def table(store: SQLiteStore) -> dict[str, Command]:
    return commands(store)


async def asked(store: SQLiteStore, *numbers: int) -> None:
    """Turns that are sent and owe their audits."""
    for number in numbers:
        converse = conversing(store, FakeChat(), fresh=lambda number=number: f"turn-{number}")
        await converse.hear(inbound(f"Question {number}?", number))


async def audited(store: SQLiteStore, *answers: str) -> None:
    """All audits that are due, each with the next of these answers."""
    audits = auditing(store, in_turn(*answers), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()


async def m(store: SQLiteStore) -> Sequence[float | None]:
    return [None if value is None else round(value, 9) for value in (await store.state(SCOPE)).memory.m]


async def done(store: SQLiteStore) -> list[tuple[int | None, str, str]]:
    return [(each.number, each.kind, each.actor) for each in reversed(await store.operations(SCOPE, limit=9))]


async def test_a_reset_lets_memory_start_anew_and_is_undone_by_a_restore(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1)
    await audited(store, GOOD)
    assert drawn(await give(table, "memory reset")) == snapshot("""\
◆ Memory reset
  It starts anew and warms up again.

  Number 2 of this memory's record. It is in force now.

  Undo: /memory restore 1\
""")
    assert (await store.state(SCOPE)).memory == Memory()
    assert drawn(await give(table, "memory restore", number=1)) == snapshot("""\
◆ Memory restored
  It is what it was after #1.

  Number 3 of this memory's record. It is in force now.

  Undo: /memory restore 2\
""")
    assert await m(store) == [1, 1]
    assert await done(store) == [(2, "reset", "ann"), (3, "restore", "ann")]


async def test_a_restore_is_undone_by_another(store: SQLiteStore, table: dict[str, Command]) -> None:
    await asked(store, 1, 2)
    await audited(store, GOOD, BAD)
    before = await m(store)
    (undo,) = (await give(table, "memory restore", number=1)).buttons
    assert await m(store) == [1, 1]
    (yes,) = (await press(table, undo)).buttons
    await press(table, yes)
    assert await m(store) == before


async def test_a_reset_and_a_restore_ask_first_and_are_done_by_the_button_of_the_question(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1)
    await audited(store, GOOD)
    for asking in (given("memory reset"), given("memory restore", number=1)):
        card = await table[asking.command].run(replace(asking, confirmed=False))
        (yes,) = card.buttons
        assert (yes.command, yes.arguments, yes.confirmed, yes.dangerous) == (
            asking.command,
            asking.arguments,
            True,
            True,
        )
        assert "ada's memory" in card.title
        assert not drawn(card).endswith("/memory reset")
    assert await done(store) == []
    await press(table, yes)
    assert await done(store) == [(2, "restore", "ann")]


async def test_a_frozen_memory_holds_while_audits_are_made_and_shown_until_it_thaws(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1)
    await audited(store, GOOD)
    assert drawn(await give(table, "memory freeze")) == snapshot("""\
◆ Memory frozen
  Audits go on and are shown, and memory holds as it is.

  Number 2 of this memory's record. It is in force now.

  Undo: /memory thaw\
""")
    await asked(store, 3)
    await audited(store, BAD)
    assert await m(store) == [1, 1]
    (latest,) = await store.turns(SCOPE, limit=1)
    shown = cards.audit_landed(latest, await store.state(SCOPE)).sentence
    assert shown == "coherence 1.0 of 10 (confidence 100%) · drift warming up (1 of 5) · memory frozen"
    assert drawn(await give(table, "memory thaw")) == snapshot("""\
◆ Memory thawed
  Audits go into memory again; those of the time between stay out of it.

  Number 4 of this memory's record. It is in force now.

  Undo: /memory freeze\
""")
    await asked(store, 5)
    await audited(store, BAD)
    assert await m(store) != [1, 1]


async def test_what_is_frozen_is_not_frozen_again_nor_thawed_twice(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    assert (await give(table, "memory thaw")).title == "Memory is not frozen"
    await give(table, "memory freeze")
    assert drawn(await give(table, "memory freeze")) == snapshot("""\
◆ Memory is frozen already
  Nothing was done: it is frozen since 2026-11-22 12:00 UTC (#1).

  Thaw: /memory thaw\
""")
    await give(table, "memory thaw")
    assert drawn(await give(table, "memory thaw")) == snapshot("""\
◆ Memory is not frozen
  Nothing was done.\
""")
    assert [kind for _, kind, _ in await done(store)] == ["freeze", "thaw"]


async def test_an_act_waits_for_the_audits_before_it_and_says_so(store: SQLiteStore, table: dict[str, Command]) -> None:
    await asked(store, 1, 2)
    assert drawn(await give(table, "memory reset")) == snapshot("""\
◆ Memory reset
  It starts anew and warms up again.

  Number 3 of this memory's record. It waits for 2 audits before it, and is in force then.

  It can be undone once it is in force.

  Undo: /memory restore 2\
""")
    await give(table, "memory freeze")
    assert (await give(table, "memory freeze")).sentence == snapshot(
        "Nothing was done: it is frozen from #4, which waits for 2 audits before it."
    )
    assert drawn(await give(table, "memory show")) == snapshot("""\
◆ What ada remembers here
  Nothing is remembered here.

  Holds           warming up, 0 of 5 audits
  Frozen          from #4, which waits for 2 audits before it
  Latest changes  #4  2026-11-22 12:00 UTC  memory frozen, by ann (waits for 2 audits
                  before it)
                  #3  2026-11-22 12:00 UTC  memory reset, by ann (waits for 2 audits
                  before it)

  Drift: /drift show\
""")
    await audited(store, GOOD)
    assert await store.state(SCOPE) == State(frozen=True)
    assert dict((await give(table, "memory show")).fields)["Frozen"] == "since 2026-11-22 12:00 UTC (#4)"
    await asked(store, 5)
    await give(table, "memory thaw")
    assert drawn(await give(table, "memory thaw")) == snapshot("""\
◆ Memory thaws already
  Nothing was done: it is frozen until #6, which waits for 1 audit before it.\
""")
    assert dict((await give(table, "memory show")).fields)["Frozen"] == snapshot(
        "until #6, which waits for 1 audit before it"
    )


async def test_an_audit_that_is_owed_for_a_number_passed_over_holds_nothing_up(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1, 2)

    def second_alone(request: object) -> str | Exception:
        return ModelUnavailable("busy") if "Question 1?" in str(request).rpartition('"message"')[2] else GOOD

    audits = auditing(store, ScriptedModel(second_alone), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    assert "waits for 1 audit before it" in text_of(await give(table, "drift baseline"))
    await store.pass_over(fold, blocked_since=NOON + timedelta(hours=1), at=NOON)
    assert await store.audits_owed() == 1
    assert "It is in force now." in text_of(await give(table, "drift baseline"))


async def test_a_number_that_is_not_in_memory_cannot_be_restored_and_nothing_is_recorded(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1)
    for number in (1, 99):
        card = await give(table, "memory restore", number=number)
        assert card.title == f"There is no memory after #{number}"
        assert card.sentence.startswith("Nothing was done: that number has not gone into memory yet")
    assert await done(store) == []


async def test_a_baseline_leaves_memory_as_it_is(store: SQLiteStore, table: dict[str, Command]) -> None:
    await asked(store, 1)
    await audited(store, GOOD)
    before = await store.state(SCOPE)
    assert drawn(await give(table, "drift baseline")) == snapshot("""\
◆ Baseline set
  From here on is what later turns are to be compared with; memory stays as it is.

  Number 2 of this memory's record. It is in force now.\
""")
    assert await store.state(SCOPE) == before


async def test_the_first_number_of_a_memory_has_nothing_before_it_to_go_back_to(table: dict[str, Command]) -> None:
    assert (await give(table, "memory reset")).buttons == ()


async def test_readings_from_before_a_reset_keep_their_drift(store: SQLiteStore, table: dict[str, Command]) -> None:
    await asked(store, *range(1, 7))
    await audited(store, GOOD)
    await give(table, "memory reset")
    await asked(store, 8)
    await audited(store, GOOD)
    assert [words.rpartition(" · ")[2] for _, words in (await give(table, "drift show")).fields] == snapshot(
        [
            "drift warming up (1 of 5)",
            "drift 0.00",
            "drift 0.00",
            "drift warming up (4 of 5)",
            "drift warming up (3 of 5)",
            "drift warming up (2 of 5)",
            "drift warming up (1 of 5)",
        ]
    )


async def test_memory_show_says_what_was_done_by_whom_a_profile_edited_between_two_runs_too(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await asked(store, 1)
    await audited(store, ledger_text(Honesty=1, Kindness=None))
    for command in ("memory reset", "memory freeze", "memory thaw", "drift baseline"):
        await give(table, command)
    await give(table, "memory restore", number=1)
    edited = scopes_with(small_profile(worldview="You are Ada, and older."))
    program = app(store, FakeChat(script=lambda handlers: handlers.hear(inbound("Hm?", 8))), [])
    await replace(program, converse=replace(program.converse, scopes=edited)).run(patient=True)
    assert drawn(await give(table, "memory show")) == snapshot("""\
◆ What ada remembers here

  Holds           warming up, 2 of 5 audits
  Frozen          no
  Latest changes  #7  2026-11-22 12:00 UTC  profile changed, by the configuration
                  #6  2026-11-22 12:00 UTC  memory restored to what it was after #1, by
                  ann
                  #5  2026-11-22 12:00 UTC  baseline set, by ann
                  #4  2026-11-22 12:00 UTC  memory thawed, by ann
                  #3  2026-11-22 12:00 UTC  memory frozen, by ann

  Honesty   ──────────┼━━━━━━━━━━ +1.00
  Kindness  ──────────┼━━━━━━━━━━ +1.00

  Bars show the remembered scores of each value, from -1 to 1.

  Drift: /drift show\
""")


async def test_whoever_was_erased_is_no_longer_named(store: SQLiteStore, table: dict[str, Command]) -> None:
    await asked(store, 1)
    await give(table, "drift baseline")
    await store.erase("ann", workspace=PLACE.workspace, actor="ann", step=fold, at=NOON)
    assert text_of(await give(table, "memory show")).count("baseline set, by someone who was erased since") == 1


async def test_status_says_that_memory_is_frozen_and_that_there_is_a_legal_hold(store: SQLiteStore) -> None:
    table = commands(store, held=True)
    await give(table, "memory freeze")
    card = await give(table, "status")
    assert card.sentence == "A legal hold keeps everything: nothing expires, and erasures wait."
    assert dict(card.fields)["Memory"] == "warming up, 0 of 5 audits; frozen since 2026-11-22 12:00 UTC (#1)"
