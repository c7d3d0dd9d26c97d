"""A full disk, a real one where this machine lets a test have one: told plainly, and nothing acknowledged is lost."""

import asyncio
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.llm.scripted import ScriptedModel
from adapters.store.checkup import look
from adapters.store.sqlite import SQLiteStore, open_store
from safi.errors import StoreUnavailable
from safi.ports import Request
from safi.record import State, fold
from tests.adapters.store.making import at, committed, delivered, event, ledger, recovered
from tests.bot.making import conversing
from tests.doubles import FakeChat, inbound

FULL = r"store\.db: its disk is full: free some space, then try again"
FAILING = r"store\.db: its disk could not be read or written: check the disk, then try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A folder whose disk can be made to take nothing more, and what is then told."""

    store: Path
    fill: Callable[[], None]
    free: Callable[[], None]
    told: str


def small_disk(folder: Path) -> Iterator[Disk]:
    """A file system of two megabytes, which only a superuser may mount."""
    mounting = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets us mount no disk to fill")
    ballast = folder / "ballast"

    def fill() -> None:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4_096)):
                pass

    try:
        yield Disk(store=folder / "store.db", fill=fill, free=ballast.unlink, told=FULL)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def limited_files(folder: Path) -> Iterator[Disk]:
    """A limit on the size of this process's files: the system refuses to write beyond what the journal has now."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = folder / "store.db-wal"

    def fill() -> None:
        most = journal.stat().st_size if journal.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, usual[1]))

    def free() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    try:
        yield Disk(store=folder / "store.db", fill=fill, free=free, told=FAILING)
    finally:
        free()


@pytest.fixture(params=[small_disk, limited_files])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    yield from request.param(tmp_path)


async def exhausted(store: SQLiteStore, disk: Disk) -> None:
    """Fill the disk, and what room the store's own files still have."""
    disk.fill()
    with pytest.raises(StoreUnavailable, match=disk.told):
        await written(store)


async def written(store: SQLiteStore) -> None:
    """More than fits into any room that is left."""
    for number in range(1_000, 2_000):
        await store.accept(event(number))


async def test_only_what_could_be_written_is_acknowledged_and_all_of_that_is_there_later(disk: Disk) -> None:
    told: dict[int, bool | BaseException] = {}
    async with open_store(disk.store) as store:
        disk.fill()
        while len(told) < 1_000 and all(told.values()):
            group = range(len(told), len(told) + 10)  # they share a commit
            waiting = [store.accept(event(number)) for number in group]
            told |= zip(group, await asyncio.gather(*waiting, return_exceptions=True), strict=True)
        assert await store.audits_owed() == 0
        disk.free()
        refused = next(number for number, each in told.items() if isinstance(each, StoreUnavailable))
        assert await store.accept(event(refused))
    async with open_store(disk.store) as store:
        kept = {f"event-{number}" for number, each in told.items() if each is True or number == refused}
        assert {one.id for one in await recovered(store)} == kept


async def test_an_answer_that_cannot_be_recorded_is_not_sent_and_comes_when_there_is_space(disk: Disk) -> None:
    chat = FakeChat()

    async def filling(_: Request) -> str:
        await exhausted(store, disk)
        return "Never recorded."

    async with open_store(disk.store) as store:
        with pytest.raises(StoreUnavailable, match=disk.told):
            await conversing(store, chat, intellect=ScriptedModel(filling)).hear(inbound("still?", 1))
        assert chat.said == []
    disk.free()
    async with open_store(disk.store) as store:
        (asked,) = [one for one in await recovered(store) if one.id == "e1"]
        await conversing(store, chat).take_up(asked)
        assert await store.audits_owed() == 1
    assert chat.said == ["Oil the hinge."]


async def test_an_answer_whose_mark_cannot_be_written_is_doubted_and_not_sent_again(disk: Disk) -> None:
    async with open_store(disk.store) as store:
        turn = await committed(store, 1)
        await exhausted(store, disk)
        with pytest.raises(StoreUnavailable, match=disk.told):
            await store.deliver(turn.id, message_id="posted-1", at=at(1))
    disk.free()
    async with open_store(disk.store) as store:
        assert "event-1" not in {one.id for one in await recovered(store)}
        record = await store.turn(turn.id)
        assert record is not None
        assert (record.delivery, record.number) == ("unknown", None)


async def test_a_ledger_that_cannot_be_written_changes_nothing_and_counts_once_when_there_is_space(disk: Disk) -> None:
    async with open_store(disk.store) as store:
        turn = await delivered(store, 1)
        assert await store.claim(at=at(1), until=at(9))
        await exhausted(store, disk)
        with pytest.raises(StoreUnavailable, match=disk.told):
            await store.settle(turn, ledger(), fold, at=at(2))
        assert (await store.audits_owed(), await store.state("lobby")) == (1, State())
        disk.free()
        assert [landed.number for landed in await store.settle(turn, ledger(), fold, at=at(2))] == [1]
        assert (await store.state("lobby")).memory.folded == 1


async def test_a_store_that_finds_its_disk_full_at_the_start_says_so_and_is_whole_later(disk: Disk) -> None:
    async with open_store(disk.store) as store:
        await delivered(store, 1)
    disk.fill()
    with pytest.raises(StoreUnavailable, match=disk.told):
        async with open_store(disk.store) as store:
            await written(store)
    disk.free()
    async with open_store(disk.store) as store:
        assert await store.audits_owed() == 1


async def test_a_full_disk_takes_no_new_store_and_the_look_at_it_says_so(disk: Disk) -> None:
    disk.fill()
    with pytest.raises(StoreUnavailable, match=disk.told):
        async with open_store(disk.store):
            pytest.fail("it opened")
    facts = look(disk.store, lambda: False)
    assert disk.told.endswith(str(facts.fault).partition(" (")[0])
    disk.free()
    async with open_store(disk.store) as store:
        assert await store.accept(event(1))
