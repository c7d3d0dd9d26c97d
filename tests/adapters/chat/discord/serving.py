"""The real client of Discord, on the line to the loopback Discord, with a core behind it that repeats what it hears."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import discord

from adapters.chat.discord.platform import Connect, Discord
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Inbound, nobody_waits
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.adapters.chat.discord.simulated import Core, KeptNotes
from tests.doubles import NOON


class Noon:
    """It is always noon, and nobody who sleeps waits."""

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class Telling(Core):
    """A core that tells the loopback whenever it has answered."""

    loopback: Loopback | None = None

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        await super().hear(inbound, kept)
        assert self.loopback is not None
        self.loopback.changes.tell()


@dataclass
class Line:
    """The adapter on the line to a loopback, and every client that it made."""

    loopback: Loopback
    core: Telling
    chat: Discord
    clients: list[discord.Client]
    events: list[str]

    async def asked(self, *texts: str) -> None:
        """Somebody asks, and is answered."""
        for text in texts:
            self.loopback.say(self.loopback.general, self.loopback.owner, text)
        await self.answered(*texts)

    async def answered(self, *texts: str) -> None:
        """All these were answered, once each and in order, after whatever was answered before."""
        expected = [f"You said: {text}" for text in texts]
        await self.loopback.until(lambda: self.texts[-len(expected) :] == expected)

    @property
    def texts(self) -> list[str]:
        return self.loopback.texts(self.loopback.general)


@asynccontextmanager
async def line(loopback: Loopback | None = None, **settings: Any) -> AsyncGenerator[Line]:
    loopback = loopback or Loopback(base=NOON)
    clients: list[discord.Client] = []
    events: list[str] = []

    def begun(client: discord.Client) -> None:
        clients.append(client)
        dispatch = client.dispatch

        def told(event: str, /, *args: Any, **kwargs: Any) -> None:
            events.append(event)
            dispatch(event, *args, **kwargs)
            loopback.changes.tell()

        client._connection.dispatch = client.dispatch = told  # pyright: ignore[reportPrivateUsage]  # both of them are used

    connect = connecting(loopback, begun)
    core = Telling(loopback=loopback)
    core.chat = chat = Discord(Settings(token="t", **settings), notes=KeptNotes(), clock=Noon(), connect=connect)
    async with loopback.running(), asyncio.TaskGroup() as group:
        running = group.create_task(chat.run(core.handlers()))
        await chat.ready()
        try:
            yield Line(loopback=loopback, core=core, chat=chat, clients=clients, events=events)
        finally:
            running.cancel()


def connecting(loopback: Loopback, begun: Callable[[discord.Client], None] = lambda _: None) -> Connect:
    """As the adapter connects, with a discord.py that waits neither for more guilds nor before it identifies anew."""

    async def at_once(shard_id: int | None, *, initial: bool = False) -> None: ...

    async def connect(client: discord.Client) -> None:
        client.before_identify_hook = at_once
        client._connection.guild_ready_timeout = 0.01  # pyright: ignore[reportPrivateUsage]
        begun(client)
        await client.start(loopback.token)

    return connect
