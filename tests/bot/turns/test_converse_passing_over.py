"""Messages that get no answer: each has one recorded outcome, keeps no words, and floods nobody with notices."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.port import DIRECT_MESSAGES_OFF, Inbound, Place
from adapters.store.sqlite import SQLiteStore
from bot.cards import hearing
from bot.hearing.assigned import Assigned
from bot.hearing.scopes import Scopes
from safi.ports import Assignment
from tests.bot.crowd import crowd
from tests.bot.making import conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import PLACE, FakeChat, Heard, inbound, scopes_with

ELSEWHERE = replace(PLACE, channel="other")


def scopes(*said: Assignment, configured: str = "") -> Scopes:
    """Scopes in which moderators said these things, and the configuration named somebody for `other`."""
    assigned = Assigned({"other": configured} if configured else {})
    assigned.take_in(said)
    return replace(scopes_with(), assigned=assigned)


def direct(number: int, place: Place = PLACE) -> Inbound:
    return replace(inbound("My secret.", number, place=place), unanswered=DIRECT_MESSAGES_OFF)


async def test_where_direct_messages_are_off_that_is_said_once_in_each_place(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat, model = FakeChat(), Heard("never")
    converse = conversing(store, chat, intellect=model)
    for message in (direct(1), direct(2), direct(3, ELSEWHERE), direct(1)):
        await converse.hear(message)
    assert chat.cards == [hearing.REFUSED[DIRECT_MESSAGES_OFF]] * 2
    assert chat.places == [PLACE, ELSEWHERE]
    assert outcomes(tmp_path / "safi.db") == dict.fromkeys(("m1", "m2", "m3"), "ignored: direct messages are off")
    assert set(kept(tmp_path / "safi.db").values()) == {""}
    assert (chat.said, model.requests) == ([], [])


async def test_a_paused_channel_is_silent_in_its_threads_too_and_others_are_not(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat = FakeChat()
    paused = scopes(Assignment(workspace="w", channel="c", paused=True))
    converse = conversing(store, chat, scopes=paused)
    await converse.hear(inbound("One", 1))
    await converse.hear(inbound("Two", 2, place=replace(PLACE, thread="t")))
    await converse.hear(inbound("Three", 3, place=ELSEWHERE))
    assert (chat.said, chat.cards) == (["Oil the hinge."], [])
    assert outcomes(tmp_path / "safi.db") == {"m1": "ignored: paused", "m2": "ignored: paused", "m3": "turn"}
    assert kept(tmp_path / "safi.db") == {"m1": "", "m2": "", "m3": "Three"}


async def test_a_persona_that_is_not_there_is_replaced_by_nobody_and_the_log_says_so(
    store: SQLiteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chat = FakeChat()
    converse = conversing(store, chat, scopes=scopes(configured="ghost"))
    await converse.hear(inbound("My secret.", 1, place=ELSEWHERE))
    assert (chat.said, chat.cards) == ([], [])
    assert outcomes(tmp_path / "safi.db") == {"m1": "ignored: no such persona"}
    assert 'nobody answers in ["w","other",null]' in caplog.text
    assert "secret" not in caplog.text


async def test_what_waits_when_its_channel_is_paused_is_not_answered(store: SQLiteStore, tmp_path: Path) -> None:
    async with crowd(store) as there:
        await there.comes(1, 2)
        there.converse.scopes.assigned.take_in([Assignment(workspace="w", channel="c", paused=True)])
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "ignored: paused"}


async def test_more_than_may_wait_are_turned_away_and_told_so_once(store: SQLiteStore, tmp_path: Path) -> None:
    async with crowd(store) as there:
        await there.comes(1, 2, 3)
        for number in (4, 5, 6, 4):
            await there.converse.hear(inbound(f"q{number}", number))
        assert there.chat.cards == [hearing.BUSY]
    assert there.chat.said == ["re: q1", "re: q2", "re: q3"]
    busy = dict.fromkeys(("m4", "m5", "m6"), "limited: busy")
    assert outcomes(tmp_path / "safi.db") == dict.fromkeys(("m1", "m2", "m3"), "turn") | busy
    assert kept(tmp_path / "safi.db")["m4"] == ""


async def test_a_busy_place_takes_nothing_from_others(store: SQLiteStore) -> None:
    async with crowd(store) as there:
        await there.comes(1, 2, 3)
        await there.converse.hear(inbound("q4", 4))
        await there.converse.hear(inbound("aside", 5, place=ELSEWHERE))
        assert there.chat.said == ["re: aside"]


async def test_once_nobody_waits_any_more_the_next_crowd_is_told_anew(store: SQLiteStore) -> None:
    async with crowd(store) as there:
        answering = await there.comes(1, 2, 3)
        await there.converse.hear(inbound("q4", 4))
        await there.converse.hear(inbound("q5", 5))
        there.go_on.set()
        await asyncio.wait(answering)
        there.go_on.clear()
        await there.comes(6, 7, 8)
        await there.converse.hear(inbound("q9", 9))
    assert there.chat.cards == [hearing.BUSY] * 2


async def test_a_notice_that_nobody_takes_stops_nothing(store: SQLiteStore, tmp_path: Path) -> None:
    await conversing(store, FakeChat(broken=True)).hear(direct(1))
    assert outcomes(tmp_path / "safi.db") == {"m1": "ignored: direct messages are off"}
