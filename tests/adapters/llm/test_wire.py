"""What the adapters send: the same question in each vendor's own form, and nothing that a vendor refuses."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, Final

import pytest
from llmock.pytest_plugin import LLMock

from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from adapters.llm.vendor import THINKING_TOKENS
from safi.ports import Message, Model, Request, Schema

TALK: Final = Request(
    system=("You are Ada.", "Speak kindly."),
    messages=(
        Message(role="user", text="Tea?"),
        Message(role="assistant", text="Yes."),
        Message(role="user", text="Milk?"),
    ),
)
SCHEMA: Final = {
    "type": "object",
    "properties": {
        "maximum": {"type": "integer", "maximum": 3},
        "reasons": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 80}},
        "finding": {"anyOf": [{"$ref": "#/$defs/minLength"}, {"type": "null"}]},
    },
    "required": ["maximum", "reasons", "finding"],
    "additionalProperties": False,
    "$defs": {"minLength": {"type": "string", "enum": ["a", "b"], "minLength": 1}},
}
FORM: Final = {
    "type": "object",
    "properties": {
        "maximum": {"type": "integer"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "finding": {"anyOf": [{"$ref": "#/$defs/minLength"}, {"type": "null"}]},
    },
    "required": ["maximum", "reasons", "finding"],
    "additionalProperties": False,
    "$defs": {"minLength": {"type": "string", "enum": ["a", "b"]}},
}
JUDGEMENT: Final = Request(
    system=(), messages=(Message(role="user", text="Well?"),), schema=Schema(name="verdict", body=SCHEMA)
)
REPLY: Final = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}]}


async def sent(model: OpenAIModel | AnthropicModel, request: Request, llmock: LLMock) -> dict[str, Any]:
    """Ask and close; the one body that went over the wire."""
    await model.ask(request)
    await model.aclose()
    (record,) = llmock.requests
    return record.body


def openai(llmock: LLMock) -> OpenAIModel:
    return OpenAIModel("m-1", provider="near", api_key="k", base_url=llmock.base_url(), max_tokens=50, deadline=20)


def anthropic(llmock: LLMock) -> AnthropicModel:
    url = llmock.base_url("anthropic")
    return AnthropicModel("m-2", api_key="k", base_url=url, max_tokens=50, deadline=20)


def test_models_are_named_by_provider_and_id(llmock: LLMock) -> None:
    models: list[Model] = [openai(llmock), anthropic(llmock)]
    assert [model.name for model in models] == ["near:m-1", "anthropic:m-2"]


def test_a_reply_is_bounded_with_the_room_for_thinking_that_the_vendor_is_given(llmock: LLMock) -> None:
    usual = OpenAIModel("m-1", api_key="k", base_url="https://api.openai.com/v1", max_tokens=50, deadline=20.0)
    spare = OpenAIModel("m-1", api_key="k", base_url=llmock.base_url("openai"), max_tokens=50, deadline=20.0)
    claude = AnthropicModel("m-1", api_key="k", base_url="https://api.anthropic.com", max_tokens=50, deadline=20.0)
    bounds = [model.most_output for model in (usual, spare, claude)]
    assert bounds == [50 + THINKING_TOKENS, 50, 50 + THINKING_TOKENS]


async def test_a_talk_as_a_server_of_openais_kind_gets_it(llmock: LLMock) -> None:
    assert await sent(openai(llmock), TALK, llmock) == {
        "model": "m-1",
        "max_tokens": 50,
        "messages": [
            {"role": "system", "content": "You are Ada.\n\nSpeak kindly."},
            {"role": "user", "content": "Tea?"},
            {"role": "assistant", "content": "Yes."},
            {"role": "user", "content": "Milk?"},
        ],
    }


async def test_a_judgement_as_a_server_of_openais_kind_gets_it(llmock: LLMock) -> None:
    assert await sent(openai(llmock), JUDGEMENT, llmock) == {
        "model": "m-1",
        "max_tokens": 50,
        "temperature": 0,
        "messages": [{"role": "user", "content": "Well?"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "strict": True, "schema": FORM},
        },
    }


async def test_a_talk_as_anthropic_gets_it(llmock: LLMock) -> None:
    assert await sent(anthropic(llmock), TALK, llmock) == {
        "model": "m-2",
        "max_tokens": 8_050,
        "system": [
            {"type": "text", "text": "You are Ada.", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "Speak kindly."},
        ],
        "messages": [
            {"role": "user", "content": "Tea?"},
            {"role": "assistant", "content": "Yes."},
            {"role": "user", "content": "Milk?"},
        ],
    }


async def test_a_judgement_as_anthropic_gets_it(llmock: LLMock) -> None:
    assert await sent(anthropic(llmock), JUDGEMENT, llmock) == {
        "model": "m-2",
        "max_tokens": 8_050,
        "messages": [{"role": "user", "content": "Well?"}],
        "output_config": {"format": {"type": "json_schema", "schema": FORM}},
    }


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[list[bytes]]:
    """A proxy to the world outside that answers itself; gives the requests that reached it."""
    seen: list[bytes] = []

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        seen.extend((head.split(b"\r\n")[0], await reader.readexactly(length)))
        body = json.dumps(REPLY).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" + body)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with server:
        yield seen


async def test_openai_itself_gets_room_for_thinking_and_no_temperature(proxy: list[bytes]) -> None:
    model = OpenAIModel("m-1", api_key="k", base_url="http://api.openai.com/v1", max_tokens=50, deadline=20)
    await model.ask(JUDGEMENT)
    await model.aclose()
    line, body = proxy
    assert line == b"POST http://api.openai.com/v1/chat/completions HTTP/1.1"
    asked = json.loads(body)
    assert asked.keys() == {"model", "messages", "max_completion_tokens", "response_format", "store"}
    assert (asked["max_completion_tokens"], asked["store"]) == (8_050, False)


async def test_azures_undated_interface_gets_what_openai_gets_but_for_the_key_of_its_cache(proxy: list[bytes]) -> None:
    url = "http://mine.openai.azure.com/openai/v1"
    model = OpenAIModel("m-1", api_key="k", base_url=url, max_tokens=50, deadline=20)
    await model.ask(TALK)
    await model.aclose()
    assert json.loads(proxy[1]).keys() == {"model", "messages", "max_completion_tokens", "store"}


async def test_openais_cache_is_told_which_requests_begin_alike(proxy: list[bytes]) -> None:
    model = OpenAIModel("m-1", api_key="k", base_url="http://api.openai.com/v1", max_tokens=50, deadline=20)
    for request in (TALK, replace(TALK, system=("You are Ada.", "Be brief.")), replace(TALK, system=("You are Bob.",))):
        await model.ask(request)
    await model.aclose()
    ada, again, bob = (json.loads(body)["prompt_cache_key"] for body in proxy[1::2])
    assert ada == again != bob
    assert len(ada) == 32


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_proxy_stands_before_a_server_on_this_machine(host: str, proxy: list[bytes], llmock: LLMock) -> None:
    url = llmock.base_url().replace("127.0.0.1", host)
    model = OpenAIModel("m-1", api_key="k", base_url=url, max_tokens=50, deadline=20)
    await model.ask(TALK)
    await model.aclose()
    assert proxy == []
