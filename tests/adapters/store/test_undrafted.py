"""Turns without a draft, since a member's message itself called for a rule: nobody's draft was held back there."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from adapters.store.rows import GONE
from adapters.store.sqlite import open_store
from safi.turn import Exchange, Suppressed, Utterance, said
from tests.adapters.store.making import BY_PATTERN, PROFILE, UNDRAFTED, YES, Store, committed, delivered


async def test_a_conversation_holds_the_exchange_with_the_fixed_words(store: Store) -> None:
    await delivered(store, 1, UNDRAFTED)
    await delivered(store, 2, YES)
    first, second = await store.conversation("lobby", limit=9)
    message = Utterance(speaker="member-1", text="Question 1?")
    assert first == Exchange(id="turn-1", message=message, answer=said(PROFILE, UNDRAFTED))
    assert second.id == "turn-2"


async def test_no_draft_counts_as_held_back_by_the_rule(store: Store) -> None:
    await committed(store, 1, UNDRAFTED)
    await committed(store, 2, BY_PATTERN)
    assert await store.enforced("lobby", last=9) == {"no-insults": 1}


async def test_no_draft_appears_when_the_texts_go(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1, UNDRAFTED)
        with sqlite3.connect(tmp_path / "store.db") as connection:
            connection.execute("delete from texts")
        connection.close()
        record = await store.turn("turn-1")
        assert record is not None
        assert record.turn.outcome == Suppressed(draft=None, verdict=replace(UNDRAFTED.verdict, reason=GONE))
        assert await store.conversation("lobby", limit=9) == ()
