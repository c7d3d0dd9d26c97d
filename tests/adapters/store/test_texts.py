"""Texts lie apart: when they have expired or were erased, everything else is still there, and says so."""

import sqlite3
from pathlib import Path

import pytest

from adapters.store.rows import GONE, micros, moment, packed, unpacked
from adapters.store.sqlite import open_store
from safi.record import fold
from safi.turn import Allowed, Approved, Coached, Draft, Exchange, Utterance
from tests.adapters.store.making import NO, OUTCOMES, PROFILE, answer, at, delivered, event, ledger, recovered


def erase(path: Path, parts: str) -> None:
    """What expiry and erasure will do."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"delete from texts where part in ({parts})")
    connection.close()


ALL = "'message', 'draft', 'verdict', 'coaching', 'reasons', 'quotes'"


async def test_a_turn_whose_texts_are_gone_still_stands_with_its_scores(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await store.accept(event(1))
        turn = answer(event(1), coaching=Coached(text="Mind kindness."))
        await store.commit(event(1), turn, profile=PROFILE, scope="lobby", at=at(0))
        await store.deliver("turn-1", message_id="posted", at=at(0))
        await store.settle("turn-1", ledger(0.5, None), fold, at=at(1))
        erase(tmp_path / "store.db", ALL)
        record = await store.turn("turn-1")
        assert record is not None
        assert record.event.text == GONE
        assert record.turn.prompt.message == Utterance(speaker="member-1", text=GONE)
        assert record.turn.outcome == Approved(draft=Draft(text=GONE), verdict=Allowed(reason=GONE))
        assert record.turn.coaching == Coached(text=GONE)
        assert record.ledger is not None
        before = ledger(0.5, None).entries
        assert [(e.value, e.score, e.confidence, e.sentence) for e in record.ledger.entries] == [
            (e.value, e.score, e.confidence, e.sentence) for e in before
        ]
        assert [entry.reason for entry in record.ledger.entries] == [GONE, None]
        assert [entry.quote for entry in record.ledger.entries] == [None, None]


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_every_kind_of_outcome_stands_without_its_texts(tmp_path: Path, outcome: str) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1, OUTCOMES[outcome])
        erase(tmp_path / "store.db", ALL)
        record = await store.turn("turn-1")
        assert record is not None
        assert type(record.turn.outcome) is type(OUTCOMES[outcome])


async def test_an_open_event_whose_text_is_gone_says_so(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await store.accept(event(1))
        erase(tmp_path / "store.db", ALL)
        assert [one.text for one in await recovered(store)] == [GONE]


async def test_memory_does_not_depend_on_texts(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        await delivered(store, 2)
        await store.settle("turn-2", ledger(-1), fold, at=at(1))
        erase(tmp_path / "store.db", ALL)
        assert [one.number for one in await store.settle("turn-1", ledger(), fold, at=at(2))] == [1, 2]


@pytest.mark.parametrize(
    ("part", "left"), [("'message'", []), ("'draft'", ["turn-2"]), ("'verdict'", ["turn-1", "turn-2"])]
)
async def test_an_exchange_without_its_words_is_left_out_of_conversations(
    tmp_path: Path, part: str, left: list[str]
) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        await delivered(store, 2, NO)
        erase(tmp_path / "store.db", part)
        assert [exchange.id for exchange in await store.conversation("lobby", limit=9)] == left


async def test_a_history_shows_where_words_are_gone(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        history = await store.conversation("lobby", limit=9)
        await store.accept(event(2))
        await store.commit(event(2), answer(event(2), history=history), profile=PROFILE, scope="lobby", at=at(1))
        erase(tmp_path / "store.db", ALL)
        record = await store.turn("turn-2")
        assert record is not None
        gone = Exchange(id="turn-1", message=Utterance(speaker="member-1", text=GONE), answer=GONE)
        assert record.turn.prompt.history == (gone,)


async def test_a_profile_is_kept_once_per_digest(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        await delivered(store, 2)
        with sqlite3.connect(tmp_path / "store.db") as connection:
            assert connection.execute("select count(*) from profiles").fetchone() == (1,)
        connection.close()


def test_json_of_any_text_can_be_stored_as_text() -> None:
    text = '\0 \ud800 é \\ud800 "🙂" \u2028'
    packed(text).encode()
    assert "\0" not in packed(text)
    assert unpacked(packed(text)) == text
    assert len(packed("привет")) == len("привет") + 2


def test_times_are_exact_to_the_microsecond_and_must_be_aware() -> None:
    assert moment(micros(at(1 / 3))) == at(1 / 3)
    with pytest.raises(TypeError):
        micros(at(0).replace(tzinfo=None))
