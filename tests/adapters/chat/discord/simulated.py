"""The whole adapter against a simulated Discord in this process: people write and react, and see what it posts."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import discord
import pytest
import simcord

from adapters.chat.discord.platform import Discord
from adapters.chat.discord.settings import Settings
from adapters.chat.port import ChatError, Command, Handlers, Inbound, Place, Rating, nobody_waits
from tests.doubles import NOON

PATIENCE = 60.0
"""Seconds until a test that waits in vain gives up."""


class KeptNotes:
    """Notes that last as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def noted(self, key: str) -> str | None:
        return self.kept.get(key)

    async def jot(self, key: str, text: str) -> None:
        self.kept[key] = text


@dataclass
class Core:
    """Stands in for the bot: it repeats what it hears, and keeps what it is told."""

    answer: Callable[[Inbound], str] = lambda heard: f"You said: {heard.text}"
    commands: tuple[Command, ...] = ()
    chat: Discord | None = None
    heard: list[Inbound] = field(default_factory=list[Inbound])
    gone: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])
    ratings: list[Rating] = field(default_factory=list[Rating])
    refused: list[str] = field(default_factory=list[str])

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        assert self.chat is not None
        kept()
        if any(inbound.event_id == heard.event_id for heard in self.heard):
            return
        self.heard.append(inbound)
        if inbound.unanswered:
            return
        try:
            await self.chat.say(
                inbound.place, self.answer(inbound), turn_id=inbound.event_id, reply_to=inbound.message_id
            )
        except ChatError as error:
            self.refused.append(str(error))

    async def withdraw(self, place: Place, message_id: str) -> None:
        self.gone.append((place, message_id))

    async def rate(self, rating: Rating) -> bool:
        self.ratings.append(rating)
        return True

    def handlers(self) -> Handlers:
        return Handlers(hear=self.hear, withdraw=self.withdraw, rate=self.rate, commands=self.commands)


class SimulatedTime:
    """The simulation's clock."""

    env: simcord.Env | None = None

    def now(self) -> datetime:
        return NOON if self.env is None else self.env.now()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


FREE = 1_400_000_000_000_000_000
"""The id of the channel that `World.free` opens, for settings that must name a channel before there is any."""


@dataclass
class World:
    """A server with a channel and a member, and the bot in it."""

    env: simcord.Env
    chat: Discord
    core: Core
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    ada: simcord.MemberActor

    @property
    def bot(self) -> str:
        """What is written to mention the bot."""
        return f"<@{self.me}>"

    @property
    def me(self) -> int:
        assert self.env.bot.user is not None
        return self.env.bot.user.id

    def free(self) -> simcord.ChannelHandle:
        """A channel whose id is known beforehand."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.env.backend, "snowflake", lambda: FREE)
            return self.guild.create_text_channel("free")

    def thread(self) -> simcord.ChannelHandle:
        """A new thread under `channel`."""
        self.env.backend.create_thread(self.channel.id, "aside", self.ada.id)
        return self.channel.threads[-1]

    def own(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """What the bot posted in a channel, in order."""
        return [message for message in (channel or self.channel).history() if message.author.id == self.me]

    def texts(self, channel: simcord.ChannelHandle | None = None) -> list[str]:
        return [message.content for message in self.own(channel)]


@asynccontextmanager
async def simulated(
    core: Core | None = None,
    *,
    notes: KeptNotes | None = None,
    prepare: Callable[[discord.Client], None] = lambda _: None,
    **settings: Any,
) -> AsyncGenerator[World]:
    """The adapter, logged in to a simulated Discord. The core is one that repeats, if there is no other."""
    core = core or Core()
    online: asyncio.Future[simcord.Env] = asyncio.get_running_loop().create_future()
    done, clock = asyncio.Event(), SimulatedTime()

    async def connect(client: discord.Client) -> None:
        prepare(client)
        async with simcord.run(client) as env:
            clock.env = env
            online.set_result(env)
            await done.wait()

    core.chat = chat = Discord(
        Settings(token="t", **settings), notes=notes or KeptNotes(), clock=clock, connect=connect
    )
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
        running = group.create_task(chat.run(core.handlers()))
        env = await online
        guild = env.create_guild("Home")
        channel = guild.create_text_channel("general")
        ada = guild.add_member(env.create_user("ada"))
        try:
            yield World(env=env, chat=chat, core=core, guild=guild, channel=channel, ada=ada)
        finally:
            done.set()
            running.cancel()
