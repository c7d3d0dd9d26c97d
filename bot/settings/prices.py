"""What models cost: one dated table, the configuration's own prices over it, and nothing for models run here."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, cast

from bot.errors import ConfigError
from bot.settings.providers import EMBEDDED, OLLAMA, Provider, is_on_this_machine
from bot.settings.tables import Reader, joined, parsed, within
from safi.usage import Usage

_RATE: Final = within(0, 100_000, "dollars a million tokens")
_FILE: Final = "prices.toml"
_OF_THE_CLOUD: Final = (":cloud", "-cloud")
"""How the names end of models that Ollama lists beside the others and passes on to its cloud."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What a whole request costs that has more input tokens than `tokens`."""

    tokens: Annotated[int, within(1, 1_000_000_000, "tokens")]
    input: Annotated[float, _RATE]
    output: Annotated[float, _RATE]
    cached: Annotated[float, _RATE] | None = None
    written: Annotated[float, _RATE] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars a million tokens. Input from the vendor's cache, or into it, costs what input costs, unless given."""

    input: Annotated[float, _RATE]
    output: Annotated[float, _RATE]
    cached: Annotated[float, _RATE] | None = None
    written: Annotated[float, _RATE] | None = None
    above: Above | None = None

    def cost(self, usage: Usage) -> float:
        """What a call costs, in US dollars. Tokens that were not counted cost nothing."""
        tokens, cached, written = usage.input_tokens or 0, usage.cached_tokens or 0, usage.written_tokens or 0
        rates = self.above if self.above and tokens > self.above.tokens else self
        dollars = (
            max(tokens - cached - written, 0) * rates.input
            + cached * (rates.input if rates.cached is None else rates.cached)
            + written * (rates.input if rates.written is None else rates.written)
            + (usage.output_tokens or 0) * rates.output
        )
        return dollars / 1e6


FREE: Final = Price(input=0.0, output=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The price of each model, by `provider:model id`; free ones of the providers `here` cost nothing otherwise."""

    as_of: date
    rows: Mapping[str, Price] = field(hash=False)
    here: Collection[str] = ()

    def of(self, model: str) -> Price | None:
        """The price of a model; None if it is not known."""
        return self.rows.get(model) or (FREE if is_free(model) and model.partition(":")[0] in self.here else None)

    def about(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """What so many tokens cost in US dollars, without a cache; None if the price is not known."""
        price = self.of(model)
        return price and price.cost(
            Usage(model=model, seconds=0.0, input_tokens=input_tokens, output_tokens=output_tokens)
        )


def price_list(given: Mapping[str, Price], providers: Mapping[str, Provider]) -> Prices:
    """The shipped table with a configuration's `given` prices over it."""
    shipped = _shipped()
    here = {EMBEDDED, *(name for name, provider in providers.items() if is_on_this_machine(provider.base_url or ""))}
    return Prices(as_of=shipped.as_of, rows={**shipped.rows, **given}, here=frozenset(here))


def is_free(model: str) -> bool:
    """Whether a model runs on this machine if its provider does: our own, and Ollama's but for those of its cloud.

    Any other server here may be a gateway to a vendor that charges for it.
    """
    provider, _, name = model.partition(":")
    return provider == EMBEDDED or (provider == OLLAMA and not name.endswith(_OF_THE_CLOUD))


def unpriced(models: Iterable[str], prices: Prices, day_tokens: int) -> tuple[str, ...]:
    """A warning of the models whose price is not known: how all of them together are capped, and what to do."""
    unknown = tuple(dict.fromkeys(model for model in models if prices.of(model) is None))
    if not unknown:
        return ()
    *others, last = unknown
    names = f"{', '.join(others)} and {last}" if others else last
    tables = ", ".join(f"[{joined('prices', model)}]" for model in unknown)
    return (
        f"No price is known for {names}; tokens are capped instead, "
        f"{day_tokens:,} a day (spend.day_tokens). Prices go under {tables}: input = 0, output = 0 if nobody charges.",
    )


def price_problems(given: Mapping[str, Price]) -> Iterator[str]:
    """What is wrong with a configuration's prices beyond the kinds of their values.

    Money is set aside for the longest question there can be, so a longer one must not be cheaper.
    """
    for model, price in given.items():
        for kind in ("input", "cached", "written", "output") if price.above else ():
            below, above = _rate(price, kind), _rate(cast("Above", price.above), kind)
            if above < below:
                path = joined("prices", model)
                yield f"{path}.above.{kind}: must be at least {below:g}, as it is up to that many tokens, not {above:g}"


def _rate(rates: Price | Above, kind: str) -> float:
    given: float | None = getattr(rates, kind)
    return rates.input if given is None else given


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    prices: Mapping[str, Price] = field(hash=False)


def _shipped() -> Prices:
    """The table beside this file."""
    raw = parsed(files("bot.settings").joinpath(_FILE).read_bytes(), _FILE, ConfigError)
    as_of = cast("date", raw.pop("as_of"))
    reader = Reader(base=Path())
    table = reader.read(_Table, raw)
    if table is None:
        raise ConfigError(f"{_FILE}: {problem}" for problem in reader.problems)
    return Prices(as_of=as_of, rows=table.prices)
