"""OpenAI's models, and any server that speaks its chat completions, through the official SDK. One call, no retries."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Unpack

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.shared_params import ResponseFormatJSONSchema

from adapters.llm.answer import MALFORMED, Gathering, Terms, Told, reply
from adapters.llm.transport import BROKEN, DIRECT, http_client
from adapters.llm.vendor import THINKING_TOKENS, accepted, bounded, count, line
from safi.errors import AnswerEmpty
from safi.ports import Message, Reply, Request, Schema
from safi.usage import Usage

_OPENAI: Final = "api.openai.com"
_AZURE: Final = ".openai.azure.com"
_ENDED: Final = frozenset({"stop"})
_NOTHING: Final = (None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What sets servers apart that speak chat completions.

    `thinks`: its models think first, take no temperature, and know the limit of a reply by its newer name; what they
    answer is kept unless they are told not to. `keyed`: a key tells it which requests begin alike, for its cache.
    """

    thinks: bool = False
    keyed: bool = False


class ChatModel:
    """A model behind chat completions, whoever serves it."""

    vendor: ClassVar = "openai"

    def __init__(
        self,
        model: str,
        client: openai.AsyncOpenAI,
        dialect: Dialect,
        **terms: Unpack[Terms],
    ) -> None:
        self._model = model
        self._name = f"{terms.get('provider', self.vendor)}:{model}"
        self._client = client
        self._dialect = dialect
        self._stream = terms.get("stream", False)
        # At OpenAI there is room for thinking beside the reply; elsewhere a small context may be all there is.
        self._most_output = terms["max_tokens"] + (THINKING_TOKENS if dialect.thinks else 0)
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
        """One chat completion. Cancelling closes the connection, by which servers know to stop."""
        key, failing = self._client.api_key, (openai.OpenAIError, *BROKEN)
        asking = self._answered(request)
        return await bounded(asking, deadline=self._deadline, vendor_error=failing, key=key, model=self._name)

    async def aclose(self) -> None:
        """Close the connections. The model cannot be asked after that."""
        await self._client.close()

    async def _answered(self, request: Request) -> Reply:
        told = await (self._streamed(request) if self._stream else self._at_once(request))
        return reply(told, ended=_ENDED, key=self._client.api_key)

    async def _at_once(self, request: Request) -> Told:
        started = time.monotonic()
        answer = await self._client.chat.completions.create(**self._question(request), extra_body=self._extra(request))
        return self._told(answer, time.monotonic() - started)

    async def _streamed(self, request: Request) -> Told:
        gathering, refusal, tokens = Gathering(), "", None
        question = self._question(request)
        question["stream_options"] = {"include_usage": True}
        async with await self._client.chat.completions.create(
            **question, stream=True, extra_body=self._extra(request)
        ) as chunks:
            async for chunk in chunks:
                refusal += _heard(chunk, gathering)
                tokens = getattr(chunk, "usage", None) or tokens
        gathering.close()
        end, usage = gathering.end, self._usage(tokens, gathering.seconds, gathering.first_token)
        return Told(text=gathering.text, end=end, refusal=_refusal(refusal, end), usage=usage)

    def _told(self, answer: object, seconds: float) -> Told:
        """The SDK checks no shapes, and hands on a page of HTML as a text."""
        if not isinstance(answer, ChatCompletion):
            raise AnswerEmpty(f"the reply is no chat completion: {line(answer, key=self._client.api_key)}")
        try:
            choice = answer.choices[0]
            text, refusal, end = choice.message.content, choice.message.refusal, choice.finish_reason
        except (AttributeError, IndexError, TypeError):
            raise AnswerEmpty("the reply holds no choice") from None
        return Told(text=text, end=end, refusal=_refusal(refusal, end), usage=self._usage(answer.usage, seconds))

    def _question(self, request: Request) -> CompletionCreateParamsBase:
        question: CompletionCreateParamsBase = {"model": self._model, "messages": _messages(request)}
        if request.schema is not None:
            question["response_format"] = _format(request.schema)
        if self._dialect.thinks:
            question["max_completion_tokens"] = self._most_output
            question["store"] = False
        else:
            question["max_tokens"] = self._most_output
            if request.schema is not None:
                question["temperature"] = 0
        if self._dialect.keyed and request.system:
            question["prompt_cache_key"] = hashlib.sha256(request.system[0].encode()).hexdigest()[:32]
        return question

    def _extra(self, request: Request) -> Mapping[str, object] | None:  # noqa: ARG002  # for servers with settings of their own
        return None

    def _usage(self, tokens: CompletionUsage | None, seconds: float, first_token: float | None = None) -> Usage:
        """What the vendor counted. It counts what came from its cache, and what went into it, as input already."""
        details = getattr(tokens, "prompt_tokens_details", None)
        return Usage(
            model=self._name,
            seconds=seconds,
            input_tokens=count(getattr(tokens, "prompt_tokens", None)),
            output_tokens=count(getattr(tokens, "completion_tokens", None)),
            cached_tokens=count(getattr(details, "cached_tokens", None)),
            written_tokens=count(getattr(details, "cache_write_tokens", None)),
            first_token=first_token,
        )


class OpenAIModel(ChatModel):
    """A model at OpenAI, or at any other server with an interface of its kind.

    `base_url` None is OpenAI itself, or where its SDK's own environment variable points.
    """

    def __init__(
        self,
        model: str,
        *,
        api_key: str,
        base_url: str | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        http = http_client(terms.get("route", DIRECT))
        client = openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=None, http_client=http)
        host = client.base_url.host
        dialect = Dialect(thinks=host.endswith((_OPENAI, _AZURE)), keyed=host.endswith(_OPENAI))
        super().__init__(model, client, dialect, **terms)


def _messages(request: Request) -> list[ChatCompletionMessageParam]:
    """One system message: chat templates of open models take no second one. Its beginning is cached all the same."""
    said = [_message(message) for message in request.messages]
    if not request.system:
        return said
    return [{"role": "system", "content": "\n\n".join(request.system)}, *said]


def _message(message: Message) -> ChatCompletionMessageParam:
    if message.role == "user":
        return {"role": "user", "content": message.text}
    return {"role": "assistant", "content": message.text}


def _format(schema: Schema) -> ResponseFormatJSONSchema:
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "strict": True, "schema": accepted(schema.body)},
    }


def _heard(chunk: ChatCompletionChunk, gathering: Gathering) -> str:
    """Take in one part of a stream; gives what it holds of a refusal. A part without a choice counts tokens."""
    try:
        choice = next(iter(chunk.choices), None)
        delta = choice and choice.delta
        text, refusal, end = (delta.content, delta.refusal, choice.finish_reason) if choice and delta else _NOTHING
    except (AttributeError, TypeError):
        raise AnswerEmpty(MALFORMED) from None
    gathering.hear("" if text is None else text)
    gathering.end = end or gathering.end
    return str(refusal or "")


def _refusal(words: object, end: object) -> str | None:
    """Why the model declined; None if it did not."""
    if words:
        return str(words)
    return "stopped by the vendor's content filter" if end == "content_filter" else None
