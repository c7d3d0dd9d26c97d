"""What came of one call, in no vendor's terms, and whether it is an answer."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NotRequired, TypedDict

from adapters.llm.transport import Route
from adapters.llm.vendor import line
from safi.errors import AnswerCutShort, AnswerEmpty, AnswerRefused, ModelUnavailable
from safi.ports import Reply
from safi.usage import Usage

MALFORMED: Final = "a part of the reply is not of the interface's form"


class Terms(TypedDict):
    """On what terms a model is asked, whoever serves it.

    `max_tokens` bounds a reply without its thinking, `deadline` (seconds) everything. `provider` is its name in
    records, if not the vendor's usual one. With `stream` replies come in parts, which tells when the first one came;
    they are handed on whole all the same.
    """

    max_tokens: int
    deadline: float
    provider: NotRequired[str]
    route: NotRequired[Route]
    stream: NotRequired[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a vendor sent back, whole. `end` is its word for why it stopped; `refusal` says why a model declined."""

    text: object
    end: object
    refusal: str | None = None
    usage: Usage


def reply(told: Told, *, ended: Collection[str], key: str) -> Reply:
    """The finished answer. Raises a NoAnswer for anything that did not end with one of the words in `ended`."""
    text, usage = told.text, told.usage
    if told.refusal is not None:
        raise AnswerRefused(line(told.refusal, key=key), usage=usage)
    if told.end not in ended:
        raise AnswerCutShort(f"the reply ended early: {line(told.end)}", usage=usage)
    if not isinstance(text, str) or not text.strip():
        raise AnswerEmpty("the reply holds no text", usage=usage)
    return Reply(text=text, usage=usage)


class Gathering:
    """The text of a stream as it comes in. Nobody sees it before it is whole."""

    def __init__(self) -> None:
        self.end: object = None
        self.first_token: float | None = None
        self._started = time.monotonic()
        self._parts: list[str] = []
        self._heard = False

    @property
    def seconds(self) -> float:
        """How long it has been coming in."""
        return time.monotonic() - self._started

    @property
    def text(self) -> str:
        """What came in so far."""
        return "".join(self._parts)

    def hear(self, part: object = "") -> None:
        """Take in an event, and what text it holds. Raises AnswerEmpty if that is none."""
        self._heard = True
        if not isinstance(part, str):
            raise AnswerEmpty(MALFORMED)
        if part and self.first_token is None:
            self.first_token = self.seconds
        self._parts.append(part)

    def close(self) -> None:
        """Check that the stream came to an end of its own. Raises AnswerEmpty or ModelUnavailable: no SDK does."""
        if not self._heard:
            raise AnswerEmpty("the reply is no stream of events")
        if self.end is None:
            raise ModelUnavailable("the stream broke off before the reply had ended")
