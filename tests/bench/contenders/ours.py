"""Ours, the real thing: assembled as the program assembles itself, with a chat that keeps what is posted in memory.

Store on disk as it is, first pass, guard, accounts, audits, memory and coaching: nothing is turned off. A person waits
until the words are out; a window ends when every audit of it has landed.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from adapters.chat.port import Card, Handlers, Inbound, Place, Posted
from bot import wiring
from bot.app import App, Parts, assemble
from bot.cli.opening import chosen, opening
from bot.clock import SystemClock
from bot.settings import config
from bot.settings.prices import Price
from bot.settings.providers import PROVIDERS, Provider
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Approved, Turn
from tests.bench.wording import AUDITOR, DRAFTER, JUDGE

WORKSPACE: Final = "bench"
AUDITS_AT_ONCE: Final = 16
CALLS_AT_ONCE: Final = 256


def place(lane: int) -> Place:
    """The channel in which a lane talks."""
    return Place(workspace=WORKSPACE, channel=f"channel-{lane}")


def settings(url: str, store: Path) -> config.Config:
    """The defaults, on one model server, with more at once and more money than they allow."""
    return config.Config(
        store=config.Store(path=store),
        providers={**PROVIDERS, "bench": Provider(api="openai", base_url=f"{url}/v1")},
        roles=config.Roles(intellect=f"bench:{DRAFTER}", will=f"bench:{JUDGE}", conscience=f"bench:{AUDITOR}"),
        calls=config.Calls(at_once=CALLS_AT_ONCE),
        audits=config.Audits(at_once=AUDITS_AT_ONCE),
        prices={f"bench:{model}": Price(input=1.0, output=5.0) for model in (DRAFTER, JUDGE, AUDITOR)},
        spend=config.Spend(day=100_000.0, month=1_000_000.0),
    )


@dataclass(slots=True)
class MemoryChat:
    """A platform that keeps what was posted: how many messages, and when the last one of each place came."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    posted: int = 0
    at: dict[Place, float] = field(default_factory=dict[Place, float])
    handlers: Handlers | None = None

    def remembers(self, workspace: str) -> timedelta:
        """Not at all."""
        return timedelta()

    async def ready(self, workspace: str | None = None) -> None:
        """At once."""

    def moderators(self, workspace: str) -> Place | None:
        """Nowhere."""
        return None

    async def run(self, handlers: Handlers) -> None:
        """Be there until it is over."""
        self.handlers = handlers
        self.begun.set()
        await self.over.wait()

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Keep when it was."""
        self.posted += 1
        self.at[place] = time.perf_counter()
        return Posted(place=place, message_id=turn_id)

    async def show(self, place: Place, card: Card) -> Posted:
        """Keep nothing of it."""
        return Posted(place=place, message_id="card")

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """There is nobody to show it to."""
        yield


@dataclass(slots=True)
class Counting:
    """An Onlooker that counts: turns that are owed an audit, and those whose audit landed."""

    owed: int = 0
    settled: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        """Never here."""

    async def turned(self, place: Place, turn: Turn) -> None:
        """Count the turn, which must be an approved one."""
        assert isinstance(turn.outcome, Approved), turn.outcome

    async def landed(self, landed: Landed) -> None:
        """Count the audit, which must have a reading."""
        assert landed.reading is not None, landed
        self.settled += 1
        self._look()

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        """Never here."""

    async def draining(self, audits: int) -> None:
        """There is nobody to tell."""

    async def all_settled(self) -> None:
        """Return when every audit that was owed has landed."""
        self.done.clear()
        self._look()
        await self.done.wait()

    def _look(self) -> None:
        if self.settled >= self.owed:
            self.done.set()


@dataclass(slots=True)
class Ours:
    """Hands messages to the program and waits for what it makes of them."""

    chat: MemoryChat
    watching: Counting
    hear: Handlers
    prefix: str = field(default_factory=partial(secrets.token_hex, 4))
    heard: int = 0

    async def turn(self, lane: int, text: str) -> float:
        """One message of a lane's channel, up to the moment at which its answer was posted."""
        self.heard += 1
        self.watching.owed += 1
        where, key = place(lane), f"{self.prefix}-{self.heard}"
        message = Inbound(
            event_id=key, place=where, message_id=key, author=f"member-{lane}", text=text, at=SystemClock().now()
        )
        await self.hear.hear(message)
        return self.chat.at[where]

    async def settled(self) -> None:
        """Every audit has landed."""
        await self.watching.all_settled()


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncGenerator[Ours]:
    """The running program, on the store in this folder."""
    wanted = settings(url, folder / "safi.db")
    environ: Mapping[str, str] = {}
    start = opening(wanted, chosen(wanted, environ), environ)
    chat, watching = MemoryChat(), Counting()
    async with (
        wiring.open_store(start.config.store) as store,
        wiring.open_models(start.choice, start.config, environ, accounts=store) as models,
    ):
        parts = Parts(
            config=start.config,
            scopes=start.scopes,
            models=models,
            screen=wiring.open_screen(),
            store=store,
            chat=chat,
            clock=SystemClock(),
            fresh=partial(secrets.token_hex, 8),
            onlooker=watching,
            version="bench",
        )
        async with _running(assemble(parts), chat) as handlers:
            yield Ours(chat=chat, watching=watching, hear=handlers)


@asynccontextmanager
async def _running(app: App, chat: MemoryChat) -> AsyncGenerator[Handlers]:
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run(patient=True))
        await chat.begun.wait()
        assert chat.handlers is not None
        yield chat.handlers
        chat.over.set()
