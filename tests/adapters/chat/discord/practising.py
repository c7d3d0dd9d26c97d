"""A client of Discord whose commands show what each invocation was, for tests of how they are given."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
import simcord

from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.tree import Tree, grown
from tests.adapters.chat.commanding import Practice


class Client(discord.Client):
    """The client as the adapter has it, as far as commands go."""

    tree: Tree

    def __init__(self, practice: Practice, settings: Settings, deadline: float) -> None:
        super().__init__(intents=discord.Intents(guilds=True), allowed_mentions=discord.AllowedMentions.none())
        handlers = practice.handlers()
        self.desk = Interactions(handlers, settings, deadline=deadline)
        self.tree = grown(self, handlers.commands, self.desk, direct_messages=settings.direct_messages)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_interaction(self, interaction: discord.Interaction[discord.Client]) -> None:
        await self.desk.pressed(interaction)


@dataclass
class World:
    """A server with a channel, a member, a moderator and somebody whose role moderates."""

    env: simcord.Env
    practice: Practice
    settings: Settings
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    member: simcord.MemberActor
    moderator: simcord.MemberActor

    async def restart(self) -> None:
        """A new client, which remembers nothing."""
        await self.env.restart_bot(Client(self.practice, self.settings, 60))

    def allow(self, command: str, person: simcord.MemberActor, *, kind: int = 1) -> None:
        """What an administrator of the server can do: show somebody a command that is hidden by default."""
        found = self.env.backend.find_command(command, self.guild.id, type=kind)
        assert found is not None
        self.guild.set_command_permissions(int(found["id"]), {person: True})

    async def answer(self, view: discord.ui.View | None = None, content: str = "an answer") -> discord.Message:
        """Something that the bot posts for all, with buttons under it."""
        channel = self.env.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        return await channel.send(content, view=view or discord.utils.MISSING)


@asynccontextmanager
async def practising(
    practice: Practice | None = None, *, deadline: float = 60, **settings: object
) -> AsyncGenerator[World]:
    """A server in which commands can be given."""
    practice = practice or Practice()
    chosen = Settings(token="t", **settings)  # pyright: ignore[reportArgumentType]  # whatever a test chooses
    async with simcord.run(Client(practice, chosen, deadline), settle_timeout=60) as env:
        guild = env.create_guild("Home")
        moderators = guild.create_role("moderators", permissions=discord.Permissions(manage_guild=True))
        yield World(
            env=env,
            practice=practice,
            settings=chosen,
            guild=guild,
            channel=guild.create_text_channel("general"),
            member=guild.add_member(env.create_user("ada")),
            moderator=guild.add_member(env.create_user("mo"), roles=[moderators]),
        )
