"""What was deleted after it was answered: no card, no file and no model has its words again; the scores stay."""

from dataclasses import replace

import pytest

from adapters.chat.port import Command
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.cards.phrases import DELETED
from bot.turns.audits import WITHDRAWN
from safi.ports import Landed
from tests.bot.making import SCOPE, auditing, commands, conversing, give, given, text_of
from tests.doubles import PLACE, FakeChat, HandClock, Heard, clear, gated, ids, inbound, ledger_text

GOOD = ledger_text(Honesty=1, Kindness=0.5)


async def audited(store: SQLiteStore, answers: str = GOOD) -> Heard:
    """The Conscience, after it was asked for all that is owed."""
    conscience = Heard(answers)
    audits = auditing(store, conscience, HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    return conscience


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    """One turn that was audited, and deleted after that."""
    drafts = ScriptedModel(lambda _: "A canary in the draft.")
    gate = gated(ScriptedModel(lambda _: clear("a canary")))
    await conversing(store, FakeChat(), intellect=drafts, gate=gate).hear(inbound("A canary in the question.", 1))
    quoting = GOOD.replace("it shows", "a canary")
    await audited(store, quoting)
    await store.withdraw(PLACE.encode(), "m1", at=HandClock().now())
    return commands(store)


@pytest.mark.parametrize("name", ["why", "audit show", "audit list"])
async def test_cards_show_the_scores_and_no_words(table: dict[str, Command], name: str) -> None:
    card = await give(table, name)
    assert DELETED in text_of(card)
    assert "canary" not in repr(card)
    assert [bar.value for bar in card.bars] == ([] if name == "audit list" else [1.0, 0.5])


@pytest.mark.parametrize("name", ["export audits", "export ledger"])
async def test_files_hold_the_scores_and_no_words(table: dict[str, Command], name: str) -> None:
    (file,) = (await table[name].run(replace(given(name), confirmed=True))).files
    assert b"deleted" in file.data
    assert b"canary" not in file.data


async def test_an_audit_that_is_owed_becomes_a_hole_and_no_model_is_asked(store: SQLiteStore) -> None:
    await conversing(store, FakeChat()).hear(inbound("A canary.", 1))
    await store.withdraw(PLACE.encode(), "out-1", at=HandClock().now())
    owed = await give(commands(store), "audit pending")
    assert DELETED in text_of(owed)
    assert "canary" not in repr(owed)
    assert (await audited(store)).requests == []
    (record,) = await store.turns(SCOPE, limit=1)
    assert (record.audit, record.fate, record.hole_reason) == ("abandoned", "hole", WITHDRAWN)
    assert "was deleted before the audit" in text_of(await give(commands(store), "why"))


async def test_audits_of_later_turns_are_not_shown_it_either(store: SQLiteStore) -> None:
    converse = conversing(store, FakeChat(), fresh=ids("turn"))
    await converse.hear(inbound("A canary.", 1))
    await audited(store)
    await converse.hear(inbound("And now?", 2))
    await store.withdraw(PLACE.encode(), "m1", at=HandClock().now())
    (asked,) = (await audited(store)).requests
    assert "And now?" in repr(asked)
    assert "canary" not in repr(asked)
