"""The loopback vendor as a fixture."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.adapters.llm.loopback import Loopback


@pytest.fixture
async def loopback() -> AsyncGenerator[Loopback]:
    handler = Loopback()
    handler.alone.set()
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0)
    handler.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield handler
