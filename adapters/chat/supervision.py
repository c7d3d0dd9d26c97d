"""Who keeps a line to a platform up: one that ends is replaced, after a pause that grows while that goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, Final, Never

from adapters.chat.port import ChatError
from safi.ports import Clock

_log = logging.getLogger(__name__)

PAUSES: Final = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds before the next session, after the first end, the second, and so on; the last for all that follow.

Platforms count sessions: Discord lets a bot begin a thousand a day, and at the last pause it takes 288.
"""

QUIET: Final = timedelta(minutes=10)
"""How long a session must have lasted for its end to count as the first again."""

Session = Callable[[], Awaitable[None]]
Told = Callable[[Exception], str]


class ChatRefused(ChatError):
    """A platform lets the bot in only after somebody has changed something: the words say what, and where."""


class Run:
    """One run of a platform: it owns the tasks, and tells whoever waits for it when it can be posted to, or never."""

    def __init__(self, platform: str, clock: Clock) -> None:
        self.ready = asyncio.Event()
        self.over = False
        self._platform = platform
        self._clock = clock
        self._group: asyncio.TaskGroup | None = None

    async def last(self, begun: Callable[[], Session], told: Told) -> None:
        """Run sessions until cancelled. `begun` makes what a session is, once tasks have their owner.

        Raises ChatRefused where somebody must change something first; whatever else a task raises, in an
        ExceptionGroup.
        """
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                await supervise(begun(), self._clock, platform=self._platform, told=told)
        except ExceptionGroup as problems:
            raise _refusal(problems) or problems from None
        finally:
            self._group, self.over = None, True
            self.ready.set()  # whoever waits would wait for ever

    async def arrived(self) -> None:
        """Return while something can be posted. Raises ChatError when all is over."""
        while not self.ready.is_set():  # it may not be any more by the time that whoever waits is woken
            await self.ready.wait()
        if self.over:
            raise ChatError(f"the bot has left {self._platform}")

    def owned(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """A task of this run; None where nothing is begun any more, or yet."""
        try:
            if self._group is not None:
                return self._group.create_task(job)
        except RuntimeError:  # something has failed, and the group ends
            pass
        job.close()
        return None


async def supervise(session: Session, clock: Clock, *, platform: str, told: Told) -> Never:
    """Run one session after the other until cancelled.

    `told` says in few words why one ended, of what it raised; it raises ChatRefused where another would fare no better.
    """
    ends = 0
    while True:
        began = clock.now()
        why = await _end(session, told)
        ends = 1 if clock.now() - began >= QUIET else ends + 1
        pause = PAUSES[min(ends, len(PAUSES)) - 1]
        _log.warning("%s: the client ended (%s); the next one begins in %s", platform, why, seconds(pause))
        await clock.sleep(pause)


def seconds(number: float) -> str:
    """So many seconds in words, without fractions."""
    whole = round(number)
    return f"{whole} second{'' if whole == 1 else 's'}"


async def _end(session: Session, told: Told) -> str:
    """Why a session ended. Raises ChatRefused."""
    try:
        await session()
    except Exception as error:  # noqa: BLE001  # whatever ends a session, another one begins
        problem = error
    else:
        return "closed"
    return told(problem)


def _refusal(problems: ExceptionGroup) -> ChatRefused | None:
    """What must be changed first, where that is what a run ended by."""
    return next((each for each in problems.exceptions if isinstance(each, ChatRefused)), None)
