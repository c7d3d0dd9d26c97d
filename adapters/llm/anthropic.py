"""Anthropic's models through the official SDK. One call, no retries; no temperature, which current models refuse."""

import time

import anthropic
from anthropic.types import Message, MessageParam, OutputConfigParam, TextBlockParam
from anthropic.types import Usage as Tokens

from adapters.llm.vendor import THINKING_TOKENS, accepted, bounded, count, line
from safi.errors import AnswerCutShort, AnswerEmpty, AnswerRefused
from safi.ports import Message as Said
from safi.ports import Reply, Request
from safi.usage import Usage


class AnthropicModel:
    """A Claude model. `max_tokens` bounds the reply without its thinking, `deadline` (seconds) everything."""

    def __init__(
        self,
        model: str,
        *,
        provider: str = "anthropic",
        api_key: str,
        base_url: str | None = None,
        max_tokens: int,
        deadline: float,
    ) -> None:
        self._model = model
        self._name = f"{provider}:{model}"
        self._key = api_key
        self._max_tokens = max_tokens + THINKING_TOKENS
        self._deadline = deadline
        self._client = anthropic.AsyncAnthropic(api_key=api_key, base_url=base_url, max_retries=0, timeout=None)

    @property
    def name(self) -> str:
        """`provider:model id`."""
        return self._name

    async def ask(self, request: Request) -> Reply:
        """One message. Cancelling closes the connection."""
        started = time.monotonic()
        call = self._client.messages.create(
            model=self._model,
            max_tokens=self._max_tokens,
            system=_system(request) or anthropic.omit,
            messages=_messages(request),
            output_config=_output(request),
        )
        answer = await bounded(call, deadline=self._deadline, vendor_error=anthropic.AnthropicError, key=self._key)
        text = _text(answer, self._key)
        return Reply(text=text, usage=self._usage(answer.usage, time.monotonic() - started))

    async def aclose(self) -> None:
        """Close the connections. The model cannot be asked after that."""
        await self._client.close()

    def _usage(self, tokens: Tokens | None, seconds: float) -> Usage:
        """Cached input counts as input: the vendor leaves it out of its own sum."""
        parts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        known = [number for part in parts if (number := count(getattr(tokens, part, None))) is not None]
        return Usage(
            model=self._name,
            seconds=seconds,
            input_tokens=sum(known) if known else None,
            output_tokens=count(getattr(tokens, "output_tokens", None)),
        )


def _system(request: Request) -> list[TextBlockParam]:
    """A text block each. The cached prefix ends with the first, most stable one; a short one is not cached."""
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in request.system]
    if blocks:
        blocks[0]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _messages(request: Request) -> list[MessageParam]:
    return [_message(said) for said in request.messages]


def _message(said: Said) -> MessageParam:
    if said.role == "user":
        return {"role": "user", "content": said.text}
    return {"role": "assistant", "content": said.text}


def _output(request: Request) -> OutputConfigParam | anthropic.Omit:
    if request.schema is None:
        return anthropic.omit
    return {"format": {"type": "json_schema", "schema": accepted(request.schema.body)}}


def _text(answer: object, key: str) -> str:
    """The finished text of a message, without its thinking. The SDK checks no shapes and hands on HTML as a text."""
    if not isinstance(answer, Message):
        raise AnswerEmpty(f"the reply is no message: {line(answer, key=key)}")
    try:
        reason, details, content = answer.stop_reason, answer.stop_details, answer.content
        text = "".join(block.text for block in content if block.type == "text")
    except (AttributeError, TypeError):
        raise AnswerEmpty("the reply holds no content") from None
    if reason == "refusal":
        raise AnswerRefused(line((details and details.explanation) or "declined without a word", key=key))
    if reason not in {"end_turn", "stop_sequence"}:
        raise AnswerCutShort(f"the reply ended early: {line(reason)}")
    if not text.strip():
        raise AnswerEmpty("the reply holds no text")
    return text
