"""Personas: profiles read from their files, the shipped ones and a community's own, each under a name of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.config import Personas
from bot.errors import ConfigError, ProfileFileError
from bot.tables import Reader, did_you_mean, parsed
from safi.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Every persona there is, by name, and the one for places that have no other."""

    profiles: tuple[Profile, ...]
    default: Profile

    @property
    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order."""
        return tuple(profile.name for profile in self.profiles)

    def named(self, name: str) -> Profile | None:
        """The persona of that name."""
        return next((profile for profile in self.profiles if profile.name == name), None)


def catalogue(personas: Personas) -> Catalogue:
    """The shipped personas and those of the folder. Raises ProfileFileError (problems of all files) or ConfigError."""
    profiles = _read_all((*_shipped(), *_own(personas.folder)))
    by_name = {profile.name: profile for profile in profiles}
    if personas.default not in by_name:
        problem = f'there is no persona "{personas.default}"; {did_you_mean(personas.default, by_name)}'
        raise ConfigError([f"personas.default: {problem}"])
    in_order = tuple(by_name[name] for name in sorted(by_name))
    return Catalogue(profiles=in_order, default=by_name[personas.default])


def load_profile(path: Path) -> Profile:
    """One profile from its file. Raises ProfileFileError with every problem of the file."""
    return _read(path)


def _shipped() -> tuple[Traversable, ...]:
    return _profiles_in(files("bot").joinpath("profiles"))


def _own(folder: Path | None) -> tuple[Traversable, ...]:
    if folder is None:
        return ()
    if not folder.is_dir():
        raise ConfigError([f"personas.folder: {folder} is not a folder"])
    return _profiles_in(folder)


def _profiles_in(folder: Traversable) -> tuple[Traversable, ...]:
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(found, key=lambda file: file.name))


def _read_all(sources: tuple[Traversable, ...]) -> tuple[Profile, ...]:
    read: list[tuple[Traversable, Profile]] = []
    problems: list[str] = []
    for source in sources:
        try:
            read.append((source, _read(source)))
        except ProfileFileError as error:
            problems += error.problems
    problems += _namesakes(read)
    if problems:
        raise ProfileFileError(problems)
    return tuple(profile for _, profile in read)


def _namesakes(read: list[tuple[Traversable, Profile]]) -> Iterator[str]:
    owners: dict[str, Traversable] = {}
    for source, profile in read:
        owner = owners.setdefault(profile.name, source)
        if owner is not source:
            yield f'{source}: name: "{profile.name}" is the name of {owner} already; give one of them another'


def _read(source: Traversable) -> Profile:
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ProfileFileError([f"{source}: cannot be read: {error.strerror}"]) from error
    reader = Reader(base=Path())
    profile = reader.read(Profile, parsed(data, str(source), ProfileFileError))
    if profile is None or reader.problems:
        raise ProfileFileError(f"{source}: {problem}" for problem in reader.problems)
    return profile
