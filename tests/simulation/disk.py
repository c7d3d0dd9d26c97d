"""The store's threads and disk: bodies run on the loop's own thread, in order and after a while, and the disk fails."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast

from adapters.store import worker
from tests.simulation.faults import Faults
from tests.simulation.process import Process

_Asked = tuple[asyncio.Future[Any] | None, Callable[[], Any]]

_HOP: float = 0.004
_SLOW: float = 3.0


class Disk:
    """What the connections of one process share."""

    def __init__(self, process: Process, faults: Faults, chance: Random) -> None:
        self.process = process
        self.faults = faults
        self._chance = chance

    def takes(self) -> float:
        """Seconds that a body waits for its thread and its disk."""
        return self._chance.random() * (_SLOW if self.faults.strikes("disk slow") else _HOP)


class _Wire:
    """A connection that fails by the seed, and that a dead process cannot use."""

    def __init__(self, connection: sqlite3.Connection, disk: Disk) -> None:
        connection.execute("pragma synchronous = off")  # no power is cut here
        self._connection = connection
        self._disk = disk
        self._writes = False
        disk.process.ending.append(self._roll_back)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        self._disk.process.touch()
        if sql == "commit":
            return self._commit()
        if sql.startswith("begin"):
            self._writes = sql == "begin immediate"
        elif self._connection.in_transaction and sql != "rollback":
            self._suffer()
        return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        self._disk.process.touch()
        return self._connection.executemany(sql, parameters)

    def close(self) -> None:
        self._connection.close()

    def _commit(self) -> sqlite3.Cursor:
        faults, process = self._disk.faults, self._disk.process
        if faults.strikes("disk full at a commit"):
            raise _error("database or disk is full", sqlite3.SQLITE_FULL)
        if faults.strikes("killed before a commit"):
            process.die()
        done = self._connection.execute("commit")
        if faults.strikes("killed after a commit"):
            process.die()
        return done

    def _suffer(self) -> None:
        faults = self._disk.faults
        if faults.strikes("killed at a statement"):
            self._disk.process.die()
        if self._writes and faults.strikes("disk full at a statement"):
            self._roll_back()  # SQLite gives up the whole transaction then
            raise _error("database or disk is full", sqlite3.SQLITE_FULL)
        if faults.strikes("disk error at a statement"):
            raise _error("disk I/O error", sqlite3.SQLITE_IOERR)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("rollback")


class _Line:
    """In place of a thread's queue: what was asked for is done one by one, each a while after the one before."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._asked: deque[_Asked] = deque()

    def put_nowait(self, asked: _Asked) -> None:
        self._asked.append(asked)
        if len(self._asked) == 1:
            self._wait()

    def _wait(self) -> None:
        asyncio.get_running_loop().call_later(self._disk.takes(), self._do)

    def _do(self) -> None:
        future, function = self._asked[0]
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001  # a thread's boundary: all of it is the caller's
            if future and not future.done():
                future.set_exception(error)
        else:
            if future and not future.done():
                future.set_result(result)
        self._asked.popleft()
        if self._asked:
            self._wait()


class _NoThread:
    """In place of the thread."""

    def start(self) -> None:
        pass

    def join(self) -> None:
        pass


class _InlineWorker(worker.Worker):
    """The store's own worker without its thread."""

    def __init__(self, disk: Disk, path: Path, *, patience: float) -> None:
        super().__init__(path, patience=patience)
        connect = self._connector
        self._connector = lambda: cast("sqlite3.Connection", _Wire(connect(), disk))
        self._tx = cast("Any", _Line(disk))
        self._thread = cast("Any", _NoThread())


@contextmanager
def inline(disk: Disk) -> Generator[None]:
    """Have the store work without threads, on this disk."""
    module, real = cast("Any", worker), worker.Worker
    module.Worker = partial(_InlineWorker, disk)
    try:
        yield
    finally:
        module.Worker = real


def _error(message: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error
