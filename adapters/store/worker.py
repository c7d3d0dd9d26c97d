"""One SQLite connection on a thread of its own. Whole bodies run there: a cancelled await leaves nothing half done."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeVar

import aiosqlite

from adapters.store.faults import translated
from safi.errors import StoreUnavailable

T = TypeVar("T")

Body = Callable[[sqlite3.Connection], T]
"""Something to do with a connection, on its thread and in a transaction that is not the body's to end."""

APPLICATION: Final = 0x53414649
"""What SQLite's files have a field for: the number that says whose they are. Ours spells SAFI."""


class Worker(aiosqlite.Connection):
    """A connection with its thread, and one thing more: a whole function can run there, in one hop."""

    def __init__(self, path: Path, *, patience: float) -> None:
        super().__init__(lambda: connect(path, patience), iter_chunk_size=64)
        self.store = str(path)

    def join(self) -> None:
        """Wait for the ending thread of a connection that could not be opened: it must not outlive its loop."""
        self._thread.join()

    async def run(self, body: Body[T]) -> T:
        """Run a body, to its end even if the await is cancelled. Raises StoreUnavailable, and what the body raises."""
        return await self._execute(self._translated, body)  # pyright: ignore[reportUnknownMemberType]  # its function has no type

    async def read(self, body: Body[T]) -> T:
        """Run a body that only looks, on one consistent snapshot."""
        return await self.run(lambda connection: _on_a_snapshot(connection, body))

    def _translated(self, body: Body[T]) -> T:
        with translated(self.store):
            return body(self._conn)


@asynccontextmanager
async def open_worker(path: Path, *, patience: float) -> AsyncGenerator[Worker]:
    """Open a connection to a file, which becomes ours if it is empty, and close it when done.

    `patience` is how many seconds to wait for a lock. Raises StoreUnavailable, for another program's database too.
    """
    worker = Worker(path, patience=patience)
    try:
        await worker
    except BaseException:
        worker.join()
        raise
    try:
        yield worker
    finally:
        await worker.close()


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """A connection to a file, set up as a store's are. Raises StoreUnavailable, as `open_worker` does."""
    with translated(str(path)):
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None)  # transactions are begun by hand
        try:
            _configure(connection, str(path))
        except BaseException:
            connection.close()
            raise
    return connection


def _configure(connection: sqlite3.Connection, store: str) -> None:
    connection.row_factory = sqlite3.Row
    _recognise(connection, store)
    (mode,) = connection.execute("pragma journal_mode = wal").fetchone()
    if mode != "wal":
        raise StoreUnavailable(f"{store}: readers would wait for the writer here (journal mode {mode}, not wal)")
    connection.execute("pragma synchronous = full")  # normal loses what came after the last checkpoint at a power cut
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma secure_delete = on")  # what is erased is overwritten, not only forgotten


def _recognise(connection: sqlite3.Connection, store: str) -> None:
    """Comes before anything that would change a file which is not ours."""
    (owner,) = connection.execute("pragma application_id").fetchone()
    if owner == APPLICATION:
        return
    (made,) = connection.execute("select count(*) from sqlite_master").fetchone()
    if owner or made:
        raise StoreUnavailable(f"{store}: is a SQLite database of another program: choose another path")
    connection.execute(f"pragma application_id = {APPLICATION}")


def _on_a_snapshot(connection: sqlite3.Connection, body: Body[T]) -> T:
    connection.execute("begin")
    try:
        return body(connection)
    finally:
        if connection.in_transaction:  # some errors end it
            connection.execute("rollback")
