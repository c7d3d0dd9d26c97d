"""Connections to either vendor that break, are refused, stay silent or are left: each has a name of ours."""

import asyncio
import socket
from typing import Final

import pytest

from safi.errors import ModelUnavailable, NoAnswer
from safi.ports import Message, Request
from tests.adapters.llm.loopback import Loopback, http
from tests.adapters.llm.replies import MODELS, ask


@pytest.fixture(params=MODELS)
def vendor(request: pytest.FixtureRequest) -> str:
    return request.param


HALF: Final = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{"choices": ['


NO_GZIP: Final = http("Tea.", headers="content-encoding: gzip\r\n")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 2", b"garbage\r\n\r\n", HALF, NO_GZIP])
async def test_a_connection_that_breaks_is_unavailable(vendor: str, answer: bytes, loopback: Loopback) -> None:
    loopback.answer = answer
    failure = await ask(vendor, loopback.url)
    assert type(failure) is ModelUnavailable
    assert str(failure).startswith("the connection failed: ")


async def test_a_closed_port_is_unavailable(vendor: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    assert type(await ask(vendor, f"http://127.0.0.1:{port}")) is ModelUnavailable


async def test_a_name_that_nobody_knows_is_unavailable(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    failure = await ask(vendor, "http://no-such-host.invalid")
    assert type(failure) is ModelUnavailable
    assert "Name or service not known" in str(failure)


async def test_silence_ends_at_the_deadline_and_the_connection_with_it(vendor: str, loopback: Loopback) -> None:
    failure = await ask(vendor, loopback.url, deadline=0.05)
    assert (type(failure), str(failure)) == (ModelUnavailable, "no answer within 0.05 seconds")
    await loopback.alone.wait()


async def test_a_cancelled_question_is_abandoned(vendor: str, loopback: Loopback) -> None:
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(ask(vendor, loopback.url))
        await loopback.asked.wait()
        asking.cancel()
    assert asking.cancelled()
    await loopback.alone.wait()


async def test_a_text_that_cannot_be_sent_is_said_so(vendor: str, loopback: Loopback) -> None:
    request = Request(system=(), messages=(Message(role="user", text="\udcff"),))
    failure = await ask(vendor, loopback.url, request=request)
    assert (type(failure), str(failure)) == (NoAnswer, "the question holds characters that cannot be sent")
