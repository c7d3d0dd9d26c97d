"""A session that ends is replaced, ever more slowly; what a person must put right ends a run, which owns its tasks."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from adapters.chat.port import ChatError
from adapters.chat.supervision import PAUSES, QUIET, ChatRefused, Run, supervise
from tests.doubles import HandClock

PATIENCE = 30.0


class Pauses(HandClock):
    """A clock that keeps how long was slept, and on which nobody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def ending(*ends: Exception | None, clock: Pauses | None = None, lasting: float = 0) -> Callable[[], Awaitable[None]]:
    """Sessions that end so, one after the other; then one that is cancelled."""
    left = list(ends)

    async def session() -> None:
        if clock is not None:
            clock.pass_time(lasting)
        if not left:
            raise asyncio.CancelledError
        end = left.pop(0)
        if end is not None:
            raise end

    return session


def told(error: Exception) -> str:
    if isinstance(error, ChatRefused):
        raise error
    return type(error).__name__


async def for_ever() -> None:
    await asyncio.Event().wait()


async def run(session: Callable[[], Awaitable[None]], clock: Pauses) -> None:
    with pytest.raises(asyncio.CancelledError):
        await supervise(session, clock, platform="Elsewhere", told=told)


async def test_a_session_that_ends_is_replaced_ever_more_slowly(caplog: pytest.LogCaptureFixture) -> None:
    clock = Pauses()
    await run(ending(None, KeyError("a canary"), OSError(), None, None, None, None), clock)
    assert clock.slept == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert [record.getMessage() for record in caplog.records][:3] == [
        "Elsewhere: the client ended (closed); the next one begins in 1 second",
        "Elsewhere: the client ended (KeyError); the next one begins in 5 seconds",
        "Elsewhere: the client ended (OSError); the next one begins in 15 seconds",
    ]
    assert "canary" not in caplog.text


async def test_after_a_quiet_while_pauses_are_short_again() -> None:
    clock = Pauses()
    await run(ending(None, None, None, clock=clock, lasting=QUIET.total_seconds()), clock)
    assert clock.slept == [PAUSES[0]] * 3


async def test_what_a_person_must_put_right_ends_it_at_once() -> None:
    clock = Pauses()
    with pytest.raises(ChatRefused, match="a new token"):
        await supervise(ending(ChatRefused("a new token")), clock, platform="Elsewhere", told=told)
    assert not clock.slept


async def test_a_run_ends_by_what_must_be_changed_and_not_by_a_group_of_it() -> None:
    with pytest.raises(ChatRefused, match="a new token"):
        await Run("Elsewhere", Pauses()).last(lambda: ending(ChatRefused("a new token")), told)


async def test_a_run_ends_by_what_one_of_its_tasks_raises() -> None:
    there = Run("Elsewhere", Pauses())

    async def failing() -> None:
        raise ZeroDivisionError

    async def session() -> None:
        there.owned(failing())
        await for_ever()

    with pytest.RaisesGroup(ZeroDivisionError):
        await there.last(lambda: session, told)


async def test_whoever_waits_for_a_run_is_told_of_its_end() -> None:
    there = Run("Elsewhere", HandClock())
    with pytest.RaisesGroup(pytest.RaisesExc(ChatError, match="has left Elsewhere")):
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(there.last(lambda: for_ever, told))
            group.create_task(there.arrived())
            await asyncio.sleep(0)
            running.cancel()


async def test_whoever_is_woken_too_late_goes_on_waiting() -> None:
    there = Run("Elsewhere", HandClock())
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
        waiting = group.create_task(there.arrived())
        await asyncio.sleep(0)
        there.ready.set()
        there.ready.clear()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        there.ready.set()


async def test_nothing_is_begun_without_an_owner() -> None:
    there = Run("Elsewhere", HandClock())
    assert there.owned(for_ever()) is None

    async def late() -> None:
        try:
            await for_ever()
        finally:
            assert there.owned(for_ever()) is None

    async def session() -> None:
        there.owned(late())
        await asyncio.sleep(0)
        raise ChatRefused("it ends")

    with pytest.raises(ChatRefused):
        await there.last(lambda: session, told)
