"""What calls to any vendor have in common: one deadline, and failures told in our own words. It knows no SDK."""

import asyncio
import re
import time
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar, cast

import httpx2

from safi.errors import AnswerEmpty, ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer
from safi.usage import Usage

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

_OUT_OF_CREDIT: Final = ("insufficient_quota", "credit balance is too low")
"""What vendors say, under various statuses, when an account must be topped up: no call helps within seconds."""

_NEVER_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
"""Failures before the vendor saw anything of the question, so that it cannot bill it."""

_LONGEST_REST: Final = 86_400.0
"""Seconds. Whoever asks to be left alone for longer than a day says nothing sensible; a person will look by then."""

_TOO_LONG: Final = ("context_length_exceeded", "exceed_context_size", "prompt is too long", "request_too_large")
_KEY = re.compile(r"\bsk-\S{6,}")
"""A key as some vendors repeat it: with stars in its middle, so that it is not found as it stands."""

_UNSENDABLE: Final = "the key, the address or the question holds characters that cannot be sent"

_Result = TypeVar("_Result")


async def bounded(
    call: Awaitable[_Result], *, deadline: float, vendor_error: tuple[type[Exception], ...], key: str, model: str
) -> _Result:
    """Await a vendor's call to `model` for at most `deadline` seconds.

    `vendor_error` is the base of the SDK's errors, and what it lets through of its transport's. Whatever goes wrong is
    raised as a ModelFailure without `key` in it; it has a usage, if only of time, where the vendor may bill something.
    """
    failure: ModelFailure
    started, billable = time.monotonic(), True
    try:
        async with asyncio.timeout(deadline):
            return await call
    except TimeoutError:
        failure = ModelUnavailable(f"no answer within {deadline:g} seconds", again=False)
    except vendor_error as error:
        failure, billable = _translated(error, key), _billable(error)
    except UnicodeEncodeError:
        failure, billable = ModelMisconfigured(_UNSENDABLE), False
    except ModelFailure as named:
        failure, billable = named, not isinstance(named, ModelMisconfigured)
    except ValueError:
        failure = AnswerEmpty("the reply is not JSON")
    if billable and failure.usage is None:
        failure.usage = Usage(model=model, seconds=time.monotonic() - started)
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
    """The SDKs' errors hold a `status_code` and a `body` where the vendor replied; the others are a connection's."""
    status, body = _status(error), cast("object", getattr(error, "body", None))
    if status is None:
        return ModelUnavailable(f"the connection failed: {line(error.__cause__ or error, key=key)}")
    words = line(_words(body) or "without a word", key=key)
    if status < 300:
        return ModelUnavailable(f"the vendor broke off its reply: {words}")
    said, broke = f"status {status}: {words}", any(sign in str(body) for sign in _OUT_OF_CREDIT)
    if broke or status >= 500 or status in _CURABLE:
        headers = _headers(error)
        again = not broke and status != 402 and headers.get("x-should-retry") != "false"
        return ModelUnavailable(said, again=again, retry_after=_rest(headers))
    if any(sign in str(body) for sign in _TOO_LONG):
        return NoAnswer(f"the question is too long for this model; {said}")
    return ModelMisconfigured(said)


def _billable(error: Exception) -> bool:
    """Whether the vendor may have begun to answer: it had the question, and did not turn it down."""
    status = _status(error)
    if status is not None:
        return status < 300
    return not isinstance(error.__cause__ or error, _NEVER_SENT)


def _status(error: Exception) -> int | None:
    status: object = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _headers(error: Exception) -> Mapping[str, str]:
    return cast("Mapping[str, str]", getattr(getattr(error, "response", None), "headers", {}))


def _rest(headers: Mapping[str, str]) -> float | None:
    """For how many seconds, up to a day, the vendor asks to be left alone; None where it says nothing sensible."""
    wish = next((seconds for seconds in _wishes(headers) if seconds >= 0), None)  # which no "nan" is
    return None if wish is None else min(wish, _LONGEST_REST)


def _wishes(headers: Mapping[str, str]) -> Iterator[float]:
    """Seconds, from the most exact header to the least. A date counts from the reply's own: clocks differ."""
    given = headers.get("retry-after", "")
    for text, unit in ((headers.get("retry-after-ms", ""), 0.001), (given, 1.0)):
        with suppress(ValueError):
            yield float(text) * unit
    with suppress(ValueError, TypeError, OverflowError):
        yield (parsedate_to_datetime(given) - parsedate_to_datetime(headers.get("date", ""))).total_seconds()


def _words(body: object) -> str:
    """What the body of an error says, wherever vendors put it."""
    if isinstance(body, str):
        return body
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    return next((_words(fields[key]) for key in ("error", "message", "detail") if key in fields), "")
