"""Where a key belongs that stands in the wrong table, told from the types that say what a file may hold. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Final, TypeGuard, get_args, get_origin, get_type_hints

_TOP: Final = "at the top of the file, above the first [table]"


def home(key: str, kind: type[Any]) -> str:
    """Where a key belongs in a file that is read into `kind`, in words that follow "it belongs"; "" if nowhere."""
    return " or ".join(dict.fromkeys(_homes(key, kind, "")))


def _homes(key: str, kind: type[Any], path: str, *, many: bool = False) -> Iterator[str]:
    hints = get_type_hints(kind, include_extras=True)
    if key in hints and not any(is_dataclass(each) for each, *_ in _tables(hints[key])):
        heading = f"[[{path}]]" if many else f"[{path}]"
        yield f"under {heading}" if path else _TOP
    for field in fields(kind):
        for table, name, listed in _tables(hints[field.name]):
            below = ".".join(part for part in (path, field.name, name) if part)
            yield from _homes(key, table, below, many=listed)


def _tables(hint: object) -> Iterator[tuple[type[Any], str, bool]]:
    """Every kind of table that may stand under a key, what is put behind the key's name, and whether there are many."""
    origin, arguments = get_origin(hint), get_args(hint)
    if _is_table(hint):
        yield hint, "", False
    elif origin is tuple and _is_table(arguments[0]):
        yield arguments[0], "", True
    elif origin is Mapping and _is_table(arguments[1]):
        yield arguments[1], "NAME", False
    elif origin is not Annotated:
        yield from ((each, "", False) for each in arguments if _is_table(each))


def _is_table(kind: object) -> TypeGuard[type[Any]]:
    return is_dataclass(kind) and isinstance(kind, type)
