"""The writer: groups share a commit, each body stands or falls alone, and nobody waits for ever."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from adapters.store.writer import Writer
from safi.errors import StoreUnavailable
from safi.record import Folded, Item, State, fold
from tests.adapters.store.making import at, delivered, event, ledger, recovered
from tests.adapters.store.noting import Notes, note, noting, together


async def test_bodies_that_wait_together_share_one_transaction(notes: Notes) -> None:
    ran: list[str] = []
    await notes.worker.run(lambda connection: connection.set_trace_callback(ran.append))
    assert await together(notes, note("a"), note("b"), note("c")) == ["a", "b", "c"]
    assert [statement for statement in ran if statement in {"begin immediate", "commit"}] == [
        "begin immediate",
        "commit",
        "begin immediate",
        "commit",
    ]


async def test_an_error_undoes_its_own_body_and_reaches_its_own_caller(notes: Notes) -> None:
    first, broken, last = await together(notes, note("a"), note("b", "insert into notes values ('a')"), note("c"))
    assert isinstance(broken, sqlite3.IntegrityError)
    assert (first, last) == ("a", "c")
    assert await notes.kept() == {"a", "c"}


async def test_a_mistake_in_the_program_is_not_passed_off_as_a_failure_of_the_store(notes: Notes) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        await notes.writer.write(note("a", "insert into notes values (nonsense())"))
    assert await notes.kept() == set()


async def test_a_commit_that_fails_reaches_everyone_in_its_group_and_nobody_after_it(notes: Notes) -> None:
    await notes.worker.run(lambda c: c.execute("create table replies (note text references notes (note))"))
    owing = note("b", "pragma defer_foreign_keys = on", "insert into replies values ('nowhere')")
    results = await together(notes, note("a"), owing)
    assert [type(result) for result in results] == [StoreUnavailable, StoreUnavailable]
    assert "FOREIGN KEY constraint failed" in str(results[0])
    assert results[0] is not results[1]
    assert await notes.writer.write(note("c")) == "c"
    assert await notes.kept() == {"c"}


async def test_a_transaction_that_sqlite_gave_up_reaches_everyone_in_its_group(notes: Notes) -> None:
    broken = note("b", "insert or rollback into notes values ('a')")
    results = await together(notes, note("a"), broken, note("c"))
    assert [type(result) for result in results] == [StoreUnavailable] * 3
    assert await notes.kept() == set()
    assert await notes.writer.write(note("d")) == "d"


async def test_a_full_disk_is_the_stores_failure_and_passes(notes: Notes) -> None:
    pages = await notes.worker.run(lambda c: c.execute("pragma page_count").fetchone()[0])
    await notes.worker.run(lambda c: c.execute(f"pragma max_page_count = {pages}").fetchall())
    with pytest.raises(StoreUnavailable, match=r"notes\.db: its disk is full: free some space"):
        await notes.writer.write(note("a" * 100_000))
    await notes.worker.run(lambda c: c.execute("pragma max_page_count = 100000").fetchall())
    assert await notes.writer.write(note("b")) == "b"
    assert await notes.kept() == {"b"}


async def test_a_store_that_may_only_be_read_says_so(notes: Notes) -> None:
    await notes.worker.run(lambda c: c.execute("pragma query_only = on"))
    with pytest.raises(StoreUnavailable, match=r"notes\.db: may only be read: make the file"):
        await notes.writer.write(note("a"))


async def test_a_cancelled_caller_does_not_harm_those_beside_it(notes: Notes) -> None:
    async with asyncio.TaskGroup() as tasks:
        await notes.hold(tasks)
        leaving = tasks.create_task(notes.writer.write(note("a")))
        staying = tasks.create_task(notes.writer.write(note("b")))
        await asyncio.sleep(0)  # both are queued
        leaving.cancel()
        notes.opened.set()
    assert leaving.cancelled()
    assert staying.result() == "b"
    assert await notes.kept() == {"a", "b"}


async def test_a_caller_cancelled_while_its_body_runs_leaves_it_whole(tmp_path: Path) -> None:
    entered, opened = threading.Event(), threading.Event()

    def slowly(state: State, item: Item) -> Folded:
        entered.set()
        assert opened.wait(10)
        return fold(state, item)

    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        async with asyncio.TaskGroup() as tasks:
            settling = tasks.create_task(store.settle("turn-1", ledger(), slowly, at=at(1)))
            assert await asyncio.to_thread(entered.wait, 10)
            settling.cancel()
            opened.set()
        assert await store.settle("turn-1", ledger(), fold, at=at(2)) == ()
        standing = await store.standing("lobby")
        assert (standing.folded, standing.owed) == (1, 0)


async def test_readers_do_not_wait_for_the_writer_and_see_only_what_is_committed(tmp_path: Path) -> None:
    entered, opened = threading.Event(), threading.Event()

    def slowly(state: State, item: Item) -> Folded:
        entered.set()
        assert opened.wait(10)
        return fold(state, item)

    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(store.settle("turn-1", ledger(), slowly, at=at(1)))
            assert await asyncio.to_thread(entered.wait, 10)
            assert await store.state("lobby") == State()
            assert await store.audits_owed() == 1
            opened.set()
        assert await store.audits_owed() == 0


async def test_a_commit_is_on_the_disk_before_its_caller_goes_on(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        (level,) = await store.aside(lambda connection: connection.execute("pragma synchronous").fetchone())
    assert level == 2  # full: what is committed outlives a power cut


async def test_a_lookup_whose_snapshot_was_ended_does_no_harm_to_the_next(notes: Notes) -> None:
    await notes.worker.read(lambda connection: connection.execute("commit"))
    assert await notes.kept() == set()


async def test_fifty_callers_at_once_are_each_served(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        assert all(await asyncio.gather(*(store.accept(event(number)) for number in range(50))))
        assert len(await recovered(store)) == 50


async def test_closing_writes_what_is_queued_and_takes_nothing_more(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        async with open_store(tmp_path / "store.db") as store:
            queued = [tasks.create_task(store.accept(event(number))) for number in range(5)]
            await asyncio.sleep(0)  # every event is queued
        assert all(task.done() for task in queued)
    assert [task.result() for task in queued] == [True] * 5
    with pytest.raises(StoreUnavailable, match="is closed"):
        await store.accept(event(6))
    async with open_store(tmp_path / "store.db") as store:
        assert len(await recovered(store)) == 5


async def test_an_error_of_the_program_comes_out_of_the_store_as_itself(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="mine"):
        async with open_store(tmp_path / "store.db"):
            raise ZeroDivisionError("mine")


async def test_a_cancelled_program_closes_its_store(tmp_path: Path) -> None:
    async def program() -> None:
        async with open_store(tmp_path / "store.db") as store:
            await store.accept(event(1))
            accepted.set()
            await asyncio.Event().wait()

    accepted = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(program())
        await accepted.wait()
        task.cancel()
    assert task.cancelled()
    async with open_store(tmp_path / "store.db") as store:
        assert await recovered(store) == (event(1),)


async def test_a_writer_that_is_stopped_tells_everyone_who_waits(tmp_path: Path) -> None:
    async with noting(tmp_path / "notes.db") as notes:
        worker, entered, opened = notes.worker, threading.Event(), threading.Event()
        writer = Writer(worker)

        def wait(connection: sqlite3.Connection) -> None:
            entered.set()
            assert opened.wait(10)

        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(writer.run())
            results = asyncio.gather(writer.write(wait), writer.write(note("a")), return_exceptions=True)
            assert await asyncio.to_thread(entered.wait, 10)
            late = asyncio.gather(writer.write(note("b")), return_exceptions=True)
            await asyncio.sleep(0)  # it is queued
            serving.cancel()
            failures = await results + await late
            opened.set()
        assert [type(failure) for failure in failures] == [StoreUnavailable] * 3
        with pytest.raises(StoreUnavailable, match="is closed"):
            await writer.write(note("c"))
