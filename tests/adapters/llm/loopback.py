"""A vendor on this machine that says exactly the bytes it is told to, for what no well-behaved mock would say."""

import asyncio
import json
import re
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class Loopback:
    """A server that answers every request with the same bytes and hangs up, or with None says nothing at all."""

    answer: bytes | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    alone: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.alone.clear()
        with closing(writer), suppress(IncompleteReadError):  # a caller may leave before its question is whole
            await self.reply(reader, writer)
        with suppress(ConnectionError):  # or before it has heard all
            await writer.wait_closed()
        self.alone.set()

    async def reply(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)  # to hang up on unread bytes is to reset
        self.asked.set()
        if self.answer is not None:
            writer.write(self.answer)
            return
        while await reader.read(65_536):
            pass


@asynccontextmanager
async def listening() -> AsyncGenerator[Loopback]:
    """A loopback vendor that can be asked under its `url`."""
    handler = Loopback()
    handler.alone.set()
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0)
    handler.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield handler
        await handler.alone.wait()


def http(body: object, *, status: int = 200, kind: str = "application/json", headers: str = "") -> bytes:
    """A whole response. A body that is neither bytes nor text is sent as JSON; `headers` end in CR LF each."""
    match body:
        case bytes():
            payload = body
        case str():
            payload = body.encode()
        case _:
            payload = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(payload)}\r\n{headers}"
    return f"{head}connection: close\r\n\r\n".encode() + payload
