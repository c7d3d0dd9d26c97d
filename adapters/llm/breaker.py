"""A circuit breaker: a vendor that keeps failing is left alone for a while, and then tried with a single call.

Written by hand because the libraries for it read the machine's own clock.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from safi.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """When a breaker opens, and for how many seconds.

    `failures` in a row open it for `first`; each trial that fails doubles that, up to `longest`. Where the vendor asks
    to be left alone for longer, it is, up to `asked`.
    """

    failures: int = 5
    first: float = 15.0
    longest: float = 300.0
    asked: float = 3_600.0


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """No call may be made for `seconds` more; 0 while the single trial is under way."""

    seconds: float


Ticket = int
"""Leave to make one call. Its holder says how the call ended, once: `answered`, `failed` or `neither`."""


class Breaker:
    """Closed, open, or half-open. A call that began in an earlier state changes nothing in a later one."""

    def __init__(self, clock: Clock, patience: Patience = PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._state: Ticket = 0  # counts the changes of state: a ticket is good in the state it was given in
        self._failures = 0
        self._trials_failed = 0
        self._opened: datetime | None = None
        self._pause = 0.0
        self._trying = False

    def enter(self) -> Ticket | Shut:
        """Leave to make a call, or for how long there is none."""
        shut = self.shut()
        if shut is None:
            self._trying = self._opened is not None
        return self._state if shut is None else shut

    def shut(self) -> Shut | None:
        """For how long there is no leave to make a call; None if there is."""
        if self._opened is None:
            return None
        passed = (self._clock.now() - self._opened).total_seconds()
        if 0 <= passed < self._pause:  # less than 0: the clock was set back, and nobody knows what has passed
            return Shut(seconds=self._pause - passed)
        return Shut(seconds=0.0) if self._trying else None

    def answered(self, ticket: Ticket) -> None:
        """The call was answered: closed."""
        if ticket == self._state:
            self._failures = self._trials_failed = 0
            if self._opened is not None:
                self._change(opened=None)

    def failed(self, ticket: Ticket, *, asked: float | None = None) -> None:
        """The call failed. `asked`: the seconds that the vendor asks to be left alone, which opens it at once."""
        if ticket != self._state:
            return
        self._failures += 1
        if self._opened is not None:
            self._trials_failed += 1
        if asked is not None or self._opened is not None or self._failures >= self._patience.failures:
            self._open(asked or 0.0)

    def neither(self, ticket: Ticket) -> None:
        """The call says nothing about the vendor: another may be the trial."""
        if ticket == self._state:
            self._trying = False

    def _open(self, asked: float) -> None:
        limits = self._patience
        doubled = limits.first * 2.0 ** min(self._trials_failed, 30)
        self._pause = max(min(doubled, limits.longest), min(asked, limits.asked))
        self._change(opened=self._clock.now())

    def _change(self, *, opened: datetime | None) -> None:
        self._state += 1
        self._opened, self._trying = opened, False
