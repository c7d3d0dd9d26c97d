"""Anthropic's models through the official SDK. One call, no retries; no temperature, which current models refuse."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, Unpack

import anthropic
from anthropic.types import Message, MessageParam, RawMessageStreamEvent, RefusalStopDetails, TextBlockParam
from anthropic.types.message_create_params import MessageCreateParamsBase

from adapters.llm.answer import MALFORMED, Gathering, Terms, Told, reply
from adapters.llm.transport import BROKEN, DIRECT, http_client
from adapters.llm.vendor import THINKING_TOKENS, accepted, bounded, count, line
from safi.errors import AnswerEmpty, ModelFailure
from safi.ports import Message as Said
from safi.ports import Reply, Request
from safi.usage import Usage

if TYPE_CHECKING:
    from anthropic.lib.bedrock import AsyncAnthropicBedrock
    from anthropic.lib.vertex import AsyncAnthropicVertex

_ENDED: Final = frozenset({"end_turn", "stop_sequence"})
_INPUT: Final = "input_tokens"
_WRITTEN: Final = "cache_creation_input_tokens"
_CACHED: Final = "cache_read_input_tokens"
_OUTPUT: Final = "output_tokens"


class MessagesModel:
    """A Claude model, whoever serves it. `key` is kept out of messages."""

    vendor: ClassVar = "anthropic"

    def __init__(
        self,
        model: str,
        client: "anthropic.AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex",
        key: str,
        **terms: Unpack[Terms],
    ) -> None:
        self._model = model
        self._name = f"{terms.get('provider', self.vendor)}:{model}"
        self._client = client
        self._key = key
        self._stream = terms.get("stream", False)
        self._most_output = terms["max_tokens"] + THINKING_TOKENS
        self._deadline = terms["deadline"]

    @property
    def name(self) -> str:
        """`provider:model id`."""
        return self._name

    @property
    def most_output(self) -> int:
        """Tokens that a reply has at most, thinking included."""
        return self._most_output

    async def ask(self, request: Request) -> Reply:
        """One message. Cancelling closes the connection."""
        return await bounded(
            self._answered(request),
            deadline=self._deadline,
            vendor_error=(anthropic.AnthropicError, *BROKEN),
            key=self._key,
            model=self._name,
            unsent=self._unsent,
        )

    async def aclose(self) -> None:
        """Close the connections. The model cannot be asked after that."""
        await self._client.close()

    def _unsent(self, error: Exception) -> ModelFailure | None:  # noqa: ARG002  # for clouds with a sign-in of their own
        """What an error means by which the question never left; None where it is none."""
        return None

    async def _answered(self, request: Request) -> Reply:
        question = self._question(request)
        told = await (self._streamed(question) if self._stream else self._at_once(question))
        return reply(told, ended=_ENDED, key=self._key)

    async def _at_once(self, question: MessageCreateParamsBase) -> Told:
        started = time.monotonic()
        answer = await self._client.messages.create(**question)
        return self._told(answer, time.monotonic() - started)

    async def _streamed(self, question: MessageCreateParamsBase) -> Told:
        story = _Story()
        async with await self._client.messages.create(**question, stream=True) as events:
            async for event in events:
                story.take(event)
        story.close()
        usage = self._usage(story.tokens, story.seconds, story.first_token)
        return Told(text=story.text, end=story.end, refusal=_refusal(story.end, story.details), usage=usage)

    def _question(self, request: Request) -> MessageCreateParamsBase:
        question: MessageCreateParamsBase = {
            "model": self._model,
            "max_tokens": self._most_output,
            "messages": [_message(said) for said in request.messages],
        }
        if request.system:
            question["system"] = _system(request)
        if request.schema is not None:
            question["output_config"] = {"format": {"type": "json_schema", "schema": accepted(request.schema.body)}}
        return question

    def _told(self, answer: object, seconds: float) -> Told:
        """The SDK checks no shapes, and hands on a page of HTML as a text. Thinking is left out."""
        if not isinstance(answer, Message):
            raise AnswerEmpty(f"the reply is no message: {line(answer, key=self._key)}")
        try:
            end, details = answer.stop_reason, answer.stop_details
            text = "".join(block.text for block in answer.content if block.type == "text")
        except (AttributeError, TypeError):
            raise AnswerEmpty("the reply holds no content") from None
        usage = self._usage(_counted(answer.usage), seconds)
        return Told(text=text, end=end, refusal=_refusal(end, details), usage=usage)

    def _usage(self, tokens: Mapping[str, int], seconds: float, first_token: float | None = None) -> Usage:
        """Cached input counts as input: the vendor leaves it out of its own sum."""
        known = [tokens[part] for part in (_INPUT, _WRITTEN, _CACHED) if part in tokens]
        return Usage(
            model=self._name,
            seconds=seconds,
            input_tokens=sum(known) if known else None,
            output_tokens=tokens.get(_OUTPUT),
            cached_tokens=tokens.get(_CACHED),
            written_tokens=tokens.get(_WRITTEN),
            first_token=first_token,
        )


class AnthropicModel(MessagesModel):
    """A Claude model at Anthropic, or behind any other server with its interface."""

    def __init__(
        self,
        model: str,
        *,
        api_key: str,
        base_url: str | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        http = http_client(terms.get("route", DIRECT))
        client = anthropic.AsyncAnthropic(
            api_key=api_key, base_url=base_url, max_retries=0, timeout=None, http_client=http
        )
        super().__init__(model, client, api_key, **terms)


class _Story(Gathering):
    """A stream of Anthropic's events. Kinds that are not known here are passed over, as the vendor asks."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, int] = {}
        self.details: RefusalStopDetails | None = None

    def take(self, event: RawMessageStreamEvent) -> None:
        """Take in one event. Raises AnswerEmpty where it is not of the interface's form."""
        try:
            self.hear(self._text(event))
        except (AttributeError, TypeError):
            raise AnswerEmpty(MALFORMED) from None

    def _text(self, event: RawMessageStreamEvent) -> str:
        match event.type:
            case "message_start":
                self.tokens |= _counted(event.message.usage)
            case "content_block_start" if event.content_block.type == "text":
                return event.content_block.text
            case "content_block_delta" if event.delta.type == "text_delta":
                return event.delta.text
            case "message_delta":
                self.end, self.details = event.delta.stop_reason, event.delta.stop_details
                self.tokens |= _counted(event.usage)
            case _:
                pass
        return ""


def _system(request: Request) -> list[TextBlockParam]:
    """A text block each. The cached prefix ends with the first, most stable one; a short one is not cached."""
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in request.system]
    blocks[0]["cache_control"] = {"type": "ephemeral"}
    return blocks


def _message(said: Said) -> MessageParam:
    if said.role == "user":
        return {"role": "user", "content": said.text}
    return {"role": "assistant", "content": said.text}


def _counted(usage: object) -> dict[str, int]:
    """The counts of tokens that an answer or event gives; in a stream the later ones count."""
    given = {part: count(getattr(usage, part, None)) for part in (_INPUT, _WRITTEN, _CACHED, _OUTPUT)}
    return {part: number for part, number in given.items() if number is not None}


def _refusal(end: object, details: RefusalStopDetails | None) -> str | None:
    """Why the model declined; None if it did not."""
    if end != "refusal":
        return None
    return (details and details.explanation) or "declined without a word"
