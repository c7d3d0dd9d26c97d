"""What is attached to messages takes room until they were heard, and no message's is read twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import discord

from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.office import Office, Room
from adapters.chat.discord.settings import Settings
from adapters.chat.port import DIRECT_MESSAGES_OFF, Inbound
from tests.adapters.chat.discord.simulated import PATIENCE, Core, KeptNotes
from tests.doubles import HandClock, inbound


@dataclass
class Listener(Core):
    """A core that hears a message to the end once it may."""

    may: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, inbound: Inbound) -> None:
        self.heard.append(inbound)
        self.came.set()
        await self.may.wait()


@dataclass
class Attached:
    """A text that came with a message, as much of it as is needed here."""

    filename: str
    size: int = 10
    content_type: str = "text/plain"
    reads: int = 0

    @property
    def id(self) -> int:
        return hash(self.filename)

    async def read(self) -> bytes:
        self.reads += 1
        return b"x" * self.size


@asynccontextmanager
async def open_office(core: Core, room: int = 25) -> AsyncGenerator[Office]:
    handlers, settings = core.handlers(), Settings(token="t")
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
        yield Office(
            handlers=handlers,
            desk=Interactions(handlers, settings),
            settings=settings,
            notes=KeptNotes(),
            clock=HandClock(),
            start=group.create_task,
            ready=asyncio.Event(),
            room=Room(room),
        )


def files(*names: str) -> list[discord.Attachment]:
    return cast("list[discord.Attachment]", [Attached(name) for name in names])


async def test_what_is_attached_takes_room_until_its_message_was_heard_and_what_goes_beyond_is_named() -> None:
    core = Listener()
    async with open_office(core) as office:
        office.start(office.hear(inbound("one", 1), files("a", "b", "c")))
        await core.came.wait()
        core.came.clear()
        assert office.room.left == 5
        office.start(office.hear(inbound("two", 2), files("d")))
        await core.came.wait()
        core.may.set()
    assert office.room.left == 25
    assert [[file.name for file in heard.files] for heard in core.heard] == [["a", "b"], []]
    assert [heard.unread for heard in core.heard] == [("c",), ("d",)]


async def test_what_is_attached_to_a_message_that_comes_again_is_not_read_again() -> None:
    core, attached = Listener(), Attached("a")
    core.may.set()
    async with open_office(core) as office:
        for _ in range(2):
            await office.hear(inbound("one", 1), cast("Any", [attached]))
    assert attached.reads == 1
    assert [len(heard.files) for heard in core.heard] == [1, 0]


async def test_what_is_attached_to_a_message_that_is_not_answered_is_not_read() -> None:
    core, attached = Listener(), Attached("a")
    core.may.set()
    async with open_office(core) as office:
        await office.hear(replace(inbound("one", 1), unanswered=DIRECT_MESSAGES_OFF), cast("Any", [attached]))
    assert attached.reads == 0


class Odd(Attached):
    """One on which Discord's client stumbles."""

    async def read(self) -> bytes:
        raise TypeError("a canary")


async def test_what_discords_client_stumbles_over_is_named_and_ends_nothing() -> None:
    core = Listener()
    core.may.set()
    async with open_office(core) as office:
        await office.hear(inbound("one", 1), cast("Any", [Odd("a"), Attached("b")]))
    (heard,) = core.heard
    assert ([file.name for file in heard.files], heard.unread) == (["b"], ("a",))
