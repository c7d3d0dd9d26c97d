"""`safi-bot doctor`: looks at everything that the bot needs and says what is not well. It changes nothing."""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from adapters.chat.sheet import Sheet, Tone
from bot import wiring
from bot.cli import judges
from bot.cli.opening import chosen, config_file, configured, opening, stand_ins_without_price
from bot.clock import SystemClock
from bot.doctor import declared
from bot.doctor.finding import Finding, State, as_report, status, summary
from bot.doctor.rounds import Patient, Tell, rounds, skipped
from bot.errors import ConfigError, Refused
from bot.judging.admission import panels
from bot.settings.choice import Choice, fitted
from bot.settings.config import Config, Tokens
from bot.settings.personas import Catalogue, catalogue, misnamed
from bot.settings.prices import price_list

_TONES: Final[Mapping[State, Tone]] = {"ok": "good", "warning": "doubtful", "problem": "bad", "skipped": "quiet"}
_MARK: Final = 7
_NAME: Final = 22
"""Columns for a state and for a check's name."""


def run(file: Path | None, *, as_json: bool) -> int:
    """Look at everything and print it. Exit status: 0 well or warned of, 1 a problem, 2 not usable as it is written."""
    findings: list[Finding] = []
    if as_json:
        asyncio.run(examine(file, findings.extend))
        report = json.dumps(as_report(findings, version("safi-bot")), indent=2)
        print(report, flush=True)  # noqa: T201  # what was asked for
        return status(findings)
    sheet = Sheet(sys.stdout, mark=_MARK, name=_NAME)

    def show(found: Iterable[Finding]) -> None:
        for finding in found:
            findings.append(finding)
            sheet.row(finding.state, _TONES[finding.state], finding.name, finding.sentence, finding.remedy or "")

    with sheet.busy("Looking at everything ..."):
        asyncio.run(examine(file, show))
    sheet.line(summary(findings))
    return status(findings)


def check_judges(file: Path | None, persona: str | None, *, yes: bool, as_json: bool) -> int:
    """Put the judge check to the judges in use. Exit status and errors as `bot.cli.judges.run`."""
    config = configured(file)
    start = opening(config, chosen(config, os.environ), os.environ)

    async def whole() -> int:
        async with wiring.open_store(start.config.store) as store:
            bench = judges.Bench(
                personas=start.config.personas,
                catalogue=start.scopes.catalogue,
                panels=lambda profile: panels(profile, start.choice, start.config, os.environ),
                opened=lambda panel: wiring.open_models(panel.choice, start.config, os.environ, accounts=store),
                most=_most(start.config.tokens),
                checks=store,
                screen=wiring.open_screen(),
                clock=SystemClock(),
                fresh=partial(secrets.token_hex, 8),
                price=price_list(config.prices, config.providers).about,
            )
            personas = [persona] if persona else []
            return await judges.run(bench, personas, yes=yes, json_only=as_json, terminal=judges.here())

    return asyncio.run(whole())


def _most(tokens: Tokens) -> Tokens:
    """The bounds with room for thinking, which is paid for as well."""
    room = wiring.thinking_room()
    return replace(tokens, verdict=tokens.verdict + room, ledger=tokens.ledger + room)


async def examine(file: Path | None, tell: Tell) -> None:
    """All checks in their order; what is found is told as soon as it is."""
    try:
        config = configured(file)
    except Refused as error:
        tell(declared.refused("configuration", error))
        tell(skipped(["all else"], "the configuration"))
        return
    tell([declared.configuration(config_file(file))])
    choice = _roles(config, tell)
    fitting = fitted(config, choice) if choice else config
    patient = Patient(
        config=fitting,
        choice=choice,
        catalogue=_personas(fitting, choice, tell),
        environ=os.environ,
        clock=SystemClock(),
    )
    await rounds(patient, tell)


def _roles(config: Config, tell: Tell) -> Choice | None:
    try:
        choice = chosen(config, os.environ)
    except Refused as error:
        tell(declared.refused("roles", error))
        return None
    tell(declared.roles(choice))
    return choice


def _personas(config: Config, choice: Choice | None, tell: Tell) -> Catalogue | None:
    try:
        found = catalogue(config.personas, wiring.open_screen().problem)
    except Refused as error:
        tell(declared.refused("personas", error))
        return None
    tell(declared.personas(found))
    tell(declared.refused("personas", ConfigError(misnamed(config.given, found))))
    if choice is not None:
        tell(declared.fallbacks(found.profiles, choice, config, os.environ))
        tell(declared.warned("fallbacks", stand_ins_without_price(found, choice, config, os.environ)))
    elif found.fallbacks:
        tell(skipped(["fallbacks"], "the roles"))
    return found
