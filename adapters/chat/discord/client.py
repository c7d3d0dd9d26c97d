"""A connection to Discord: what it asks to be told of, and how it hands that on."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from json import JSONDecodeError
from typing import Any, Final, Literal

import discord
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

from adapters.chat.discord import inbound, places, tree
from adapters.chat.discord.attachments import offered
from adapters.chat.discord.failures import translated
from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.tree import Given
from adapters.chat.office import Office
from adapters.chat.port import ChatError, Place, Rating
from adapters.chat.proxy import proxy_to
from safi.ports import Clock, Notes

_log = logging.getLogger(__name__)

EDITED_WITHIN: Final = timedelta(minutes=2)
"""How old a message may be that is heard because it was edited."""

_RATELIMIT_PATIENCE: Final = 30.0  # seconds; discord.py takes no less
_SYNC_PATIENCE: Final = 120.0  # seconds
_SYNC_AGAIN: Final = 60.0  # seconds until the second try, which is the last before the next start
_VOTES: Final[dict[str, Literal["up", "down"]]] = {"👍": "up", "👎": "down"}


def intents(settings: Settings) -> discord.Intents:
    """What Discord is asked to tell the bot of: no more than it needs, and contents of all messages only if it must."""
    return discord.Intents(
        guilds=True,
        guild_messages=True,
        guild_reactions=True,
        dm_messages=True,  # where they are off, whoever writes one is told so
        dm_reactions=settings.direct_messages,
        message_content=bool(settings.free_response),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What outlives a connection; one for each run. `ready` is set while something can be posted."""

    office: Office
    desk: Interactions
    settings: Settings
    notes: Notes
    clock: Clock
    ready: asyncio.Event


class Connection(discord.Client):
    """discord.py's client with the smallest caches. What it is told goes to the office, which owns what follows."""

    def __init__(self, service: Service) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody expects a voice of it
        super().__init__(
            intents=intents(service.settings),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=_RATELIMIT_PATIENCE,
            proxy=proxy_to(Route.BASE),
        )
        self._service = service
        self._office = service.office
        commands, direct = service.office.handlers.commands, service.settings.direct_messages
        self.tree = tree.grown(self, commands, service.desk, direct_messages=direct)
        parsers = self._connection.parsers
        parsers.update({event: _sturdy(event, parse) for event, parse in parsers.items() if event != "READY"})

    @property
    def ws(self) -> DiscordWebSocket | None:
        """The line to Discord's gateway."""
        return self._line

    @ws.setter
    def ws(self, line: DiscordWebSocket | None) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]  # nothing else tells of a new one
        if isinstance(line, DiscordWebSocket):
            _steel(line, self._office.free)
        self._line = line

    async def close(self) -> None:
        """Close everything to its end, however often that is cancelled."""
        closing = asyncio.get_running_loop().create_task(self._end())  # this method does not end before it
        cancelled = False
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError

    async def _end(self) -> None:
        """Close also what discord.py forgets: a connection given up while it was being made, whose heart beats on."""
        for heart in threading.enumerate():
            if isinstance(heart, KeepAliveHandler) and heart.ws.loop is asyncio.get_running_loop():
                if heart.ws is not self.ws:
                    await heart.ws.close(1000)
                heart.stop()
        await super().close()

    async def setup_hook(self) -> None:
        """The bot has logged in."""
        self._office.start(self._sync())

    async def on_ready(self) -> None:
        """From now on, something can be posted."""
        self._service.ready.set()

    async def on_message(self, message: discord.Message) -> None:
        """Somebody said something."""
        await self._take(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Somebody changed a message: it may be for the bot now. Whoever hears it knows whether it was heard before."""
        message = event.message
        if message.edited_at is not None and self._service.clock.now() - message.created_at <= EDITED_WITHIN:
            await self._take(message)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """A message is gone."""
        await self._withdraw(event.guild_id, event.channel_id, [event.message_id])

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages are gone."""
        await self._withdraw(event.guild_id, event.channel_id, sorted(event.message_ids))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody reacted to a message, perhaps to one of the bot's."""
        by_bot = event.member is not None and event.member.bot
        if event.message_author_id in {None, self._me} and not by_bot:
            await self._rate(event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody took back a reaction. Discord does not say to whose message."""
        await self._rate(event)

    async def on_interaction(self, interaction: Given) -> None:
        """Somebody pressed a button or filled in a form; the tree takes the rest."""
        self._office.start(self._service.desk.pressed(interaction))

    async def on_outdated_command(self) -> None:
        """Discord shows other commands than there are, whatever the note says: the next start is to tell it anew."""
        self._office.start(self._service.notes.jot(self._note, ""))

    @property
    def _note(self) -> str:
        """The key of the note that says of which commands Discord was told."""
        return f"discord.commands.{self.application_id}"

    @property
    def _me(self) -> int:
        return 0 if self.user is None else self.user.id

    async def _take(self, message: discord.Message) -> None:
        channel, settings = message.channel, self._service.settings
        place = inbound.place_of(channel)
        if isinstance(channel, discord.PartialMessageable) and inbound.may_be_for_bot(
            message, me=self._me, settings=settings
        ):
            place = await self._find(channel.guild_id, channel.id)
        if place is not None and inbound.for_bot(message, place, me=self._me, settings=settings):
            heard = inbound.read(message, place, me=self._me, settings=settings)
            self._office.start(self._office.hear(heard, [offered(each) for each in message.attachments]))

    async def _withdraw(self, guild: int | None, channel: int, messages: Iterable[int]) -> None:
        place = await self._find(guild, channel)
        if place is not None:
            self._office.start(self._office.withdraw(place, map(str, messages)))

    async def _rate(self, event: discord.RawReactionActionEvent) -> None:
        thumb = _VOTES.get(_thumb(event))
        if thumb is None or event.user_id == self._me:
            return
        place = await self._find(event.guild_id, event.channel_id)
        if place is not None:
            message_id, author = str(event.message_id), str(event.user_id)
            added = event.event_type == "REACTION_ADD"
            self._office.start(
                self._office.rate(Rating(place=place, message_id=message_id, author=author, vote=thumb), added=added)
            )

    async def _sync(self) -> None:
        """Tell Discord of the commands if they have changed: it takes only so many changes a day."""
        mark = tree.fingerprint(tree.payloads(self.tree))
        if await self._service.notes.noted(self._note) == mark:
            return
        if not await self._told():
            await self._service.clock.sleep(_SYNC_AGAIN)
            if self.is_closed() or not await self._told():
                return
        await self._service.notes.jot(self._note, mark)

    async def _told(self) -> bool:
        """Whether Discord takes the commands now."""
        try:
            with translated():
                async with asyncio.timeout(_SYNC_PATIENCE):
                    await self.tree.sync()
        except ChatError as error:
            _log.warning("Discord was not told of the commands, and shows older ones or none: %s", error)
            return False
        return True

    async def _find(self, guild: int | None, channel: int) -> Place | None:
        """The place of a channel by its id. Discord is asked for one that it has not told of, as for an old thread."""
        if guild is None:
            return places.place(guild=None, channel=channel)
        try:
            with translated():
                found = self.get_channel(channel) or await self.fetch_channel(channel)
        except ChatError as error:
            _log.warning("channel %d cannot be looked up, so an event in it is passed over: %s", channel, error)
            return None
        return inbound.place_of(found)


def _thumb(event: discord.RawReactionActionEvent) -> str:
    """The emoji of a reaction in its first colour; "" for one of a server's own."""
    return event.emoji.name[:1] if event.emoji.is_unicode_emoji() else ""


def _steel(line: DiscordWebSocket, free: Callable[[], Awaitable[None]]) -> None:
    """Have a line wait until somebody is `free`, and pass over frames that are no JSON.

    One of those would end it, and what comes next would be lost. A line that waits long is cut, and resumed.
    """
    receive = line.received_message

    async def received(frame: Any, /) -> None:  # noqa: ANN401  # text or bytes
        await free()
        try:
            await receive(frame)
        except (JSONDecodeError, UnicodeDecodeError):
            _log.warning("Discord sent a frame that cannot be read; it is passed over")

    line.received_message = received


def _sturdy(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """A parser of discord.py's that passes over what it cannot read: else, one bad event would end the connection."""

    def parsed(data: Any) -> None:  # noqa: ANN401  # whatever Discord sends
        try:
            parse(data)
        except Exception as error:  # noqa: BLE001  # a vendor's parser on what it did not expect
            _log.warning("Discord sent a %s that cannot be read (%s); it is passed over", event, type(error).__name__)

    return parsed
