"""What is attached to messages takes room until they were heard, no message's is read twice, and each is kept once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.chat import office
from adapters.chat.attached import Offered
from adapters.chat.office import Office, Room
from adapters.chat.port import DIRECT_MESSAGES_OFF, Handlers, Inbound, Place, Rating, nobody_waits
from tests.doubles import PLACE, inbound

PATIENCE = 60.0
"""Seconds until a test that waits in vain gives up."""


@dataclass
class Core:
    """Hears a message to the end once it may, and keeps it at once."""

    heard: list[Inbound] = field(default_factory=list[Inbound])
    gone: list[str] = field(default_factory=list[str])
    ratings: list[Rating] = field(default_factory=list[Rating])
    may: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        self.heard.append(inbound)
        kept()
        self.came.set()
        await self.may.wait()

    async def withdraw(self, place: Place, message_id: str) -> None:
        self.gone.append(message_id)

    async def rate(self, rating: Rating) -> bool:
        self.ratings.append(rating)
        return True


@dataclass
class Source:
    """Where the bytes of something attached come from."""

    reads: int = 0
    may: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may.set()

    async def read(self) -> bytes:
        self.reads += 1
        self.begun.set()
        await self.may.wait()
        return b"x" * 10

    def offered(self, name: str, media_type: str = "text/plain") -> Offered:
        return Offered(name=name, media_type=media_type, size=10, read=self.read)


@asynccontextmanager
async def open_office(core: Core, *, room: int = 25, patience: float = PATIENCE, **more: Any) -> AsyncGenerator[Office]:
    handlers = Handlers(hear=core.hear, withdraw=core.withdraw, rate=core.rate, commands=(), **more)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        yield Office(handlers=handlers, start=group.create_task, patience=patience, room=Room(room))


def files(*names: str) -> list[Offered]:
    return [Source().offered(name) for name in names]


def patient() -> Core:
    """A core that hears every message to the end at once."""
    core = Core()
    core.may.set()
    return core


async def test_what_is_attached_takes_room_until_its_message_was_heard_and_what_goes_beyond_is_named() -> None:
    core = Core()
    async with open_office(core) as there:
        there.start(there.hear(inbound("one", 1), files("a", "b", "c")))
        await core.came.wait()
        core.came.clear()
        assert there.room.left == 5
        there.start(there.hear(inbound("two", 2), files("d")))
        await core.came.wait()
        core.may.set()
    assert there.room.left == 25
    assert [[file.name for file in heard.files] for heard in core.heard] == [["a", "b"], []]
    assert [heard.unread for heard in core.heard] == [("c",), ("d",)]


async def test_what_is_attached_to_a_message_that_comes_again_is_not_read_again() -> None:
    core, source = patient(), Source()
    async with open_office(core) as there:
        for _ in range(2):
            await there.hear(inbound("one", 1), [source.offered("a")])
    assert source.reads == 1
    assert [len(heard.files) for heard in core.heard] == [1, 0]


async def test_what_is_attached_to_a_message_that_is_not_answered_is_not_read() -> None:
    core, source = patient(), Source()
    async with open_office(core) as there:
        message = replace(inbound("one", 1), unanswered=DIRECT_MESSAGES_OFF)
        await there.hear(message, [source.offered("a")])
    assert source.reads == 0


async def test_where_nobody_answers_what_is_attached_is_named_and_not_read() -> None:
    core, source, paused = patient(), Source(), {PLACE}
    async with open_office(core, silent=paused.__contains__) as there:
        await there.hear(inbound("one", 1), [source.offered("a")])
        assert (source.reads, core.heard[-1].unread) == (0, ("a",))
        paused.clear()
        await there.hear(inbound("two", 2), [source.offered("a")])
    assert [file.name for file in core.heard[-1].files] == ["a"]


async def test_pictures_that_nobody_sees_are_named_as_such_and_not_read() -> None:
    core, source = patient(), Source()
    async with open_office(core, sees=False) as there:
        await there.hear(inbound("one", 1), [source.offered("cat.png", "image/png"), source.offered("a")])
        not_to_be_read = replace(source.offered("dog.png", "image/png"), read=None)
        await there.hear(inbound("two", 2), [not_to_be_read])
    assert source.reads == 1
    assert [(heard.unseen, heard.unread) for heard in core.heard] == [(("cat.png",), ()), ((), ("dog.png",))]
    assert [file.name for file in core.heard[0].files] == ["a"]


async def test_what_is_attached_to_a_message_that_is_only_overheard_is_named_and_read_once_it_is_for_the_bot() -> None:
    core, source = patient(), Source()
    async with open_office(core) as there:
        await there.hear(replace(inbound("one", 1), overheard=True), [source.offered("a")])
        assert (source.reads, core.heard[-1].unread) == (0, ("a",))
        await there.hear(inbound("one, and you?", 1), [source.offered("a")])
    assert ([file.name for file in core.heard[-1].files], core.heard[-1].unread) == (["a"], ())


async def test_whoever_waits_to_hear_that_a_message_is_kept_hears_it_each_time_that_it_comes() -> None:
    core, told = Core(), list[str]()
    async with open_office(core) as there:
        for name in ("first", "again"):
            there.start(there.hear(inbound("one", 1), files("a"), lambda name=name: told.append(name)))
        while len(core.heard) < 2:
            await core.came.wait()
            core.came.clear()
        assert told == ["first", "again"]
        core.may.set()


async def test_a_message_that_comes_again_while_its_files_are_read_is_kept_with_them() -> None:
    core, source = patient(), Source()
    source.may.clear()
    async with open_office(core) as there:
        there.start(there.hear(inbound("one", 1), [source.offered("a")]))
        await source.begun.wait()
        there.start(there.hear(inbound("one", 1), [source.offered("a")]))
        await asyncio.sleep(0)
        assert core.heard == []
        source.may.set()
    assert [len(heard.files) for heard in core.heard] == [1, 0]


async def test_a_message_is_handed_on_without_files_that_take_too_long() -> None:
    core, source = patient(), Source()
    source.may.clear()
    async with open_office(core, patience=0.1) as there:
        await there.hear(inbound("one", 1), [source.offered("a")])
    (heard,) = core.heard
    assert (heard.files, heard.unread) == ((), ("a",))


async def test_what_is_deleted_while_its_files_are_read_is_withdrawn_after_it_was_heard() -> None:
    core, source = patient(), Source()
    source.may.clear()
    async with open_office(core) as there:
        there.start(there.hear(inbound("one", 1), [source.offered("a")]))
        await source.begun.wait()
        there.start(there.withdraw(PLACE, ["1"]))
        await asyncio.sleep(0)
        assert core.gone == []
        source.may.set()
    assert (len(core.heard), core.gone) == (1, ["1"])


async def test_with_as_many_in_hand_as_there_may_be_no_hand_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "IN_HAND", 1)
    core, free = Core(), list[str]()
    async with open_office(core) as there:

        async def wait() -> None:
            await there.free()
            free.append("free")

        there.start(there.hear(inbound("one", 1), []))
        await core.came.wait()
        there.start(wait())
        await asyncio.sleep(0)
        assert free == []
        core.may.set()
    assert free == ["free"]


async def test_a_thumb_that_is_taken_back_for_another_leaves_the_other_one() -> None:
    core = patient()
    up = Rating(place=PLACE, message_id="1", author="ada", vote="up")
    async with open_office(core) as there:
        await there.rate(up, added=True)
        await there.rate(replace(up, vote="down"), added=True)
        await there.rate(up, added=False)
        await there.rate(replace(up, vote="down"), added=False)
    assert [rating.vote for rating in core.ratings] == ["up", "down", None]


async def test_only_so_many_thumbs_are_remembered() -> None:
    async with open_office(patient()) as there:
        for number in range(1_001):
            await there.rate(Rating(place=PLACE, message_id=str(number), author="1", vote="up"), added=True)
        assert len(there._thumbs) == 1_000  # pyright: ignore[reportPrivateUsage]
