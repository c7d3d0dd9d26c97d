"""A client that is nothing but discord.py and a list of what it heard."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import discord
from discord import app_commands
from discord.gateway import KeepAliveHandler

from tests.adapters.chat.discord.loopback.loopback import Loopback

UNPRIVILEGED: Final = discord.Intents.default()


class Bare(discord.Client):
    """discord.py as it comes; whatever it dispatches stands in `events`, others' messages in `heard`."""

    def __init__(self, loopback: Loopback, intents: discord.Intents = UNPRIVILEGED, **options: Any) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.01, **options)
        self.loopback = loopback
        self.heard: list[discord.Message] = []
        self.events: list[str] = []
        self.tree = app_commands.CommandTree(self)

    @property
    def settled(self) -> bool:
        """Ready, and told of every guild: discord.py waits for those only so long."""
        return "ready" in self.events and not any(guild.unavailable for guild in self.guilds)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Nothing: discord.py waits five seconds here before it identifies again."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.events.append(event)
        if event == "message" and args[0].author != self.user:
            self.heard.append(args[0])
        super().dispatch(event, *args, **kwargs)
        self.loopback.changes.tell()


@asynccontextmanager
async def started(loopback: Loopback, client: Bare) -> AsyncGenerator[asyncio.Task[Exception | None]]:
    """The client running until it is ready or has ended; the task returns what ended it."""
    async with loopback.running(), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(_run(client))
        running.add_done_callback(lambda _: loopback.changes.tell())
        await loopback.until(lambda: client.settled or running.done())
        try:
            yield running
        finally:
            for heart in threading.enumerate():  # discord.py forgets that of a connection which was only being made
                if isinstance(heart, KeepAliveHandler) and heart.ws is not client.ws:
                    await heart.ws.close(1000)
            await client.close()


async def _run(client: Bare) -> Exception | None:
    try:
        await client.start(client.loopback.token)
    except Exception as error:  # noqa: BLE001  # what comes out is what the tests want to see
        return error
    return None


@asynccontextmanager
async def online(loopback: Loopback, client: Bare) -> AsyncGenerator[Bare]:
    """The client logged in and ready, and still well at the end."""
    async with started(loopback, client) as running:
        assert not running.done(), running.result()
        yield client
    assert running.result() is None
