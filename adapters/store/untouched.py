"""Reads a store and leaves it as it lies: no byte of it changes, and no file comes to be beside it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from adapters.store.faults import translated
from adapters.store.worker import APPLICATION
from safi.errors import StoreUnavailable

PATIENCE: Final = 5.0
"""Seconds to wait for another program to let go of the file."""


@contextmanager
def untouched(file: Path) -> Generator[sqlite3.Connection]:
    """A connection to a store that is there, to be read alone; also where its disk can only be read.

    Where a journal lies beside it, a bot may be writing, and SQLite keeps the two apart. Where none does, SQLite is
    told that nothing changes, since it would make a journal of its own to read by. Raises StoreUnavailable, also if
    something was written all the same.
    """
    with translated(str(file)):
        still = None if _journaled(file) else _stamp(file)
        try:
            with _opened(file, "mode=ro" if still is None else "mode=ro&immutable=1") as connection:
                yield connection
        finally:
            if still and still != _stamp(file):
                raise StoreUnavailable(f"{file}: was written to while it was read: try again")


@contextmanager
def _opened(file: Path, how: str) -> Generator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        (owner,) = connection.execute("pragma application_id").fetchone()
        if owner != APPLICATION:
            raise StoreUnavailable(f"{file}: is not a store of this program: choose another file")
        yield connection


def _journaled(file: Path) -> bool:
    """Links are followed: SQLite's journals lie beside the file itself."""
    store = file.resolve()
    return any(store.with_name(store.name + end).exists() for end in ("-wal", "-journal"))


def _stamp(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
