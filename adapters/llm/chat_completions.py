"""OpenAI's chat completions on the wire: what a question becomes, and how a reply is read. It sends nothing."""

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from adapters.llm.answer import Story, Told
from adapters.llm.vendor import THINKING_TOKENS, Forms, count, field
from safi.errors import AnswerEmpty
from safi.ports import Message, Request, Schema
from safi.turn import Image
from safi.usage import Usage

PATH: Final = "/chat/completions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What sets servers apart that speak chat completions.

    `thinks`: its models think first, take no temperature, and know the limit of a reply by its newer name; what they
    answer is kept unless they are told not to. `keyed`: a key tells it which requests begin alike, for its cache.
    """

    thinks: bool = False
    keyed: bool = False


class ChatCompletions:
    """The format for one model. `max_tokens` bounds a reply without its thinking."""

    ended: ClassVar[Collection[str]] = frozenset({"stop"})

    def __init__(self, model: str, *, name: str, max_tokens: int, dialect: Dialect) -> None:
        self.name = name
        # At OpenAI there is room for thinking beside the reply; elsewhere a small context may be all there is.
        self.most_output = max_tokens + (THINKING_TOKENS if dialect.thinks else 0)
        self._model = model
        self._dialect = dialect
        self._forms = Forms()

    def question(self, request: Request, *, stream: bool) -> dict[str, Any]:
        """What is sent."""
        question: dict[str, Any] = {"model": self._model, "messages": _messages(request)}
        if request.schema is not None:
            question["response_format"] = self._format(request.schema)
        if self._dialect.thinks:
            question |= {"max_completion_tokens": self.most_output, "store": False}
        else:
            question["max_tokens"] = self.most_output
            if request.schema is not None:
                question["temperature"] = 0
        if self._dialect.keyed and request.system:
            question["prompt_cache_key"] = hashlib.sha256(request.system[0].encode()).hexdigest()[:32]
        if stream:
            question |= {"stream": True, "stream_options": {"include_usage": True}}
        return question

    def told(self, body: object, seconds: float) -> Told:
        """What a whole reply says."""
        if not isinstance(body, dict):
            raise AnswerEmpty("the reply is no chat completion")
        fields = cast("dict[str, Any]", body)
        try:
            choice = fields["choices"][0]
            message, end = choice["message"], choice.get("finish_reason")
            text, refusal = message.get("content"), message.get("refusal")
        except (AttributeError, LookupError, TypeError):
            raise AnswerEmpty("the reply holds no choice") from None
        usage = _counted(self.name, fields.get("usage"), seconds)
        return Told(text=text, end=end, refusal=_refusal(refusal, end), usage=usage)

    def story(self) -> Story:
        """Where the parts of a reply are taken in."""
        return _Story(self.name)

    def _format(self, schema: Schema) -> Mapping[str, Any]:
        form = {"name": schema.name, "strict": True, "schema": self._forms.of(schema)}
        return {"type": "json_schema", "json_schema": form}


class _Story(Story):
    """A stream of chunks. One without a choice counts tokens."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._declined = ""
        self._tokens: object = None

    def _text(self, event: object) -> object:
        chunk = cast("Any", event)
        self._tokens = chunk.get("usage") or self._tokens
        choice = next(iter(chunk["choices"] or ()), None)
        if choice is None:
            return ""
        delta = choice.get("delta") or {}
        self.end = choice.get("finish_reason") or self.end
        self._declined += str(delta.get("refusal") or "")
        text = delta.get("content")
        return "" if text is None else text

    def _refusal(self) -> str | None:
        return _refusal(self._declined, self.end)

    def _usage(self, seconds: float) -> Usage:
        return _counted(self._name, self._tokens, seconds)


def _counted(name: str, tokens: object, seconds: float) -> Usage:
    """What the vendor counted. It counts what came from its cache, and what went into it, as input already."""
    details = field(tokens, "prompt_tokens_details")
    return Usage(
        model=name,
        seconds=seconds,
        input_tokens=count(field(tokens, "prompt_tokens")),
        output_tokens=count(field(tokens, "completion_tokens")),
        cached_tokens=count(field(details, "cached_tokens")),
        written_tokens=count(field(details, "cache_write_tokens")),
    )


def _messages(request: Request) -> list[dict[str, Any]]:
    """One system message: chat templates of open models take no second one. Its beginning is cached all the same."""
    said = [{"role": message.role, "content": _content(message)} for message in request.messages]
    if not request.system:
        return said
    return [{"role": "system", "content": "\n\n".join(request.system)}, *said]


def _content(message: Message) -> str | list[dict[str, Any]]:
    """A text alone, or with the pictures that came with it behind it."""
    if not message.images:
        return message.text
    pictures = [{"type": "image_url", "image_url": {"url": _data_url(image)}} for image in message.images]
    return [{"type": "text", "text": message.text}, *pictures]


def _data_url(image: Image) -> str:
    return f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}"


def _refusal(words: object, end: object) -> str | None:
    """Why the model declined; None if it did not."""
    if words:
        return str(words)
    return "stopped by the vendor's content filter" if end == "content_filter" else None
