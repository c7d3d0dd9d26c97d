"""What calls to any vendor have in common: one deadline, and failures told in our own words. It knows no SDK."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar, cast

import httpx2

from safi.errors import AnswerEmpty, AnswerRefused, ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer
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

_MOST_TOKENS: Final = 10**12
"""No call has more; a number beyond that is none, and no database holds it."""

_LONGEST: Final = 200
_SHORTEST_KEY: Final = 8
_CURABLE: Final = frozenset({402, 408, 409, 425, 429})
"""Refusals below 500 that time or a topped-up account cures."""

_OUT_OF_CREDIT: Final = ("insufficient_quota", "credit balance is too low", "reached your specified API usage limits")
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

_TOO_LONG: Final = (
    "context_length_exceeded",
    "exceed_context_size",
    "exceed context limit",
    "maximum context length",
    "prompt is too long",
    "request_too_large",
)

_FILTERED: Final = (
    "content_filter",
    "content_policy_violation",
    "ResponsibleAIPolicyViolation",
    "invalid_prompt",
    "blocked by content filtering policy",
)
"""What vendors say, mostly under 400, when it is the words of a question that they decline."""

_OF_ONE_QUESTION: Final = frozenset({400, 422})
"""Statuses by which a vendor turns down one question, unless what it says is about a setting of ours."""

_SETTING: Final = re.compile(
    r"api.?key|api.?version|organi[sz]ation|account|\bmodel\b|deployment|parameter|supported|max_(?:completion_)?tokens"
    r"|temperature|response_format|output_config|schema|grammar|stream_options|extra_forbidden|unknown (?:name|field)",
    re.IGNORECASE,
)
"""What a refusal speaks of that every question of ours would meet."""

_DEEPEST: Final = 4
"""Levels of an error's body in which its words are looked for."""

_KEY = re.compile(r"\bsk-\S{6,}")
"""A key as some vendors repeat it: with stars in its middle, so that it is not found as it stands."""

_UNSENDABLE: Final = "the key or the address holds characters that cannot be sent"
_UNSENDABLE_QUESTION: Final = "the question holds characters that cannot be sent"

_Result = TypeVar("_Result")


def unnamed(_: Exception) -> None:
    """No error but the vendor's own has a name."""


async def bounded(
    call: Awaitable[_Result],
    *,
    deadline: float,
    vendor_error: tuple[type[Exception], ...],
    key: str,
    model: str,
    unsent: Callable[[Exception], ModelFailure | None] = unnamed,
) -> _Result:
    """Await a vendor's call to `model`, with the reading of its reply, for at most `deadline` seconds.

    `vendor_error` is the base of the SDK's errors, and what it lets through of its transport's; `unsent` names errors
    of others by which the question never left. Whatever goes wrong is raised as a ModelFailure without `key` in it; it
    has a usage, if only of time, where the vendor may bill something.
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
    except UnicodeEncodeError as error:  # bodies go out in UTF-8, the rest in ASCII
        of_question = error.encoding.startswith("utf")
        failure = NoAnswer(_UNSENDABLE_QUESTION) if of_question else ModelMisconfigured(_UNSENDABLE)
        billable = False
    except ModelFailure as named:
        failure, billable = named, not isinstance(named, ModelMisconfigured)
    except Exception as error:  # noqa: BLE001  # the boundary to a vendor: no SDK checks what it is sent
        named = unsent(error)
        failure, billable = named or _unread(error), named is None
    if billable and failure.usage is None:
        failure.usage = Usage(model=model, seconds=time.monotonic() - started)
    raise failure  # not inside a handler: the vendor's error carries the request, and the request carries the key


def _unread(error: Exception) -> AnswerEmpty:
    """A reply that broke whoever read it. Its own words may hold anything, so they are not repeated."""
    if isinstance(error, ValueError):
        return AnswerEmpty("the reply is not JSON")
    return AnswerEmpty(f"the reply cannot be read: {type(error).__name__}")


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
    said, shown = f"status {status}: {words}", _shown(body)
    broke = any(sign in shown for sign in _OUT_OF_CREDIT)
    if broke or status >= 500 or status in _CURABLE:
        headers = _headers(error)
        again = not broke and status != 402 and headers.get("x-should-retry") != "false"
        return ModelUnavailable(said, again=again, retry_after=_rest(headers))
    return _turned_down(status, said, shown)


def _turned_down(status: int, said: str, shown: str) -> ModelFailure:
    """A refusal that time does not cure: of this question's words, length or form, or of whatever is asked."""
    if any(sign in shown for sign in _FILTERED):
        return AnswerRefused(said)
    if status == 413 or any(sign in shown for sign in _TOO_LONG):
        return NoAnswer(f"the question is too long for this model; {said}")
    if status in _OF_ONE_QUESTION and not _SETTING.search(shown):
        return NoAnswer(f"the vendor turned this question down; {said}")
    return ModelMisconfigured(said)


def _shown(body: object) -> str:
    """An error's body, to look for signs in."""
    try:
        return str(body)
    except RecursionError:
        return ""


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
    for _ in range(_DEEPEST):
        if not isinstance(body, dict):
            break
        fields = cast("dict[str, object]", body)
        body = next((fields[key] for key in ("error", "message", "detail") if key in fields), "")
    return body if isinstance(body, str) else ""
