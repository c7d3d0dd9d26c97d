"""`safi-bot run`: serves the configured platforms, on models that are named there, with judges that passed."""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from adapters.chat.several import Several
from bot import logs, wiring
from bot.app import App, Models, Parts, Store, assemble
from bot.cli.opening import Opening, chosen, configured, opening
from bot.clock import SystemClock
from bot.commands.desk import Admit, unchecked
from bot.doctor import discord, slack
from bot.doctor.calls import calling
from bot.doctor.finding import Finding
from bot.duty import Duty
from bot.errors import ConfigError, ProfileFileError
from bot.hearing.scopes import Scopes
from bot.judging.admission import Barred, admitted, cases_of, panels
from bot.serving import Greeting, at_discord, at_slack, called_at, serve
from bot.settings.choice import Choice
from bot.settings.config import Config
from bot.settings.platforms import Discord, Slack
from bot.settings.providers import EMBEDDED
from bot.settings.tokens import require_tokens
from safi.ports import LastChecks, Notes
from safi.profile import Profile

_USUAL: Final = {"intellect": "anthropic", "will": "openai", "conscience": "openai"}
"""The roles, and a provider for each as an example."""

_PATIENCE: Final = 20.0
"""Seconds to find out where the bot is, before it is said without that."""

_NO_PLATFORM: Final = (
    "no platform is configured, so there is nobody to talk to; write [discord] or [slack.NAME] into the configuration, "
    "as README.md shows, or talk in this terminal with `safi-bot chat`"
)


def run(file: Path | None, *, unchecked_judges: bool) -> int:
    """Serve until stopped. Raises BotError, SafiError or an ExceptionGroup of them."""
    config = configured(file)
    _require_named_models(config)
    choice = chosen(config, os.environ)
    _require_vendors(choice)
    require_tokens(config, os.environ)  # before anything is opened
    start = opening(config, choice, os.environ)
    _warn(start.choice.warnings)
    logs.start(config.log, otherwise=None)
    asyncio.run(whole(start, unchecked_judges=unchecked_judges, tell=partial(print, flush=True)))
    return 0


def _require_named_models(config: Config) -> None:
    """No key that lies in the environment sends a community's words anywhere: somebody has to have written it down."""
    roles = config.roles
    if not (roles.intellect or roles.will or roles.conscience):
        wanted = "is not set; `run` uses only models that the configuration names"
        raise ConfigError(
            f'roles.{role}: {wanted}, as in {role} = "{usual}" under [roles]' for role, usual in _USUAL.items()
        )


def _require_vendors(choice: Choice) -> None:
    problem = "the practice model is for `safi-bot chat`; name a vendor or a server of your own"
    roles = [role for role in _USUAL if getattr(choice, role).provider == EMBEDDED]
    if roles:
        raise ConfigError(f"roles.{role}: {problem}" for role in roles)


async def whole(start: Opening, *, unchecked_judges: bool, tell: Callable[[str], None]) -> None:
    """Open what is configured, and serve it; `tell` is given lines for whoever started it. Errors as `run`."""
    config = start.config
    async with (
        wiring.open_store(config.store) as store,
        wiring.open_models(start.choice, config, os.environ, accounts=store, fallbacks=start.fallbacks) as models,
    ):
        start.scopes.assigned.take_in(await store.assignments())
        _warn(_missing_personas(start.scopes))
        admission = Admission(start=start, checks=store, environ=os.environ)
        barred = [] if unchecked_judges else await admission.barred()
        nowhere = [] if config.slack or config.discord is not None else [_NO_PLATFORM]
        if problems := [*barred, *nowhere]:
            raise ConfigError(problems)
        platforms = list(_platforms(start, store))
        app = _assembled(start, platforms, models, store, unchecked if unchecked_judges else admission.admit)
        await serve(app, platforms, tell, [models.line])


def _platforms(start: Opening, notes: Notes) -> Iterator[Greeting]:
    """Every platform that is configured, which nobody speaks to yet."""
    config, clock, calls = start.config, SystemClock(), calling(start.scopes.answering)
    if config.discord is not None:
        chat = wiring.open_discord(config.discord, os.environ, notes=notes, clock=clock)
        yield Greeting(chat=chat, lines=partial(_of_discord, config.discord, calls))
    for name, table in config.slack.items():
        chat = wiring.open_slack(name, table, os.environ, clock=clock)
        yield Greeting(chat=chat, lines=partial(_of_slack, name, table, calls))


def _assembled(start: Opening, platforms: Sequence[Greeting], models: Models, store: Store, admit: Admit) -> App:
    members = [platform.chat for platform in platforms]
    chat = members[0] if len(members) == 1 else Several(members)
    parts = Parts(
        config=start.config,
        scopes=start.scopes,
        models=models,
        screen=wiring.open_screen(),
        store=store,
        chat=chat,
        clock=SystemClock(),
        fresh=partial(secrets.token_hex, 8),
        onlooker=Duty(chat=chat),
        version=version("safi-bot"),
        admit=admit,
    )
    return assemble(parts)


async def _of_discord(table: Discord, calls: Sequence[str]) -> list[str]:
    """Where the bot is at Discord, and what keeps it from something."""
    found = await wiring.look_at_discord(table, os.environ, discord.named_channels(table), patience=_PATIENCE)
    return [*at_discord(found), *_problems(() if found.fault else discord.findings(table, found, calls))]


async def _of_slack(name: str, table: Slack, calls: Sequence[str]) -> list[str]:
    """Where the bot is at Slack, and what keeps it from something."""
    found = await wiring.look_at_slack(name, table, os.environ, slack.named_channels(name, table), patience=_PATIENCE)
    by_calls = [] if table.mode == "socket" else [called_at(table.listen, slack.setup(name, table))]
    problems = _problems(() if found.fault else slack.findings(name, table, found, calls))
    return [at_slack(name, found), *by_calls, *problems]


def _problems(findings: Iterable[Finding]) -> Iterator[str]:
    return (f"{each.sentence} {each.remedy}" for each in findings if each.state == "problem")


def _warn(warnings: Iterable[str]) -> None:
    sys.stderr.writelines(f"safi-bot: warning: {warning}\n" for warning in warnings)


def _missing_personas(scopes: Scopes) -> Iterator[str]:
    """A warning for each persona that moderators gave to a channel and that is no longer there."""
    for name in sorted(scopes.assigned.names - set(scopes.catalogue.names)):
        yield f'moderators gave channels to the persona "{name}", which is not there; nobody answers in them'


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Judges that failed their check, or never had one, decide nothing for anybody; nor do those that stand in."""

    start: Opening
    checks: LastChecks
    environ: Mapping[str, str]

    async def barred(self) -> list[str]:
        """Why judges may not sit, for every persona that can answer somewhere and whose judges may not."""
        verdicts = [await self.admit(profile) for profile in self.start.scopes.answering]
        return [verdict for verdict in verdicts if verdict is not None]

    async def admit(self, profile: Profile) -> str | None:
        """Why the judges of a persona may not sit, and what can be done; None where they may."""
        start = self.start
        try:
            cases = cases_of(start.config.personas, profile, wiring.open_screen())
        except ProfileFileError as error:
            return str(error)
        bench = panels(profile, start.choice, start.config, self.environ)
        verdict = await admitted(profile, cases, bench, self.checks)
        return verdict.sentence if isinstance(verdict, Barred) else None
