"""Every fault of the machine is told with its path and with what to do; mistakes in the program stay what they are."""

import errno
import os
import re
import sqlite3

import pytest

from adapters.store.faults import FAULTS, translated
from safi.errors import StoreUnavailable


def system(code: int) -> OSError:
    return OSError(code, os.strerror(code), "store.db")


def sqlite(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (system(errno.EACCES), "may not be read and written by this user"),
        (system(errno.EPERM), "may not be read and written by this user"),
        (system(errno.EROFS), "may only be read"),
        (system(errno.ENOENT), "cannot be opened"),
        (system(errno.ENOSPC), "its disk is full"),
        (system(errno.EMFILE), "cannot be used"),
        (sqlite(sqlite3.SQLITE_CANTOPEN), "cannot be opened"),
        (sqlite(sqlite3.SQLITE_READONLY_DIRECTORY), "may only be read"),
        (sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "is locked by another program"),
        (sqlite(sqlite3.SQLITE_IOERR_WRITE), "its disk could not be read or written"),
    ],
    ids=str,
)
def test_a_fault_is_told_in_words_with_its_cause_behind(error: OSError | sqlite3.Error, told: str) -> None:
    with (
        pytest.raises(StoreUnavailable, match=rf"^state/store\.db: {told}.*: .*\(.+\)$") as raised,
        translated("state/store.db"),
    ):
        raise error
    assert raised.value.__cause__ is error
    assert "Errno" not in str(raised.value)


def test_a_fault_of_the_system_without_a_number_is_told_too() -> None:
    with pytest.raises(StoreUnavailable, match=r"it: cannot be used: choose another path \(odd\)"), translated("it"):
        raise OSError("odd")


@pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_MISUSE])
def test_a_mistake_stays_what_it_is(code: int) -> None:
    with pytest.raises(sqlite3.OperationalError, match="what SQLite says"), translated("it"):
        raise sqlite(code)


def test_an_error_of_pythons_own_module_stays_what_it_is() -> None:
    with pytest.raises(sqlite3.ProgrammingError, match="closed"), translated("it"):
        raise sqlite3.ProgrammingError("closed")


def test_every_code_says_one_thing() -> None:
    for codes in ([c for fault in FAULTS for c in fault.sqlite], [c for fault in FAULTS for c in fault.system]):
        assert len(codes) == len(set(codes))


def test_every_sentence_says_what_to_do() -> None:
    assert [fault.sentence for fault in FAULTS if not re.fullmatch(r"[a-z].+: [a-z].+[^.]", fault.sentence)] == []


@pytest.mark.parametrize(
    "said",
    [
        "no such table: links",
        "no such column: mark",
        "table profiles already exists",
        "duplicate column name: position",
    ],
)
def test_a_store_from_which_something_was_taken_is_not_as_it_was_made(said: str) -> None:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = sqlite3.SQLITE_ERROR
    with (
        pytest.raises(
            StoreUnavailable, match=rf"^it: is not as this program made it: put a backup in its place \({said}"
        ),
        translated("it"),
    ):
        raise error


@pytest.mark.parametrize(
    "error",
    [sqlite(sqlite3.SQLITE_CORRUPT), sqlite(sqlite3.SQLITE_CORRUPT_VTAB), UnicodeDecodeError("utf-8", b"", 0, 1, "")],
)
def test_what_to_do_about_other_damaged_files_than_a_store_is_for_their_readers_to_say(error: Exception) -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"^it: is damaged: choose another \("),
        translated("it", damaged="is damaged: choose another"),
    ):
        raise error
