"""One call to a vendor, under guard: money set aside, the breaker asked, the call made, and booked however it ends."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from adapters.llm.breaker import Breaker, Shut, Ticket
from adapters.llm.meter import Hold, Meter, Tariff, counted, estimate
from safi.errors import ModelFailure, ModelMisconfigured, ModelUnavailable
from safi.ports import Call, Clock, Model, Reply, Request, Spent
from safi.usage import Usage

LONGEST_WAIT: Final = 5.0
"""Seconds that one may wait because a vendor asks for it. A vendor that asks for longer is left alone by everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Shares of a time limit. A call is `begun` with at least that much of it left.

    A vendor is `blamed` for a call that the limit cut off only if it had that much of it: else it was our own queue.
    """

    begun: float = 0.1
    blamed: float = 0.5


SHARES: Final = Shares()

CANCELLED: Final = "cancelled"
"""The fate of a call that its asker gave up on."""


class Bounded(Model, Protocol):
    """A model whose replies have an end."""

    @property
    def most_output(self) -> int:
        """Tokens that a reply has at most, thinking included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that may be asked."""

    provider: str
    model: Bounded
    breaker: Breaker
    tariff: Tariff


@dataclass(slots=True, kw_only=True)
class Asking:
    """What came of asking one candidate so far: the calls that were made for the question, and seconds in line.

    `limit` is the time limit that now runs, of `seconds`. `instead_of` is the model that the candidate stands in for.
    """

    calls: list[Usage]
    limit: asyncio.Timeout
    seconds: float
    instead_of: str | None
    waited: float = 0.0

    def has_time(self, wait: float = 0.0) -> bool:
        """Whether a call may still be begun after so many seconds."""
        return (self.limit.when() or 0.0) - _now() - wait >= SHARES.begun * self.seconds

    def late(self) -> ModelUnavailable:
        """The failure of a question that nobody answered in time."""
        waited = f"; it waited in line for {round(self.waited, 2):g} seconds" if self.waited else ""
        return ModelUnavailable(f"no answer within {round(self.seconds, 2):g} seconds{waited}", again=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Makes a role's calls, as many at once as there are `slots`."""

    role: str
    slots: asyncio.Semaphore
    meter: Meter
    clock: Clock

    async def call(self, candidate: Candidate, request: Request, asking: Asking) -> Reply:
        """As Model.ask, once; what it took is added to `asking`. Raises BudgetSpent too."""
        if shut := candidate.breaker.shut():  # nobody waits in line for that
            raise _left_alone(candidate, shut)
        async with self._slot(asking):
            if not asking.has_time():
                raise asking.late()
            begun = self._begun(candidate, request)
            ending: Reply | ModelFailure | None = None
            try:
                reply = ending = await candidate.model.ask(request)
                return reply  # noqa: TRY300  # what is written down below is the same for every end
            except ModelFailure as failure:
                ending = failure
                raise
            finally:
                self._end(begun, ending, asking)

    @asynccontextmanager
    async def _slot(self, asking: Asking) -> AsyncGenerator[None]:
        arrived = _now() if self.slots.locked() else None
        try:
            await self.slots.acquire()
        finally:
            asking.waited += 0.0 if arrived is None else _now() - arrived
        try:
            yield
        finally:
            self.slots.release()

    def _begun(self, candidate: Candidate, request: Request) -> "_Begun":
        name = candidate.model.name
        most = estimate(request, candidate.tariff, model=name, most_output=candidate.model.most_output)
        hold = self.meter.hold(most)
        match candidate.breaker.enter():
            case Shut() as shut:
                self.meter.release(hold)
                raise _left_alone(candidate, shut)
            case ticket:
                return _Begun(candidate=candidate, most=most, hold=hold, ticket=ticket, at=_now())

    def _end(self, begun: "_Begun", ending: Reply | ModelFailure | None, asking: Asking) -> None:
        late = ending is None and asking.limit.expired()
        failure = asking.late() if late else ending
        blamed = not late or begun.seconds >= SHARES.blamed * asking.seconds
        begun.tell_breaker(failure if blamed else None)
        told = begun.unknown() if ending is None else ending.usage
        taken = begun.taken(told)
        usage = replace(
            told or begun.unknown(),
            model=begun.candidate.model.name,
            seconds=begun.seconds,
            cost=None if taken.unpriced else taken.cost,
            instead_of=asking.instead_of,
        )
        asking.calls.append(usage)
        call = Call(at=self.clock.now(), role=self.role, fate=_fate(failure), usage=usage, unpriced=taken.unpriced)
        self.meter.book(begun.hold, call)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A call under way. `at` is the event loop's time."""

    candidate: Candidate
    most: Spent
    hold: Hold
    ticket: Ticket
    at: float

    @property
    def seconds(self) -> float:
        return _now() - self.at

    def unknown(self) -> Usage:
        """What it took, where nobody said."""
        return Usage(model=self.candidate.model.name, seconds=self.seconds)

    def tell_breaker(self, ending: Reply | ModelFailure | None) -> None:
        breaker = self.candidate.breaker
        match ending:
            case Reply():
                breaker.answered(self.ticket)
            case ModelUnavailable(retry_after=float(asked)) if asked > LONGEST_WAIT:
                breaker.failed(self.ticket, asked=asked)
            case ModelUnavailable() | ModelMisconfigured():
                breaker.failed(self.ticket)
            case _:
                breaker.neither(self.ticket)

    def taken(self, told: Usage | None) -> Spent:
        """What counts against the caps: what the vendor counted, else the most it can be, though nobody heard the end.

        A failure without a usage took nothing.
        """
        return Spent() if told is None else counted(self.candidate.tariff, told) or self.most


def _fate(ending: Reply | ModelFailure | None) -> str:
    match ending:
        case Reply():
            return "answered"
        case ModelFailure():
            return ending.cause
        case None:
            return CANCELLED


def _left_alone(candidate: Candidate, shut: Shut) -> ModelUnavailable:
    provider, seconds = candidate.provider, math.ceil(shut.seconds)
    if seconds == 0:
        return ModelUnavailable(f"{provider} failed, and a single call tries it again just now", again=False)
    return ModelUnavailable(f"{provider} failed and is left alone for {seconds} more seconds", again=False)


def _now() -> float:
    return asyncio.get_running_loop().time()
