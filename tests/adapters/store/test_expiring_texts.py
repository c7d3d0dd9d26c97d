"""Texts go by their age, with who said them; the rest of the record stays and stays valid."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store import keeping
from adapters.store.rows import GONE
from adapters.store.sqlite import open_store
from safi.ports import Expired, TurnRecord
from safi.record import Audited, Hole, Reset, State, fold
from safi.turn import Allowed, Approved, Draft
from tests.adapters.store import linking
from tests.adapters.store.making import (
    PROFILE,
    Opening,
    Store,
    answer,
    at,
    audited,
    delivered,
    event,
    every_store,
    expired,
    ledger,
    operated,
    recovered,
)

A_MICROSECOND = 1 / 60e6
"""In minutes."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[Store]:
    async with open_store(file) as store:
        yield store


async def turn(store: Store, number: int) -> TurnRecord:
    """A turn that must be there."""
    record = await store.turn(f"turn-{number}")
    assert record is not None
    return record


async def test_words_go_with_who_said_them_and_scores_stay(store: Store) -> None:
    await audited(store, 1, ledger(1, 0.5), minute=1)
    before = await turn(store, 1)
    assert await expired(store, texts=2, minute=9) == Expired(texts=1, more=True)
    after = await turn(store, 1)
    assert (after.event.text, after.event.author, after.event.speaker) == (GONE, "", "someone")
    assert after.turn.outcome == Approved(draft=Draft(text=GONE), verdict=Allowed(reason=GONE))
    assert (after.number, after.fate, after.reading, after.at) == (1, "folded", before.reading, before.at)
    assert after.ledger is not None
    assert [(entry.score, entry.reason, entry.quote) for entry in after.ledger.entries] == [
        (1, GONE, None),
        (0.5, GONE, None),
    ]


async def test_words_stay_until_they_are_older_than_that_to_the_microsecond(store: Store) -> None:
    await audited(store, 1, ledger(), minute=1)
    assert await expired(store, texts=1, minute=9) == Expired(more=True)
    assert (await turn(store, 1)).event == event(1, minute=1)
    assert await expired(store, texts=1 + A_MICROSECOND, minute=9) == Expired(texts=1)


async def test_words_go_once(store: Store) -> None:
    await audited(store, 1, ledger(), minute=1)
    await expired(store, texts=2, minute=9)
    assert await expired(store, texts=2, minute=9) == Expired()


async def test_the_oldest_go_first_and_it_is_told_that_there_are_more(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    for number, minute in ((1, 3), (2, 1), (3, 2)):
        await delivered(store, number, minute=minute)
    assert await expired(store, texts=9, minute=9) == Expired(texts=2, more=True)
    assert [(await turn(store, number)).event.text for number in (1, 2, 3)] == ["Question 1?", GONE, GONE]
    assert await expired(store, texts=9, minute=9) == Expired(texts=1)


async def test_memory_stays_what_it_was(store: Store) -> None:
    await audited(store, 1, ledger(), minute=1)
    before = await store.state("lobby")
    await expired(store, texts=9, minute=9)
    assert await store.state("lobby") == before
    await audited(store, 2, ledger(-1), minute=10)
    expected = fold(before, Audited(profile=PROFILE, ledger=ledger(-1))).state
    assert await store.state("lobby") == expected


async def test_an_audit_that_is_owed_becomes_a_hole_and_folding_goes_on(store: Store) -> None:
    await delivered(store, 1, minute=1)
    await delivered(store, 2, minute=5)
    await store.settle("turn-2", ledger(-1), fold, at=at(6))
    await expired(store, texts=2, minute=9)
    first = await turn(store, 1)
    assert (first.audit, first.fate, first.hole_reason) == ("abandoned", "hole", "expired")
    assert (await turn(store, 2)).fate == "folded"
    assert (
        await store.state("lobby")
        == fold(fold(State(), Hole(reason="expired")).state, Audited(profile=PROFILE, ledger=ledger(-1))).state
    )
    assert await store.claim(at=at(99), until=at(999)) is None


async def test_a_ledger_that_lands_after_its_words_went_keeps_no_words_either(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1, minute=1)
    await sqlite.claim(at=at(2), until=at(99))
    await expired(sqlite, texts=2, minute=9)
    landed = await sqlite.settle("turn-1", ledger(1, None), fold, at=at(10))
    assert [one.number for one in landed] == [1]
    record = await turn(sqlite, 1)
    assert record.ledger is not None
    assert [(entry.score, entry.reason, entry.quote) for entry in record.ledger.entries] == [
        (1, GONE, None),
        (None, None, None),
    ]
    assert await sqlite.state("lobby") == State()
    assert linking.found(file, "select * from texts") == []
    assert linking.broken(file) == []


async def test_a_conversation_leaves_out_what_has_no_words(store: Store) -> None:
    await delivered(store, 1, minute=1)
    await delivered(store, 2, minute=5)
    await expired(store, texts=2, minute=9)
    assert [exchange.id for exchange in await store.conversation("lobby", limit=9)] == ["turn-2"]


async def test_an_event_whose_words_went_is_still_known(store: Store) -> None:
    await delivered(store, 1, minute=1)
    await expired(store, texts=2, minute=9)
    assert not await store.accept(event(1, minute=1))


@every_store
async def test_an_event_whose_words_went_before_it_had_a_turn_is_not_answered_later(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening(tmp_path / "store.db") as store:
        await store.accept(event(1, minute=1))
        await store.accept(event(2, minute=5))
        await expired(store, texts=2, minute=9)
    async with opening(tmp_path / "store.db") as store:
        assert await recovered(store) == (event(2, minute=5),)
        assert await recovered(store) == (event(2, minute=5),)


async def test_an_answer_sent_after_its_words_went_owes_no_audit(store: Store) -> None:
    asked = event(1, minute=1)
    await store.accept(asked)
    await store.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(1))
    await expired(store, texts=2, minute=9)
    assert await store.deliver("turn-1", message_id="posted", at=at(9)) is None
    assert await store.audits_owed() == 0


async def test_the_chain_holds_whatever_went(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger(), minute=1)
    await delivered(sqlite, 2, minute=2)
    await operated(sqlite, Reset(), minute=3)
    await delivered(sqlite, 3, minute=4)
    for minute in (1.5, 2.5, 9):
        await expired(sqlite, texts=minute, minute=9)
        assert linking.broken(file) == []


async def test_the_clock_an_hour_back_lets_nothing_go_twice_or_early(store: Store) -> None:
    async def hourly(now: float) -> Expired:
        return await expired(store, texts=now - 60, ledgers=now - 120, checkpoint=now - 30, minute=now)

    await delivered(store, 1, minute=200)
    assert await hourly(261) == Expired(texts=1, more=True)
    assert await hourly(201) == Expired()
    await delivered(store, 2, minute=201)
    assert await hourly(201) == Expired()
    assert await hourly(261) == Expired()
    assert (await turn(store, 2)).event.text == "Question 2?"
    assert await hourly(262) == Expired(texts=1)
