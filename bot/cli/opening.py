"""What every command starts from: the configuration, who can answer, and which models were chosen. Opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot import wiring
from bot.choice import Choice, choose, fitted
from bot.config import Config, load
from bot.personas import catalogue
from bot.prices import price_list, unpriced
from bot.scopes import Scopes

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
        listed = (name for profile in self.scopes.catalogue.profiles for name in profile.fallbacks)
        return tuple(dict.fromkeys(listed))


def config_file(named: Path | None) -> Path | None:
    """The configuration's file: the one that was named, else the usual one if it is there."""
    return named or (CONFIG_FILE if CONFIG_FILE.exists() else None)


def configured(file: Path | None, persona: str | None = None) -> Config:
    """The configuration, with another default persona if one is given. Raises ConfigError."""
    config = load(config_file(file))
    return config if persona is None else replace(config, personas=replace(config.personas, default=persona))


def chosen(config: Config, environ: Mapping[str, str]) -> Choice:
    """The models of the configuration, or the best that are found. Raises ConfigError."""
    choice = choose(config, environ, wiring.ollama_models(config, environ))
    models = map(str, (choice.intellect, choice.will, choice.conscience))
    prices = price_list(config.prices, config.providers)
    return replace(choice, warnings=(*choice.warnings, *unpriced(models, prices, config.spend.day_tokens)))


def opening(config: Config, choice: Choice) -> Opening:
    """All of it, the personas included. Raises ConfigError or ProfileFileError."""
    fitting = fitted(config, choice)
    found = catalogue(fitting.personas, wiring.open_screen().problem)
    return Opening(config=fitting, choice=choice, scopes=Scopes(catalogue=found, sharing=fitting.memory.scope))
