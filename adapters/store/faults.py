"""What a machine can do to a store, in words that say what to do; what only a mistake can do stays a mistake."""

import errno
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from safi.errors import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A sentence that goes on after the store's path, and the codes by which SQLite and the system say the same.

    Of SQLite's codes an extended one counts before its primary one.
    """

    sentence: str
    sqlite: frozenset[int] = frozenset()
    system: frozenset[int] = frozenset()


DAMAGED: Final = "is damaged: move it away, then put a backup in its place"

DAMAGED_BACKUP: Final = "is damaged: choose another backup"

_NOT_AS_MADE: Final = "is not as this program made it: put a backup in its place"

_CHANGED: Final = ("no such table", "no such column", "already exists", "duplicate column name")
"""What SQLite says of a store from which somebody took something, tables or the word that they were made."""

_NO_TEXT: Final = "Could not decode to UTF-8"
"""So begins what Python's own module says of a text that is none. The rest quotes it, so it is not told."""


class Damaged(Exception):
    """What stands in a store is not what was written there. Says nothing of it: those are people's words."""


FAULTS: Final = (
    Fault(
        sentence="is a folder: choose the path of a file",
        system=frozenset({errno.EISDIR}),
    ),
    Fault(
        sentence="a part of its path is a file and not a folder: choose another path",
        system=frozenset({errno.ENOTDIR, errno.EEXIST}),
    ),
    Fault(
        sentence="may not be read and written by this user: change who may use the file and its folder, "
        "or choose another path",
        sqlite=frozenset({sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}),
        system=frozenset({errno.EACCES, errno.EPERM}),
    ),
    Fault(
        sentence="may only be read: make the file, its folder and their disk writable, or choose another path",
        sqlite=frozenset({sqlite3.SQLITE_READONLY}),
        system=frozenset({errno.EROFS}),
    ),
    Fault(
        sentence="cannot be opened: see that its folder is there and that files can be made in it",
        sqlite=frozenset({sqlite3.SQLITE_CANTOPEN}),
        system=frozenset({errno.ENOENT}),
    ),
    Fault(
        sentence="is locked by another program, perhaps a backup or a database viewer: end that one, then try again",
        sqlite=frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}),
    ),
    Fault(
        sentence="is not a SQLite database: move that file away, or choose another path",
        sqlite=frozenset({sqlite3.SQLITE_NOTADB}),
    ),
    Fault(
        sentence=DAMAGED,
        sqlite=frozenset({sqlite3.SQLITE_CORRUPT}),
    ),
    Fault(
        sentence="its disk is full: free some space, then try again",
        sqlite=frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}),  # no room for the file beside it
        system=frozenset({errno.ENOSPC, errno.EDQUOT}),
    ),
    Fault(
        sentence="is too large for its file system: move it to another disk",
        sqlite=frozenset({sqlite3.SQLITE_NOLFS}),
        system=frozenset({errno.EFBIG}),
    ),
    Fault(
        sentence="its disk could not be read or written: check the disk, then try again",
        sqlite=frozenset({sqlite3.SQLITE_IOERR}),
        system=frozenset({errno.EIO}),
    ),
    Fault(
        sentence="this machine has no memory left: free some, then try again",
        sqlite=frozenset({sqlite3.SQLITE_NOMEM}),
        system=frozenset({errno.ENOMEM}),
    ),
)

_OTHERWISE: Final = "cannot be used: choose another path"


@contextmanager
def translated(store: str, *, damaged: str = DAMAGED) -> Generator[None]:
    """Raise StoreUnavailable, with what to do, for failures of the machine; others stay what they are.

    `damaged` ends the sentence for what is no store itself: other files, and backups.
    """
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{store}: {_of_the_system(error)} ({error.strerror or error})") from error
    except (Damaged, UnicodeDecodeError):
        raise StoreUnavailable(f"{store}: {damaged} (what stands in it cannot be read)") from None
    except sqlite3.Error as error:
        if str(error).startswith(_NO_TEXT):
            raise StoreUnavailable(f"{store}: {damaged} (what stands in it cannot be read)") from None
        sentence = _of_sqlite(error)
        if sentence is None:
            raise
        raise StoreUnavailable(f"{store}: {damaged if sentence == DAMAGED else sentence} ({error})") from error


def _of_the_system(error: OSError) -> str:
    return next((fault.sentence for fault in FAULTS if error.errno in fault.system), _OTHERWISE)


def _of_sqlite(error: sqlite3.Error) -> str | None:
    """None for what cannot befall a correct program. An extended code has its primary one in the low byte."""
    code: int | None = getattr(error, "sqlite_errorcode", None)  # absent from errors that Python's own module raises
    if code == sqlite3.SQLITE_ERROR and any(said in str(error) for said in _CHANGED):
        return _NOT_AS_MADE
    codes = () if code is None else (code, code & 0xFF)
    return next((fault.sentence for each in codes for fault in FAULTS if each in fault.sqlite), None)
