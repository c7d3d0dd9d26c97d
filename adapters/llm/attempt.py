"""One call to a vendor, under guard: money set aside, the breaker asked, the call made, and booked however it ends."""

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Final

from adapters.llm.breaker import Breaker, Shut, Ticket
from adapters.llm.meter import Estimate, Hold, Meter, Tariff, counted, estimate
from safi.errors import ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer
from safi.ports import Call, Clock, Model, Reply, Request, Spent
from safi.usage import Usage

LONGEST_WAIT: Final = 5.0
"""Seconds that one may wait because a vendor asks for it. A vendor that asks for longer is left alone by everybody."""

CANCELLED: Final = "cancelled"
"""The fate of a call that its asker gave up on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model that may be asked. `most_output` bounds the tokens of a reply, thinking included."""

    provider: str
    model: Model
    breaker: Breaker
    tariff: Tariff
    most_output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What came of one question so far: the calls that were made for it, and the time limit that now runs."""

    calls: list[Usage]
    limit: asyncio.Timeout


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
        async with self.slots:
            begun = self._begun(candidate, request)
            ending: Reply | ModelFailure | None = None
            try:
                reply = ending = await candidate.model.ask(request)
                return reply  # noqa: TRY300  # what is written down below is the same for every end
            except ModelFailure as failure:
                ending = failure
                raise
            finally:
                if ending is None and asking.limit.expired():
                    ending = ModelUnavailable("late", usage=begun.unknown())
                self._end(begun, ending, asking)

    def _begun(self, candidate: Candidate, request: Request) -> "_Begun":
        name = candidate.model.name
        most = estimate(request, candidate.tariff, model=name, most_output=candidate.most_output)
        hold = self.meter.hold(most.whole)
        match candidate.breaker.enter():
            case Shut() as shut:
                self.meter.release(hold)
                raise _left_alone(candidate, shut)
            case ticket:
                return _Begun(candidate=candidate, most=most, hold=hold, ticket=ticket, at=_now())

    def _end(self, begun: "_Begun", ending: Reply | ModelFailure | None, asking: Asking) -> None:
        begun.tell_breaker(ending)
        told = begun.unknown() if ending is None else ending.usage
        taken = begun.taken(ending, told)
        cost = None if taken.unpriced else taken.cost
        usage = replace(told or begun.unknown(), model=begun.candidate.model.name, seconds=begun.seconds, cost=cost)
        asking.calls.append(usage)
        call = Call(at=self.clock.now(), role=self.role, fate=_fate(ending), usage=usage, unpriced=taken.unpriced)
        self.meter.book(begun.hold, call)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A call under way. `at` is the event loop's time."""

    candidate: Candidate
    most: Estimate
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

    def taken(self, ending: Reply | ModelFailure | None, told: Usage | None) -> Spent:
        """What counts against the caps: what the vendor counted, else the most it can be.

        A failure without a usage took nothing. Of an answer that never came, only the question is counted.
        """
        if told is None:
            return Spent()
        known = counted(self.candidate.tariff, told)
        return known or (self.most.whole if isinstance(ending, Reply | NoAnswer) else self.most.asking)


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
