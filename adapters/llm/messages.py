"""Anthropic's messages on the wire: what a question becomes, and how a reply is read. It sends nothing.

There is no temperature: current models refuse it.
"""

import base64
from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final, cast

from adapters.llm.answer import Story, Told
from adapters.llm.vendor import THINKING_TOKENS, Forms, count, field
from safi.errors import AnswerEmpty
from safi.ports import Message, Request
from safi.turn import Image
from safi.usage import Usage

PATH: Final = "/v1/messages"

_INPUT: Final = "input_tokens"
_WRITTEN: Final = "cache_creation_input_tokens"
_CACHED: Final = "cache_read_input_tokens"
_OUTPUT: Final = "output_tokens"


class Messages:
    """The format for one model. `max_tokens` bounds a reply without its thinking."""

    ended: ClassVar[Collection[str]] = frozenset({"end_turn", "stop_sequence"})

    def __init__(self, model: str, *, name: str, max_tokens: int) -> None:
        self.name = name
        self.most_output = max_tokens + THINKING_TOKENS
        self._model = model
        self._forms = Forms()

    def question(self, request: Request, *, stream: bool) -> dict[str, Any]:
        """What is sent."""
        question: dict[str, Any] = {
            "model": self._model,
            "max_tokens": self.most_output,
            "messages": [{"role": message.role, "content": _content(message)} for message in request.messages],
        }
        if request.system:
            question["system"] = _system(request)
        if request.schema is not None:
            question["output_config"] = {"format": {"type": "json_schema", "schema": self._forms.of(request.schema)}}
        if stream:
            question["stream"] = True
        return question

    def told(self, body: object, seconds: float) -> Told:
        """What a whole reply says. Thinking is left out."""
        if not isinstance(body, dict):
            raise AnswerEmpty("the reply is no message")
        fields = cast("dict[str, Any]", body)
        try:
            end, blocks = fields.get("stop_reason"), fields["content"]
            text = "".join(block["text"] for block in blocks if block["type"] == "text")
            refusal = _refusal(end, fields.get("stop_details"))
        except (LookupError, TypeError):
            raise AnswerEmpty("the reply holds no content") from None
        usage = _usage(self.name, _counted(fields.get("usage")), seconds)
        return Told(text=text, end=end, refusal=refusal, usage=usage)

    def story(self) -> Story:
        """Where the parts of a reply are taken in."""
        return _Story(self.name)


class _Story(Story):
    """A stream of events. Kinds that are not known here are passed over, as the vendor asks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._tokens: dict[str, int] = {}
        self._details: object = None

    def _text(self, event: object) -> object:
        said = cast("Any", event)
        match said["type"]:
            case "message_start":
                self._tokens |= _counted(said["message"].get("usage"))
            case "content_block_start" if said["content_block"]["type"] == "text":
                return said["content_block"]["text"]
            case "content_block_delta" if said["delta"]["type"] == "text_delta":
                return said["delta"]["text"]
            case "message_delta":
                self.end, self._details = said["delta"].get("stop_reason"), said["delta"].get("stop_details")
                self._tokens |= _counted(said.get("usage"))
            case _:
                pass
        return ""

    def _refusal(self) -> str | None:
        return _refusal(self.end, self._details)

    def _usage(self, seconds: float) -> Usage:
        return _usage(self._name, self._tokens, seconds)


def _content(message: Message) -> str | list[dict[str, Any]]:
    """A text alone, or behind the pictures that came with it, as the vendor advises."""
    if not message.images:
        return message.text
    pictures = [{"type": "image", "source": _source(image)} for image in message.images]
    return [*pictures, {"type": "text", "text": message.text}]


def _source(image: Image) -> dict[str, str]:
    return {"type": "base64", "media_type": image.media_type, "data": base64.b64encode(image.data).decode()}


def _system(request: Request) -> list[dict[str, object]]:
    """A text block each. The cached prefix ends with the first, most stable one; a short one is not cached."""
    blocks: list[dict[str, object]] = [{"type": "text", "text": text} for text in request.system]
    blocks[0]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _counted(usage: object) -> dict[str, int]:
    """The counts of tokens that an answer or event gives; in a stream the later ones count."""
    given = {part: count(field(usage, part)) for part in (_INPUT, _WRITTEN, _CACHED, _OUTPUT)}
    return {part: number for part, number in given.items() if number is not None}


def _usage(name: str, tokens: Mapping[str, int], seconds: float) -> Usage:
    """Cached input counts as input: the vendor leaves it out of its own sum."""
    known = [tokens[part] for part in (_INPUT, _WRITTEN, _CACHED) if part in tokens]
    return Usage(
        model=name,
        seconds=seconds,
        input_tokens=sum(known) if known else None,
        output_tokens=tokens.get(_OUTPUT),
        cached_tokens=tokens.get(_CACHED),
        written_tokens=tokens.get(_WRITTEN),
    )


def _refusal(end: object, details: object) -> str | None:
    """Why the model declined; None if it did not."""
    if end != "refusal":
        return None
    return str(field(details, "explanation") or "declined without a word")
