"""The guarded model of each role: its own model and those that stand in for it, within the configured bounds."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass

from adapters.llm.attempt import Bounded, Caller, Candidate
from adapters.llm.breaker import Breaker
from adapters.llm.cached import Cached
from adapters.llm.guarded import Guarded
from adapters.llm.meter import Caps, Meter, Unrecorded, open_meter
from bot.settings.choice import ModelRef
from bot.settings.config import Config
from bot.settings.prices import Prices, price_list
from bot.settings.roles import Role
from safi.ports import Accounts, Clock, Model
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """What all roles share. `opened` opens a model of a role; `jitter` gives numbers from 0 up to 1."""

    config: Config
    prices: Prices
    meter: Meter
    clock: Clock
    jitter: Callable[[], float]

    def guarded(self, role: Role, stand_ins: Collection[ModelRef], opened: Callable[[ModelRef], Bounded]) -> Model:
        """A role's model under guard. What the Will was asked before it is not asked again."""
        guarded = Guarded(
            own=self._candidate(role.own, opened),
            others={ref.provider: self._candidate(ref, opened) for ref in stand_ins},
            caller=Caller(
                role=role.faculty,
                slots=asyncio.Semaphore(self.config.calls.at_once),
                meter=self.meter,
                clock=self.clock,
            ),
            deadline=role.deadline,
            clock=self.clock,
            jitter=self.jitter,
        )
        return Cached(guarded) if role.faculty == "will" else guarded

    def _candidate(self, ref: ModelRef, opened: Callable[[ModelRef], Bounded]) -> Candidate:
        price = self.prices.of(str(ref))
        return Candidate(
            provider=ref.provider,
            model=opened(ref),
            breaker=Breaker(self.clock),
            tariff=price.cost if price else _unknown,
        )


async def guarding(config: Config, accounts: Accounts | None, clock: Clock, jitter: Callable[[], float]) -> Guarding:
    """Ready to guard. Without accounts nothing is recorded, and what was spent before is not known.

    Raises StoreUnavailable.
    """
    caps = Caps(day=config.spend.day, month=config.spend.month, day_tokens=config.spend.day_tokens)
    meter = await open_meter(accounts=accounts or Unrecorded(), clock=clock, caps=caps)
    prices = price_list(config.prices, config.providers)
    return Guarding(config=config, prices=prices, meter=meter, clock=clock, jitter=jitter)


def _unknown(_: Usage) -> None:
    """The cost at no price."""
