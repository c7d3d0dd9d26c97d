"""What calls to any vendor have in common: one deadline, and failures told in our own words. It knows no SDK."""

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar, cast

from safi.errors import AnswerEmpty, ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer

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

_LONGEST: Final = 200
_SHORTEST_KEY: Final = 8
_CURABLE: Final = frozenset({402, 408, 409, 425, 429})
"""Refusals below 500 that time or a topped-up account cures."""

_TOO_LONG: Final = ("context_length_exceeded", "exceed_context_size", "prompt is too long", "request_too_large")
_KEY = re.compile(r"\bsk-\S{6,}")
"""A key as some vendors repeat it: with stars in its middle, so that it is not found as it stands."""

_Result = TypeVar("_Result")


async def bounded(call: Awaitable[_Result], *, deadline: float, vendor_error: type[Exception], key: str) -> _Result:
    """Await a vendor's call for at most `deadline` seconds.

    `vendor_error` is the base of the SDK's errors. Whatever goes wrong is raised as a ModelFailure without `key` in it.
    """
    failure: ModelFailure
    try:
        async with asyncio.timeout(deadline):
            return await call
    except TimeoutError:
        failure = ModelUnavailable(f"no answer within {deadline:g} seconds")
    except vendor_error as error:
        failure = _translated(error, key)
    except UnicodeEncodeError:
        failure = ModelMisconfigured("the key, the address or the question holds characters that cannot be sent")
    except ValueError:
        failure = AnswerEmpty("the reply is not JSON")
    raise failure  # not inside a handler: the vendor's error carries the request, and the request carries the key


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
    return number if isinstance(number, int) and not isinstance(number, bool) and number >= 0 else None


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


def _translated(error: Exception, key: str) -> ModelFailure:
    """The SDKs' errors hold a `status_code` and a `body` where the vendor replied; the others never reached it."""
    status: object = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return ModelUnavailable(f"the connection failed: {line(error.__cause__ or error, key=key)}")
    body: object = getattr(error, "body", None)
    said = f"status {status}: {line(_words(body) or 'without a word', key=key)}"
    if status >= 500 or status in _CURABLE:
        return ModelUnavailable(said)
    if any(sign in str(body) for sign in _TOO_LONG):
        return NoAnswer(f"the question is too long for this model; {said}")
    return ModelMisconfigured(said)


def _words(body: object) -> str:
    """What the body of an error says, wherever vendors put it."""
    if isinstance(body, str):
        return body
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    return next((_words(fields[key]) for key in ("error", "message", "detail") if key in fields), "")
