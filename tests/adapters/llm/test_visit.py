"""A visit to a server: its clock, and why it could not be made. Its certificate: tests/bot/doctor/test_doctor.py."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.llm.route import DIRECT, Route
from adapters.llm.visit import Visit, visit
from tests.adapters.llm.loopback import Loopback

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def dated(date: str) -> bytes:
    return f"HTTP/1.1 404 X\r\ndate: {date}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", NOON),
        ("Sun, 22 Nov 2026 12:00:00 -0000", NOON),
        ("Sun, 22 Nov 2026 13:00:00 +0100", NOON),
        ("soon", None),
    ],
)
async def test_a_servers_clock_is_read_in_utc(loopback: Loopback, date: str, expected: datetime | None) -> None:
    loopback.answer = dated(date)
    assert await visit(loopback.url, DIRECT, patience=20) == Visit(url=loopback.url, date=expected)


async def test_a_server_that_speaks_no_tls_is_not_trusted() -> None:
    async def blunt(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(blunt, "127.0.0.1", 0)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await visit(url, DIRECT, patience=20) == Visit(url=url, distrust="wrong version number")


async def test_a_silent_server_is_left(loopback: Loopback) -> None:
    shown = await visit(loopback.url, DIRECT, patience=0.01)
    assert shown.fault == "no answer within 0.01 seconds"


@pytest.mark.parametrize(
    ("url", "route", "told"),
    [
        ("http://127.0.0.1:9", DIRECT, "All connection attempts failed"),
        ("http://127.0.0.1:9", Route(ca_file=Path("nowhere.pem")), "the proxy or the certificates cannot be used"),
    ],
)
async def test_a_server_that_cannot_be_reached_is_told(url: str, route: Route, told: str) -> None:
    shown = await visit(url, route, patience=20)
    assert str(shown.fault).startswith(told)
