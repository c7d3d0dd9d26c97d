"""What members think of answers is recorded for the answer, whichever of its messages they rate."""

from dataclasses import replace
from typing import Literal

import pytest

from adapters.chat.port import Rating
from adapters.store.sqlite import SQLiteStore
from bot.turns.rating import Ratings
from safi.errors import InvalidValue
from safi.ports import Votes
from tests.bot.making import SCOPE, conversing
from tests.doubles import PLACE, FakeChat, HandClock, inbound


def rating(message_id: str, author: str, vote: Literal["up", "down"] | None) -> Rating:
    return Rating(place=PLACE, message_id=message_id, author=author, vote=vote)


async def answered(store: SQLiteStore) -> str:
    """The id of a turn whose answer was posted in two messages."""
    await conversing(store, FakeChat(more=("out-1b",))).hear(inbound("It squeaks.", 1))
    (record,) = await store.turns(SCOPE, limit=1)
    return record.turn.id


def ratings(store: SQLiteStore) -> Ratings:
    return Ratings(archive=store, opinions=store, clock=HandClock())


async def test_each_member_has_one_vote_on_an_answer_and_may_change_it_or_take_it_back(store: SQLiteStore) -> None:
    turn, taking = await answered(store), ratings(store)
    assert await taking.rate(rating("out-1", "ann", "up"))
    await taking.rate(rating("out-1b", "ben", "up"))
    await taking.rate(rating("out-1", "ben", "down"))
    assert await store.votes(turn) == Votes(up=1, down=1)
    await taking.rate(rating("out-1b", "ann", None))
    assert await store.votes(turn) == Votes(down=1)


async def test_a_vote_on_an_answer_that_goes_meanwhile_is_nothing(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise InvalidValue("no such turn")

    await answered(store)
    monkeypatch.setattr(store, "vote", gone)
    await ratings(store).rate(rating("out-1", "ann", "up"))


async def test_what_is_no_answer_of_that_place_has_no_votes(store: SQLiteStore) -> None:
    turn, taking = await answered(store), ratings(store)
    assert not await taking.rate(rating("m1", "ann", "up"))
    assert not await taking.rate(replace(rating("out-1", "ann", "up"), place=replace(PLACE, channel="other")))
    assert await store.votes(turn) == Votes()
