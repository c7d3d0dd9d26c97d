"""Moderators and time at work beside the chat: operator events, erasures, legal holds, expiry."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from adapters.store.sqlite import SQLiteStore
from safi.errors import InvalidValue
from safi.record import Act, Baseline, Freeze, Reset, Restore, Thaw, fold
from tests.simulation.checks import Checker
from tests.simulation.faults import Faults
from tests.simulation.loop import VirtualClock
from tests.simulation.platform import AUTHORS, PLACES

SECONDS_BETWEEN: Final = 12.0

_MODERATOR: Final = "moderator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    """They do one thing after another, for as long as the program lives."""

    store: SQLiteStore
    scope: Callable[[], tuple[str, str]]
    checker: Checker
    faults: Faults
    chance: Random
    clock: VirtualClock

    async def work(self) -> None:
        """Do something now and then. Raises StoreUnavailable."""
        doings: Mapping[Callable[[], Awaitable[None]], int] = {
            self._operate: 12,
            self._expire: 1,
            self._erase: 2,
            self._hold: 1,
        }
        while not self.faults.calm:
            await self.clock.sleep(self.chance.expovariate(1 / SECONDS_BETWEEN))
            (doing,) = self.chance.choices([*doings], [*doings.values()])
            await doing()

    async def _operate(self) -> None:
        workspace, scope = self.scope()
        acts: Sequence[Act] = (Reset(), Freeze(), Thaw(), Thaw(), Baseline(), Restore(to=self.chance.randint(1, 60)))
        act = self.chance.choice(acts)
        try:
            number = await self.store.operate(
                act, workspace=workspace, scope=scope, actor=_MODERATOR, step=fold, at=self.clock.now()
            )
        except InvalidValue:  # that number has not gone into memory, or is no longer kept
            self._count("operator refused")
        else:
            self._count(f"operator: {type(act).__name__.lower()}")
            self.checker.operated(scope, number)

    async def _expire(self) -> None:
        now = self.clock.now()
        ledgers_before = now - timedelta(minutes=40)
        self.checker.expiring(ledgers_before)
        expired = await self.store.expire(
            texts_before=now - timedelta(minutes=15),
            ledgers_before=ledgers_before,
            checkpoint_before=now - timedelta(minutes=10),
            step=fold,
            at=now,
        )
        self._count("held" if expired.held else "expired")

    async def _erase(self) -> None:
        author, workspace = self.chance.choice(AUTHORS), self.chance.choice([None, *{p.workspace: 0 for p in PLACES}])
        events = self.checker.events_of(author, workspace)
        erased = await self.store.erase(author, workspace=workspace, actor=_MODERATOR, step=fold, at=self.clock.now())
        self._count("erasure queued" if erased.queued else "erased")
        if not erased.queued:
            self.checker.erased(events)

    async def _hold(self) -> None:
        held = self.chance.random() < 0.3
        await self.store.hold(held=held, actor=_MODERATOR, step=fold, at=self.clock.now())
        self._count("hold" if held else "release")

    def _count(self, what: str) -> None:
        self.faults.struck[what] += 1
