"""The whole program on a loopback Discord: the real app, client and store, with models that are functions."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import discord

from adapters.chat.discord.platform import Connect, Discord
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Place
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from bot.app import App, Models, Parts, assemble
from bot.settings.config import Config, Limits
from safi.ports import Request
from safi.turn import Turn
from tests.adapters.chat.discord.loopback.guild import Channel
from tests.adapters.chat.discord.loopback.loopback import TOKEN, Loopback
from tests.doubles import NOON, HandClock, PlainScreen, clear, ids, ledger_text, scopes_with
from tests.whole.killed_bot import Nobody

Opened = Callable[[SQLiteStore], SQLiteStore]
"""What a test puts in the place of an open store."""

_EVENTS: Final = "select id, outcome, reason from events"
_TURNS: Final = "select event, delivery from turns"


@dataclass(frozen=True, slots=True)
class Paced:
    """The chat's clock: it stays noon, and a second of sleep takes `pace` seconds."""

    pace: float

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.pace)


class Watching(Nobody):
    """Tells of each turn that has ended, and counts them."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.turns = 0
        self._tell = tell

    async def turned(self, place: Place, turn: Turn) -> None:
        self.turns += 1
        self._tell()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of every message, by its id: the outcome, why, and how each of its turns was delivered."""

    outcomes: dict[str, str | None]
    reasons: dict[str, str | None]
    deliveries: list[tuple[str, str]]


def record(store: Path) -> Record:
    """What stands in a store."""
    with closing(sqlite3.connect(store)) as connection:
        events = connection.execute(_EVENTS).fetchall()
        return Record(
            outcomes={name: outcome for name, outcome, _ in events},
            reasons={name: reason for name, _, reason in events},
            deliveries=connection.execute(_TURNS).fetchall(),
        )


def asked(request: Request) -> str:
    """What a member asked."""
    return request.messages[-1].text.rpartition(" says: ")[2]


def models(thinking: Callable[[], float] = lambda: 0.0) -> Models:
    """A model for each faculty, which takes so many seconds each time: the Intellect answers with the question."""

    def scripted(answer: Callable[[Request], str]) -> ScriptedModel:
        async def given(request: Request) -> str:
            await asyncio.sleep(thinking())
            return answer(request)

        return ScriptedModel(given)

    return Models(
        intellect=scripted(lambda request: f"re: {asked(request)}"),
        will=scripted(lambda _: clear()),
        conscience=scripted(lambda _: ledger_text(Honesty=1, Kindness=0.5)),
        line="scripted",
    )


def connecting(token: str, begun: Callable[[discord.Client], None] = lambda _: None) -> Connect:
    """As the adapter connects, with a discord.py that waits neither for more guilds nor before it identifies anew."""

    async def at_once(shard_id: int | None, *, initial: bool = False) -> None: ...

    async def connect(client: discord.Client) -> None:
        client.before_identify_hook = at_once
        client._connection.guild_ready_timeout = 0.01  # pyright: ignore[reportPrivateUsage]  # it has no other handle
        begun(client)
        await client.start(token)

    return connect


@dataclass(slots=True, kw_only=True)
class DiscordBot:
    """A bot on a loopback Discord, with its store. It can be started again and again; its clock is moved by hand."""

    loopback: Loopback
    store: Path
    settings: Settings = field(default_factory=lambda: Settings(token=TOKEN))
    limits: Limits = field(default_factory=Limits)
    clock: HandClock = field(default_factory=HandClock)
    models: Models = field(default_factory=models)
    clients: list[discord.Client] = field(default_factory=list[discord.Client])
    watching: Watching = field(init=False)
    pace: float = 0.01
    starts: int = 0

    def __post_init__(self) -> None:
        self.watching = Watching(self.loopback.changes.tell)

    def app(self, store: SQLiteStore) -> App:
        """The program, not yet running."""
        self.starts += 1
        connect = connecting(self.settings.token, self._begun)
        parts = Parts(
            config=Config(limits=self.limits),
            scopes=scopes_with(),
            models=self.models,
            screen=PlainScreen(),
            store=store,
            chat=Discord(self.settings, notes=store, clock=Paced(self.pace), connect=connect),
            clock=self.clock,
            fresh=ids(f"run{self.starts}"),
            onlooker=self.watching,
            version="0",
        )
        return assemble(parts)

    @asynccontextmanager
    async def up(self, opened: Opened = lambda store: store) -> AsyncGenerator[Callable[[], object]]:
        """The bot, ready and running until the end, in good order; what is yielded kills it before that."""
        async with open_store(self.store) as store:
            app = self.app(opened(store))
            async with asyncio.TaskGroup() as group:
                running = group.create_task(app.run(patient=False))
                await app.chat.ready()
                yield running.cancel
                app.stop()

    def ask(self, *questions: str, channel: Channel | None = None) -> list[int]:
        """Somebody asks; the ids of the questions."""
        there = self.loopback
        return [there.say(channel or there.general, there.owner, question) for question in questions]

    async def answered(self, *questions: str, channel: Channel | None = None) -> None:
        """These were answered as the last ones there, in their order, and that was recorded."""
        expected = [f"re: {question}" for question in questions]
        await self.loopback.until(lambda: self.texts(channel)[-len(expected) :] == expected)
        await self.loopback.until(lambda: "committed" not in dict(record(self.store).deliveries).values())

    def texts(self, channel: Channel | None = None) -> list[str]:
        """What the bot says in a channel."""
        return self.loopback.texts(channel or self.loopback.general)

    def _begun(self, client: discord.Client) -> None:
        self.clients.append(client)


def breaches(bot: DiscordBot, *questions: int) -> list[str]:
    """What is not as it must be after these questions: each has one outcome, one turn that was sent, one answer."""
    kept = record(bot.store)
    names = [str(question) for question in questions]
    answers = [
        told["message_reference"]["message_id"]
        for channel in bot.loopback.world.channels.values()
        for told in bot.loopback.posted(channel)
        if told["content"].startswith("re: ")
    ]
    return [
        *(f"{name} is {kept.outcomes.get(name)}" for name in names if kept.outcomes.get(name) != "turn"),
        *(f"{name} was never said" for name in kept.outcomes if name not in names),
        *(f"{name} was answered {answers.count(name)} times" for name in names if answers.count(name) != 1),
        *(
            [f"turns: {kept.deliveries}"]
            if sorted(kept.deliveries) != [(n, "delivered") for n in sorted(names)]
            else []
        ),
    ]
