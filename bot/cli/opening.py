"""What every command starts from: the configuration, who can answer, and which models were chosen. Opens nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot import wiring
from bot.cards import phrases
from bot.errors import ConfigError
from bot.hearing.assigned import assigned
from bot.hearing.scopes import Scopes
from bot.settings.choice import Choice, ModelRef, choose, fitted
from bot.settings.config import Config, load
from bot.settings.personas import Catalogue, catalogue, misnamed
from bot.settings.prices import price_list, unpriced
from bot.settings.roles import in_place, misspelt, shortfall
from bot.settings.tables import did_you_mean

CONFIG_FILE: Final = Path("config.toml")
"""Read when no other is named and it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What there is to be opened. `config` is fitted to the models of `choice`."""

    config: Config
    choice: Choice
    scopes: Scopes

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """Every provider that some persona lists to stand in."""
        return self.scopes.catalogue.fallbacks


def config_file(named: Path | None) -> Path | None:
    """The configuration's file: the one that was named, else the usual one if it is there."""
    return named or (CONFIG_FILE if CONFIG_FILE.exists() else None)


def configured(file: Path | None) -> Config:
    """The configuration. Raises ConfigError."""
    return load(config_file(file))


def chosen(config: Config, environ: Mapping[str, str]) -> Choice:
    """The models of the configuration, or the best that are found. Raises ConfigError."""
    choice = choose(config, environ, wiring.ollama_models(config, environ))
    warnings = (*choice.warnings, *_without_price(choice.models, config))
    return replace(choice, warnings=warnings)


def stand_ins_without_price(
    found: Catalogue, choice: Choice, config: Config, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """A warning for each model that may stand in and whose price is not known."""
    places = [in_place(choice, name, config, environ) for name in found.fallbacks]
    return _without_price((ref for place in places for ref in place.models if ref not in choice.models), config)


def opening(config: Config, choice: Choice, environ: Mapping[str, str], *, persona: str | None = None) -> Opening:
    """All of it, the personas included, with warnings of who cannot stand in and of a legal hold.

    `persona`: the default one, if the command line names it. Raises ConfigError or ProfileFileError.
    """
    fitting = fitted(config, choice)
    found = _led_by(persona, catalogue(fitting.personas, wiring.open_screen().problem))
    if problems := [*misspelt(found.profiles, config), *misnamed(config.given, found)]:
        raise ConfigError(problems)
    held = (phrases.LEGAL_HOLD,) if config.retention.legal_hold else ()
    wary = replace(choice, warnings=(*choice.warnings, *_of_stand_ins(found, choice, fitting, environ), *held))
    scopes = Scopes(catalogue=found, sharing=fitting.memory.scope, assigned=assigned(config))
    return Opening(config=fitting, choice=wary, scopes=scopes)


def _led_by(persona: str | None, found: Catalogue) -> Catalogue:
    """The personas with this one as the default. Raises ConfigError."""
    if persona is None:
        return found
    default = found.named(persona)
    if default is None:
        raise ConfigError([f'--persona: there is no persona "{persona}"; {did_you_mean(persona, found.names)}'])
    return replace(found, default=default)


def _of_stand_ins(found: Catalogue, choice: Choice, config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """A warning for each that cannot stand in, or has no price."""
    for profile in found.profiles:
        for name in profile.fallbacks:
            if lack := shortfall(choice, name, config, environ):
                yield f"{profile.name}: {lack.what}; {lack.remedy}."
    yield from stand_ins_without_price(found, choice, config, environ)


def _without_price(models: Iterable[ModelRef], config: Config) -> tuple[str, ...]:
    """A warning for each model whose price is not known."""
    prices = price_list(config.prices, config.providers)
    return unpriced(map(str, models), prices, config.spend.day_tokens)
