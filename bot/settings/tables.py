"""Strict reading of TOML into frozen dataclasses: their types say what may stand there. Nothing is guessed or left out.

Kinds it knows: text, whole numbers, numbers, true or false, paths, `Literal`, `X | None` (a key that may be left out),
`tuple[X, ...]`, `Mapping[str, X]`, dataclasses, and any of these `Annotated` with a Check. Written by hand because a
general validator would still need all of these words for its messages, and that is most of the code.
"""

import json
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, Literal, TypeGuard, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.errors import Refused
from bot.settings.homes import home
from bot.settings.syntax import complaint, place
from safi.errors import InvalidProfile

T = TypeVar("T")

_WORDS: Final[Mapping[object, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path",
}
_WRITTEN_AS: Final[Mapping[object, tuple[type, ...]]] = {float: (float, int), Path: (str,)}
_SECRETS: Final = frozenset(
    {
        *("key", "apikey", "token", "apitoken", "accesstoken", "bottoken", "apptoken", "discordtoken", "slacktoken"),
        *("secret", "signingsecret", "password"),
    }
)
_WHERE_SECRETS_GO: Final = (
    "a secret does not belong in this file; put it into an environment variable and name that in {kind}_env, "
    "or into a file of mode 0600 and name that in {kind}_file"
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class _Broken(Enum):
    """Stands for a value that could not be read; its problem has been noted."""

    BROKEN = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a value must be besides its type: `words` end the sentence "must be text …". A secret is never shown."""

    words: str
    holds: Callable[[Any], bool]
    secret: bool = False


def within(least: float, most: float, unit: str = "") -> Check:
    """A number from `least` to `most`, both allowed; not a number is neither."""
    words = f"between {least:.15g} and {most:.15g}{unit and f' ({unit})'}"
    return Check(words=words, holds=lambda number: least <= number <= most)


def matching(pattern: str, words: str, *, secret: bool = False) -> Check:
    """Text that fits a regular expression as a whole."""
    compiled = re.compile(pattern)
    return Check(words=words, holds=lambda text: compiled.fullmatch(text) is not None, secret=secret)


def parsed(data: bytes, file: str, refuse: type[Refused]) -> dict[str, Any]:
    """The tables of a TOML file. Raises `refuse` with line and column (both from 1) if it is not TOML."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = place(data[: error.start].decode())
        raise refuse([f"{file}: line {line}, column {column}: is not UTF-8 text"]) from error
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise refuse([f"{file}: {complaint(str(error), text)}"]) from error


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known: the nearest one, if any is near, and all there are."""
    names = sorted(known)
    near = _near(name, names)
    guess = f"did you mean {_quoted(near[0])}? Allowed" if near else "allowed"
    return f"{guess} here: {', '.join(names)}"


def _near(name: str, known: Iterable[str]) -> list[str]:
    return get_close_matches(name, sorted(known), n=1, cutoff=0.7)


def joined(path: str, key: str) -> str:
    """The path of a key inside the table at `path`; the outermost table's is empty."""
    part = key if _BARE_KEY.fullmatch(key) else _quoted(key)
    return f"{path}.{part}" if path else part


class Reader:
    """Reads tables into dataclasses. `problems` gathers what is wrong, as `key.path: what`; paths start at `base`."""

    def __init__(self, base: Path) -> None:
        self.problems: list[str] = []
        self._base = base
        self._whole: type[Any] | None = None

    def read(self, kind: type[T], table: Mapping[str, object]) -> T | None:
        """The outermost table as a `kind`; None if it cannot be made, for reasons that `problems` holds."""
        self._whole = kind
        value = self._record(kind, table, "")
        return None if value is _Broken.BROKEN else cast("T", value)

    def _value(self, kind: object, raw: object, path: str) -> object:
        arguments = get_args(kind)
        match get_origin(kind):
            case origin if origin is Annotated:
                return self._checked(kind, raw, path)
            case origin if origin in (Union, UnionType):
                return self._value(arguments[0], raw, path)
            case origin if origin is Literal:
                return raw if raw in arguments else self._refuse(kind, raw, path)
            case origin if origin is tuple:
                return self._list(kind, raw, path)
            case origin if origin is Mapping:
                return self._names(kind, raw, path)
            case _:
                return self._record(kind, raw, path) if _is_table(kind) else self._plain(kind, raw, path)

    def _checked(self, kind: object, raw: object, path: str) -> object:
        base, *checks = get_args(kind)
        secret = any(check.secret for check in checks)
        if not _written_as(base, raw):
            return self._refuse(kind, raw, path, secret=secret)
        failed = [check for check in checks if not check.holds(raw)]
        if failed:
            hidden = any(check.secret for check in failed)
            return self._refuse(Annotated[base, failed[0]], raw, path, secret=hidden)
        return self._value(base, raw, path)

    def _plain(self, kind: object, raw: object, path: str) -> object:
        if not _written_as(kind, raw):
            return self._refuse(kind, raw, path)
        if kind is Path:
            return self._base / str(raw)
        if kind is float:
            return float(str(raw))  # by way of text: a huge whole number becomes inf, not an error
        return raw

    def _list(self, kind: object, raw: object, path: str) -> object:
        if not isinstance(raw, list):
            return self._refuse(kind, raw, path)
        (item, _) = get_args(kind)
        entries = cast("list[object]", raw)
        return _whole(tuple(self._value(item, entry, f"{path}[{index}]") for index, entry in enumerate(entries)))

    def _names(self, kind: object, raw: object, path: str) -> object:
        if not isinstance(raw, dict):
            return self._refuse(kind, raw, path)
        name, item = get_args(kind)
        table = cast("dict[str, object]", raw)
        names = tuple(self._value(name, key, joined(path, key)) for key in table)
        values = tuple(self._value(item, entry, joined(path, key)) for key, entry in table.items())
        broken = _Broken.BROKEN in (_whole(names), _whole(values))
        return _Broken.BROKEN if broken else dict(zip(table, values, strict=True))

    def _record(self, kind: type[Any], raw: object, path: str) -> object:
        if not isinstance(raw, Mapping):
            return self._refuse(kind, raw, path)
        table, hints = cast("Mapping[str, object]", raw), _hints(kind)
        self._note_unknown(table, hints, path)
        missing = [field.name for field in fields(kind) if _required(field) and field.name not in table]
        for name in missing:
            self.problems.append(f"{joined(path, name)}: is missing; it must be {described(hints[name])}")
        given = {key: self._value(hint, table[key], joined(path, key)) for key, hint in hints.items() if key in table}
        if missing or _whole(tuple(given.values())) is _Broken.BROKEN:
            return _Broken.BROKEN
        return self._made(kind, given, path)

    def _made(self, kind: Callable[..., object], given: Mapping[str, object], path: str) -> object:
        try:
            return kind(**given)
        except InvalidProfile as error:
            where = f"{path}.{error.key}" if path else error.key
            self.problems.append(f"{where}: {error.problem}")
            return _Broken.BROKEN

    def _note_unknown(self, table: Mapping[str, object], known: Iterable[str], path: str) -> None:
        for key in table:
            if key in known:
                continue
            secret = isinstance(table[key], str) and re.sub(r"[\W_]", "", key).lower() in _SECRETS
            advice = _where_secrets_go(key, known) if secret else self._stranger(key, known)
            self.problems.append(f"{joined(path, key)}: {advice}")

    def _stranger(self, key: str, known: Iterable[str]) -> str:
        """What to do with a key that is not known in a table."""
        elsewhere = home(key, self._whole) if self._whole and not _near(key, known) else ""
        return f"unknown here; it belongs {elsewhere}" if elsewhere else f"unknown key; {did_you_mean(key, known)}"

    def _refuse(self, kind: object, raw: object, path: str, *, secret: bool = False) -> _Broken:
        found = "what stands there (not shown: it may be a secret)" if secret else _shown(raw)
        if type(raw) is int and not secret and described(kind).startswith(_WORDS[str]):
            found = f"{found}; text stands in quotes"
        self.problems.append(f"{path}: must be {described(kind)}, not {found}")
        return _Broken.BROKEN


def described(kind: object) -> str:
    """What may stand there, in words that follow "must be"."""
    arguments = get_args(kind)
    match get_origin(kind):
        case origin if origin is Annotated:
            return f"{described(arguments[0])} {arguments[1].words}"
        case origin if origin is Literal:
            return " or ".join(_quoted(choice) for choice in arguments)
        case origin if origin is tuple:
            return f"a list of {_several(arguments[0])}"
        case _:
            return _WORDS.get(kind, "a table")


def _several(kind: object) -> str:
    """What the entries of a list may be, in words that follow "a list of"."""
    if get_origin(kind) is Annotated:
        base, check = get_args(kind)[:2]
        return f"{_several(base)} {check.words}"
    return f"{described(kind).removeprefix('a ')}s"


def _where_secrets_go(key: str, known: Iterable[str]) -> str:
    """What to do with a secret that stands under this key, in the table that has those."""
    kinds = [name.removesuffix("_env") for name in known if name.endswith("_env")] or ["key"]
    near = get_close_matches(key, kinds, n=1, cutoff=0)
    return _WHERE_SECRETS_GO.format(kind=near[0])


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _is_table(kind: object) -> TypeGuard[type[Any]]:
    return is_dataclass(kind)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _whole(values: tuple[object, ...]) -> object:
    return _Broken.BROKEN if any(value is _Broken.BROKEN for value in values) else values


def _written_as(kind: object, raw: object) -> bool:
    """Whether `raw` is written as a `kind` is: true is no number, 1 is a number too, and a path is not empty."""
    accepted = _WRITTEN_AS.get(kind, (kind,))
    return type(raw) in accepted and (kind is not Path or bool(str(raw).strip()))


def _shown(raw: object) -> str:
    match raw:
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return _quoted(raw if len(raw) <= 60 else f"{raw[:59]}…")
        case bool():
            return str(raw).lower()
        case float() if not math.isfinite(raw):
            return str(raw)
        case _:
            return str(raw) if len(str(raw)) <= 60 else f"{str(raw)[:59]}…"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
