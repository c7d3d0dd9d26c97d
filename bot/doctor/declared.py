"""Checks of what people wrote: the configuration, its roles, the personas and the fallbacks they list. Asks nobody."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.doctor.finding import Finding, counted
from bot.errors import ConfigError, Refused
from bot.settings.choice import FACULTIES, Choice, listed
from bot.settings.config import Config
from bot.settings.personas import Catalogue
from bot.settings.providers import Provider
from bot.settings.roles import Shortfall, in_place, misspelt, shortfall
from safi.profile import Profile

_CHOICES: Final = ("Allowed here", "Did you mean")
"""How the end of a problem begins that is part of what is wrong, and not yet what to do."""


def configuration(file: Path | None) -> Finding:
    """A configuration that could be read."""
    there = f"{file} can be used." if file else "There is no config.toml here, so everything is at its default."
    return Finding(check="configuration", state="ok", sentence=there)


def refused(check: str, error: Refused) -> Iterator[Finding]:
    """Each problem of something that cannot be used."""
    for problem in error.problems:
        sentence, remedy = told(problem, "; ")
        if remedy is None or remedy.startswith(_CHOICES):
            sentence, remedy = f"{problem}.", _mended(problem)
        yield Finding(check=check, state="problem", sentence=sentence, remedy=remedy)


def roles(choice: Choice) -> Iterator[Finding]:
    """The models that were chosen, and what to beware of with them."""
    yield Finding(check="roles", state="ok", sentence=choice.line)
    yield from warned("roles", choice.warnings)


def warned(check: str, warnings: Iterable[str]) -> Iterator[Finding]:
    """Each warning as a finding."""
    for warning in warnings:
        sentence, remedy = told(warning)
        yield Finding(
            check=check, state="warning", sentence=sentence, remedy=remedy or "Choose other models in [roles]."
        )


def personas(catalogue: Catalogue) -> Iterator[Finding]:
    """Each persona that could be read."""
    for profile in catalogue.profiles:
        parts = [counted(len(profile.values), "value"), counted(len(profile.rules), "rule")]
        parts += [counted(len(profile.knowledge), "knowledge file")] if profile.knowledge else []
        default = " It answers where no other is named." if profile == catalogue.default else ""
        sentence = f"It has {', '.join(parts)}.{default}"
        yield Finding(check="personas", subject=profile.name, state="ok", sentence=sentence)


def fallbacks(
    profiles: Iterable[Profile], choice: Choice, config: Config, environ: Mapping[str, str]
) -> Iterator[Finding]:
    """The providers that a persona lists to stand in for others."""
    for profile in profiles:
        yield from refused("fallbacks", ConfigError(misspelt([profile], config)))
        for name in profile.fallbacks:
            if name in config.providers:
                place = in_place(choice, name, config, environ)
                lack = shortfall(choice, name, config, environ)
                yield _fallback(f"{profile.name} {name}", name, choice, place, lack)


def told(problem: str, *marks: str) -> tuple[str, str | None]:
    """A line that says what is wrong and then what to do, as the two sentences that one of these marks parts."""
    for mark in marks or ("; ", ". "):
        what, found, remedy = problem.partition(mark)
        if found:
            return f"{what}.", f"{remedy[0].upper()}{remedy[1:].rstrip('.')}."
    return f"{problem.rstrip('.')}.", None


def _fallback(subject: str, name: str, choice: Choice, place: Choice, lack: Shortfall | None) -> Finding:
    if lack is not None:
        sentence, remedy = told(f"{lack.what}; {lack.remedy}")
        return Finding(check="fallbacks", subject=subject, state="warning", sentence=sentence, remedy=remedy)
    taken = [faculty.capitalize() for faculty in FACULTIES if getattr(place, faculty) != getattr(choice, faculty)]
    return Finding(check="fallbacks", subject=subject, state="ok", sentence=f"{name} can stand in for {listed(taken)}.")


def key_place(provider: Provider) -> str:
    """Where a provider's key is looked for."""
    if provider.key_file is not None:
        return f"the file {provider.key_file}"
    return f"the environment variable {provider.key_env}" if provider.key_env else "a variable that key_env names"


def _mended(problem: str) -> str:
    """What to do about a problem of the form `file: key: what`."""
    file, _, rest = problem.partition(": ")
    place, found, _ = rest.partition(": ")
    if place == "cannot be read":
        return f"See that {file} is there and can be read."
    return f"Correct {place} in {file}." if found else "Correct what is named there."
