"""What Discord says of a bot's account and its channels, asked over REST alone: no gateway, and nothing is changed."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import discord
from discord.http import Route

from adapters.chat.discord.failures import FAILURES, NEEDED, reason
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.supervisor import BAD_TOKEN
from adapters.chat.proxy import proxy_to

SEARCHED: Final = 20
"""Servers in which roles are looked for, at most: each takes a call."""

_SCOPES: Final = ("bot", "applications.commands")
_Spoken = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """A channel that goes by its id. `unseen`: why there is nothing more to say of it.

    `lacking`: permissions that the bot needs there and has not, as Discord's settings name them. `forum`: all that is
    said there is said in threads.
    """

    name: str = ""
    server: str = ""
    lacking: tuple[str, ...] = ()
    forum: bool = False
    unseen: Literal["", "not there", "hidden", "a thread", "wordless"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An account. `fault`: why nothing could be learned of it, as `what. What to do.`; then all else is empty.

    `public`: whoever has the link may invite it. `reads_content`: the Message Content intent is on. `servers` are the
    names of those that it is in. `roles` are names of roles, with their servers'; None for those that are in none.
    """

    fault: str = ""
    name: str = ""
    application: int = 0
    public: bool = False
    reads_content: bool = False
    servers: tuple[str, ...] = ()
    channels: Mapping[int, ChannelFacts] = field(default_factory=dict[int, ChannelFacts], hash=False)
    roles: Mapping[int, str | None] = field(default_factory=dict[int, str | None], hash=False)

    @property
    def invitation(self) -> str:
        """The page on which somebody who manages a server lets the bot in, with what it needs and no more."""
        return invitation(self.application)


def invitation(application: int) -> str:
    """The address at which a bot is invited with the least permissions."""
    least = discord.Permissions(**dict.fromkeys(NEEDED, True))
    return discord.utils.oauth_url(application, permissions=least, scopes=_SCOPES)


async def look(settings: Settings, channels: Collection[int], *, patience: float) -> Facts:
    """What there is to know of the account, of these channels and of the moderators' roles, in so many seconds."""
    client = discord.Client(intents=discord.Intents(guilds=True), proxy=proxy_to(Route.BASE))
    try:
        async with asyncio.timeout(patience), client:
            await client.login(settings.token)
            return await _Look(client).facts(channels, settings.moderator_roles)
    except discord.LoginFailure:
        return Facts(fault=BAD_TOKEN)
    except FAILURES as error:
        why = reason(error)
        return Facts(fault=f"{why[0].upper()}{why[1:]}. See that this machine reaches https://discord.com.")


class _Look:
    """Asks of one account, of each server once."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._servers: dict[int, tuple[discord.Guild, discord.Member]] = {}

    async def facts(self, channels: Collection[int], roles: Collection[int]) -> Facts:
        client, application = self._client, await self._client.application_info()
        flags = application.flags
        servers = [guild async for guild in client.fetch_guilds(limit=None, with_counts=False)]
        seen = {identity: await self._channel(identity) for identity in sorted(channels)}
        return Facts(
            name=str(client.user),
            application=application.id,
            public=application.bot_public,
            reads_content=flags.gateway_message_content or flags.gateway_message_content_limited,
            servers=tuple(server.name for server in servers),
            channels=seen,
            roles=await self._roles(set(roles), [server.id for server in servers]),
        )

    async def _channel(self, identity: int) -> ChannelFacts:
        try:
            found = await self._client.fetch_channel(identity)
        except discord.NotFound:
            return ChannelFacts(unseen="not there")
        except discord.Forbidden:
            return ChannelFacts(unseen="hidden")
        except discord.InvalidData:
            return ChannelFacts(unseen="wordless")
        if isinstance(found, discord.Thread):
            return ChannelFacts(name=found.name, unseen="a thread")
        return await self._granted(found) if isinstance(found, _Spoken) else ChannelFacts(unseen="wordless")

    async def _granted(self, found: _Spoken) -> ChannelFacts:
        guild, bot = await self._server(found.guild.id)
        channel = await guild.fetch_channel(found.id)  # once more, now with the roles of its server
        granted = channel.permissions_for(bot)
        return ChannelFacts(
            name=found.name,
            server=guild.name,
            lacking=tuple(name for flag, name in NEEDED.items() if not getattr(granted, flag)),
            forum=isinstance(found, discord.ForumChannel),
        )

    async def _roles(self, wanted: set[int], servers: list[int]) -> dict[int, str | None]:
        """Where each role is. Those that may be in a server where nobody looked are left out."""
        found: dict[int, str | None] = {}
        for server in servers[:SEARCHED] if wanted else ():
            guild, _ = await self._server(server)
            found |= {role.id: f"{role.name} in {guild.name}" for role in guild.roles if role.id in wanted}
            if found.keys() == wanted:
                break
        return found if len(servers) > SEARCHED else dict.fromkeys(wanted) | found

    async def _server(self, identity: int) -> tuple[discord.Guild, discord.Member]:
        """A server with its roles, and the bot as its member."""
        if identity not in self._servers:
            guild = await self._client.fetch_guild(identity, with_counts=False)
            bot = await guild.fetch_member(self._client.user.id if self._client.user else 0)
            self._servers[identity] = guild, bot
        return self._servers[identity]
