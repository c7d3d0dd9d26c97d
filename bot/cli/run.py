"""`safi-bot run`: serves the configured platforms, on models that are named there, with judges that passed."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from bot import wiring
from bot.choice import Choice
from bot.cli.opening import Opening, chosen, configured, opening
from bot.config import Config
from bot.errors import ConfigError
from bot.judging.admission import Barred, admitted, cases_of, panels
from bot.providers import EMBEDDED
from safi.ports import LastChecks

_USUAL: Final = {"intellect": "anthropic", "will": "openai", "conscience": "openai"}
"""The roles, and a provider for each as an example."""

_NO_PLATFORM: Final = "no platform is configured, so there is nobody to talk to; `safi-bot chat` talks in this terminal"


def run(file: Path | None, *, unchecked_judges: bool) -> int:
    """Serve until stopped. Raises BotError, SafiError or an ExceptionGroup of them."""
    config = configured(file)
    _require_named_models(config)
    choice = chosen(config, os.environ)
    _require_vendors(choice)
    start = opening(config, choice, os.environ)
    sys.stderr.writelines(f"safi-bot: warning: {warning}\n" for warning in start.choice.warnings)
    asyncio.run(_serve(start, unchecked_judges=unchecked_judges))
    return 0


def _require_named_models(config: Config) -> None:
    """No key that lies in the environment sends a community's words anywhere: somebody has to have written it down."""
    roles = config.roles
    if not (roles.intellect or roles.will or roles.conscience):
        wanted = "`run` uses only models that the configuration names"
        raise ConfigError(
            f'roles.{role}: is not set; {wanted}, as in {role} = "{usual}"' for role, usual in _USUAL.items()
        )


def _require_vendors(choice: Choice) -> None:
    problem = "the practice model is for `safi-bot chat`; name a vendor or a server of your own"
    roles = [role for role in _USUAL if getattr(choice, role).provider == EMBEDDED]
    if roles:
        raise ConfigError(f"roles.{role}: {problem}" for role in roles)


async def _serve(start: Opening, *, unchecked_judges: bool) -> None:
    config = start.config
    async with (
        wiring.open_store(config.store) as store,
        wiring.open_models(start.choice, config, os.environ, accounts=store, fallbacks=start.fallbacks),
    ):
        if not unchecked_judges:
            await _require_judges(start, store)
        raise ConfigError([_NO_PLATFORM])  # here each platform of the configuration will be opened


async def _require_judges(start: Opening, checks: LastChecks) -> None:
    """Judges that failed their check, or never had one, decide nothing for anybody; nor do those that stand in."""
    personas, screen = start.config.personas, wiring.open_screen()
    profiles = [start.scopes.catalogue.default]  # all places have that one, until they can be assigned others
    verdicts = [
        await admitted(
            profile,
            cases_of(personas, profile, screen),
            panels(profile, start.choice, start.config, os.environ),
            checks,
        )
        for profile in profiles
    ]
    if barred := [verdict.sentence for verdict in verdicts if isinstance(verdict, Barred)]:
        raise ConfigError(barred)
