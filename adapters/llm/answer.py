"""What came of one call, in no vendor's terms, and whether it is an answer."""

import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, NotRequired, TypedDict

from adapters.llm.route import Route
from adapters.llm.vendor import line
from safi.errors import AnswerCutShort, AnswerEmpty, AnswerRefused, ModelUnavailable
from safi.ports import Reply
from safi.usage import Usage

MALFORMED: Final = "a part of the reply is not of the interface's form"


class Terms(TypedDict):
    """On what terms a model is asked, whoever serves it.

    `max_tokens` bounds a reply without its thinking, `deadline` (seconds) everything. `provider` is its name in
    records, if not the vendor's usual one. With `stream` replies come in parts, which tells when the first one came;
    they are handed on whole all the same. `sees`: the model takes images.
    """

    max_tokens: int
    deadline: float
    provider: NotRequired[str]
    route: NotRequired[Route]
    stream: NotRequired[bool]
    sees: NotRequired[bool]


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


class Story(ABC):
    """A reply that comes in parts. Nobody sees it before it is whole."""

    def __init__(self) -> None:
        self.end: object = None
        self._started = time.monotonic()
        self._first_token: float | None = None
        self._parts: list[str] = []
        self._heard = False

    def take(self, event: object) -> None:
        """Take in one event. Raises AnswerEmpty where it is not of the interface's form."""
        try:
            part = self._text(event)
        except (AttributeError, KeyError, TypeError):
            raise AnswerEmpty(MALFORMED) from None
        if not isinstance(part, str):
            raise AnswerEmpty(MALFORMED)
        self._heard = True
        if part and self._first_token is None:
            self._first_token = self._seconds
        self._parts.append(part)

    def told(self) -> Told:
        """All of it. Raises AnswerEmpty or ModelUnavailable where it did not come to an end of its own."""
        if not self._heard:
            raise AnswerEmpty("the reply is no stream of events")
        if self.end is None:
            raise ModelUnavailable("the stream broke off before the reply had ended")
        usage = replace(self._usage(self._seconds), first_token=self._first_token)
        return Told(text="".join(self._parts), end=self.end, refusal=self._refusal(), usage=usage)

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._started

    @abstractmethod
    def _text(self, event: object) -> object:
        """Note what an event says, and give the text it holds, or "". May fail as reading JSON that is odd does."""

    @abstractmethod
    def _refusal(self) -> str | None:
        """Why the model declined; None if it did not."""

    @abstractmethod
    def _usage(self, seconds: float) -> Usage:
        """What was counted."""
