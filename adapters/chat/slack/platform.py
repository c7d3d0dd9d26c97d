"""Slack as a chat platform: one app in one workspace, its line kept up, and what is said and shown there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.office import Office
from adapters.chat.port import Card, ChatError, Handlers, Place, Posted
from adapters.chat.slack import client, places, socket
from adapters.chat.slack.account import Account, introduced, web_client
from adapters.chat.slack.client import Service
from adapters.chat.slack.failures import translated
from adapters.chat.slack.interactions import Interactions
from adapters.chat.slack.people import People
from adapters.chat.slack.sending import Sender
from adapters.chat.slack.settings import Settings, Socket, Web
from adapters.chat.slack.socket import Caller
from adapters.chat.slack.web import Listener
from adapters.chat.supervision import ChatRefused, Run, Session
from safi.ports import Clock

WORKING: Final = "is thinking…"
"""What stands below a thread while an answer is made; Slack puts the bot's name before it."""

_STATUS_EVERY: Final = 90.0  # seconds; Slack takes a status away after two minutes
_STATUS_PATIENCE: Final = 10.0  # seconds for taking it away
_READING: Final = 1.5  # seconds for all that is attached to a message: Slack waits three in all to hear that it is kept


class Slack:
    """A Chat on Slack, for one app in one workspace."""

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._run = Run(f"Slack ({settings.name})", clock)
        self._account: Account | None = None
        self._client = web_client(settings)
        self._people = People(self._online, settings, clock, account=self._known)
        self._sender = Sender(client=self._online, account=self._known, clock=clock, rating=settings.rating_buttons)

    def remembers(self, workspace: str) -> timedelta:  # noqa: ARG002  # it is the same everywhere
        """Nothing: Slack posts whatever it is sent again."""
        return timedelta()

    def serves(self, workspace: str) -> bool | None:
        """Whether a workspace is the one whose token this is; None as long as Slack has not said."""
        if not places.is_ours(workspace):
            return False
        return None if self._account is None else workspace == places.workspace(self._account.team)

    async def run(self, handlers: Handlers) -> None:
        """Serve until cancelled. Raises ChatRefused where somebody must change something first.

        Whatever a handler raises ends it too, in an ExceptionGroup.
        """
        await self._run.last(lambda: self._session(handlers), _told)

    async def ready(self, workspace: str | None = None) -> None:
        """Return once Slack has said who the bot is, and the line stands. Raises ChatError."""
        await self._run.arrived()
        if workspace is not None and not self.serves(workspace):
            raise ChatError("Slack has no such workspace for this app")

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post an answer in its thread, in at most five messages, the rest of it in a file. Raises ChatError."""
        return await self._sender.say(place, text, turn_id=turn_id, reply_to=reply_to, rated=rated)

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card. Raises ChatError."""
        return await self._sender.show(place, card)

    def moderators(self, workspace: str) -> Place | None:
        """The configured channel of the moderators."""
        channel = self._settings.moderators_channel
        if self._account is None or channel is None or not self.serves(workspace):
            return None
        return places.place(team=self._account.team, channel=channel)

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """Have Slack say below a thread that the bot is at work."""
        showing = self._run.owned(self._show_status(place)) if place.thread is not None else None
        try:
            yield
        finally:
            if showing is not None:
                showing.cancel()

    def _session(self, handlers: Handlers) -> Session:
        """What a session is, in a run whose tasks have an owner already."""
        service = self._service(handlers)
        app = client.app(service)

        async def session() -> None:
            self._account = await introduced(self._client, self._settings)
            match self._settings.line:
                case Socket(token=token):
                    await socket.hold(self._caller(app, token, service.office))
                case Web() as line:
                    await self._listener(app, line, service.office).listen()

        return session

    def _service(self, handlers: Handlers) -> Service:
        desk = Interactions(
            handlers,
            self._settings,
            people=self._people,
            sender=self._sender,
            account=self._known,
            client=self._online,
        )
        return Service(
            office=Office(handlers=handlers, start=self._run.owned, patience=_READING),
            desk=desk,
            people=self._people,
            settings=self._settings,
            account=self._known,
            clock=self._clock,
            start=self._run.owned,
        )

    def _caller(self, app: AsyncApp, token: str, office: Office) -> Caller:
        return Caller(
            app=app,
            client=self._client,
            name=self._settings.name,
            token=token,
            clock=self._clock,
            free=office.free,
            start=self._run.owned,
            connected=self._run.ready.set,
        )

    def _listener(self, app: AsyncApp, line: Web, office: Office) -> Listener:
        return Listener(app, line, name=self._settings.name, free=office.free, connected=self._run.ready.set)

    async def _online(self) -> AsyncWebClient:
        """The client, once something can be posted with it. Raises ChatError when all is over."""
        await self._run.arrived()
        return self._client

    def _known(self) -> Account:
        """Who the bot is. Raises ChatError as long as Slack has not said."""
        if self._account is None:
            raise ChatError("Slack has not said yet who the bot is")
        return self._account

    async def _show_status(self, place: Place) -> None:
        """Keep a status below a thread until cancelled, then take it away. Nobody misses one that cannot be shown."""
        with suppress(ChatError):
            places.team_of(place)
            online = await self._online()
            try:
                while True:
                    await _set_status(online, place, WORKING)
                    await self._clock.sleep(_STATUS_EVERY)
            finally:
                await _set_status(online, place, "")


async def _set_status(online: AsyncWebClient, place: Place, status: str) -> None:
    with suppress(ChatError), translated():
        async with asyncio.timeout(_STATUS_PATIENCE):
            await online.assistant_threads_setStatus(  # pyright: ignore[reportUnknownMemberType]  # its extras have no types
                channel_id=place.channel, thread_ts=place.thread or "", status=status
            )


def _told(error: Exception) -> str:
    """Why a session ended. Raises ChatRefused."""
    match error:
        case ChatRefused():
            raise error
        case ChatError():
            return str(error)
        case _:
            return type(error).__name__
