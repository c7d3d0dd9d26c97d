"""Discord as a chat platform: one connection at a time, kept up, and what is said and shown over it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import discord

from adapters.chat.discord import buttons, inbound, places
from adapters.chat.discord.client import Connection, Service
from adapters.chat.discord.failures import translated
from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.sending import Sender
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.supervisor import end
from adapters.chat.office import Office
from adapters.chat.port import Card, ChatError, Handlers, Place, Posted
from adapters.chat.supervision import Run, Session
from safi.ports import Clock, Notes

NONCE_KNOWN: Final = timedelta(minutes=2)
"""How long Discord certainly knows a nonce: "the past few minutes", as its documentation has it."""

_PATIENCE: Final = 20.0  # seconds for all that is attached to a message
_TYPING_EVERY: Final = 8.0  # seconds; what Discord shows lasts for ten

Connect = Callable[[discord.Client], Awaitable[None]]


class Discord:
    """A Chat on Discord. `connect` logs a client in and serves it until it ends; its default is Discord itself."""

    def __init__(self, settings: Settings, *, notes: Notes, clock: Clock, connect: Connect | None = None) -> None:
        self._settings = settings
        self._notes = notes
        self._clock = clock
        self._connect = connect or self._start
        self._client: Connection | None = None
        self._run = Run("Discord", clock)
        self._sender = Sender(client=self._online, clock=clock, under=self._under)

    def remembers(self, workspace: str) -> timedelta:  # noqa: ARG002  # it is the same everywhere
        """How long saying a turn again posts nothing anew."""
        return NONCE_KNOWN

    def serves(self, workspace: str) -> bool:
        """Whether a workspace is a server on Discord, or its direct messages."""
        return places.is_ours(workspace)

    async def run(self, handlers: Handlers) -> None:
        """Serve until cancelled. Raises ChatRefused where somebody must change something first.

        Whatever a handler raises ends it too, in an ExceptionGroup.
        """
        await self._run.last(lambda: self._session(handlers), end)

    async def ready(self, workspace: str | None = None) -> None:  # noqa: ARG002  # all its workspaces are there at once
        """Return once Discord has said who and where the bot is. Raises ChatError where all ends before."""
        await self._online()

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post an answer in at most five messages, the rest of it in a file. Raises ChatError."""
        return await self._sender.say(place, text, turn_id=turn_id, reply_to=reply_to, rated=rated)

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card. Raises ChatError."""
        return await self._sender.show(place, card)

    def moderators(self, workspace: str) -> Place | None:
        """The configured channel of the moderators in a server, if Discord shows it to the bot."""
        guild = self._guild(workspace)
        if guild is None:
            return None
        channels = (guild.get_channel_or_thread(identity) for identity in sorted(self._settings.moderators))
        return next((inbound.place_of(channel) for channel in channels if channel is not None), None)

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """Have Discord say that the bot is typing."""
        typing = self._run.owned(self._type(place))
        try:
            yield
        finally:
            if typing is not None:
                typing.cancel()

    def _session(self, handlers: Handlers) -> Session:
        """What a session is, in a run whose tasks have an owner already."""
        service = Service(
            office=Office(handlers=handlers, start=self._run.owned, patience=_PATIENCE),
            desk=Interactions(handlers, self._settings),
            settings=self._settings,
            notes=self._notes,
            clock=self._clock,
            ready=self._run.ready,
        )

        async def session() -> None:
            async with Connection(service) as client:
                self._client = client
                try:
                    await self._connect(client)
                finally:
                    self._run.ready.clear()  # before it is closed: nothing is begun with it any more
                    self._client = None

        return session

    async def _start(self, client: discord.Client) -> None:
        await client.start(self._settings.token)

    async def _online(self) -> discord.Client:
        """The client, once something can be posted with it. Raises ChatError when all is over."""
        while (client := self._client) is None or not self._run.ready.is_set():
            await self._run.arrived()
        return client

    def _guild(self, workspace: str) -> discord.Guild | None:
        guild = places.guild_of(Place(workspace=workspace, channel=""))
        return self._client.get_guild(guild) if self._client is not None and guild is not None else None

    async def _type(self, place: Place) -> None:
        with suppress(ChatError), translated():
            while True:
                client = await self._online()
                await client.get_partial_messageable(places.channel_of(place)).typing()
                await self._clock.sleep(_TYPING_EVERY)

    def _under(self) -> discord.ui.View | None:
        return buttons.rating_view() if self._settings.rating_buttons else None
