"""Checks of what people wrote: the configuration, its roles, the personas and the fallbacks they list. Asks nobody."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from bot.choice import Choice
from bot.config import Config
from bot.doctor.finding import Finding
from bot.errors import ConfigError, Refused
from bot.personas import Catalogue
from bot.providers import Provider, key_of
from bot.tables import did_you_mean
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
    for warning in choice.warnings:
        sentence, remedy = told(warning)
        yield Finding(
            check="roles", state="warning", sentence=sentence, remedy=remedy or "Choose other models in [roles]."
        )


def personas(catalogue: Catalogue) -> Iterator[Finding]:
    """Each persona that could be read."""
    for profile in catalogue.profiles:
        parts = [_counted(len(profile.values), "value"), _counted(len(profile.rules), "rule")]
        parts += [_counted(len(profile.knowledge), "knowledge file")] if profile.knowledge else []
        default = " It answers where no other is named." if profile == catalogue.default else ""
        sentence = f"It has {', '.join(parts)}.{default}"
        yield Finding(check="personas", subject=profile.name, state="ok", sentence=sentence)


def fallbacks(profiles: Iterable[Profile], config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """The providers that a persona lists to stand in for others."""
    for profile in profiles:
        for name in profile.fallbacks:
            yield _fallback(profile.name, name, config, environ)


def told(problem: str, *marks: str) -> tuple[str, str | None]:
    """A line that says what is wrong and then what to do, as the two sentences that one of these marks parts."""
    for mark in marks or ("; ", ". "):
        what, found, remedy = problem.partition(mark)
        if found:
            return f"{what}.", f"{remedy[0].upper()}{remedy[1:].rstrip('.')}."
    return f"{problem.rstrip('.')}.", None


def _fallback(persona: str, name: str, config: Config, environ: Mapping[str, str]) -> Finding:
    subject, provider = f"{persona} {name}", config.providers.get(name)
    if provider is None:
        known = did_you_mean(name, config.providers)
        return Finding(
            check="fallbacks",
            subject=subject,
            state="warning",
            sentence=f'There is no provider "{name}" to stand in; {known}.',
            remedy=f"Correct fallbacks in the file of {persona}, or add providers.{name} to the configuration.",
        )
    if missing := missing_key(provider, environ):
        return Finding(
            check="fallbacks",
            subject=subject,
            state="warning",
            sentence=f"{name} has no key that can be used, so it cannot stand in.",
            remedy=missing,
        )
    return Finding(check="fallbacks", subject=subject, state="ok", sentence=f"{name} has what it needs to stand in.")


def missing_key(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """What to do about a key that is not there; None where it is, or none is needed."""
    if provider.key_env is None and provider.key_file is None:
        return None
    put = f"Put its key into {key_place(provider)}."
    try:
        return None if key_of(provider, environ) else put
    except ConfigError as error:
        return told(error.problems[0])[1] or put


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


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
