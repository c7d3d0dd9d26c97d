"""The guarded model of each role: its own model, those that may stand in for it, and the bounds that are configured."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from adapters.llm.attempt import Caller, Candidate
from adapters.llm.breaker import Breaker
from adapters.llm.cached import Cached
from adapters.llm.guarded import Guarded
from adapters.llm.meter import Caps, Meter, Unrecorded, open_meter
from adapters.llm.vendor import THINKING_TOKENS
from bot.choice import Choice, Faculty, ModelRef
from bot.config import Config
from bot.prices import Prices, price_list
from bot.providers import ModelIds, Provider, key_of
from safi.ports import Accounts, Clock, Model
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A faculty, its own model, how long a reply may be, in tokens, and all may take, in seconds."""

    faculty: Faculty
    own: ModelRef
    max_tokens: int
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarding:
    """What all roles share. `opened` opens a model of a role; `jitter` gives numbers from 0 up to 1."""

    config: Config
    prices: Prices
    meter: Meter
    clock: Clock
    jitter: Callable[[], float]

    def guarded(self, role: Role, stand_ins: Collection[ModelRef], opened: Callable[[ModelRef], Model]) -> Model:
        """A role's model under guard. What the Will was asked before it is not asked again."""
        guarded = Guarded(
            own=self._candidate(role, role.own, opened),
            others={ref.provider: self._candidate(role, ref, opened) for ref in stand_ins},
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

    def _candidate(self, role: Role, ref: ModelRef, opened: Callable[[ModelRef], Model]) -> Candidate:
        price = self.prices.of(str(ref))
        return Candidate(
            provider=ref.provider,
            model=opened(ref),
            breaker=Breaker(self.clock),
            tariff=price.cost if price else _unknown,
            most_output=role.max_tokens + THINKING_TOKENS,
        )


async def guarding(config: Config, accounts: Accounts | None, clock: Clock, jitter: Callable[[], float]) -> Guarding:
    """Ready to guard. Without accounts nothing is recorded, and what was spent before is not known.

    Raises StoreUnavailable.
    """
    caps = Caps(day=config.spend.day, month=config.spend.month, day_tokens=config.spend.day_tokens)
    meter = await open_meter(accounts=accounts or Unrecorded(), clock=clock, caps=caps)
    prices = price_list(config.prices, config.providers)
    return Guarding(config=config, prices=prices, meter=meter, clock=clock, jitter=jitter)


def roles(choice: Choice, config: Config) -> tuple[Role, Role, Role]:
    """Intellect, Will and Conscience."""
    tokens, seconds = config.tokens, config.deadlines
    return (
        Role(faculty="intellect", own=choice.intellect, max_tokens=tokens.answer, deadline=seconds.intellect),
        Role(faculty="will", own=choice.will, max_tokens=tokens.verdict, deadline=seconds.will),
        Role(faculty="conscience", own=choice.conscience, max_tokens=tokens.ledger, deadline=seconds.conscience),
    )


def stand_ins(
    role: Role, config: Config, environ: Mapping[str, str], fallbacks: Collection[str]
) -> tuple[ModelRef, ...]:
    """Models of the providers in `fallbacks` for a role: those that have a key, if they need one, and a model id.

    Raises ConfigError if a key's file cannot be read, or by others too.
    """
    return tuple(_found(role, config, environ, dict.fromkeys(fallbacks)))


def _found(role: Role, config: Config, environ: Mapping[str, str], names: Collection[str]) -> Iterator[ModelRef]:
    for name in names:
        provider, ids = config.providers.get(name), config.models.get(name, ModelIds())
        model = ids.intellect if role.faculty == "intellect" else ids.judge
        if provider and model and name != role.own.provider and _has_key(provider, environ):
            yield ModelRef(provider=name, model=model)


def _has_key(provider: Provider, environ: Mapping[str, str]) -> bool:
    wants_one = provider.key_env is not None or provider.key_file is not None
    return not wants_one or key_of(provider, environ) is not None


def _unknown(_: Usage) -> None:
    """The cost at no price."""
