"""The one writer: what is asked for while a commit runs shares the next commit. It knows nothing of what it writes."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.store.faults import translated
from adapters.store.worker import Body, Worker
from safi.errors import StoreUnavailable

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """A body, and where its caller waits."""

    body: Body[Any]
    caller: asyncio.Future[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What a body returned."""

    value: Any


class Writer:
    """Groups bodies into transactions. An error undoes its own body alone and reaches its own caller alone.

    So a body may run twice, the first time to no effect: nothing that it does outside the store may count twice.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._notes: list[Body[object]] = []
        self._closed = False

    async def write(self, body: Body[T]) -> T:
        """Run a body; it is durable when this returns. A caller that is cancelled does not take its body with it.

        Raises StoreUnavailable if the group could not be committed: then nothing of it is recorded.
        """
        if self._closed:
            raise StoreUnavailable(f"{self._worker.store}: is closed")
        caller: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(body=body, caller=caller))
        return await caller

    def note(self, body: Body[object]) -> None:
        """Have a body run ahead of whatever is written next, in the same commit; at the latest when closing.

        Nobody waits for it. A group that could not be committed leaves it to the next one.
        """
        self._notes.append(body)

    async def aside(self, body: Body[T]) -> T:
        """Run a body between two commits, in no transaction. Raises StoreUnavailable."""
        return await self._worker.run(body)

    async def run(self) -> None:
        """Commit group after group, until closed and drained."""
        try:
            while not self._closed or not self._jobs.empty():
                await self._commit(await self._group())
            if self._notes:
                await self._commit([])
        finally:
            self._closed = True
            if self._notes:
                _log.error("%s: closed, and what was noted is lost (%d)", self._worker.store, len(self._notes))
            _fail(self._queued(), StoreUnavailable(f"{self._worker.store}: closed before this was written"))

    def close(self) -> None:
        """Take nothing more; what is queued is still written."""
        self._closed = True
        self._jobs.put_nowait(None)  # wakes a writer that has nothing to do

    async def _group(self) -> list[_Job]:
        first = await self._jobs.get()
        return [job for job in (first,) if job is not None] + self._queued()

    def _queued(self) -> list[_Job]:
        jobs = [self._jobs.get_nowait() for _ in range(self._jobs.qsize())]
        return [job for job in jobs if job is not None]

    async def _commit(self, group: Sequence[_Job]) -> None:
        notes, self._notes = self._notes, []
        bodies = [*notes, *(job.body for job in group)]
        try:
            results = await self._worker.run(lambda connection: _committed(connection, bodies, self._worker.store))
        except (StoreUnavailable, sqlite3.Error) as error:
            self._notes = notes + self._notes
            _fail(group, error)
        else:
            _report(results[: len(notes)])
            _answer(group, results[len(notes) :])
        finally:
            _fail(group, StoreUnavailable(f"{self._worker.store}: closed while this was written"))


@asynccontextmanager
async def running(writer: Writer) -> AsyncGenerator[None]:
    """Run a writer in a task of its own; at the end it drains what is queued."""
    tasks = asyncio.TaskGroup()
    await tasks.__aenter__()
    tasks.create_task(writer.run())
    try:
        yield
    finally:
        writer.close()
        await tasks.__aexit__(None, None, None)  # an error of the block is not the group's: it comes out as itself


def _committed(connection: sqlite3.Connection, bodies: Sequence[Body[Any]], store: str) -> list[_Made | Exception]:
    if not bodies:
        return []
    connection.execute("begin immediate")
    try:
        results = _together(connection, bodies) or _apart(connection, bodies, store)
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    return results


def _together(connection: sqlite3.Connection, bodies: Sequence[Body[Any]]) -> list[_Made | Exception]:
    """What all bodies made; [] if one of them failed, with all of them undone, and a transaction begun anew.

    Errors are rare, and savepoints would be a quarter of all statements.
    """
    try:
        return [_Made(value=body(connection)) for body in bodies]
    except Exception:  # whosever it is: he is told by the next try
        if not connection.in_transaction:
            raise  # SQLite gave up the whole transaction (a full disk does that): it concerns everyone in the group
        connection.execute("rollback")
        connection.execute("begin immediate")
        return []


def _apart(connection: sqlite3.Connection, bodies: Sequence[Body[Any]], store: str) -> list[_Made | Exception]:
    """What each body made, or its error, which undoes nothing else."""
    return [_attempt(connection, body, store) for body in bodies]


def _attempt(connection: sqlite3.Connection, body: Body[Any], store: str) -> _Made | Exception:
    connection.execute("savepoint body")
    try:
        with translated(store):
            result = _Made(value=body(connection))
    except Exception as error:  # whatever it is, it is its caller's, and nobody else's
        if not connection.in_transaction:
            raise  # as above
        connection.execute("rollback to body")
        result = error
    connection.execute("release body")
    return result


def _report(results: Sequence[_Made | Exception]) -> None:
    """What goes wrong with a note is nobody's to be told, and must not be lost in silence."""
    for result in results:
        if isinstance(result, Exception):
            _log.error("a note could not be recorded", exc_info=result)


def _answer(group: Sequence[_Job], results: Sequence[_Made | Exception]) -> None:
    for job, result in zip(group, results, strict=True):
        if job.caller.done():
            continue  # cancelled
        if isinstance(result, _Made):
            job.caller.set_result(result.value)
        else:
            job.caller.set_exception(result)


def _fail(group: Sequence[_Job], error: Exception) -> None:
    """Tell everyone who still waits, each with an error of its own."""
    for job in group:
        if not job.caller.done():
            failure = StoreUnavailable(str(error))
            failure.__cause__ = error
            job.caller.set_exception(failure)
