"""Guarded models on doubles: accounts in a list, a clock that nobody waits for, candidates that are scripts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.llm.attempt import Bounded, Caller, Candidate
from adapters.llm.breaker import Breaker
from adapters.llm.guarded import Guarded
from adapters.llm.meter import Caps, Meter, Tariff
from adapters.llm.scripted import Script, ScriptedModel
from bot.settings.config import Config
from bot.settings.prices import price_list
from bot.wiring.guarding import Guarding
from safi.errors import ModelFailure
from safi.ports import Call, Message, Model, Reply, Request, Spent
from safi.usage import Usage
from tests.doubles import NOON

QUESTION = Request(system=("Be kind.",), messages=(Message(role="user", text="Tea?"),))
WIDE = Caps(day=1e6, month=1e6, day_tokens=10**12)
"""Caps that nothing reaches."""


@dataclass(slots=True)
class BriskClock:
    """Sleeping takes no time: the clock is simply that much later."""

    time: datetime = NOON
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_time(seconds)

    def pass_time(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass(slots=True)
class FakeAccounts:
    """Every call that was noted; `before` was spent in earlier runs, by the moment from which one asks."""

    calls: list[Call] = field(default_factory=list[Call])
    before: Callable[[datetime], Spent] = lambda _: Spent()

    def note(self, call: Call) -> None:
        self.calls.append(call)

    async def spent(self, *, since: datetime) -> Spent:
        return self.before(since)

    @property
    def fates(self) -> list[str]:
        return [call.fate for call in self.calls]


@dataclass(slots=True, kw_only=True)
class Bench:
    """What guarded models of a test share. Money is a dollar a million tokens, in and out."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    clock: BriskClock = field(default_factory=BriskClock)
    jitter: Callable[[], float] = lambda: 0.5
    caps: Caps = WIDE
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = Meter(accounts=self.accounts, clock=self.clock, caps=self.caps, day=Spent(), month=Spent())

    def candidate(self, model: Bounded | Script, *, name: str = "own:m", tariff: Tariff | None = None) -> Candidate:
        """A candidate with a breaker of its own; its provider is the part of its name before the colon."""
        return Candidate(
            provider=name.partition(":")[0],
            model=ScriptedModel(model, name=name) if callable(model) else model,
            breaker=Breaker(self.clock),
            tariff=tariff or a_dollar,
        )

    def guarding(self) -> Guarding:
        """What the program builds guarded models with, on this bench. No price is known."""
        prices = price_list({}, {})
        return Guarding(config=Config(), prices=prices, meter=self.meter, clock=self.clock, jitter=self.jitter)

    def guarded(
        self, own: Candidate | Script, *others: Candidate, deadline: float = 60.0, at_once: int = 16
    ) -> Guarded:
        """A model whose own candidate may be given as a script."""
        return Guarded(
            own=own if isinstance(own, Candidate) else self.candidate(own),
            others={other.provider: other for other in others},
            caller=Caller(role="will", slots=asyncio.Semaphore(at_once), meter=self.meter, clock=self.clock),
            deadline=deadline,
            clock=self.clock,
            jitter=self.jitter,
        )


def a_dollar(usage: Usage) -> float:
    """A dollar a million tokens."""
    return ((usage.input_tokens or 0) + (usage.output_tokens or 0)) / 1e6


def no_price(_: Usage) -> None:
    """Nobody knows."""


def answer(text: str = "Tea.", *, model: str = "own:m", **usage: Any) -> Reply:
    """A reply of 7 tokens to a question of 5, unless told otherwise."""
    counts: dict[str, Any] = {"input_tokens": 5, "output_tokens": 7} | usage
    return Reply(text=text, usage=Usage(model=model, seconds=0.0, **counts))


def scripted(*answers: Reply | Exception) -> Callable[[Request], Reply | Exception]:
    """A script that gives these one after the other, and then the last for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


async def outcome(model: Model, request: Request = QUESTION) -> Any:
    """The reply, or the failure if there was one."""
    try:
        return await model.ask(request)
    except ModelFailure as failure:
        return failure


async def forever(_: Request) -> Reply:
    """A vendor that never says a word."""
    await asyncio.Event().wait()
    raise AssertionError
