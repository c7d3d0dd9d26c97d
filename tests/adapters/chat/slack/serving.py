"""The real client of Slack, served by the loopback Slack, with a bot behind it that repeats what it hears."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.chat.port import ChatError, Command, Handlers, Inbound, Place, Rating, nobody_waits
from adapters.chat.slack import places
from adapters.chat.slack.manifest import PATH
from adapters.chat.slack.platform import Slack
from adapters.chat.slack.settings import Settings, Socket, Web
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.workspace import Workspace
from tests.doubles import HandClock

PATIENCE = 60.0  # seconds; a safety net


@dataclass
class Watched(HandClock):
    """A clock that tells whoever waits when somebody sleeps, and for how long."""

    tell: Callable[[], None] = lambda: None
    slept: list[float] = field(default_factory=list[float])

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.tell()
        await super().sleep(seconds)


@dataclass
class Bot:
    """Stands in for the program: it keeps what it hears, and repeats it.

    While `store` is not set, nothing is kept; where it is `broken`, nothing ever is. While `model` is not set, nobody
    is answered.
    """

    tell: Callable[[], None]
    commands: tuple[Command, ...] = ()
    chat: Slack | None = None
    heard: list[Inbound] = field(default_factory=list[Inbound])
    overheard: list[Inbound] = field(default_factory=list[Inbound])
    gone: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])
    ratings: list[Rating] = field(default_factory=list[Rating])
    arrived: int = 0
    broken: bool = False
    store: asyncio.Event = field(default_factory=asyncio.Event)
    model: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.store.set()
        self.model.set()

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        assert self.chat is not None
        self.arrived += 1
        self.tell()
        await self.store.wait()
        if self.broken:
            return
        known = any(inbound.event_id == each.event_id for each in self.heard)
        if not known:
            (self.overheard if inbound.overheard else self.heard).append(inbound)
        kept()
        self.tell()
        if known or inbound.unanswered or inbound.overheard:
            return
        async with self.chat.working(inbound.place):
            await self.model.wait()
        with suppress(ChatError):
            words = f"You said: {inbound.text}"
            await self.chat.say(inbound.place, words, turn_id=inbound.event_id, reply_to=inbound.message_id)
        self.tell()

    async def withdraw(self, place: Place, message_id: str) -> None:
        self.gone.append((place, message_id))
        self.tell()

    async def rate(self, rating: Rating) -> bool:
        self.ratings.append(rating)
        return True

    def handlers(self) -> Handlers:
        return Handlers(hear=self.hear, withdraw=self.withdraw, rate=self.rate, commands=self.commands)


@dataclass
class Served:
    """A platform that runs, the Slack that it serves, and the bot behind it."""

    there: Loopback
    chat: Slack
    bot: Bot
    clock: Watched
    settings: Settings
    running: asyncio.Task[None]

    @property
    def line(self) -> Web:
        """Where the bot listens."""
        assert isinstance(self.settings.line, Web)
        return self.settings.line

    @property
    def home(self) -> Workspace:
        return self.there.home

    def place(self, thread: str | None = None) -> Place:
        return places.place(team=self.home.team.id, channel=self.there.general.id, thread=thread)

    async def until(self, condition: Callable[[], object]) -> None:
        await self.there.until(condition)

    async def asleep(self, seconds: float, times: int = 1) -> None:
        """Wait until somebody has slept for that long so often."""
        await self.until(lambda: self.clock.slept.count(seconds) >= times)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def settings(there: Loopback, *, web: bool = False, **changes: Any) -> Settings:
    """The settings of the loopback's first workspace, by Socket Mode or over HTTP."""
    app = there.home.team.app
    line = Web(host="127.0.0.1", port=free_port(), secret=app.secret) if web else Socket(token=app.app_token)
    made = Settings(name="home", bot_token=app.bot_token, line=line, guests=True, shared_channels=True, api=there.api)
    return replace(made, **changes)


def made(there: Loopback, settings: Settings, commands: tuple[Command, ...] = ()) -> tuple[Slack, Bot, Watched]:
    """A platform and a bot, not yet running."""
    clock = Watched(tell=there.changes.tell)
    chat, bot = Slack(settings, clock=clock), Bot(there.changes.tell, commands)
    bot.chat = chat
    if isinstance(settings.line, Web):
        there.home.team.app.address = f"http://{settings.line.host}:{settings.line.port}{PATH}"
    return chat, bot, clock


@asynccontextmanager
async def served(
    *, web: bool = False, there: Loopback | None = None, commands: tuple[Command, ...] = (), **changes: Any
) -> AsyncGenerator[Served]:
    """A platform that is ready, until the end of the context; then it is cancelled, and leaves nothing behind."""
    async with (there or Loopback()).running() as slack:
        here = settings(slack, web=web, **changes)
        chat, bot, clock = made(slack, here, commands)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(chat.run(bot.handlers()))
            async with asyncio.timeout(PATIENCE):
                await chat.ready()
            yield Served(slack, chat, bot, clock, here, running)
            running.cancel()
