"""A question that is deleted: it is answered no more, whenever that comes, and later turns are not shown it."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.store.sqlite import SQLiteStore
from bot.turns.converse import Converse
from bot.turns.lines import Lately
from safi.ports import Journal
from tests.bot.crowd import crowd
from tests.bot.making import SCOPE, conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import NOON, PLACE, FakeChat, Heard, inbound

DELETED = "ignored: deleted"


async def test_a_question_deleted_while_it_waits_is_not_answered_and_those_behind_it_are(
    store: SQLiteStore, tmp_path: Path
) -> None:
    async with crowd(store) as there:
        await there.comes(1, 2, 3)
        await there.converse.withdraw(PLACE, "m2")
        assert outcomes(tmp_path / "safi.db")["m2"] == DELETED
    assert there.chat.said == ["re: q1", "re: q3"]
    assert there.asked.qsize() == 2
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": DELETED, "m3": "turn"}


async def test_a_question_that_waits_stays_deleted_however_many_others_are(store: SQLiteStore) -> None:
    async with crowd(store) as there:
        there.converse = replace(there.converse, _deleted=Lately(most=1))
        await there.comes(1, 2, 3)
        for message_id in ("m2", "m8", "m9"):
            await there.converse.withdraw(PLACE, message_id)
    assert there.chat.said == ["re: q1", "re: q3"]


async def test_a_question_deleted_while_it_is_being_answered_gets_no_answer(store: SQLiteStore, tmp_path: Path) -> None:
    async with crowd(store) as there:
        await there.comes(1)
        await there.asked.get()
        await there.converse.withdraw(PLACE, "m1")
    assert (there.chat.said, there.chat.working_now) == ([], 0)
    assert outcomes(tmp_path / "safi.db") == {"m1": DELETED}


async def test_a_deletion_counts_from_when_it_is_heard_however_long_its_record_takes(
    store: SQLiteStore, tmp_path: Path
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        async def withdraw(self, place: str, message_id: str, *, at: datetime) -> None:
            begun.set()
            await go_on.wait()
            await store.withdraw(place, message_id, at=at)

        def __getattr__(self, name: str) -> Any:
            return getattr(watched, name)

    async with crowd(store) as there:
        watched = there.converse.journal
        there.converse = replace(there.converse, journal=cast("Journal", Slow()))
        (hearing,) = await there.comes(1)
        there.group.create_task(there.converse.withdraw(PLACE, "m1"))
        await begun.wait()
        there.go_on.set()
        await hearing
        assert there.chat.said == []
        go_on.set()
    assert outcomes(tmp_path / "safi.db") == {"m1": DELETED}


async def test_a_question_deleted_between_commit_and_send_is_not_answered(store: SQLiteStore, tmp_path: Path) -> None:
    chat, calls = FakeChat(), list[str]()

    async def turned(*_: object) -> None:
        calls.append("turned")

    class Deleting:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def commit(self, *args: Any, **kwargs: Any) -> None:
            await store.commit(*args, **kwargs)
            await converse.withdraw(PLACE, "m1")

    converse: Converse = conversing(store, chat, journal=Deleting(), turned=turned)
    await converse.hear(inbound("Hello?", 1))
    assert (chat.said, calls) == ([], [])
    assert (await store.recover(unsent_since=lambda _: NOON, at=NOON)).unsent == ()
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn"}


async def test_a_deletion_that_comes_before_its_message_counts_too(store: SQLiteStore, tmp_path: Path) -> None:
    chat, model = FakeChat(), Heard("never")
    converse = conversing(store, chat, intellect=model)
    await converse.withdraw(PLACE, "m1")
    await converse.hear(inbound("My secret.", 1))
    assert (chat.said, model.requests) == ([], [])
    assert outcomes(tmp_path / "safi.db") == {"m1": DELETED}
    assert kept(tmp_path / "safi.db") == {"m1": ""}


async def test_a_deletion_elsewhere_or_of_what_nobody_said_changes_nothing(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    await converse.withdraw(replace(PLACE, channel="other"), "m1")
    await converse.withdraw(PLACE, "nothing")
    await converse.hear(inbound("Hello?", 1))
    assert chat.said == ["Oil the hinge."]


async def test_a_deleted_exchange_is_shown_to_no_later_turn(store: SQLiteStore) -> None:
    model = Heard("Oil the hinge.")
    converse = conversing(store, FakeChat(), intellect=model)
    await converse.hear(inbound("It squeaks.", 1))
    await converse.withdraw(PLACE, "m1")
    await converse.hear(inbound("And now?", 2))
    assert [message.text for message in model.requests[1].messages] == ["And now?"]
    assert len(await store.turns(SCOPE, limit=5)) == 2


async def test_a_deleted_question_is_told_nothing_of_its_pictures(store: SQLiteStore) -> None:
    chat = FakeChat()

    async def turned(*_: object) -> None:
        await converse.withdraw(PLACE, "m1")

    converse: Converse = conversing(store, chat, turned=turned)
    await converse.hear(replace(inbound("Look.", 1), unread=("a.zip",)))
    assert (chat.said, chat.cards) == (["Oil the hinge."], [])


async def test_after_a_restart_a_deleted_question_is_not_taken_up(store: SQLiteStore, tmp_path: Path) -> None:
    chat = FakeChat()
    with pytest.raises(ZeroDivisionError):
        await conversing(store, chat, intellect=Heard(ZeroDivisionError())).hear(inbound("Hello?", 1))
    converse = conversing(store, chat)
    (event,) = (await store.recover(unsent_since=lambda _: NOON, at=NOON)).events
    await converse.withdraw(PLACE, "m1")
    await converse.take_up(event)
    assert chat.said == []
    assert outcomes(tmp_path / "safi.db") == {"m1": DELETED}
