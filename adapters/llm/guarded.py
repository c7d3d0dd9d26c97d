"""The guard round every model: one deadline over all tries, at most one retry, and stand-ins where they are allowed.

Vendors' adapters make one call and tell what came of it. What follows from that is decided here; bounds, breaker and
money are looked after by `attempt`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.llm.attempt import LONGEST_WAIT, Asking, Caller, Candidate
from safi.errors import AnswerEmpty, BudgetSpent, ModelFailure, ModelMisconfigured, ModelUnavailable
from safi.ports import Clock, Reply, Request
from safi.usage import Usage, total

BACK_OFF: Final = 1.0
"""Seconds: before a retry for which the vendor names no time passes anything from none to this, by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A Model made of candidates: the role's `own`, and `others`, by provider, to stand in where a request lists them.

    They do so for a model that is unavailable or misconfigured, and not for one that gives no answer: a refusal is an
    answer of sorts. `deadline` is in seconds; what is left of it is shared by the candidates left, so that a silent one
    leaves time for the next. `jitter` gives numbers from 0 up to 1.
    """

    own: Candidate
    others: Mapping[str, Candidate] = field(default_factory=dict[str, Candidate])
    caller: Caller
    deadline: float
    clock: Clock
    jitter: Callable[[], float]

    @property
    def name(self) -> str:
        """The role's own model."""
        return self.own.model.name

    @property
    def sees(self) -> bool:
        """Whether the role's own model does. A stand-in that does not is asked without images."""
        return self.own.model.sees

    async def ask(self, request: Request) -> Reply:
        """As Model.ask. The usage of a reply or failure sums up all calls that were made; without one there is none.

        Where several candidates fail, it is the first one's failure that is raised: somebody must see to that.
        """
        loop, calls = asyncio.get_running_loop(), list[Usage]()
        started, failures = loop.time(), list[ModelFailure]()
        candidates = self._candidates(request)
        for left, candidate in zip(range(len(candidates), 0, -1), candidates, strict=True):
            share = (started + self.deadline - loop.time()) / left
            try:
                reply = await self._in_time(candidate, _fit(request, candidate), calls, share)
                return replace(reply, usage=_usage(calls, loop.time() - started))
            except ModelFailure as failure:
                failures.append(failure)
                if not _others_may_help(failure):
                    break
        failures[0].usage = _usage(calls, loop.time() - started) if calls else None
        raise failures[0]

    def _candidates(self, request: Request) -> Sequence[Candidate]:
        return [self.own, *(self.others[provider] for provider in request.instead if provider in self.others)]

    async def _in_time(self, candidate: Candidate, request: Request, calls: list[Usage], seconds: float) -> Reply:
        instead_of = None if candidate is self.own else self.name
        limit = asyncio.timeout(seconds)
        asking = Asking(calls=calls, limit=limit, seconds=seconds, instead_of=instead_of)
        try:
            async with limit:
                return await self._with_retry(candidate, request, asking)
        except TimeoutError:
            failure = asking.late()
        raise failure

    async def _with_retry(self, candidate: Candidate, request: Request, asking: Asking) -> Reply:
        try:
            return await self.caller.call(candidate, request, asking)
        except ModelFailure as failure:
            wait = self._wait(failure)
            if wait is None or not asking.has_time(wait) or candidate.breaker.shut():
                raise
        await self.clock.sleep(wait)
        return await self.caller.call(candidate, request, asking)

    def _wait(self, failure: ModelFailure) -> float | None:
        """Seconds after which a second call may help; None if none does."""
        match failure:
            case ModelUnavailable(again=True, retry_after=None) | AnswerEmpty():
                return self.jitter() * BACK_OFF
            case ModelUnavailable(again=True, retry_after=float(asked)) if asked <= LONGEST_WAIT:
                return asked
            case _:
                return None


def _fit(request: Request, candidate: Candidate) -> Request:
    """A question as a candidate can take it."""
    if candidate.model.sees or not any(message.images for message in request.messages):
        return request
    return replace(request, messages=tuple(replace(message, images=()) for message in request.messages))


def _usage(calls: Sequence[Usage], seconds: float) -> Usage:
    """What the calls took in all, waits included."""
    return replace(total(calls), seconds=seconds)


def _others_may_help(failure: ModelFailure) -> bool:
    """A cap is the operator's, whoever is asked."""
    return isinstance(failure, ModelUnavailable | ModelMisconfigured) and not isinstance(failure, BudgetSpent)
