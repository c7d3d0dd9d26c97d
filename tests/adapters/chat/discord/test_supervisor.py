"""A client that ends is replaced, ever more slowly; what only a person can put right ends it all, in words."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest

from adapters.chat.discord.failures import ChatRefused
from adapters.chat.discord.supervisor import (
    BAD_TOKEN,
    CONTENT_REFUSED,
    PAUSES,
    QUIET,
    TOO_MANY_SERVERS,
    supervise,
)
from tests.doubles import HandClock


class Pauses(HandClock):
    """A clock that keeps how long was slept, and on which nobody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def closed(code: int) -> discord.ConnectionClosed:
    socket = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(cast("aiohttp.ClientWebSocketResponse", socket), shard_id=None, code=code)


def ending(*ends: Exception | None, clock: Pauses | None = None, lasting: float = 0) -> Callable[[], Awaitable[None]]:
    """Sessions that end so, one after the other; then one that is cancelled."""
    left = list(ends)

    async def session() -> None:
        if clock is not None:
            clock.pass_time(lasting)
        if not left:
            raise asyncio.CancelledError
        end = left.pop(0)
        if end is not None:
            raise end

    return session


async def run(session: Callable[[], Awaitable[None]], clock: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        await supervise(session, clock)


async def test_a_client_that_ends_is_replaced_ever_more_slowly(caplog: pytest.LogCaptureFixture) -> None:
    clock = Pauses()
    ends = [None, KeyError("a canary"), closed(4000), OSError(), None, None, None]
    await run(ending(*ends), clock)
    assert clock.slept == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert [record.getMessage() for record in caplog.records][:3] == [
        "Discord's client ended (closed); the next one begins in 1 seconds",
        "Discord's client ended (KeyError); the next one begins in 5 seconds",
        "Discord's client ended (connection closed, code 4000); the next one begins in 15 seconds",
    ]
    assert "canary" not in caplog.text


async def test_after_a_quiet_while_pauses_are_short_again() -> None:
    clock = Pauses()
    await run(ending(None, None, None, clock=clock, lasting=QUIET.total_seconds()), clock)
    assert clock.slept == [PAUSES[0]] * 3


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (discord.LoginFailure("Improper token has been passed."), BAD_TOKEN),
        (closed(4004), BAD_TOKEN),
        (discord.PrivilegedIntentsRequired(None), CONTENT_REFUSED),
        (closed(4014), CONTENT_REFUSED),
        (closed(4011), TOO_MANY_SERVERS),
    ],
    ids=["login", "4004", "intents", "4014", "4011"],
)
async def test_what_a_person_must_put_right_ends_it_and_names_the_page_and_the_key(end: Exception, words: str) -> None:
    clock = Pauses()
    with pytest.raises(ChatRefused) as refused:
        await supervise(ending(end), clock)
    assert str(refused.value) == words
    assert not clock.slept


def test_the_words_name_the_page_and_the_key() -> None:
    assert "page Bot, Reset Token" in BAD_TOKEN
    assert "discord.token_file" in BAD_TOKEN
    assert "Message Content" in CONTENT_REFUSED
    assert "discord.free_response_channels" in CONTENT_REFUSED
