"""A channel and its threads: who is told what once, how many may wait, and in which order answers come."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from adapters.chat.port import GUESTS_OFF, Inbound, Place, Refusal
from adapters.store.sqlite import SQLiteStore
from bot.cards import hearing
from bot.hearing.scopes import speaker
from tests.bot.crowd import crowd
from tests.bot.making import conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import PLACE, FakeChat, Heard, inbound

REFUSALS: tuple[Refusal, ...] = get_args(Refusal)
ONE, TWO, THREE = (replace(PLACE, thread=thread) for thread in "123")
ELSEWHERE = (replace(PLACE, channel="c2"), replace(ONE, workspace="w2"))
"""Another channel, and one of the same name in another workspace."""


def refused(number: int, reason: Refusal, place: Place) -> Inbound:
    return replace(inbound("My secret.", number, place=place), unanswered=reason)


def test_a_person_has_one_tag_in_a_channel_with_its_threads_and_others_elsewhere() -> None:
    assert {speaker(place, "ann") for place in (PLACE, ONE, TWO)} == {speaker(PLACE, "ann")}
    others = (speaker(PLACE, "ben"), *(speaker(place, "ann") for place in ELSEWHERE))
    assert len({speaker(PLACE, "ann"), *others}) == 4


def test_there_is_something_to_say_for_every_refusal() -> None:
    assert set(hearing.REFUSED) == set(REFUSALS)
    assert len({card.title for card in hearing.REFUSED.values()}) == len(REFUSALS)


@pytest.mark.parametrize("reason", REFUSALS)
async def test_a_refusal_is_told_once_in_a_channel_with_all_its_threads_and_recorded_without_words(
    store: SQLiteStore, tmp_path: Path, reason: Refusal
) -> None:
    chat, model = FakeChat(), Heard("never")
    converse = conversing(store, chat, intellect=model)
    places = (ONE, PLACE, TWO, ONE, *ELSEWHERE)
    for number, place in enumerate(places, start=1):
        await converse.hear(refused(number, reason, place))
    assert chat.cards == [hearing.REFUSED[reason]] * 3
    assert chat.places == [ONE, *ELSEWHERE]
    assert outcomes(tmp_path / "safi.db") == {f"m{number}": f"ignored: {reason}" for number in range(1, 7)}
    assert set(kept(tmp_path / "safi.db").values()) == {""}
    assert (chat.said, model.requests) == ([], [])


async def test_somebody_else_is_told_too_where_nothing_was_said_of_it_yet(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    asked = ((ONE, "ann"), (TWO, "ann"), (ONE, "bob"), (THREE, "bob"), (THREE, "eve"), (TWO, "eve"), (PLACE, "sam"))
    for number, (place, author) in enumerate(asked, start=1):
        await converse.hear(replace(refused(number, GUESTS_OFF, place), author=author))
    assert chat.places == [ONE, PLACE]


async def test_each_refusal_is_told_in_its_own_words(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    for number, reason in enumerate(REFUSALS * 2, start=1):
        await converse.hear(refused(number, reason, PLACE))
    assert chat.cards == [hearing.REFUSED[reason] for reason in REFUSALS]


async def test_threads_share_the_room_of_their_channel_and_it_is_told_once_that_there_is_none(
    store: SQLiteStore, tmp_path: Path
) -> None:
    async with crowd(store) as there:
        for number, place in enumerate((ONE, TWO, THREE), start=1):
            await there.comes(number, place=place)
        for number, place in enumerate((ONE, PLACE, replace(PLACE, thread="4")), start=4):
            await there.converse.hear(inbound(f"q{number}", number, place=place))
        assert (there.chat.cards, there.chat.places) == ([hearing.BUSY], [ONE])
    assert sorted(there.chat.said) == ["re: q1", "re: q2", "re: q3"]
    busy = dict.fromkeys(("m4", "m5", "m6"), "limited: busy")
    assert outcomes(tmp_path / "safi.db") == dict.fromkeys(("m1", "m2", "m3"), "turn") | busy


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
async def test_another_channel_has_its_own_room(store: SQLiteStore, elsewhere: Place) -> None:
    async with crowd(store) as there:
        for number, place in enumerate((ONE, TWO, THREE), start=1):
            await there.comes(number, place=place)
        await there.converse.hear(inbound("aside", 9, place=elsewhere))
        assert (there.chat.said, there.chat.cards) == (["re: aside"], [])


async def test_once_a_thread_is_done_there_is_room_in_the_others_and_a_new_crowd_is_told_anew(
    store: SQLiteStore,
) -> None:
    async with crowd(store) as there:
        answering = [*(await there.comes(1, 2, place=ONE)), *(await there.comes(3, place=TWO))]
        await there.converse.hear(inbound("q4", 4, place=THREE))
        there.go_on.set()
        await asyncio.wait(answering)
        there.go_on.clear()
        await there.comes(5, place=THREE)
        assert there.chat.cards == [hearing.BUSY]
        await there.comes(6, 7, place=TWO)
        await there.converse.hear(inbound("q8", 8, place=ONE))
    assert (there.chat.cards, there.chat.places) == ([hearing.BUSY] * 2, [THREE, ONE])


async def test_each_thread_is_answered_in_its_order_and_waits_for_no_other(store: SQLiteStore) -> None:
    async with crowd(store) as there:
        there.converse = replace(there.converse, waiting=9)
        await there.comes(1, 2, 3, place=ONE)
        assert await there.asked.get() == "q1"
        for number in (4, 5):
            await there.converse.hear(inbound(f"aside {number}", number, place=TWO))
        assert there.chat.said == ["re: aside 4", "re: aside 5"]
    assert there.chat.said[2:] == ["re: q1", "re: q2", "re: q3"]


async def test_a_question_is_deleted_in_its_own_thread_alone(store: SQLiteStore) -> None:
    async with crowd(store) as there:
        await there.comes(1, place=ONE)
        await there.comes(2, place=TWO)
        await there.converse.withdraw(PLACE, "m1")
        await there.converse.withdraw(ONE, "m2")
        await there.converse.withdraw(TWO, "m2")
    assert there.chat.said == ["re: q1"]
