"""The roles that models are given, and the providers that may stand in for each role's own. Asks nobody."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.settings.choice import Choice, Faculty, ModelRef, listed
from bot.settings.config import Config
from bot.settings.providers import ModelIds, lacks_key
from bot.settings.tables import did_you_mean
from safi.profile import Profile

Lack = Literal["unknown", "own", "no key", "no model"]
"""Why a provider cannot stand in for a role; `own`: the role's own model is one of that provider's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A faculty, its own model, how long a reply may be, in tokens, and all may take, in seconds."""

    faculty: Faculty
    own: ModelRef
    max_tokens: int
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Why a provider that is listed to stand in cannot, or not for every role, and one thing to do about it.

    Neither is a whole sentence: `what; remedy.` is one.
    """

    what: str
    remedy: str


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
    """Models of the providers in `fallbacks` for a role: those that have a key, if they need one, and a model id."""
    found = (stand_in(role, name, config, environ) for name in dict.fromkeys(fallbacks))
    return tuple(ref for ref in found if isinstance(ref, ModelRef))


def stand_in(role: Role, name: str, config: Config, environ: Mapping[str, str]) -> ModelRef | Lack:
    """The model of a provider that may stand in for a role's own, or what keeps it from that."""
    provider, ids = config.providers.get(name), config.models.get(name, ModelIds())
    if provider is None:
        return "unknown"
    if name == role.own.provider:
        return "own"
    if lacks_key(provider, environ):
        return "no key"
    model = ids.intellect if role.faculty == "intellect" else ids.judge
    return ModelRef(provider=name, model=model) if model else "no model"


def in_place(choice: Choice, name: str, config: Config, environ: Mapping[str, str]) -> Choice:
    """The models that serve where a provider stands in for every role that it can; as they are if it can for none."""
    found = {role.faculty: stand_in(role, name, config, environ) for role in roles(choice, config)}
    return replace(choice, **{faculty: ref for faculty, ref in found.items() if isinstance(ref, ModelRef)})


def shortfall(choice: Choice, name: str, config: Config, environ: Mapping[str, str]) -> Shortfall | None:
    """What a known provider lacks to stand in wherever it is not itself at work; None where it lacks nothing."""
    found = {role.faculty: stand_in(role, name, config, environ) for role in roles(choice, config)}
    if set(found.values()) == {"own"}:
        return Shortfall(
            what=f"{name} is the provider of every role, so it stands in for none", remedy="list another in fallbacks"
        )
    if "no key" in found.values():
        key = lacks_key(config.providers[name], environ) or ""
        return Shortfall(what=f"{name} has no key that can be used, so it cannot stand in", remedy=key)
    bare = [faculty for faculty, lack in found.items() if lack == "no model"]
    if not bare:
        return None
    kinds = dict.fromkeys("intellect" if faculty == "intellect" else "judge" for faculty in bare)
    return Shortfall(
        what=f"{name} has no model to stand in for {listed([each.capitalize() for each in bare])}",
        remedy=f"set {listed([f'models.{name}.{kind}' for kind in kinds])}",
    )


def misspelt(profiles: Iterable[Profile], config: Config) -> Iterator[str]:
    """A problem for each name in a profile's fallbacks that is no provider's."""
    for profile in profiles:
        for name in profile.fallbacks:
            if name not in config.providers:
                hint = did_you_mean(name, config.providers)
                yield f'{profile.name}: fallbacks: there is no provider "{name}"; {hint}'
