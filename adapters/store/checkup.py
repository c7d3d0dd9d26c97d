"""A look at a store that changes nothing in it, also while a running bot holds it: the facts, for others to judge."""

import os
import re
import shutil
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from filelock import Timeout

from adapters.store import queries
from adapters.store.faults import translated
from adapters.store.file import held
from adapters.store.forgotten import beside
from adapters.store.keys import OTHERS, key_file
from adapters.store.record import SQLiteRecord
from adapters.store.schema import Foreign, applied, foreign, migrate, shipped
from adapters.store.worker import connect, open_worker
from safi.errors import StoreUnavailable

PATIENCE: Final = 1.0
"""Seconds to wait for another program, a backup perhaps, to let go of the file."""

NETWORKS: Final = frozenset(
    {"afs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.sshfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs"}
)
"""File systems over a network: the locks and the shared memory on which WAL rests do not hold there."""

_MOUNTS: Final = Path("/proc/self/mountinfo")
_STEPS: Final = 10_000
"""After so many steps of SQLite's machine, some milliseconds, it is asked whether the look is to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What was found where a store is, or would be.

    `there`: it exists. `in_use`: a running bot holds it, so it was only read. `fault`: why it cannot be used, in
    StoreUnavailable's words without the path. `missing`: how many migrations the next start will apply. `foreign`: what
    of its schema is not as this program made it; not looked for where migrations are missing. `damage`: what SQLite's
    own check found wrong; None where that was not made, or not to its end. `free`: bytes on its disk. `network`: the
    kind of its file system, where that is one over a network.
    """

    there: bool
    in_use: bool = False
    fault: str | None = None
    missing: int = 0
    foreign: tuple[Foreign, ...] = ()
    damage: tuple[str, ...] | None = None
    free: int
    network: str | None = None


def look(path: Path, ended: Callable[[], bool]) -> StoreFacts:
    """Look at the store in a file; where there is none, at whether one could be made there.

    Blocks. `ended` is asked now and then whether to leave SQLite's own check, which takes seconds for each gigabyte.
    """
    folder = next(folder for folder in path.absolute().parents if _reached(folder))
    facts = StoreFacts(there=False, free=shutil.disk_usage(folder).free, network=_network(folder))
    try:
        with translated(str(path)):
            there = path.exists() and (path.is_dir() or path.stat().st_size > 0)
        facts = replace(facts, there=there)
        return _examined(facts, path, ended) if there else _tried(facts, path, folder)
    except StoreUnavailable as error:
        return replace(facts, fault=str(error).removeprefix(f"{path}: "))


def file_system(path: str, mounts: str) -> str | None:
    """The kind of file system that an absolute path lies on, by Linux's mountinfo; None if that does not say."""
    rows = (line.partition(" - ") for line in mounts.splitlines())
    kinds = {_unescaped(left.split()[4]): right.split()[0] for left, dash, right in rows if dash}
    points = [point for point in kinds if path == point or path.startswith(point.rstrip("/") + "/")]
    return kinds[max(points, key=len)] if points else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What was found where the key of a store's chain is, or would be.

    `private`: nobody but its owner may read it. `apart`: it lies in another folder than the store. `unlisted`: why
    the list of the erased cannot be written beside it, in StoreUnavailable's words.
    """

    file: Path
    there: bool
    private: bool = True
    apart: bool
    unlisted: str | None = None


def look_at_key(store: Path, key: Path | None) -> KeyFacts:
    """Look at the file of a key, and not into it, and at the list of the erased beside it."""
    file = key or key_file(store)
    apart = file.parent.resolve() != store.parent.resolve()
    try:
        mode = file.stat().st_mode
    except OSError:
        return KeyFacts(file=file, there=False, apart=apart)
    return KeyFacts(file=file, there=True, private=not mode & OTHERS, apart=apart, unlisted=_unlisted(file))


@asynccontextmanager
async def open_record(path: Path) -> AsyncGenerator[SQLiteRecord]:
    """A store that is there and up to date, to be read alone, even while a running bot holds it.

    Raises StoreUnavailable.
    """
    async with open_worker(path, patience=PATIENCE) as reader:
        yield SQLiteRecord(reader)


def _unlisted(key: Path) -> str | None:
    try:
        beside(key).try_out()
    except StoreUnavailable as error:
        return str(error)
    return None


def _reached(folder: Path) -> bool:
    """Whether it is there, as far as one may look."""
    try:
        return folder.exists()
    except OSError:
        return False


def _tried(facts: StoreFacts, path: Path, folder: Path) -> StoreFacts:
    """Make a store beside where this one would be, and take it away again."""
    with translated(str(path)), TemporaryDirectory(dir=folder, prefix=".safi-trial-") as trial:
        file = Path(trial) / "safi.db"
        try:
            with closing(connect(file, PATIENCE)) as connection:
                migrate(connection, shipped(), store=str(file))
        except StoreUnavailable as error:
            return replace(facts, fault=str(error).removeprefix(f"{file}: "))
    return facts


def _examined(facts: StoreFacts, path: Path, ended: Callable[[], bool]) -> StoreFacts:
    with ExitStack() as stack:
        try:
            stack.enter_context(held(path))
        except StoreUnavailable as error:
            if not isinstance(error.__cause__, Timeout):
                raise
            facts = replace(facts, in_use=True)
        connection = stack.enter_context(closing(connect(path, PATIENCE)))
        stack.enter_context(translated(str(path)))
        missing = _missing(connection, str(path), writing=not facts.in_use)
        others = () if missing else foreign(connection)
        return replace(facts, missing=missing, foreign=others, damage=_damage(connection, ended))


def _missing(connection: sqlite3.Connection, store: str, *, writing: bool) -> int:
    """How many migrations are missing. With `writing`, what a writer needs is taken as well, and given back."""
    migrations = shipped()
    connection.execute("begin immediate" if writing else "begin")
    try:
        if writing:
            connection.execute(queries.CREATE_MIGRATIONS)
        return len(migrations) - applied(connection, migrations, store)
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def _damage(connection: sqlite3.Connection, ended: Callable[[], bool]) -> tuple[str, ...] | None:
    connection.set_progress_handler(ended, _STEPS)
    try:
        found = [str(row[0]) for row in connection.execute("pragma integrity_check(3)")]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    return tuple(line for line in found if line != "ok")


def _network(folder: Path) -> str | None:
    """Asked of Linux alone: other systems have no such list."""
    try:
        kind = file_system(os.path.realpath(folder), _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return kind if kind in NETWORKS else None


def _unescaped(point: str) -> str:
    """A mount point as it is: spaces and the like stand as three octal digits."""
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), point)
