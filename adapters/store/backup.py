"""Copies of a store, also while a bot writes to it: one consistent snapshot, whole or not there at all."""

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.store.checkup import PATIENCE
from adapters.store.faults import DAMAGED, translated
from adapters.store.file import flush
from adapters.store.forgotten import beside
from adapters.store.keys import key_file, known
from adapters.store.schema import shipped, version
from adapters.store.untouched import untouched
from adapters.store.verify.record import check
from adapters.store.worker import connect
from safi.errors import StoreUnavailable
from safi.ports.proof import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy that was made, of `size` bytes and a store of this `version`. `key`: the file it is of no use without.

    `erased`: the list of the erased, without which they come back with it; there is none before the first of them.
    `proof` is what a check of the copy came to; None for an older version, and where the key cannot be had: `keyless`
    says why.
    """

    file: Path
    size: int
    version: int
    key: Path
    erased: Path
    proof: Proof | None = None
    keyless: str | None = None


def back_up(store: Path, file: Path, *, key: Path | None = None) -> Backup:
    """Copy a store to a new file, then check the copy; the store's writer goes on meanwhile.

    A copy in which something is wrong is kept: it is what there is. Raises StoreUnavailable where none could be made.
    """
    require(store)
    with closing(connect(store, PATIENCE)) as connection, translated(str(store)):
        made = version(connection, shipped(), str(store))
        copy(connection, str(store), file)
    key = key or key_file(store)
    backup = Backup(file=file, size=file.stat().st_size, version=made, key=key, erased=beside(key).file)
    return _checked(backup) if made == len(shipped()) else backup


def copy(connection: sqlite3.Connection, store: str, file: Path, *, damaged: str = DAMAGED) -> None:
    """Write what a store holds at this moment to a new file, for its owner's eyes alone; on the disk when this returns.

    Made anew row by row, the copy holds nothing of what was erased, and no journal belongs to it. Run in no
    transaction. Raises StoreUnavailable, and then leaves no file: if there is one already, too. `damaged` as for
    `translated`.
    """
    with translated(str(file)):
        for each in (file, *journals(file)):  # told before anything is done; a foreign journal would spoil the copy
            if each.exists():
                raise _taken(each)
    with translated(store, damaged=damaged):
        require_intact(connection, store, damaged=damaged)
    with translated(str(file)), workshop(file, "copying") as folder:
        draft = folder / file.name
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600))
        connection.execute("vacuum into ?", (str(draft),))
        flush(draft)
        _claim(file)
        _move(draft, file)
        flush(file.parent)


@contextmanager
def workshop(target: Path, what: str) -> Generator[Path]:
    """A folder beside a file that is to be made, for its owner alone, and for one at a time.

    What a killed program left there is swept out first. Raises StoreUnavailable where somebody is at work there.
    """
    folder = _workshop(target, what)
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _alone(handle, folder, target)
        for left in folder.iterdir():
            left.unlink() if left.is_file() else shutil.rmtree(left)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def sweep(store: Path) -> bool:
    """Clear away what a restore that was killed has left of a store that is held now; whether there was anything."""
    left = _workshop(store.resolve(), "restoring")
    there = left.exists()
    shutil.rmtree(left, ignore_errors=True)
    return there


def journals(file: Path) -> tuple[Path, ...]:
    """What SQLite would take for a store's own journal, whosever it is."""
    return tuple(file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal"))


@contextmanager
def reading(file: Path) -> Generator[sqlite3.Connection]:
    """A connection to a store that is there, which changes nothing in it. Raises StoreUnavailable."""
    require(file)
    with untouched(file) as connection:
        yield connection


def require(store: Path) -> None:
    """Raises StoreUnavailable where there is no store, or an empty one."""
    with translated(str(store)):
        if store.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        there = store.exists() and store.stat().st_size > 0
    if not there:
        raise StoreUnavailable(f"{store}: there is no store here: see that the path is the right one")


def require_intact(connection: sqlite3.Connection, store: str, *, damaged: str = DAMAGED) -> None:
    """Raises StoreUnavailable for what SQLite's own check finds."""
    found = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    if found != "ok":
        raise StoreUnavailable(f"{store}: {damaged} ({found})")


def proved(connection: sqlite3.Connection, file: Path, key: Path) -> Proof:
    """Check a copy against its chain. Run in no transaction: for each look alone, SQLite would read pages again."""
    connection.execute("begin")
    try:
        return check(connection, file, key)
    finally:
        connection.execute("rollback")


def unused(file: Path) -> Path:
    """This path, or where that is taken the next with a number behind it."""
    number = 1
    free = file
    while free.exists():
        number += 1
        free = file.with_name(f"{file.name}-{number}")
    return free


def _checked(backup: Backup) -> Backup:
    with reading(backup.file) as connection:
        try:
            known(connection, backup.key, str(backup.file))
        except StoreUnavailable as error:
            return replace(backup, keyless=str(error))
        return replace(backup, proof=proved(connection, backup.file, backup.key))


def _workshop(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def _claim(file: Path) -> None:
    """Whoever makes the file has its name: nothing that came to be there meanwhile is written over."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600))
    except FileExistsError:
        raise _taken(file) from None


def _move(draft: Path, file: Path) -> None:
    """To a name that was claimed, and that is given up again where this fails."""
    try:
        draft.replace(file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _alone(handle: int, folder: Path, target: Path) -> None:
    """However this program ends, the system lets go of the folder. The one before may just have removed it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    raise StoreUnavailable(f"{target}: is being made by another safi-bot: let that one end first")


def _taken(file: Path) -> StoreUnavailable:
    return StoreUnavailable(f"{file}: is there already: choose another name")
