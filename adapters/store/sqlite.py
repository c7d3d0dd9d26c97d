"""The store on SQLite: every port that asks for durability, for one program on one machine."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from adapters.store import accounts, audits, checks, journal, lookup
from adapters.store.file import held
from adapters.store.schema import migrate, shipped
from adapters.store.worker import Worker, open_worker
from adapters.store.writer import Writer, running
from safi.ledger import Ledger
from safi.ports import Call, Disposition, Event, JudgeCheck, Landed, Owed, Spent, Standing, TurnRecord
from safi.profile import Profile
from safi.record import State, Step
from safi.turn import Exchange, Turn
from safi.usage import Usage

PATIENCE: Final = 5.0
"""Seconds to wait for a program that is none of ours, a backup perhaps, to let go of the file."""


class SQLiteStore:
    """Journal, AuditQueue, Recall, Archive, Accounts and JudgeChecks in one file, as `safi.ports` has them.

    A turn that does not fit its event or profile, and a turn id that was never heard of, raise InvalidValue.
    """

    def __init__(self, writer: Writer, reader: Worker) -> None:
        self._writer = writer
        self._reader = reader

    # Journal

    async def accept(self, event: Event) -> bool:
        """As Journal.accept."""
        return await self._writer.write(lambda connection: journal.accept(connection, event))

    async def dismiss(self, event: Event, disposition: Disposition, reason: str) -> None:
        """As Journal.dismiss."""
        await self._writer.write(lambda connection: journal.dismiss(connection, event, disposition, reason))

    async def commit(self, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime) -> None:
        """As Journal.commit."""
        await self._writer.write(
            lambda connection: journal.commit(connection, event, turn, profile=profile, scope=scope, at=at)
        )

    async def deliver(self, turn_id: str, *, message_id: str, at: datetime) -> int | None:
        """As Journal.deliver."""
        return await self._writer.write(lambda connection: journal.deliver(connection, turn_id, message_id, at))

    async def recover(self) -> tuple[Event, ...]:
        """As Journal.recover."""
        return await self._writer.write(journal.recover)

    # AuditQueue

    async def claim(self, *, at: datetime, until: datetime) -> Owed | None:
        """As AuditQueue.claim."""
        return await self._writer.write(lambda connection: audits.claim(connection, at, until))

    async def settle(self, turn_id: str, ledger: Ledger, step: Step, *, at: datetime) -> tuple[Landed, ...]:
        """As AuditQueue.settle."""
        return await self._writer.write(lambda connection: audits.settle(connection, turn_id, ledger, step, at))

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
        return await self._writer.write(lambda connection: audits.give_up(connection, turn_id, reason, step, usage))

    async def postpone(self, turn_id: str, *, due: datetime, attempts: int, usage: Usage | None = None) -> None:
        """As AuditQueue.postpone."""
        await self._writer.write(lambda connection: audits.postpone(connection, turn_id, due, attempts, usage))

    async def pass_over(self, step: Step, *, blocked_since: datetime, at: datetime) -> tuple[Landed, ...]:  # noqa: ARG002  # as above
        """As AuditQueue.pass_over."""
        return await self._writer.write(lambda connection: audits.pass_over(connection, step, blocked_since))

    # Recall

    async def state(self, scope: str) -> State:
        """As Recall.state."""
        return await self._reader.read(lambda connection: lookup.state(connection, scope))

    async def conversation(self, place: str, *, limit: int) -> tuple[Exchange, ...]:
        """As Recall.conversation."""
        return await self._reader.read(lambda connection: lookup.conversation(connection, place, limit))

    async def enforced(self, scope: str, *, last: int) -> Mapping[str, int]:
        """As Recall.enforced."""
        return await self._reader.read(lambda connection: lookup.enforced(connection, scope, last))

    # Archive

    async def turn(self, turn_id: str) -> TurnRecord | None:
        """As Archive.turn."""
        return await self._reader.read(lambda connection: lookup.turn(connection, turn_id))

    async def numbered(self, scope: str, number: int) -> TurnRecord | None:
        """As Archive.numbered."""
        return await self._reader.read(lambda connection: lookup.numbered(connection, scope, number))

    async def turns(self, scope: str, *, limit: int, skip: int = 0, place: str | None = None) -> Sequence[TurnRecord]:
        """As Archive.turns."""
        return await self._reader.read(lambda connection: lookup.turns(connection, scope, place, limit, skip))

    async def standing(self, scope: str) -> Standing:
        """As Archive.standing."""
        return await self._reader.read(lambda connection: lookup.standing(connection, scope))

    async def audits_owed(self) -> int:
        """As Archive.audits_owed."""
        return await self._reader.read(lookup.audits_owed)

    # Accounts

    def note(self, call: Call) -> None:
        """As Accounts.note."""
        self._writer.note(lambda connection: accounts.note(connection, call))

    async def spent(self, *, since: datetime) -> Spent:
        """As Accounts.spent."""
        return await self._writer.write(lambda connection: accounts.spent(connection, since))

    # JudgeChecks

    async def keep_check(self, check: JudgeCheck) -> None:
        """As JudgeChecks.keep_check."""
        await self._writer.write(lambda connection: checks.keep(connection, check))

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:
        """As JudgeChecks.last_check."""
        judges = {"digest": digest, "will": will, "conscience": conscience, "version": version}
        return await self._reader.read(lambda connection: checks.last(connection, **judges))


@asynccontextmanager
async def open_store(path: Path, *, patience: float = PATIENCE) -> AsyncGenerator[SQLiteStore]:
    """Open the store in this file, made or migrated as needed; what is queued at the end is still written.

    Raises StoreUnavailable if the file cannot be opened, is in use, or is not a store of this program or an older one.
    """
    with held(path):
        async with open_worker(path, patience=patience) as worker:
            migrations = shipped()
            await worker.run(lambda connection: migrate(connection, migrations, store=str(path)))
            async with open_worker(path, patience=patience) as reader:
                writer = Writer(worker)
                async with running(writer):
                    yield SQLiteStore(writer, reader)
