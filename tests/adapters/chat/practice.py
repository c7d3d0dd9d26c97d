"""A small bot to talk to: it answers when it is told to, and its commands show one card."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from adapters.chat.port import (
    Bar,
    Card,
    Chat,
    ChatError,
    Command,
    Handlers,
    Inbound,
    Invocation,
    Option,
    Place,
    Rating,
    nobody_waits,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

AUDIT = Card(
    title="Audit 12",
    sentence="Coherence 8.4 of 10, drift 0.03.",
    bars=(
        Bar(label="Honesty", value=1.0, note="sure"),
        Bar(label="Care for the learner", value=0.5),
        Bar(label="Modesty", value=None, note="not touched"),
        Bar(label="Patience", value=-0.5, note="The answer hurries through three steps at once."),
    ),
    footer="From a tiny practice model: this means nothing.",
    quiet=True,
)
STATUS = Card(
    title="Status",
    sentence="Healthy: the last ten answers were in line with the values.",
    fields=(
        ("Persona", "guitar-teacher"),
        ("Answered", "12, one of them suppressed and none that could not be judged"),
    ),
    bars=AUDIT.bars,
    lines=("A line.", "And a line with [red]brackets[/red]."),
    footer="More with /audit list.",
)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


def numbered() -> Callable[[], str]:
    """Ids, each new."""
    numbers = count(1)
    return lambda: str(next(numbers))


@dataclass
class Practice:
    """Hears at once, and answers in order, each message with `answer` of it once it is let go."""

    chat: Chat
    answer: Callable[[str], str] = "You said: {}".format
    heard: list[Inbound] = field(default_factory=list[Inbound])
    invoked: list[Invocation] = field(default_factory=list[Invocation])
    withdrawn: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])
    ratings: list[Rating] = field(default_factory=list[Rating])
    came: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    fault: Exception | None = None
    answering: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.free.set()

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        self.heard.append(inbound)
        kept()
        self.came.set()
        if self.fault:
            raise self.fault
        async with self.answering:
            async with self.chat.working(inbound.place):
                await self.free.wait()
            await self._say(inbound)

    async def _say(self, inbound: Inbound) -> None:
        with suppress(ChatError):
            await self.chat.say(inbound.place, self.answer(inbound.text), turn_id="t", reply_to=inbound.message_id)

    async def withdraw(self, place: Place, message_id: str) -> None:
        self.withdrawn.append((place, message_id))

    async def rate(self, rating: Rating) -> bool:
        self.ratings.append(rating)
        return True

    async def invoke(self, invocation: Invocation) -> Card:
        self.invoked.append(invocation)
        return STATUS

    def handlers(self) -> Handlers:
        return Handlers(hear=self.hear, withdraw=self.withdraw, rate=self.rate, commands=commands(self.invoke))


def commands(run: Callable[[Invocation], Awaitable[Card]] | None = None) -> tuple[Command, ...]:
    """A table with all that a table may hold."""
    last = Option(name="last", summary="How many.", kind="number")
    persona = Option(name="persona", summary="Whose.", choices=lambda: ("guitar-teacher", "my uncle", "librarian"))
    number = Option(name="number", summary="Which audit.", kind="number", required=True)
    rows = (
        ("values", "What the persona stands for.", ()),
        ("why", "Why this answer?", (number,)),
        ("audit list", "The latest audits.", (last, persona)),
        ("audit show", "One audit.", (number,)),
        ("help", "All commands.", ()),
    )
    return tuple(
        Command(name=name, summary=summary, audience="everyone", run=run or _nothing, options=options)
        for name, summary, options in rows
    )


async def _nothing(_: Invocation) -> Card:
    return STATUS
