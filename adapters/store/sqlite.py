"""The store on SQLite: every port that asks for durability, for one program on one machine."""

import logging
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from adapters.store import accounts, audits, checks, community, journal, keeping, lookup, numbers, opinions, queries
from adapters.store.backup import sweep
from adapters.store.chain import Chain
from adapters.store.file import held
from adapters.store.forgotten import Forgotten, beside
from adapters.store.keys import key_file, missed, opened
from adapters.store.record import SQLiteRecord
from adapters.store.schema import require_own
from adapters.store.upgrade import upgrade
from adapters.store.worker import Body, Worker, open_worker
from adapters.store.writer import Writer, running
from safi.ledger import Ledger
from safi.ports import (
    Assignment,
    Call,
    Disposition,
    Erased,
    Event,
    Expired,
    JudgeCheck,
    Landed,
    LeftOver,
    Owed,
    Spent,
    Vote,
)
from safi.profile import Profile
from safi.record import Act, Step
from safi.turn import Turn
from safi.usage import Usage

T = TypeVar("T")

_log = logging.getLogger(__name__)

_TURN_SECONDS: Final = 0.0005

PATIENCE: Final = 5.0
"""Seconds to wait for a program that is none of ours, a backup perhaps, to let go of the file."""


class SQLiteStore(SQLiteRecord):
    """Every port of `safi.ports` that asks for durability, in one file.

    A turn that does not fit its event or profile, and a turn id that was never heard of, raise InvalidValue.
    """

    def __init__(self, writer: Writer, reader: Worker, chain: Chain, forgotten: Forgotten) -> None:
        super().__init__(reader)
        self._writer = writer
        self._chain = chain
        self._forgotten = forgotten
        self._spilled = False

    async def aside(self, body: Body[T]) -> T:
        """Run a body on the writer's connection between two commits, in no transaction. Raises StoreUnavailable."""
        return await self._writer.aside(body)

    # Journal

    async def accept(self, event: Event) -> bool:
        """As Journal.accept."""
        return await self._writer.write(lambda connection: journal.accept(connection, self._chain, event))

    async def dismiss(self, event: Event, disposition: Disposition, reason: str) -> None:
        """As Journal.dismiss."""
        await self._writer.write(lambda connection: journal.dismiss(connection, event, disposition, reason))

    async def commit(self, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime) -> None:
        """As Journal.commit."""
        await self._writer.write(
            lambda connection: journal.commit(connection, self._chain, event, turn, profile=profile, scope=scope, at=at)
        )

    async def deliver(self, turn_id: str, *, message_id: str, more: Sequence[str] = (), at: datetime) -> int | None:
        """As Journal.deliver."""
        return await self._writer.write(
            lambda connection: journal.deliver(connection, self._chain, turn_id, (message_id, *more), at)
        )

    async def withdraw(self, place: str, message_id: str, *, at: datetime) -> None:
        """As Journal.withdraw."""
        await self._writer.write(lambda connection: journal.withdraw(connection, place, message_id, at))

    async def recover(self, *, unsent_since: Callable[[str], datetime], at: datetime) -> LeftOver:
        """As Journal.recover."""
        return await self._writer.write(lambda connection: journal.recover(connection, unsent_since, at))

    # AuditQueue

    async def claim(self, *, at: datetime, until: datetime) -> Owed | None:
        """As AuditQueue.claim."""
        return await self._writer.write(lambda connection: audits.claim(connection, at, until))

    async def settle(self, turn_id: str, ledger: Ledger, step: Step, *, at: datetime) -> tuple[Landed, ...]:
        """As AuditQueue.settle."""
        return await self._writer.write(
            lambda connection: audits.settle(connection, self._chain, turn_id, ledger, step, at)
        )

    async def give_up(
        self,
        turn_id: str,
        reason: str,
        step: Step,
        *,
        at: datetime,  # noqa: ARG002  # the contract's; a hole has no time yet
        usage: Usage | None = None,
    ) -> tuple[Landed, ...]:
        """As AuditQueue.give_up."""
        return await self._writer.write(
            lambda connection: audits.give_up(connection, self._chain, turn_id, reason, step, usage)
        )

    async def postpone(self, turn_id: str, *, due: datetime, attempts: int, usage: Usage | None = None) -> None:
        """As AuditQueue.postpone."""
        await self._writer.write(lambda connection: audits.postpone(connection, turn_id, due, attempts, usage))

    async def hasten(self, *, at: datetime) -> None:
        """As AuditQueue.hasten."""
        await self._writer.write(lambda connection: audits.hasten(connection, at))

    async def pass_over(self, step: Step, *, blocked_since: datetime, at: datetime) -> tuple[Landed, ...]:
        """As AuditQueue.pass_over."""
        return await self._writer.write(
            lambda connection: audits.pass_over(connection, self._chain, step, blocked_since, at)
        )

    # Operators

    async def operate(self, act: Act, *, workspace: str, scope: str, actor: str, step: Step, at: datetime) -> int:
        """As Operators.operate."""
        done = numbers.done(act, scope=scope, actor=actor)
        return await self._writer.write(
            lambda connection: numbers.operate(connection, self._chain, workspace, done, step=step, at=at)
        )

    # Retention

    async def expire(
        self, *, texts_before: datetime, ledgers_before: datetime, checkpoint_before: datetime, step: Step, at: datetime
    ) -> Expired:
        """As Retention.expire."""
        ages = keeping.Ages(texts=texts_before, ledgers=ledgers_before, checkpoint=checkpoint_before)

        def body(connection: sqlite3.Connection) -> tuple[Expired, int]:
            expired = keeping.expire(connection, self._chain, ages, step=step, at=at)
            persons = 0 if expired.held else opinions.expire(connection, texts_before, keeping.AT_ONCE)
            return replace(expired, more=expired.more or persons >= keeping.AT_ONCE), persons

        expired, persons = await self._writer.write(body)
        if expired.texts or expired.turns or persons or self._spilled:
            await self._flush()
        return expired

    async def erase(self, author: str, *, workspace: str | None, actor: str, step: Step, at: datetime) -> Erased:
        """As Retention.erase."""
        doing = keeping.Doing(actor=actor, at=at, step=step, forgotten=self._forgotten.add)
        erased = await self._writer.write(
            lambda connection: keeping.erase(connection, self._chain, author, workspace=workspace, doing=doing)
        )
        await self._flush()
        return erased

    async def hold(self, *, held: bool, actor: str, step: Step, at: datetime) -> Erased | None:
        """As Retention.hold."""
        doing = keeping.Doing(actor=actor, at=at, step=step, forgotten=self._forgotten.add)
        erased = await self._writer.write(
            lambda connection: keeping.hold(connection, self._chain, on=held, doing=doing)
        )
        if not held:
            await self._flush()
        return erased

    async def _flush(self) -> None:
        """Empty the journal of what is gone; while somebody reads an older state, that is left to the next time."""
        self._spilled = not await self.aside(_flushed)

    async def said_by(self, author: str, *, workspace: str | None) -> Mapping[str, int]:
        """How many messages of a person are kept, by workspace; in one workspace, or in all of them."""
        found = await self._reader.read(
            lambda connection: lookup.every(
                connection, queries.OF_AUTHOR, author=author, workspace=workspace, until=None
            )
        )
        return Counter(row["workspace"] for row in found)

    # Accounts

    def note(self, call: Call) -> None:
        """As Accounts.note."""
        self._writer.note(lambda connection: accounts.note(connection, call))

    async def spent(self, *, since: datetime) -> Spent:
        """As Accounts.spent."""
        return await self._writer.write(lambda connection: accounts.spent(connection, since))

    # Assignments, Opinions, Notes

    async def assign(self, assignment: Assignment, *, actor: str, at: datetime) -> None:
        """As Assignments.assign."""
        await self._writer.write(lambda connection: community.assign(connection, assignment, actor, at))

    async def vote(self, turn_id: str, *, author: str, vote: Vote | None, at: datetime) -> None:
        """As Opinions.vote."""
        await self._writer.write(
            lambda connection: opinions.vote(connection, self._chain.salt, turn_id, author, vote, at)
        )

    async def report(self, turn_id: str, *, author: str, reason: str, at: datetime) -> bool:
        """As Opinions.report."""
        return await self._writer.write(
            lambda connection: opinions.report(connection, self._chain.salt, turn_id, author, reason, at)
        )

    async def jot(self, key: str, text: str) -> None:
        """As Notes.jot."""
        await self._writer.write(lambda connection: community.jot(connection, key, text))

    # JudgeChecks

    async def keep_check(self, check: JudgeCheck) -> None:
        """As JudgeChecks.keep_check."""
        await self._writer.write(lambda connection: checks.keep(connection, check))


@asynccontextmanager
async def open_store(path: Path, *, key: Path | None = None, patience: float = PATIENCE) -> AsyncGenerator[SQLiteStore]:
    """Open the store in this file, made or migrated as needed; what is queued at the end is still written.

    A store that is migrated is copied to a file beside it first.

    `key` is the file of its chain's key, made with the store; without one it lies beside the store. Raises
    StoreUnavailable if the file cannot be opened, is in use, is not a store of this program or an older one, if the key
    is not there, or the key is and the store is not.
    """
    file = key or key_file(path)
    missed(path, file)
    with held(path), _brisk():
        if sweep(path):
            _log.warning("%s: what a restore had left that did not end was cleared away", path)
        async with open_worker(path, patience=patience) as worker:
            upgraded = await worker.run(lambda connection: upgrade(connection, path))
            if upgraded.backup:
                _log.warning(
                    "%s: is of version %d now; as it was, it lies in %s", path, upgraded.after, upgraded.backup
                )
            await worker.run(lambda connection: require_own(connection, str(path)))
            chain = await worker.run(lambda connection: opened(connection, file, store=str(path)))
            async with open_worker(path, patience=patience) as reader:
                writer = Writer(worker)
                async with running(writer):
                    yield SQLiteStore(writer, reader, chain, beside(file))


@contextmanager
def _brisk() -> Generator[None]:
    """Let threads take turns sooner: the writer's gives way at each statement, and would wait 5 ms for its next one."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _flushed(connection: sqlite3.Connection) -> bool:
    """Whether the journal could be emptied. Waits for no reader: others want to write."""
    (patience,) = connection.execute("pragma busy_timeout").fetchone()
    connection.execute("pragma busy_timeout = 0")
    try:
        (busy, _, _) = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    finally:
        connection.execute(f"pragma busy_timeout = {patience}")
    return not busy
