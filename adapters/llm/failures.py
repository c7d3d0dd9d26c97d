"""How calls to any vendor fail: one deadline over each, and whatever goes wrong told in our own words."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar, cast

from adapters.llm.vendor import line
from safi.errors import AnswerEmpty, AnswerRefused, ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer
from safi.usage import Usage

_CURABLE: Final = frozenset({402, 408, 409, 425, 429})
"""Refusals below 500 that time or a topped-up account cures."""

_OUT_OF_CREDIT: Final = ("insufficient_quota", "credit balance is too low", "reached your specified API usage limits")
"""What vendors say, under various statuses, when an account must be topped up: no call helps within seconds."""

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

UNSENDABLE: Final = "the key or the address holds characters that cannot be sent"
_UNSENDABLE_QUESTION: Final = "the question holds characters that cannot be sent"

_Result = TypeVar("_Result")


class Refused(Exception):
    """The server answered with a status in place of a reply, or, below 300, broke its reply off with an error.

    `body` is what it said, as JSON where it is that; the names of `headers` go by any case.
    """

    def __init__(self, status: int, body: object = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = headers or {}


class Broken(Exception):
    """The connection failed. `sent`: the question may have got through, so that an answer may be billed."""

    def __init__(self, words: str, *, sent: bool) -> None:
        super().__init__(words)
        self.sent = sent


async def bounded(
    call: Awaitable[_Result],
    *,
    deadline: float,
    key: str,
    model: str,
    unsent: Callable[[Exception], ModelFailure | None],
) -> _Result:
    """Await a vendor's call to `model`, with the reading of its reply, for at most `deadline` seconds.

    `unsent` names errors of others by which the question never left. Whatever goes wrong is raised as a ModelFailure
    without `key` in it; it has a usage, if only of time, where the vendor may bill something.
    """
    failure: ModelFailure
    started, billable = time.monotonic(), True
    try:
        async with asyncio.timeout(deadline):
            return await call
    except TimeoutError:
        failure = ModelUnavailable(f"no answer within {deadline:g} seconds", again=False)
    except Refused as refused:
        failure, billable = _translated(refused, key), refused.status < 300
    except Broken as broken:
        failure, billable = ModelUnavailable(f"the connection failed: {line(broken, key=key)}"), broken.sent
    except UnicodeEncodeError as error:  # bodies go out in UTF-8, the rest in ASCII
        of_question = error.encoding.startswith("utf")
        failure = NoAnswer(_UNSENDABLE_QUESTION) if of_question else ModelMisconfigured(UNSENDABLE)
        billable = False
    except ModelFailure as named:
        failure, billable = named, not isinstance(named, ModelMisconfigured)
    except Exception as error:  # noqa: BLE001  # the boundary to a vendor, who may send anything
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


def _translated(refused: Refused, key: str) -> ModelFailure:
    """What it means that a vendor refused."""
    status, body, headers = refused.status, refused.body, refused.headers
    words = line(_words(body) or "without a word", key=key)
    if status < 300:
        return ModelUnavailable(f"the vendor broke off its reply: {words}")
    said, shown = f"status {status}: {words}", _shown(body)
    broke = any(sign in shown for sign in _OUT_OF_CREDIT)
    if broke or status >= 500 or status in _CURABLE:
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
