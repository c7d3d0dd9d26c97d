"""The reading side of a store: it never waits for a writer, and needs no key."""

from collections.abc import Mapping, Sequence

from adapters.store import checks, community, lookup, operations, opinions
from adapters.store.worker import Worker
from safi.ports import Agreement, Assignment, JudgeCheck, Operation, Past, Standing, TurnRecord, Votes
from safi.record import State
from safi.turn import Exchange


class SQLiteRecord:
    """Recall and Archive, and what else can be looked up, as `safi.ports` has them."""

    def __init__(self, reader: Worker) -> None:
        self._reader = reader

    # Recall

    async def past(self, place: str, scope: str, *, replies_to: str | None, limit: int, last: int) -> Past:
        """As Recall.past."""
        counts = {"limit": limit, "last": last}
        return await self._reader.read(
            lambda connection: lookup.past(connection, place, scope, replies_to=replies_to, **counts)
        )

    async def state(self, scope: str) -> State:
        """As Recall.state."""
        return await self._reader.read(lambda connection: lookup.state(connection, scope))

    async def conversation(self, place: str, *, limit: int) -> tuple[Exchange, ...]:
        """As Recall.conversation."""
        return await self._reader.read(lambda connection: lookup.conversation(connection, place, limit))

    async def replied(self, place: str, message_id: str, *, limit: int) -> tuple[Exchange, ...]:
        """As Recall.replied."""
        return await self._reader.read(lambda connection: lookup.replied(connection, place, message_id, limit))

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

    async def turns(
        self, scope: str, *, limit: int, skip: int = 0, place: str | None = None, within: str | None = None
    ) -> Sequence[TurnRecord]:
        """As Archive.turns."""
        return await self._reader.read(
            lambda connection: lookup.turns(connection, scope, limit, skip, place=place, within=within)
        )

    async def posted(self, place: str, message_id: str) -> TurnRecord | None:
        """As Archive.posted."""
        return await self._reader.read(lambda connection: lookup.posted(connection, place, message_id))

    async def posted_within(self, within: str, message_id: str) -> TurnRecord | None:
        """As Archive.posted_within."""
        return await self._reader.read(lambda connection: lookup.posted_within(connection, within, message_id))

    async def owed(self, scope: str, *, limit: int) -> Sequence[TurnRecord]:
        """As Archive.owed."""
        return await self._reader.read(lambda connection: lookup.owed(connection, scope, limit))

    async def standing(self, scope: str) -> Standing:
        """As Archive.standing."""
        return await self._reader.read(lambda connection: lookup.standing(connection, scope))

    async def audits_owed(self) -> int:
        """As Archive.audits_owed."""
        return await self._reader.read(lookup.audits_owed)

    # Operators, JudgeChecks

    async def operations(self, scope: str, *, limit: int) -> Sequence[Operation]:
        """As Operators.operations."""
        return await self._reader.read(lambda connection: operations.of_scope(connection, scope, limit))

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:
        """As JudgeChecks.last_check."""
        judges = {"digest": digest, "will": will, "conscience": conscience, "version": version}
        return await self._reader.read(lambda connection: checks.last(connection, **judges))

    # Assignments, Opinions, Notes

    async def assignments(self) -> Sequence[Assignment]:
        """As Assignments.assignments."""
        return await self._reader.read(community.assignments)

    async def votes(self, turn_id: str) -> Votes:
        """As Opinions.votes."""
        return await self._reader.read(lambda connection: opinions.votes(connection, turn_id))

    async def agreement(self, scope: str) -> Agreement:
        """As Opinions.agreement."""
        return await self._reader.read(lambda connection: opinions.agreement(connection, scope))

    async def reports(self, turn_id: str) -> int:
        """As Opinions.reports."""
        return await self._reader.read(lambda connection: opinions.reports(connection, turn_id))

    async def noted(self, key: str) -> str | None:
        """As Notes.noted."""
        return await self._reader.read(lambda connection: community.noted(connection, key))
