"""OpenAI's models, and any server that speaks its chat completions, through the official SDK. One call, no retries."""

import ipaddress
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.shared_params import ResponseFormatJSONSchema

from adapters.llm.vendor import THINKING_TOKENS, accepted, bounded, count, line
from safi.errors import AnswerCutShort, AnswerEmpty, AnswerRefused
from safi.ports import Message, Reply, Request, Schema
from safi.usage import Usage

_HOST: Final = "api.openai.com"


class OpenAIModel:
    """A model behind an interface of OpenAI's kind.

    `base_url` None is OpenAI itself, or where its SDK's own environment variable points. `max_tokens` bounds the reply,
    `deadline` (seconds) everything. At OpenAI there is room for thinking beside the reply; elsewhere there is none, for
    a small context may be all that a server has.
    """

    def __init__(
        self,
        model: str,
        *,
        provider: str = "openai",
        api_key: str,
        base_url: str | None = None,
        max_tokens: int,
        deadline: float,
    ) -> None:
        self._model = model
        self._name = f"{provider}:{model}"
        self._key = api_key
        self._max_tokens = max_tokens
        self._deadline = deadline
        self._client = _client(api_key, base_url)

    @property
    def name(self) -> str:
        """`provider:model id`."""
        return self._name

    async def ask(self, request: Request) -> Reply:
        """One chat completion. Cancelling closes the connection, by which servers know to stop."""
        started = time.monotonic()
        at_openai = self._client.base_url.host.endswith(_HOST)
        call = self._client.chat.completions.create(
            model=self._model,
            messages=_messages(request),
            response_format=_format(request.schema),
            # OpenAI's models refuse a temperature and the limit's older name; many other servers know no newer one.
            max_completion_tokens=self._max_tokens + THINKING_TOKENS if at_openai else openai.omit,
            max_tokens=openai.omit if at_openai else self._max_tokens,
            temperature=openai.omit if at_openai or request.schema is None else 0,
            extra_body=self._extra(request),
        )
        answer = await bounded(call, deadline=self._deadline, vendor_error=openai.OpenAIError, key=self._key)
        text = _text(answer, self._key)
        return Reply(text=text, usage=self._usage(answer.usage, time.monotonic() - started))

    async def aclose(self) -> None:
        """Close the connections. The model cannot be asked after that."""
        await self._client.close()

    def _extra(self, request: Request) -> Mapping[str, object] | None:  # noqa: ARG002  # for servers with settings of their own
        return None

    def _usage(self, usage: CompletionUsage | None, seconds: float) -> Usage:
        return Usage(
            model=self._name,
            seconds=seconds,
            input_tokens=count(getattr(usage, "prompt_tokens", None)),
            output_tokens=count(getattr(usage, "completion_tokens", None)),
        )


def _client(api_key: str, base_url: str | None) -> openai.AsyncOpenAI:
    """A proxy meant for the world outside cannot reach a server on this machine, so for that one none is used."""
    direct = None
    if base_url is not None and _on_this_machine(urlsplit(base_url).hostname or ""):
        direct = openai.DefaultAsyncHttpxClient(trust_env=False)
    return openai.AsyncOpenAI(api_key=api_key, base_url=base_url, max_retries=0, timeout=None, http_client=direct)


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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


def _format(schema: Schema | None) -> ResponseFormatJSONSchema | openai.Omit:
    if schema is None:
        return openai.omit
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "strict": True, "schema": accepted(schema.body)},
    }


def _text(answer: object, key: str) -> str:
    """The finished text of a completion. The SDK checks no shapes and hands on a page of HTML as a text."""
    if not isinstance(answer, ChatCompletion):
        raise AnswerEmpty(f"the reply is no chat completion: {line(answer, key=key)}")
    try:
        choice = answer.choices[0]
        text, refusal, reason = choice.message.content, choice.message.refusal, choice.finish_reason
    except (AttributeError, IndexError, TypeError):
        raise AnswerEmpty("the reply holds no choice") from None
    if refusal or reason == "content_filter":
        raise AnswerRefused(line(refusal or "stopped by the vendor's content filter", key=key))
    if reason != "stop":
        raise AnswerCutShort(f"the reply ended early: {line(reason)}")
    if not isinstance(text, str) or not text.strip():
        raise AnswerEmpty("the reply holds no text")
    return text
