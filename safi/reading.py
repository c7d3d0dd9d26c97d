"""Strict reading of a model's JSON: a value of exactly the asked form, or Unreadable. Nothing is repaired."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from safi.errors import Unreadable

Fields = Mapping[str, object]
"""A JSON object whose keys were checked."""


def parse_object(text: str, keys: Sequence[str]) -> Fields:
    """The JSON object that `text` is, with exactly these keys, each once. Raises Unreadable."""
    return has_keys(_parsed(text), keys, "the answer")


def has_keys(found: object, keys: Sequence[str], what: str) -> Fields:
    """`found`, if it is an object with exactly these keys. Raises Unreadable, calling it `what`."""
    if not isinstance(found, dict):
        raise Unreadable(f"{what} is not a JSON object")
    fields = cast("dict[str, object]", found)
    if missing := [key for key in keys if key not in fields]:
        raise Unreadable(f"{what} leaves out {missing[0]!r}")
    if unknown := [key for key in fields if key not in keys]:
        raise Unreadable(f"{what} holds {unknown[0][:60]!r}, which was not asked for")
    return fields


def read_text(fields: Fields, key: str, what: str) -> str:
    """A text. Raises Unreadable."""
    found = fields[key]
    if not isinstance(found, str):
        raise Unreadable(f"{what}.{key} is not a text")
    return found


def read_choice(fields: Fields, key: str, choices: Sequence[str], what: str) -> str:
    """One of a closed set of texts. Raises Unreadable."""
    found = read_text(fields, key, what)
    if found not in choices:
        raise Unreadable(f"{what}.{key} is {found[:60]!r}, not one of {', '.join(choices)}")
    return found


def read_number(fields: Fields, key: str, choices: Sequence[float], what: str) -> float | None:
    """One of a closed set of numbers, or null: None. Raises Unreadable."""
    found = fields[key]
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or found not in choices:
        raise Unreadable(
            f"{what}.{key} is {str(found)[:60]}, not one of {', '.join(f'{n:g}' for n in choices)} or null"
        )
    return float(found)


def read_optional_text(fields: Fields, key: str, what: str) -> str | None:
    """A text, or null: None. Raises Unreadable."""
    return None if fields[key] is None else read_text(fields, key, what)


def _parsed(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=distinct, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the answer is not JSON: {error}") from error


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a JSON object, for its parser to make one of. Raises Unreadable where a key comes twice."""
    fields: dict[str, Any] = {}
    for key, found in pairs:
        if key in fields:
            raise Unreadable(f"{key[:60]!r} is given twice")
        fields[key] = found
    return fields


def _refuse(constant: str) -> NoReturn:
    raise Unreadable(f"{constant} is not a JSON number")
