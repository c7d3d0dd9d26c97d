"""The straight way to a server: what it sends beside the question, how much it reads, and what it cannot send."""

import asyncio
import gzip
import json
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from typing import Final

import pytest

from adapters.llm import direct
from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from safi.errors import ModelFailure, ModelMisconfigured, NoAnswer
from safi.ports import Reply
from tests.adapters.llm.clouds import CLAUDES_ANSWER, Cloud
from tests.adapters.llm.loopback import Loopback, http
from tests.adapters.llm.replies import MODELS, REQUEST, ask, openai


async def test_each_vendor_gets_its_key_in_its_own_header_and_json(cloud: Cloud) -> None:
    cloud.answers = {"/chat/completions": http(openai()), "/v1/messages": http(CLAUDES_ANSWER)}
    for vendor in MODELS:
        assert isinstance(await ask(vendor, f"{cloud.url}/"), Reply)
    gpt, claude = (asked.headers for asked in cloud.asked)
    assert gpt["authorization"] == f"Bearer {claude['x-api-key']}"
    assert claude["anthropic-version"] == "2023-06-01"
    assert {headers["content-type"] for headers in (gpt, claude)} == {"application/json"}
    assert not {"cookie", "x-api-key"} & gpt.keys()


async def test_letters_of_any_script_are_sent_as_they_are(cloud: Cloud) -> None:
    cloud.answers["/"] = http(openai("Чай ☕"))
    assert (await ask("openai", cloud.url)).text == "Чай ☕"


# ------------------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("packed", [False, True], ids=["in chunks", "packed and in chunks"])
async def test_a_reply_may_come_in_chunks_and_packed(packed: bool, loopback: Loopback) -> None:
    payload = json.dumps(openai()).encode()
    body = gzip.compress(payload) if packed else payload
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:], b""))
    encoding = b"content-encoding: gzip\r\n" if packed else b""
    loopback.answer = b"HTTP/1.1 200 X\r\n%btransfer-encoding: chunked\r\n\r\n%b" % (encoding, chunks)
    assert (await ask("openai", loopback.url)).text == "Tea."


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "packed"])
@pytest.mark.parametrize("stream", [False, True], ids=["at once", "streamed"])
async def test_a_reply_that_is_too_large_is_not_read_to_its_end(
    stream: bool, packed: bool, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "LARGEST", 1 << 20)
    payload = b" " * (2 << 20)
    loopback.answer = http(gzip.compress(payload), headers="content-encoding: gzip\r\n") if packed else http(payload)
    model = OpenAIModel("m", api_key="k", base_url=loopback.url, max_tokens=50, deadline=60, stream=stream)
    with pytest.raises(NoAnswer, match="the reply is larger than 1 MiB"):
        await model.ask(REQUEST)
    await model.aclose()


async def test_a_refusal_that_is_too_large_is_a_refusal(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "LARGEST", 1_000)
    loopback.answer = http("no " * 1_000_000, status=403, kind="text/plain")
    failure = await ask("openai", loopback.url)
    assert type(failure) is ModelMisconfigured
    assert str(failure).startswith("status 403: no no ")


@asynccontextmanager
async def serving(replies: bytes) -> AsyncGenerator[tuple[str, list[StreamWriter]]]:
    """A server that answers each question with the same bytes and never hangs up; its address and its connections."""
    connections: list[StreamWriter] = []
    left = asyncio.Event()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        connections.append(writer)
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
                writer.write(replies)
        left.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections
        await left.wait()


async def test_a_stream_ends_with_its_last_word_though_the_connection_stays_open() -> None:
    chunk = json.dumps({"choices": [{"delta": {"content": "Tea."}, "finish_reason": "stop"}]})
    async with serving(f"HTTP/1.1 200 X\r\n\r\ndata: {chunk}\n\ndata: [DONE]\n\n".encode()) as (url, _):
        model = OpenAIModel("m", api_key="k", base_url=url, max_tokens=50, deadline=60, stream=True)
        assert (await model.ask(REQUEST)).text == "Tea."
        await model.aclose()


async def test_one_connection_serves_question_after_question() -> None:
    body = json.dumps(CLAUDES_ANSWER).encode()
    async with serving(b"HTTP/1.1 200 X\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)) as (url, connections):
        model = AnthropicModel("m", api_key="k", base_url=url, max_tokens=50, deadline=60)
        assert [(await model.ask(REQUEST)).text for _ in range(3)] == ["Yes."] * 3
        await model.aclose()
    assert len(connections) == 1


# ------------------------------------------------------------------------------------------------- what cannot be sent


@pytest.mark.parametrize("key", ["schlüssel-12", "sk-1\r\nhost: elsewhere", "sk-\x00"])
@pytest.mark.parametrize("vendor", MODELS)
async def test_a_key_that_cannot_be_sent_is_said_so_and_not_shown(vendor: str, key: str, loopback: Loopback) -> None:
    model = MODELS[vendor]("m", api_key=key, base_url=loopback.url, max_tokens=50, deadline=60)
    with pytest.raises(ModelMisconfigured) as caught:
        await model.ask(REQUEST)
    await model.aclose()
    assert str(caught.value) == "the key or the address holds characters that cannot be sent"
    assert caught.value.usage is None
    assert not loopback.asked.is_set()


@pytest.mark.parametrize("url", ["", "models.example.org/v1", "ftp://models.example.org", "http://", "http://[::1"])
@pytest.mark.parametrize("vendor", MODELS)
def test_an_address_that_is_none_is_a_misconfiguration(vendor: str, url: str) -> None:
    with pytest.raises(ModelMisconfigured, match=r"^the address cannot be used: "):
        MODELS[vendor]("m", api_key="k", base_url=url, max_tokens=50, deadline=60)


async def test_a_model_that_was_never_asked_holds_nothing_to_close() -> None:
    model = OpenAIModel("m", api_key="k", base_url="http://127.0.0.1:9", max_tokens=50, deadline=60)
    await model.aclose()


async def test_a_closed_model_cannot_be_asked(loopback: Loopback) -> None:
    loopback.answer = http(openai())
    model = OpenAIModel("m", api_key="k", base_url=loopback.url, max_tokens=50, deadline=60)
    await model.ask(REQUEST)
    await model.aclose()
    with pytest.raises(ModelFailure):
        await model.ask(REQUEST)


HEAVY: Final = ("openai", "anthropic", "httpx2", "pydantic")


def test_no_sdk_is_loaded_for_it() -> None:
    program = "import sys, adapters.llm.embedded, adapters.llm.anthropic; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {*HEAVY} & {*done.stdout.split()}
