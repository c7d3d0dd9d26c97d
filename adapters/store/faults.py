"""SQLite's failures, told apart: what a machine can do to a store, and what only a mistake in this program can."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from safi.errors import StoreUnavailable

_OF_THE_MACHINE: Final = frozenset({
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOTADB,
})  # fmt: skip  # a table, not fifteen lines
"""Primary result codes that speak of disks, locks, permissions and damage."""


@contextmanager
def translated(store: str) -> Generator[None]:
    """Raise StoreUnavailable with the cause for failures of the machine; others stay what they are."""
    try:
        yield
    except sqlite3.Error as error:
        if not of_the_machine(error):
            raise
        raise StoreUnavailable(f"{store}: {error}") from error


def of_the_machine(error: sqlite3.Error) -> bool:
    """Whether this can befall a correct program. The low byte of an extended result code is its primary one."""
    code: int | None = getattr(error, "sqlite_errorcode", None)  # absent from errors that Python's own module raises
    return code is not None and code & 0xFF in _OF_THE_MACHINE
