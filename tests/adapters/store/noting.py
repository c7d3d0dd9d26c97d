"""A writer on a table of notes, for tests of the writer itself: which bodies share a commit is in the test's hands."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.store.worker import Worker, open_worker
from adapters.store.writer import Writer, running


class Notes:
    """A writer and a worker on a table of notes, and a gate that holds up the writer while a group gathers."""

    def __init__(self, worker: Worker, writer: Writer) -> None:
        self.worker = worker
        self.writer = writer
        self.opened = threading.Event()
        self.entered = threading.Event()

    async def hold(self, tasks: asyncio.TaskGroup) -> None:
        tasks.create_task(self.writer.write(self._wait))
        assert await asyncio.to_thread(self.entered.wait, 10)

    async def kept(self) -> set[str]:
        return await self.worker.read(lambda c: {row["note"] for row in c.execute("select note from notes")})

    def _wait(self, connection: sqlite3.Connection) -> None:
        self.entered.set()
        assert self.opened.wait(10)


@asynccontextmanager
async def noting(path: Path) -> AsyncGenerator[Notes]:
    async with open_worker(path, patience=0) as worker:
        await worker.run(lambda c: c.execute("create table notes (note text primary key)"))
        writer = Writer(worker)
        async with running(writer):
            yield Notes(worker, writer)


def note(text: str, *more: str) -> Callable[[sqlite3.Connection], str]:
    """A body that writes a note, and then whatever statements it is given."""

    def body(connection: sqlite3.Connection) -> str:
        connection.execute("insert into notes values (?)", (text,))
        for statement in more:
            connection.execute(statement)
        return text

    return body


async def together(notes: Notes, *bodies: Callable[[sqlite3.Connection], str]) -> list[str | BaseException]:
    """The results of bodies that share one transaction."""
    async with asyncio.TaskGroup() as tasks:
        await notes.hold(tasks)
        waiting = asyncio.gather(*(notes.writer.write(body) for body in bodies), return_exceptions=True)
        await asyncio.sleep(0)  # every body is queued
        notes.opened.set()
        return await waiting
