"""The doctor's rounds: what has to be opened or visited. Servers and models all at once, each within a bound."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Final

from bot import wiring
from bot.doctor import asking, declared, discord, servers, slack, storage
from bot.doctor.calls import calling
from bot.doctor.finding import Finding
from bot.doctor.judges import NOTHING_KNOWN, PRACTISING, judges
from bot.doctor.servers import Server
from bot.doctor.storage import Facts
from bot.errors import ConfigError
from bot.hearing.assigned import assigned
from bot.hearing.scopes import Scopes
from bot.judging.admission import panels
from bot.settings.choice import Choice
from bot.settings.config import Config
from bot.settings.personas import Catalogue
from bot.settings.platforms import Slack
from bot.settings.providers import EMBEDDED
from bot.settings.roles import in_place
from bot.settings.tokens import shared
from safi.errors import ModelFailure
from safi.ports import Clock

LOOK: Final = 20.0
"""Seconds after which SQLite's own check of a large store is left."""

VISIT: Final = 10.0
"""Seconds that a server may take to show itself."""

PLATFORM: Final = 60.0
"""Seconds that all questions to a platform may take."""

Tell = Callable[[Iterable[Finding]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is looked at. Without a `choice` or a `catalogue`, what rests on them is skipped."""

    config: Config
    choice: Choice | None
    catalogue: Catalogue | None
    environ: Mapping[str, str]
    clock: Clock


async def rounds(patient: Patient, tell: Tell) -> None:
    """Look at all of it, and tell what was found as soon as it is."""
    path = patient.config.store.path
    facts = await wiring.look_at_store(path, patience=LOOK)
    tell(storage.findings(path, facts))
    tell(storage.key(facts, wiring.look_at_key(patient.config.store)))
    async with asyncio.TaskGroup() as group:
        platforms = [group.create_task(_discord(patient))]
        platforms += [group.create_task(_slack(patient, name, table)) for name, table in patient.config.slack.items()]
        await _models(patient, facts, tell)
    for platform in platforms:
        tell(platform.result())
    tell(slack.sharing(shared(patient.config, patient.environ)))


async def _models(patient: Patient, facts: Facts, tell: Tell) -> None:
    """The models, their servers and those of them that judge."""
    choice = patient.choice
    if choice is None:
        tell(skipped(("model", "certificate", "clock", "judges"), "the roles"))
        return
    used = dict.fromkeys(ref.provider for each in (choice, *_stand_ins(patient, choice)) for ref in each.models)
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(_heard(patient, choice, facts))
        visits = [group.create_task(_visited(patient, provider)) for provider in used if provider != EMBEDDED]
    seen = [server for visit in visits if (server := visit.result())]
    tell(heard.result().models)
    tell(servers.certificates(seen))
    tell([servers.clock(seen)] if seen else [])
    tell(heard.result().judges)


def skipped(checks: Iterable[str], what: str) -> Iterator[Finding]:
    """Checks that rest on something which has to be put right first."""
    for check in checks:
        yield Finding(check=check, state="skipped", sentence=f"Not looked at: {what} must be put right first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What there is to say of the models, and of those that judge."""

    models: Sequence[Finding]
    judges: Sequence[Finding]


async def _heard(patient: Patient, choice: Choice, facts: Facts) -> _Heard:
    async with asyncio.TaskGroup() as group:
        others = [group.create_task(_stood_in(patient, choice, place)) for place in _stand_ins(patient, choice)]
        heard = await _owns(patient, choice, facts)
    return replace(heard, models=[*heard.models, *(finding for other in others for finding in other.result())])


async def _owns(patient: Patient, choice: Choice, facts: Facts) -> _Heard:
    config = asking.hasty(patient.config, choice)
    unknown = list(skipped(["judges"], "the models"))
    try:
        async with wiring.open_models(choice, config, patient.environ) as models:
            return _Heard(
                models=await asking.ask_all(models, asking.own(choice, config)),
                judges=await _judges(patient, choice, facts),
            )
    except ConfigError as error:
        return _Heard(models=list(declared.refused("roles", error)), judges=unknown)
    except ModelFailure as failure:  # the practice model does not start
        practising = (asked for asked in asking.own(choice, config) if asked.ref.provider == EMBEDDED)
        return _Heard(models=[asking.failed(asked, failure) for asked in practising], judges=unknown)


def _stand_ins(patient: Patient, choice: Choice) -> list[Choice]:
    """For each provider that some persona lists and that can stand in, the models where it does."""
    names = patient.catalogue.fallbacks if patient.catalogue else ()
    places = [in_place(choice, name, patient.config, patient.environ) for name in names]
    return [place for place in places if place != choice]


async def _stood_in(patient: Patient, choice: Choice, place: Choice) -> list[Finding]:
    config = asking.hasty(patient.config, place)
    try:
        async with wiring.open_models(place, config, patient.environ) as models:
            return await asking.ask_all(models, asking.others(place, choice, config))
    except ConfigError as error:
        return list(declared.refused("fallbacks", error))
    except ModelFailure:  # the practice model does not start, which is told of by the role that has it
        return []


async def _judges(patient: Patient, choice: Choice, facts: Facts) -> list[Finding]:
    """What the store knows of the judges; one that is not there yet, or of an older version, knows nothing."""
    if patient.catalogue is None:
        return list(skipped(["judges"], "the personas"))
    if EMBEDDED in {choice.will.provider, choice.conscience.provider}:
        return [PRACTISING]
    if facts.fault is not None:
        return list(skipped(["judges"], "the store"))
    async with AsyncExitStack() as stack:
        known = storage.readable(facts)
        checks = (
            await stack.enter_async_context(wiring.open_record(patient.config.store.path)) if known else NOTHING_KNOWN
        )
        scopes = _scopes(patient, patient.catalogue)
        scopes.assigned.take_in(await checks.assignments())
        return [
            finding
            for profile in scopes.answering
            for finding in await judges(
                profile,
                patient.config.personas,
                panels(profile, choice, patient.config, patient.environ),
                checks,
                wiring.open_screen(),
            )
        ]


def _scopes(patient: Patient, found: Catalogue) -> Scopes:
    return Scopes(catalogue=found, sharing=patient.config.memory.scope, assigned=assigned(patient.config))


async def _discord(patient: Patient) -> list[Finding]:
    settings = patient.config.discord
    if settings is None:
        return []
    try:
        channels = discord.named_channels(settings)
        account = await wiring.look_at_discord(settings, patient.environ, channels, patience=PLATFORM)
    except ConfigError as error:
        return list(discord.tokenless(error))
    return list(discord.findings(settings, account, _calling(patient)))


async def _slack(patient: Patient, name: str, table: Slack) -> list[Finding]:
    channels = slack.named_channels(name, table)
    try:
        app = await wiring.look_at_slack(name, table, patient.environ, channels, patience=PLATFORM)
    except ConfigError as error:
        return list(slack.tokenless(name, error))
    return list(slack.findings(name, table, app, _calling(patient)))


def _calling(patient: Patient) -> tuple[str, ...]:
    return calling(_scopes(patient, patient.catalogue).answering) if patient.catalogue else ()


async def _visited(patient: Patient, provider: str) -> Server | None:
    shown = await wiring.visit(provider, patient.config, patient.environ, patience=VISIT)
    return shown and Server(provider=provider, shown=shown, at=patient.clock.now())
