"""Every command, given after a real conversation on the real store: what the card says."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.chat.port import Command
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot import cards
from bot.cards import findings, turns
from bot.commands.usage import usage
from safi.errors import ModelUnavailable
from safi.ports import Call, Landed, Reply
from safi.usage import Usage
from tests.bot.making import SCOPE, auditing, commands, conversing, give, given, text_of
from tests.doubles import (
    NOON,
    PLACE,
    FakeChat,
    HandClock,
    ids,
    in_turn,
    inbound,
    ledger_text,
    scopes_with,
    small_profile,
)

SECOND = timedelta(seconds=1)
PREFIXES = ("/", "/")

ASKED = {
    1: "It squeaks.",
    2: "What is the door's code?",
    3: "And who are you?",
    4: "Still there?",
}


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    """Four turns: two sent and audited (the second unreadably), one held back, one that failed."""
    drafts = in_turn("Oil the hinge.", "The code is 99.", "I am Ada.", ModelUnavailable("busy"))
    converse = conversing(store, FakeChat(), intellect=drafts, fresh=ids("turn"))
    for number, text in ASKED.items():
        await converse.hear(inbound(text, number))
    audits = auditing(store, in_turn(ledger_text(Honesty=1, Kindness=-0.5), "rubbish"), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    other = small_profile(name="bob", worldview="You are Bob.")
    return commands(store, scopes=scopes_with(small_profile(), other))


async def test_values_shows_worldview_values_shares_and_rules(table: dict[str, Command]) -> None:
    shown = text_of(await give(table, "values"))
    for words in ("ada", "keeps the workshop's notes", "Honesty · 50%: says what is so", "Never give a door code."):
        assert words in shown
    assert "RUBRIC" not in shown


async def test_why_without_a_number_speaks_of_the_latest_turn(table: dict[str, Command]) -> None:
    shown = text_of(await give(table, "why"))
    assert "Asked: Still there?" in shown
    assert "Said: Words fail me." in shown
    assert "there was no draft: the model could not be reached in time\n" in shown
    assert "time (busy)" in text_of(await table["audit show"].run(replace(given("audit show"), target="out-4")))


async def test_why_with_a_number_shows_gate_coaching_and_every_value_with_its_evidence(
    table: dict[str, Command],
) -> None:
    card = await give(table, "why", number=1)
    shown = text_of(card)
    assert "Gate: let out: nothing against it" in shown
    assert "Coaching: none; memory had nothing to say yet" in shown
    assert "Its audit: coherence 6.6 of 10 (confidence 100%)" in shown
    assert [(bar.label, bar.value) for bar in card.bars] == [("Honesty", 1.0), ("Kindness", -0.5)]
    assert card.bars[0].note == "it shows — “Oil the hinge.”, confidence 100%"
    assert card.bars[1].note == "it shows — the answer as a whole, confidence 100%"


async def test_a_number_that_is_not_there_is_said_so(table: dict[str, Command]) -> None:
    for name in ("why", "audit show"):
        assert (await give(table, name, number=99)).title == "There is no audit #99 here"


async def test_what_was_said_in_one_place_is_not_shown_in_another(store: SQLiteStore) -> None:
    shared = scopes_with(sharing="persona")
    await conversing(store, FakeChat(), scopes=shared).hear(inbound("my secret", 1))
    table = commands(store, scopes=shared)
    elsewhere = replace(PLACE, channel="public")
    for name, arguments in (("why", {}), ("why", {"number": 1}), ("audit show", {"number": 1}), ("audit list", {})):
        asked = replace(given(name), arguments=arguments, place=elsewhere, author="eve")
        assert "secret" not in text_of(await table[name].run(asked))
        assert "secret" in text_of(await table[name].run(replace(asked, place=PLACE)))


async def test_status_counts_turns_by_outcome_and_audits_by_fate(table: dict[str, Command]) -> None:
    shown = text_of(await give(table, "status"))
    assert "Turns: 2 approved, 1 failed, 1 suppressed" in shown
    assert "Audits: 1 remembered, 0 owed, 1 without a ledger" in shown
    assert "Memory: warming up, 1 of 5 audits" in shown
    assert "Models: all on scripted" in shown


async def test_status_tells_todays_spending_from_the_months_in_utc(
    table: dict[str, Command], store: SQLiteStore
) -> None:
    begin = NOON.replace(hour=0)
    moments = (NOON, begin, begin - SECOND, begin.replace(day=1), begin.replace(day=1) - SECOND)
    for cost, at in zip((1, 2, 4, 8, 16), moments, strict=True):
        usage = Usage(model="vendor:m", seconds=1.0, cost=cost)
        store.note(Call(at=at, role="will", fate="answered" if at == NOON else "answer_empty", usage=usage))
    fields = dict((await give(table, "status")).fields)
    assert [fields["Spent"], fields["Calls"]] == [
        "about $3.00 of $5.00 today, about $15.00 of $50.00 this month, in all places together",
        "2 today, 1 of them without an answer",
    ]


async def test_why_and_audit_show_say_what_each_faculty_took(table: dict[str, Command]) -> None:
    for command in ("why", "audit show"):
        took = dict((await give(table, command, number=1)).fields)["Took"]
        assert [line.partition(":")[0] for line in took.splitlines()] == ["Intellect", "Will", "Conscience", "in all"]


async def test_audit_list_has_a_line_for_every_turn_and_says_what_became_of_it(table: dict[str, Command]) -> None:
    assert (await give(table, "audit list")).fields == (
        ("–", "11-22 12:00 · failed · “Still there?”"),
        ("#2", "11-22 12:00 · given up · “And who are you?”"),
        ("–", "11-22 12:00 · suppressed · “What is the door's code?”"),
        ("#1", "11-22 12:00 · 6.6 · “It squeaks.”"),
    )


async def test_audit_list_has_pages(table: dict[str, Command]) -> None:
    assert (await give(table, "audit list", page=2)).title == "No turns"


async def test_audit_show_says_why_a_draft_was_held_back_and_never_what_it_was(table: dict[str, Command]) -> None:
    shown = text_of(await give(table, "audit show", number=2))
    assert "I am Ada." in shown
    assert "none; memory stays as it was" in shown
    suppressed = [card for card in [await give(table, "audit list")] if "99" in text_of(card)]
    assert suppressed == []


async def test_drift_show_has_the_latest_readings_and_memory_show_a_bar_a_value(table: dict[str, Command]) -> None:
    drift, memory = await give(table, "drift show"), await give(table, "memory show")
    assert drift.sentence == "Latest: coherence 6.6 of 10 (confidence 100%) · drift warming up (1 of 5)."
    assert (drift.bars, memory.sentence) == ((), "")
    assert [(bar.label, round(bar.value or 0, 9)) for bar in memory.bars] == [("Honesty", 1.0), ("Kindness", -0.5)]


async def test_persona_list_marks_who_answers_here(table: dict[str, Command]) -> None:
    assert (await give(table, "persona list")).lines == ("ada (answers here)", "bob")


async def test_persona_show_knows_every_persona_and_names_the_nearest_for_others(table: dict[str, Command]) -> None:
    assert "You are Bob." in text_of(await give(table, "persona show", name="bob"))
    assert "ada" in (await give(table, "persona show")).title
    assert (await give(table, "persona show", name="bop")).sentence == "Did you mean bob?"
    assert (await give(table, "persona show", name="eve")).sentence == "None has a name that is like it."
    (option,) = table["persona show"].options
    assert option.choices is not None
    assert option.choices() == ("ada", "bob")


async def test_help_lists_every_command_with_its_arguments(table: dict[str, Command]) -> None:
    card = await give(table, "help")
    assert [name for name, _ in card.fields] == [usage(command, PREFIXES) for command in table.values()]
    assert "/audit show [number]" in dict(card.fields)


async def test_about_says_it_is_an_ai_and_credits_the_framework(table: dict[str, Command]) -> None:
    shown = text_of(await give(table, "about"))
    for words in ("1.2.3", "It is an AI", "Nelson Amaya"):
        assert words in shown


@pytest.fixture
def fresh(store: SQLiteStore) -> dict[str, Command]:
    return commands(store)


@pytest.mark.parametrize("name", ["why", "audit show", "audit list", "drift show", "memory show", "status"])
async def test_commands_answer_before_anything_was_said(fresh: dict[str, Command], name: str) -> None:
    card = await give(fresh, name)
    assert "None " not in text_of(card).replace("None so far", "")
    assert card.title


async def test_audits_of_the_practice_model_say_that_they_mean_nothing(store: SQLiteStore) -> None:
    await conversing(store, FakeChat()).hear(inbound("Hi", 1))
    usage_of_practice = Usage(model="embedded:tiny", seconds=1.0)
    auditor = ScriptedModel(lambda _: Reply(text=ledger_text(Honesty=1, Kindness=1), usage=usage_of_practice))
    audits = auditing(store, auditor, HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    (record,) = await store.turns(SCOPE, limit=1)
    for card in (turns.why(record), cards.audit_landed(record, await store.state(SCOPE))):
        assert card.footer.splitlines()[-1] == findings.PRACTICE


def test_the_readme_lists_every_command(fresh: dict[str, Command]) -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    assert [command for command in fresh.values() if f"| `{usage(command, PREFIXES)}` |" not in readme] == []
