"""What is old goes, at the start and then hour by hour, and a legal hold keeps it. How it goes is the store's."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bot.settings import config
from safi.ports import Clock, Expired, Retention
from safi.record import fold

_log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 3600.0
"""How often it is looked what has become old."""

CONFIGURATION: Final = "the configuration"
"""Who begins and ends a legal hold: whoever writes its file."""

_CHECKPOINTS: Final = 30
"""In the time for which scores are kept, so that what is to go never waits much longer than that."""


@dataclass(slots=True, kw_only=True)
class Keeper:
    """Keeps what is to be kept, and lets go of the rest."""

    store: Retention
    clock: Clock
    settings: config.Retention
    _stopped: bool = False
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        """Hold everything, or let go again, as the configuration says; before anything else is done to the record."""
        held, now = self.settings.legal_hold, self.clock.now()
        changed = await self.store.hold(held=held, actor=CONFIGURATION, step=fold, at=now)
        if held:
            _log.info("a legal hold has begun, and keeps everything" if changed else "a legal hold keeps everything")
        elif changed:
            _log.info("the legal hold has ended: of what waited, the words of %d message(s) are erased", changed.events)

    async def run(self) -> None:
        """Let go of what is old, again and again, until told to stop. Raises StoreUnavailable."""
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self._tick())
            while not self._stopped:
                self._bell.clear()
                await self._expire()
                await self._bell.wait()
            ticking.cancel()

    def stop(self) -> None:
        """Let `run` return after the share that is going right now. The rest goes after the next start."""
        self._stopped = True
        self._bell.set()

    async def _tick(self) -> None:
        while True:
            await self.clock.sleep(EVERY_SECONDS)
            self._bell.set()

    async def _expire(self) -> None:
        more = True
        while more and not self._stopped:
            gone = await self._expire_share()
            if gone.texts or gone.turns:
                _log.info(
                    "expired: the words of %d message(s), and %d turn(s) with their scores", gone.texts, gone.turns
                )
            more = gone.more
            await asyncio.sleep(0)  # whoever waits to write comes before the next share

    async def _expire_share(self) -> Expired:
        """By the time that it is now: where the clock went back, nothing goes early."""
        now, settings = self.clock.now(), self.settings
        ledgers = timedelta(days=settings.ledger_days)
        return await self.store.expire(
            texts_before=now - timedelta(days=settings.texts_days),
            ledgers_before=now - ledgers,
            checkpoint_before=now - max(timedelta(days=1), ledgers / _CHECKPOINTS),
            step=fold,
            at=now,
        )
