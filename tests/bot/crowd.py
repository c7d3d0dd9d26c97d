"""Members who write to one persona while the first of them is still being answered."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from adapters.chat.port import Place
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.turns.converse import Converse
from safi.ports import Event, Journal, Request
from tests.bot.making import conversing
from tests.doubles import PLACE, FakeChat, inbound


@dataclass(slots=True)
class Crowd:
    """Every draft waits for `go_on`, but that for "aside". `asked` is what drafts were asked for."""

    store: SQLiteStore
    group: asyncio.TaskGroup
    chat: FakeChat = field(default_factory=FakeChat)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])
    accepted: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])
    converse: Converse = field(init=False)

    def __post_init__(self) -> None:
        journal = cast("Journal", _Watched(self.store, self.accepted))
        model = ScriptedModel(self._draft)
        self.converse = conversing(self.store, self.chat, intellect=model, journal=journal, waiting=2)

    async def comes(self, *numbers: int, place: Place = PLACE) -> list[asyncio.Task[None]]:
        """Messages come and are recorded; returns what hears them. The very first is being answered by then."""
        messages = [inbound(f"q{number}", number, place=place) for number in numbers]
        hearing = [self.group.create_task(self.converse.hear(message)) for message in messages]
        missing = {f"e{number}" for number in numbers}
        while missing:
            missing.discard(await self.accepted.get())
        return hearing

    async def _draft(self, request: Request) -> str:
        self.asked.put_nowait(request.messages[-1].text)
        if "aside" not in request.messages[-1].text:
            await self.go_on.wait()
        return f"re: {request.messages[-1].text}"


@dataclass(frozen=True, slots=True)
class _Watched:
    """A store that says what it has accepted."""

    store: SQLiteStore
    accepted: asyncio.Queue[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def accept(self, event: Event) -> bool:
        new = await self.store.accept(event)
        self.accepted.put_nowait(event.id)
        return new


@asynccontextmanager
async def crowd(store: SQLiteStore) -> AsyncGenerator[Crowd]:
    """At the end of the block they go on, and all are waited for."""
    async with asyncio.TaskGroup() as group:
        there = Crowd(store, group)
        yield there
        there.go_on.set()
