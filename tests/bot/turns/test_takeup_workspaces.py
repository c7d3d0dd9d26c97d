"""What a dead process left in several workspaces: each is taken up as its own platform allows, once it is there."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from adapters.chat.port import ChatError, Handlers, Place, Posted
from adapters.store.sqlite import SQLiteStore
from tests.bot.running import Killed, Life, Notes, app, event_of
from tests.doubles import NOON, FakeChat, HandClock, inbound, scopes_with

MINUTE = timedelta(minutes=1)
MINDFUL, FORGETFUL, LOST = (Place(workspace=name, channel="c") for name in ("mindful", "forgetful", "lost"))
PLACES = (MINDFUL, FORGETFUL)


@dataclass(slots=True)
class Two(FakeChat):
    """One platform remembers for a minute, the other not at all, and a third workspace is nobody's any more."""

    late: dict[str | None, asyncio.Event] = field(default_factory=dict[str | None, asyncio.Event])
    dies: bool = False
    spoken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def remembers(self, workspace: str) -> timedelta:
        return MINUTE if workspace == MINDFUL.workspace else timedelta()

    async def ready(self, workspace: str | None = None) -> None:
        if workspace == LOST.workspace:
            raise ChatError("nobody has it")
        if workspace in self.late:
            await self.late[workspace].wait()

    async def say(self, place: Place, text: str, **rest: Any) -> Posted:
        self.spoken.append((place.workspace, text))
        posted = await FakeChat.say(self, place, text, **rest)
        if self.dies and len(self.said) == len(PLACES):
            raise Killed
        if self.dies:
            await asyncio.Event().wait()
        return posted


async def died(store: SQLiteStore) -> None:
    """A program that died between two posts and their marks, in two workspaces."""

    async def script(handlers: Handlers) -> None:
        async with asyncio.TaskGroup() as group:
            for number, place in enumerate(PLACES, start=1):
                group.create_task(_heard(handlers, number, place))

    with pytest.raises(BaseExceptionGroup):
        await app(store, Two(script=script, dies=True), [], Life(name="dead")).run(patient=True)


async def _heard(handlers: Handlers, number: int, place: Place) -> None:
    await handlers.hear(inbound(f"q{number}", number, place=place))


async def deliveries(store: SQLiteStore) -> dict[str, str]:
    found = [await store.turns(scopes_with().scope(place), limit=5) for place in PLACES]
    return {record.event.workspace: record.delivery for records in found for record in records}


@pytest.mark.parametrize(("age", "sent"), [(-1, False), (0, True), (60, True), (61, False)])
async def test_a_turn_is_sent_again_where_its_own_platform_remembers_it_and_is_unknown_elsewhere(
    store: SQLiteStore, age: int, sent: bool
) -> None:
    await died(store)
    chat = Two()
    await app(store, chat, [], Life(clock=HandClock(time=NOON + timedelta(seconds=age)))).run(patient=True)
    assert chat.spoken == ([("mindful", "re: q1")] if sent else [])
    assert await deliveries(store) == {"mindful": "delivered" if sent else "unknown", "forgetful": "unknown"}


async def test_a_turn_is_not_sent_again_once_its_platform_has_forgotten_it_however_long_posting_takes(
    store: SQLiteStore,
) -> None:
    @dataclass(slots=True)
    class Slow(Two):
        async def say(self, place: Place, text: str, **rest: Any) -> Posted:
            await asyncio.Event().wait()
            return await Two.say(self, place, text, **rest)

    await died(store)
    clock = HandClock(time=NOON + MINUTE - timedelta(milliseconds=10))
    chat = Slow()
    await app(store, chat, [], Life(clock=clock)).run(patient=True)
    assert await deliveries(store) == {"mindful": "committed", "forgetful": "unknown"}
    await app(store, Two(), [], Life(clock=HandClock(time=NOON + MINUTE + MINUTE))).run(patient=True)
    assert await deliveries(store) == {"mindful": "unknown", "forgetful": "unknown"}


async def test_a_message_is_taken_up_in_every_workspace_whatever_its_platform_remembers(store: SQLiteStore) -> None:
    for number, place in enumerate(PLACES, start=1):
        await store.accept(replace(event_of(inbound(f"q{number}", number, place=place), 1), workspace=place.workspace))
    chat = Two()
    await app(store, chat, []).run(patient=True)
    assert sorted(chat.spoken) == [("forgetful", "re: q2"), ("mindful", "re: q1")]


async def test_a_workspace_that_is_not_there_yet_holds_up_no_other_and_comes_before_what_is_new_in_it(
    store: SQLiteStore,
) -> None:
    for number, place in enumerate(PLACES, start=1):
        await store.accept(replace(event_of(inbound(f"q{number}", number, place=place), 1), workspace=place.workspace))
    there, first = asyncio.Event(), asyncio.Event()

    async def script(handlers: Handlers) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(_heard(handlers, 3, FORGETFUL))
            await _heard(handlers, 4, MINDFUL)
            first.set()

    async def connect() -> None:
        await first.wait()
        assert chat.spoken == [("mindful", "re: q1"), ("mindful", "re: q4")]
        there.set()

    chat = Two(script=script, late={"forgetful": there})
    async with asyncio.TaskGroup() as group:
        group.create_task(connect())
        group.create_task(app(store, chat, []).run(patient=True))
    assert chat.spoken[2:] == [("forgetful", "re: q2"), ("forgetful", "re: q3")]


async def test_nothing_left_over_is_answered_before_it_is_told_of_though_its_own_workspace_is_there(
    store: SQLiteStore,
) -> None:
    await store.accept(replace(event_of(inbound("q1", 1, place=MINDFUL), 1), workspace=MINDFUL.workspace))
    told = asyncio.Event()

    async def script(handlers: Handlers) -> None:
        await _heard(handlers, 2, FORGETFUL)
        assert chat.spoken == [("forgetful", "re: q2")]
        told.set()

    chat = Two(script=script, late={None: told})
    await app(store, chat, []).run(patient=True)
    assert chat.spoken == [("forgetful", "re: q2"), ("mindful", "re: q1")]


async def test_a_thread_in_which_something_is_left_over_is_overheard_before_that_is_answered(
    store: SQLiteStore,
) -> None:
    await store.accept(replace(event_of(inbound("q1", 1, place=MINDFUL), 1), workspace=MINDFUL.workspace))
    there = asyncio.Event()

    async def script(handlers: Handlers) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(handlers.hear(replace(inbound("and then", 2, place=MINDFUL), overheard=True)))
            await _heard(handlers, 3, FORGETFUL)
            there.set()

    chat = Two(script=script, late={MINDFUL.workspace: there})
    await app(store, chat, []).run(patient=True)
    assert chat.spoken[1:] == [("mindful", "re: q1"), ("mindful", "re: and then")]


async def test_what_is_left_in_a_workspace_that_nobody_has_stays_for_the_next_start(store: SQLiteStore) -> None:
    for number, place in enumerate((LOST, FORGETFUL), start=1):
        await store.accept(replace(event_of(inbound(f"q{number}", number, place=place), 1), workspace=place.workspace))
    chat = Two()
    program = app(store, chat, [])
    await program.run(patient=True)
    assert chat.spoken == [("forgetful", "re: q2")]
    assert cast("Notes", program.onlooker).told[0] == "2 left over, 0 stale"
    (left,) = (await store.recover(unsent_since=lambda _: NOON, at=NOON)).events
    assert (left.workspace, left.text) == ("lost", "q1")
