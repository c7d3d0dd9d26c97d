"""What must never be otherwise, each with its name. It reads the record as any other program could, by plain SQL."""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from adapters.chat.port import Inbound
from tests.simulation.folding import NUMBERS, Fold, is_open
from tests.simulation.minds import Minds


class Broken(Exception):
    """An invariant does not hold. `name` is the invariant's, as a sentence."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


COMMITTED: Final = "nothing is posted that was not committed before"
ONCE: Final = "nothing is posted twice for one event"
ALLOWED: Final = "a draft that was not allowed is never posted"
KEPT: Final = "what was acknowledged stays in the record"
ALL_KEPT: Final = "what was brought is acknowledged, sooner or later"
NUMBERED: Final = "the approved turns that were delivered have a number, but for those without words, and no others"
GAPLESS: Final = "the numbers of a scope have no gap"
IN_ORDER: Final = "numbers are folded one by one, in order, as far as they can be"
MEMORY: Final = "memory is the fold of the record, in order, from nothing"
ONE_OUTCOME: Final = "each event ends in exactly one outcome"
PROVEN: Final = "verify finds nothing"
ONE_AUDIT: Final = "a turn is audited once in effect"
GONE: Final = "of what has expired or was erased, no text is kept"
FORGOTTEN: Final = "what was deleted is shown to no later turn"
NOTHING_OPEN: Final = "in the end nothing is owed, sent in doubt or unsettled"


class Checker:
    """Watches one store through all lives of the program."""

    def __init__(self, path: Path, minds: Minds, wordings: Iterable[str]) -> None:
        self._minds = minds
        self._wordings = frozenset(wordings)
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._folds: dict[str, Fold] = {}
        self._answered: dict[tuple[str, str], str] = {}
        self._told: set[tuple[str, bool]] = set()
        self._acknowledged: list[Inbound] = []
        self._delivered: dict[str, int | None] = {}
        self._expired_before = datetime.min.replace(tzinfo=UTC)

    def close(self) -> None:
        """Look no more."""
        if self._connection is not None:
            self._connection.close()

    @property
    def owed(self) -> int:
        """How many audits are owed."""
        return len(self._rows("select id from turns where audit = 'owed'"))

    def shown(self, turn_id: str, words: str) -> None:
        """Words are about to be shown."""
        found = self._rows("select workspace, event from turns where id = :id", id=turn_id)
        if not found:
            raise Broken(COMMITTED, f"turn {turn_id}")
        event = (found[0]["workspace"], found[0]["event"])
        if event in self._answered:
            raise Broken(ONCE, f"event {event[1]}, by turn {self._answered[event]} and turn {turn_id}")
        self._answered[event] = turn_id
        if words not in self._minds.allowed and words not in self._wordings:
            raise Broken(ALLOWED, f"turn {turn_id}: {words}")

    def acknowledged(self, inbound: Inbound) -> None:
        """The program has taken a message and need not be told of it again."""
        self._acknowledged.append(inbound)
        self._check_acknowledged(inbound)

    def expiring(self, before: datetime) -> None:
        """What is older than that may be gone from now on."""
        self.look_back()
        self._expired_before = max(self._expired_before, before)

    def delivered(self, turn_id: str, number: int | None) -> None:
        """The store has said that a turn is marked delivered, under this number."""
        self._delivered[turn_id] = number

    def operated(self, scope: str, number: int) -> None:
        """The store has said that a moderator's doing took this number."""
        query = "select id from operations where scope = :scope and number = :number"
        if not self._rows(query, scope=scope, number=number):
            raise Broken(KEPT, f"number {number} of {scope}")

    def events_of(self, author: str, workspace: str | None) -> list[str]:
        """What somebody has said, in one workspace or all."""
        query = "select id from events where author = :author and workspace = coalesce(:workspace, workspace)"
        return [row["id"] for row in self._rows(query, author=author, workspace=workspace)]

    def erased(self, events: Iterable[str]) -> None:
        """The store has said that these are erased."""
        for event in events:
            if self._rows("select part from texts where event = :event", event=event):
                raise Broken(GONE, f"event {event}")

    def landed(self, turn_id: str, *, read: bool) -> None:
        """The program has been told that a number was settled: at most once as a hole, and once with a reading."""
        if (turn_id, read) in self._told:
            raise Broken(ONE_AUDIT, f"turn {turn_id} was settled twice")
        self._told.add((turn_id, read))

    def look(self) -> None:
        """Check what has changed since the last look."""
        if not self._path.exists() or not self._rows("select name from sqlite_master where name = 'scopes'"):
            return
        for inbound in self._acknowledged:
            self._check_acknowledged(inbound)
        self._acknowledged.clear()
        self._check_delivered()
        for row in self._rows("select id, numbered, folded from scopes"):
            self._check_scope(row)

    def look_back(self) -> None:
        """Check all that is kept, from nothing, or from where the rest has expired."""
        self.look()
        for scope, fold in self._folds.items():
            fold.number = self._beginning(scope)
        self.look()

    def look_at_all(self) -> None:
        """Check everything, after the program has come to rest."""
        self.look_back()
        for name, query in _NEVER.items():
            if odd := self._rows(query):
                raise Broken(name, ", ".join(str(row["id"]) for row in odd[:5]))

    def digest(self) -> str:
        """A hash of the record: the same for the same events, turns, numbers, ledgers and memories."""
        taken = hashlib.sha256()
        for query in _RECORD:
            for row in self._rows(query):
                taken.update(repr(tuple(row)).encode())
        return taken.hexdigest()[:16]

    def _rows(self, query: str, **named: object) -> list[sqlite3.Row]:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
        return self._connection.execute(query, named).fetchall()

    def _beginning(self, scope: str) -> int:
        """The number behind which all is kept. Of what lies before it, only holes may be left whose audits went on."""
        (lowest,) = self._rows(_LOWEST, scope=scope)
        beginning = (lowest["number"] or 1) - 1 if lowest["kept"] or lowest["number"] is None else lowest["number"]
        if left := self._rows(_LEFT, scope=scope, beginning=beginning):
            raise Broken(GAPLESS, f"{scope} has {left[0]['number']} alone before {beginning}")
        return beginning

    def _check_acknowledged(self, inbound: Inbound) -> None:
        query = "select id from events where place = :place and message_id = :message_id"
        found = self._rows(query, place=inbound.place.encode(), message_id=inbound.message_id)
        if not found and inbound.at >= self._expired_before:
            raise Broken(KEPT, f"message {inbound.message_id}")

    def _check_delivered(self) -> None:
        for turn_id, number in self._delivered.items():
            found = self._rows(_DELIVERED, id=turn_id)
            if not found or found[0]["delivery"] != "delivered" or found[0]["number"] != number:
                raise Broken(KEPT, f"turn {turn_id} was delivered under number {number}")
            owing = found[0]["outcome"] == "approved" and not (number is None and found[0]["gone"])
            if owing is not (number is not None):
                raise Broken(NUMBERED, f"turn {turn_id} ({found[0]['outcome']}) has the number {number}")
        self._delivered.clear()

    def _check_scope(self, scope: sqlite3.Row) -> None:
        fold = self._folds.setdefault(scope["id"], Fold())
        rows = self._rows(NUMBERS, scope=scope["id"], after=fold.number)
        numbers = [row["number"] for row in rows]
        if numbers != [*range(fold.number + 1, scope["numbered"] + 1)]:
            raise Broken(GAPLESS, f"{scope['id']} has {numbers[:9]} after {fold.number}, of {scope['numbered']}")
        taken = scope["folded"] - fold.number
        if taken < 0:
            raise Broken(IN_ORDER, f"{scope['id']} went back from {fold.number} to {scope['folded']}")
        for row in rows[:taken]:
            if row["kind"] == "turn" and row["fate"] is None:
                raise Broken(IN_ORDER, f"{scope['id']}: {row['number']} was left out before {scope['folded']}")
            if not fold.take(row).is_as(row["state"]):
                raise Broken(MEMORY, f"{scope['id']} after {fold.number} is {row['state']}, not {fold.memory}")
        self._check_open(scope, rows[taken:])

    def _check_open(self, scope: sqlite3.Row, rows: Sequence[sqlite3.Row]) -> None:
        waiting = [row for row in rows if row["kind"] != "profile"]  # it is folded with the turn behind it
        if waiting and not is_open(waiting[0]):
            raise Broken(IN_ORDER, f"{scope['id']}: {waiting[0]['number']} can be folded and is not")
        for row in rows:
            if row["fate"] == "folded" or row["state"] is not None:
                raise Broken(IN_ORDER, f"{scope['id']}: {row['number']} is folded before {scope['folded'] + 1}")


_DELIVERED: Final = """
select number, turns.outcome as outcome, delivery, gone from turns
join events on events.workspace = turns.workspace and events.id = turns.event
where turns.id = :id
"""
"""What a delivery has come to."""

_LOWEST: Final = """
select lowest.number as number, exists (
    select 1 from turns where scope = :scope and turns.number = lowest.number
    union all
    select 1 from operations where scope = :scope and operations.number = lowest.number
) as kept
from (select min(number) as number from memories where scope = :scope) as lowest
"""
"""The first memory that is kept, and whether its number is."""

_LEFT: Final = """
select number from turns where scope = :scope and number <= :beginning and fate is not 'hole'
union all
select number from operations where scope = :scope and number <= :beginning
"""
"""What is kept before a beginning and should not be."""

_RECORD: Final = (
    "select workspace, id, place, message_id, at, outcome, reason from events order by workspace, id",
    "select id, event, scope, position, outcome, detail, committed_at, delivery, message_id, number, audit, attempts, "
    "ledger, landed_at, fate, hole_reason, coherence, confidence, drift from turns order by id",
    "select scope, number, kind, actor, at from operations where number is not null order by scope, number",
    "select id, numbered, folded from scopes order by id",
    "select scope, number, state from memories order by scope, number",
    "select workspace, event, part, body from texts order by workspace, event, part",
)

_NEVER: Final[Mapping[str, str]] = {
    NUMBERED: """
        select turns.id as id from turns
        join events on events.workspace = turns.workspace and events.id = turns.event
        where (turns.outcome = 'approved' and delivery = 'delivered' and (number is not null or gone is null))
            <> (number is not null)
    """,
    ONE_OUTCOME: """
        select events.id as id from events
        left join turns on turns.workspace = events.workspace and turns.event = events.id
        group by events.workspace, events.id
        having events.outcome is null or count(turns.id) <> (events.outcome = 'turn')
    """,
    NOTHING_OPEN: """
        select turns.id as id from turns
        join events on events.workspace = turns.workspace and events.id = turns.event
        where (delivery = 'committed' and withdrawn is null) or audit = 'owed' or (number is not null and fate is null)
    """,
    GONE: """
        select events.id as id from texts
        join events on events.workspace = texts.workspace and events.id = texts.event
        where events.gone is not null
    """,
}
"""What must not be found once the program has come to rest."""
