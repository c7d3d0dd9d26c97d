"""Personas: profiles read from their files, the shipped ones and a community's own, each under a name of its own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePath
from typing import Any, Final, cast

from bot.errors import ConfigError, ProfileFileError
from bot.settings.config import Personas
from bot.settings.platforms import Given
from bot.settings.tables import Reader, did_you_mean, parsed
from safi.profile import LIMITS, Profile

_LARGEST: Final = 4 * LIMITS["knowledge"]
"""Bytes of a file of knowledge: no more than the characters that there may be can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every persona there is, by name, and the one for places that have no other."""

    profiles: tuple[Profile, ...]
    default: Profile

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order."""
        return tuple(profile.name for profile in self.profiles)

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """Every provider that some persona lists to stand in."""
        return tuple(dict.fromkeys(name for profile in self.profiles for name in profile.fallbacks))

    def named(self, name: str) -> Profile | None:
        """The persona of that name."""
        return next((profile for profile in self.profiles if profile.name == name), None)


def misnamed(given: Iterable[Given], found: Catalogue) -> Iterator[str]:
    """A problem for each channel that is given a persona which is not there."""
    for each in given:
        if found.named(each.persona) is None:
            hint = did_you_mean(each.persona, found.names)
            yield f'{each.key}: there is no persona "{each.persona}"; {hint}'


PatternProblem = Callable[[str], str | None]
"""What is wrong with a pattern where it will be searched for; None if nothing is."""


def any_pattern(_: str) -> None:
    """Nothing is wrong with a pattern, for whoever will not search for it."""


def catalogue(personas: Personas, problem: PatternProblem = any_pattern) -> Catalogue:
    """The shipped personas and those of the folder. Raises ProfileFileError (problems of all files) or ConfigError."""
    profiles = _read_all((*_shipped(), *_own(personas.folder)), problem)
    by_name = {profile.name: profile for profile in profiles}
    if personas.default not in by_name:
        hint = did_you_mean(personas.default, by_name)
        raise ConfigError([f'personas.default: there is no persona "{personas.default}"; {hint}'])
    in_order = tuple(by_name[name] for name in sorted(by_name))
    return Catalogue(profiles=in_order, default=by_name[personas.default])


def load_profile(path: Path, problem: PatternProblem = any_pattern) -> Profile:
    """One profile from its file. Raises ProfileFileError with every problem of the file."""
    return _read(_Source(file=path, folder=path.parent), problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A profile's file, and the folder in which the names of its knowledge start."""

    file: Traversable
    folder: Traversable

    def __str__(self) -> str:
        return str(self.file)


def _shipped() -> tuple[_Source, ...]:
    return _profiles_in(files("bot").joinpath("profiles"))


def _own(folder: Path | None) -> tuple[_Source, ...]:
    if folder is None:
        return ()
    if not folder.is_dir():
        raise ConfigError([f"personas.folder: {folder} is not a folder"])
    return _profiles_in(folder)


def _profiles_in(folder: Traversable) -> tuple[_Source, ...]:
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple(_Source(file=file, folder=folder) for file in sorted(found, key=lambda file: file.name))


def _read_all(sources: tuple[_Source, ...], problem: PatternProblem) -> tuple[Profile, ...]:
    read: list[tuple[_Source, Profile]] = []
    problems: list[str] = []
    for source in sources:
        try:
            read.append((source, _read(source, problem)))
        except ProfileFileError as error:
            problems += error.problems
    problems += _namesakes(read)
    if problems:
        raise ProfileFileError(problems)
    return tuple(profile for _, profile in read)


def _namesakes(read: list[tuple[_Source, Profile]]) -> Iterator[str]:
    owners: dict[str, _Source] = {}
    for source, profile in read:
        owner = owners.setdefault(profile.name, source)
        if owner is not source:
            yield f'{source}: name: "{profile.name}" is the name of {owner} already; give one of them another'


def _read(source: _Source, problem: PatternProblem) -> Profile:
    try:
        data = source.file.read_bytes()
    except OSError as error:
        raise ProfileFileError([f"{source}: cannot be read: {error.strerror}"]) from error
    reader = Reader(base=Path())
    raw = parsed(data, str(source), ProfileFileError)
    problems = list(_take_in_knowledge(raw, source.folder))
    profile = reader.read(Profile, raw)
    problems += reader.problems + (list(_unsearchable(profile, problem)) if profile else [])
    if profile is None or problems:
        raise ProfileFileError(f"{source}: {problem}" for problem in problems)
    return profile


def _unsearchable(profile: Profile, problem: PatternProblem) -> Iterator[str]:
    for number, rule in enumerate(profile.rules):
        for key, patterns in (("patterns", rule.patterns), ("message_patterns", rule.message_patterns)):
            for index, pattern in enumerate(patterns):
                if found := problem(pattern):
                    yield f"rules[{number}].{key}[{index}]: {found}"


def _take_in_knowledge(raw: dict[str, Any], folder: Traversable) -> Iterator[str]:
    """Put the texts of the files in the place of their names. Yields what is wrong with any."""
    names = raw.get("knowledge", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in cast("list[object]", names)):
        raw.pop("knowledge")
        yield "knowledge: must be a list of texts: the names of files, from this file's folder"
        return
    raw["knowledge"] = documents = list[dict[str, str]]()
    for index, name in enumerate(cast("list[str]", names)):
        try:
            documents.append({"name": name, "text": _document(folder, name)})
        except OSError as error:
            yield f"knowledge[{index}]: {name} cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            yield f"knowledge[{index}]: {name} is not UTF-8 text"
        except ValueError as error:
            yield f"knowledge[{index}]: {error}"


def _document(folder: Traversable, name: str) -> str:
    """The text of a file below the folder; nothing else goes to vendors, whoever wrote the profile."""
    path = PurePath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name} is not below this file's folder")
    with folder.joinpath(name).open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"{name} is too large; at most {LIMITS['knowledge']} characters are allowed")
    return data.decode("utf-8-sig")
