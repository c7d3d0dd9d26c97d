"""Proxies that the environment names: one that leads nowhere, and a server of ours that takes what comes as for one."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import pytest


@contextmanager
def proxied(url: str, *, exempt: str = "") -> Generator[None]:
    """The environment has this proxy and no other, but for those that are `exempt`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("http_proxy", url), ("https_proxy", url), ("all_proxy", ""), ("no_proxy", exempt)):
            patch.delenv(name.upper(), raising=False)
            patch.setenv(name, value)
        yield


@asynccontextmanager
async def refusing() -> AsyncGenerator[list[str]]:
    """The environment has a proxy that leads nowhere; it keeps the first line of whatever it is asked."""
    asked: list[str] = []

    async def refuse(reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.decode().split("\r\n")[0])
        writer.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    with proxied(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"):
        async with server:
            yield asked
