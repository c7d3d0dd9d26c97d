"""An event loop without waiting: when nothing is ready, time jumps to the next timer. One seed, one order of things."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator, MutableSequence
from contextvars import Context
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, Final

EPOCH: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Deadlock(Exception):
    """No task is ready and no timer is set: everybody waits for somebody else."""


class _Timers(selectors.SelectSelector):
    """Nothing is ever read or written here: to select is to let the time pass, and to shuffle who is ready."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.time = 0.0
        self.ready: MutableSequence[object] = []
        self._chance = chance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock
        self.time += max(timeout, 0)
        if len(self.ready) > 1:
            self._chance.shuffle(self.ready)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is ready in an order that the seed decides."""

    def __init__(self, chance: Random) -> None:
        self.timers = _Timers(chance)
        super().__init__(self.timers)
        self.timers.ready = vars(self)["_ready"]  # its queue of callbacks
        self.set_task_factory(_numbered())

    def time(self) -> float:
        """Virtual seconds since the start."""
        return self.timers.time


class _Task(asyncio.Task[Any]):
    """A task with a hash that is the same in each run: sets of tasks are gone through in the order of hashes."""

    number = 0

    def __hash__(self) -> int:
        return self.number


def _numbered() -> Callable[..., _Task]:
    numbers = count(1)

    def make(
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> _Task:
        task = _Task(work, loop=loop, name=name, context=context)  # pyright: ignore[reportArgumentType]  # a generator is as good
        task.number = next(numbers)
        return task

    return make


class VirtualClock:
    """The loop's time as a date, which somebody may set wrong."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The present, as the machine's clock has it."""
        return EPOCH + timedelta(seconds=self._loop.time()) + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass, whatever the clock is set to."""
        await asyncio.sleep(seconds)
