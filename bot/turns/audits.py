"""Audits, worked off in the background: claim what is owed, ask the Conscience, settle. Nobody waits for them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from bot.settings import config
from safi.errors import ModelMisconfigured, ModelUnavailable, NoAnswer, RefusedLedger
from safi.ledger import Ledger
from safi.loop import reflect
from safi.ports import AuditQueue, Clock, Landed, Model, Owed
from safi.record import fold

_log = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 2
"""Unreadable audits of one turn before its number becomes a hole: the first, and one re-ask."""

UNREADABLE: Final = "unreadable"
"""The cause of a ledger that is not of the asked form, as it stands in the record."""

WITHDRAWN: Final = "withdrawn"
"""Why there is no audit of what was deleted where it was said: no model is shown it again."""

TICK_SECONDS: Final = 5.0
"""How often postponed audits and blocked numbers are looked at."""

LEAP: Final = timedelta(minutes=1)
"""A tick that took longer, or less than no time, was none: the clock was set, or the machine slept."""


@dataclass(slots=True, kw_only=True)
class Audits:
    """The auditing side of the program.

    `lease` is how long a claim is held: longer than the Conscience's deadline, so that no audit runs twice. `landed` is
    told of every number that was settled, in order. `under_way` counts the audits being made right now.
    """

    queue: AuditQueue
    conscience: Model
    clock: Clock
    fresh: Callable[[], str]
    settings: config.Audits
    lease: timedelta
    landed: Callable[[Landed], Awaitable[None]]
    under_way: int = 0
    _mode: Literal["open", "finishing", "stopping"] = "open"
    _looks: asyncio.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        """Let every worker look for what is owed at the start.

        A call for a look stands until a worker takes it. More than there are workers would say nothing new.
        """
        self._looks = asyncio.BoundedSemaphore(self.settings.at_once)

    async def run(self) -> None:
        """Audit until told to finish or stop. Raises StoreUnavailable."""
        await self.queue.hasten(at=self.clock.now())
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self._tick())
            await asyncio.gather(*(group.create_task(self._work()) for _ in range(self.settings.at_once)))
            ticking.cancel()

    def wake(self) -> None:
        """Say that an audit has become owed."""
        with suppress(ValueError):  # a look is called for on behalf of every worker already
            self._looks.release()

    def finish(self) -> None:
        """Let `run` return once nothing more is due."""
        self._mode = "finishing"
        self._wake_all()

    def stop(self) -> None:
        """Let `run` return once the audits under way are settled. The rest stays owed."""
        self._mode = "stopping"
        self._wake_all()

    def _wake_all(self) -> None:
        for _ in range(self.settings.at_once):
            self.wake()

    async def _work(self) -> None:
        last = False
        while not last:
            await self._looks.acquire()
            last = self._mode != "open"
            await self._work_off()

    async def _work_off(self) -> None:
        while self._mode != "stopping" and (owed := await self._claimed()):
            self.under_way += 1
            await self._audit(owed)
            self.under_way -= 1

    async def _claimed(self) -> Owed | None:
        now = self.clock.now()
        return await self.queue.claim(at=now, until=now + self.lease)

    async def _tick(self) -> None:
        patience, began = timedelta(minutes=self.settings.hole_after_minutes), self.clock.now()
        last = began
        while True:
            await self.clock.sleep(TICK_SECONDS)
            now = self.clock.now()
            if not timedelta(0) <= now - last <= LEAP:
                began = now
                await self.queue.hasten(at=now)
            last = now
            if now - began >= patience:  # time in which the program did not run is no blocking
                await self._tell(await self.queue.pass_over(fold, blocked_since=now - patience, at=now))
            self._wake_all()

    async def _audit(self, owed: Owed) -> None:
        if owed.withdrawn:
            await self._tell(await self.queue.give_up(owed.turn.id, WITHDRAWN, fold, at=self.clock.now()))
            return
        try:
            ledger = await reflect(
                owed.profile, owed.turn, conscience=self.conscience, nonce=self.fresh(), again=owed.attempts > 0
            )
        except (ModelUnavailable, ModelMisconfigured) as problem:
            _log.warning("the audit of turn %s waits: %s", owed.turn.id, problem)
            due = self.clock.now() + timedelta(seconds=self.settings.retry_seconds)
            await self.queue.postpone(owed.turn.id, due=due, attempts=owed.attempts, usage=problem.usage)
        except (NoAnswer, RefusedLedger) as problem:
            await self._unreadable(owed, problem)
        else:
            await self._settle(owed, ledger)

    async def _settle(self, owed: Owed, ledger: Ledger) -> None:
        await self._tell(await self.queue.settle(owed.turn.id, ledger, fold, at=self.clock.now()))

    async def _unreadable(self, owed: Owed, problem: NoAnswer | RefusedLedger) -> None:
        cause = problem.cause if isinstance(problem, NoAnswer) else UNREADABLE  # its words may quote people
        _log.info("audit %d of turn %s cannot be read (%s)", owed.attempts + 1, owed.turn.id, cause)
        now, attempts, usage = self.clock.now(), owed.attempts + 1, problem.usage
        if attempts < MOST_ATTEMPTS:
            await self.queue.postpone(owed.turn.id, due=now, attempts=attempts, usage=usage)
        else:
            await self._tell(await self.queue.give_up(owed.turn.id, cause, fold, at=now, usage=usage))

    async def _tell(self, settled: Sequence[Landed]) -> None:
        for landed in settled:
            await self.landed(landed)
