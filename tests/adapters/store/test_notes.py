"""What is noted rides with the next commit: it costs none of its own, is not lost, and harms nobody."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from adapters.store.worker import Worker, open_worker
from adapters.store.writer import Writer
from safi.errors import StoreUnavailable
from tests.adapters.store.noting import Notes, note, noting, together


async def watched(worker: Worker) -> list[str]:
    """The statements that run from now on."""
    ran: list[str] = []
    await worker.run(lambda connection: connection.set_trace_callback(ran.append))
    return ran


async def test_two_notes_share_the_commit_of_what_is_written_next(notes: Notes) -> None:
    ran = await watched(notes.worker)
    notes.writer.note(note("a"))
    notes.writer.note(note("b"))
    await notes.writer.write(note("c"))
    assert [statement for statement in ran if statement in {"begin immediate", "commit"}] == [
        "begin immediate",
        "commit",
    ]
    assert await notes.kept() == {"a", "b", "c"}


async def test_a_note_alone_starts_no_commit(notes: Notes) -> None:
    ran = await watched(notes.worker)
    notes.writer.note(note("a"))
    await asyncio.sleep(0)  # the writer had its turn
    assert await notes.kept() == set()
    assert "commit" not in ran


async def test_a_body_sees_what_was_noted_before_it(notes: Notes) -> None:
    notes.writer.note(note("a"))
    seen = await notes.writer.write(lambda c: [row["note"] for row in c.execute("select note from notes")])
    assert seen == ["a"]


async def test_notes_stay_when_what_they_ride_with_is_undone(notes: Notes) -> None:
    notes.writer.note(note("a"))
    with pytest.raises(sqlite3.IntegrityError):
        await notes.writer.write(note("b", "insert into notes values ('b')"))
    assert await notes.kept() == {"a"}


async def test_notes_of_a_group_that_could_not_be_committed_go_with_the_next_and_in_order(notes: Notes) -> None:
    notes.writer.note(note("a"))
    with pytest.raises(StoreUnavailable):
        await notes.writer.write(note("b", "insert or rollback into notes values ('b')"))
    assert await notes.kept() == set()
    notes.writer.note(note("c", "delete from notes where note = 'a'"))
    await notes.writer.write(note("d"))
    assert await notes.kept() == {"c", "d"}


async def test_a_note_that_cannot_be_recorded_is_told_and_holds_up_nobody(
    notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    notes.writer.note(note("a", "insert into nowhere values (1)"))
    assert await together(notes, note("b")) == ["b"]
    assert await notes.kept() == {"b"}
    assert "a note could not be recorded" in caplog.text
    assert "no such table: nowhere" in caplog.text


async def test_notes_are_written_at_closing(tmp_path: Path) -> None:
    async with noting(tmp_path / "notes.db") as notes:
        notes.writer.note(note("a"))
    async with open_worker(tmp_path / "notes.db", patience=0) as worker:
        assert await worker.read(lambda c: [row["note"] for row in c.execute("select note from notes")]) == ["a"]


async def test_notes_that_the_last_group_could_not_take_along_are_tried_once_more(tmp_path: Path) -> None:
    async with noting(tmp_path / "notes.db") as notes, asyncio.TaskGroup() as tasks:
        await notes.hold(tasks)
        notes.writer.note(note("a"))
        last = tasks.create_task(_refused(notes.writer))
        await asyncio.sleep(0)  # it is queued
        notes.writer.close()
        notes.opened.set()
    assert last.result() == "refused"
    async with open_worker(tmp_path / "notes.db", patience=0) as worker:
        assert await worker.read(lambda c: [row["note"] for row in c.execute("select note from notes")]) == ["a"]


async def test_notes_that_cannot_be_written_at_closing_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with noting(tmp_path / "notes.db") as notes:
        await notes.worker.run(lambda c: c.execute("pragma query_only = on"))
        notes.writer.note(note("a"))
    assert "notes.db: closed, and what was noted is lost (1)" in caplog.text


async def _refused(writer: Writer) -> str:
    try:
        return await writer.write(note("b", "insert or rollback into notes values ('b')"))
    except StoreUnavailable:
        return "refused"
