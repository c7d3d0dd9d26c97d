"""What the formats of all vendors have in common: words cut short, counts and fields read with care, schemas."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from safi.ports import Schema

THINKING_TOKENS: Final = 8_000
"""Room beside a reply: current models think first, and vendors count that towards the limit of the reply."""

_LIMITS: Final = frozenset(
    {
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
    }
)
"""Keywords of JSON Schema that one vendor or another refuses in structured answers, or takes many seconds over."""

_MOST_TOKENS: Final = 10**12
"""No call has more; a number beyond that is none, and no database holds it."""

_LONGEST: Final = 200
_SHORTEST_KEY: Final = 8
_KEY = re.compile(r"\bsk-\S{6,}")
"""A key as some vendors repeat it: with stars in its middle, so that it is not found as it stands."""


def line(text: object, *, key: str = "") -> str:
    """A vendor's words as one short line without the key."""
    words = str(text)
    if len(key) >= _SHORTEST_KEY:
        words = words.replace(key, "[key]")
    if words.lstrip().startswith("<"):
        return "a page of HTML"
    words = " ".join(_KEY.sub("[key]", words).split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def count(number: object) -> int | None:
    """A count of tokens as a vendor gave it, or None if it is not one."""
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _MOST_TOKENS else None


def field(body: object, name: str) -> object:
    """A field of a JSON object that nobody checked; None where it is not there, or where that is no object."""
    return cast("dict[str, object]", body).get(name) if isinstance(body, dict) else None


class Forms:
    """Schemas as they go out. A role asks in the same form again and again, so the last one is remembered."""

    def __init__(self) -> None:
        self._last: Schema | None = None
        self._form: dict[str, Any] = {}

    def of(self, schema: Schema) -> dict[str, Any]:
        """The `accepted` form of a schema."""
        if schema != self._last:
            self._last, self._form = schema, accepted(schema.body)
        return self._form


def accepted(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema without limits on lengths and sizes: its form is what binds, and replies are read strictly.

    A property's name is never taken for a keyword.
    """
    return {
        keyword: {name: accepted(part) for name, part in value.items()}
        if keyword in {"properties", "$defs"}
        else _accepted(value)
        for keyword, value in schema.items()
        if keyword not in _LIMITS
    }


def _accepted(value: object) -> object:
    match value:
        case dict():
            return accepted(cast("dict[str, Any]", value))
        case list():
            return [_accepted(item) for item in cast("list[object]", value)]
        case _:
            return value
