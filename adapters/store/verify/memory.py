"""The memory of one scope, made anew from its record in the order of its numbers, and held against what is kept."""

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import Any, Final, cast

from adapters.store import lookup, numbers, rows
from adapters.store import queries as single
from adapters.store.verify import queries
from adapters.store.verify.base import Base
from adapters.store.verify.found import UNREADABLE, Found
from safi import spirit
from safi.ports.proof import Finding, Problem
from safi.record import Audited, Folded, Hole, Item, State, fold
from safi.spirit import Memory, Reading

ROUNDING: Final = 1e-12
"""How far apart two numbers may lie that two machines made of the same."""

_READING: Final = ("coherence", "confidence", "drift")


def remember(connection: sqlite3.Connection, scope: str, base: Base, found: Found) -> int:
    """Check a scope from its beginning, or from where a checkpoint left it; gives how many numbers there were."""
    row = lookup.one(connection, single.SCOPE, scope=scope)
    if row is None:
        found.add(("scope", scope), Finding(problem="no scope", scope=scope))
        return 0
    if not all(isinstance(row[name], int) for name in ("numbered", "folded")):
        found.add(("scope", scope), Finding(problem="counted", scope=scope, detail="numbered"))
        return 0
    return _Rememberer(connection=connection, scope=row, found=found, base=base).run()


@dataclass(slots=True, kw_only=True)
class _Rememberer:
    """Where a scope stands after the numbers so far."""

    connection: sqlite3.Connection
    scope: sqlite3.Row
    found: Found
    base: Base
    state: State = field(init=False)
    number: int = field(init=False)
    digest: str | None = None
    _memories: Iterator[sqlite3.Row] = field(init=False)
    _next: sqlite3.Row | None = field(init=False)

    def __post_init__(self) -> None:
        self.number, self.state = self.base.memories.get(self.scope["id"], (0, State()))
        self.digest = self.base.digests.get(self.scope["id"])
        self._memories = self._in_whole_numbers(queries.MEMORIES)
        self._next = next(self._memories, None)

    def run(self) -> int:
        """Check every number, then what the scope's row says of them."""
        start = self.number
        if self.base.workspace not in {None, self.scope["workspace"]}:  # no later number may tell
            self._tell("counted", start, detail="workspace")
        if start:
            self._compare(start)
        turns, operations = map(self._in_whole_numbers, (queries.NUMBERED_TURNS, queries.NUMBERED_OPERATIONS))
        for row in merge(turns, operations, key=itemgetter("number")):
            if row["number"] > start:
                self._take(row)
            else:
                self._reading(row, None)  # a hole, before the checkpoint, whose audit was not finished then
        self._end(start)
        return self.number - start

    def _in_whole_numbers(self, query: str) -> Iterator[sqlite3.Row]:
        for row in self.connection.execute(query, {"scope": self.scope["id"]}):
            if isinstance(row["number"], int):
                yield row
            else:
                self._tell("counted", self.number, detail="number")

    def _take(self, row: sqlite3.Row) -> None:
        number = row["number"]
        if number <= self.number:
            self._tell("same number", number, row)
            return
        if number > self.number + 1:
            self._tell("no number", self.number + 1)
        if row["workspace"] != self.scope["workspace"]:
            self._tell("counted", number, row, "workspace")
        self.number = number
        self.digest = _digest(row, self.digest)
        if number <= self.scope["folded"]:
            self._folded(row)
        else:
            self._open(row)

    def _folded(self, row: sqlite3.Row) -> None:
        try:
            folded = fold(self.state, self._item(row))
        except UNREADABLE as problem:
            self._tell("unreadable", self.number, row, str(problem) or "it cannot be read")
            folded = Folded(state=self.state)
        else:
            self._fate(row)
            self._reading(row, folded.reading)
        self.state = folded.state
        self._compare(self.number, row)

    def _open(self, row: sqlite3.Row) -> None:
        """Numbers that memory has not come to yet. The first of them must be waiting for something."""
        if self.number == self.scope["folded"] + 1 and (not _is_turn(row) or _settled(row)):
            self._tell("unfolded", self.number, row)
        elif _is_turn(row):
            if row["fate"] == "folded":
                self._tell("fate", self.number, row)
            self._reading(row, None)

    def _item(self, row: sqlite3.Row) -> Item:
        """What a number is to memory. Of words it knows nothing, so that they may be gone."""
        if not _is_turn(row):
            entry = numbers.entry_of(self.connection, self.scope["id"], self.number)
            return cast("numbers.Entry", entry).item
        if row["fate"] == "hole":
            return Hole(reason="")
        return Audited(profile=lookup.profile(self.connection, row["digest"]), ledger=rows.ledger_of(row["ledger"], {}))

    def _fate(self, row: sqlite3.Row) -> None:
        if _is_turn(row) and row["fate"] not in {"folded", "hole"}:
            self._tell("fate", self.number, row)

    def _reading(self, row: sqlite3.Row, folded: Reading | None) -> None:
        """Of a hole, a late ledger is read alone; of what is open, nothing is known yet."""
        if not _is_turn(row):
            return
        expected = folded
        if row["fate"] == "hole" and row["ledger"] is not None:
            expected = self._alone(row)
        if not _alike(numbers.columns(expected or numbers.UNREAD), {name: row[name] for name in _READING}):
            self._tell("reading", row["number"], row)

    def _alone(self, row: sqlite3.Row) -> Reading | None:
        try:
            profile, ledger = lookup.profile(self.connection, row["digest"]), rows.ledger_of(row["ledger"], {})
            return spirit.integrate(profile, ledger, Memory()).reading
        except UNREADABLE as problem:
            self._tell("unreadable", row["number"], row, str(problem) or "it cannot be read")
            return None

    def _compare(self, number: int, row: sqlite3.Row | None = None) -> None:
        """Hold the memory after a number against the one that is kept, and go on with that one."""
        while self._next and self._next["number"] < number:
            self._tell("counted", self._next["number"], detail="memories")
            self._next = next(self._memories, None)
        if self._next is None or self._next["number"] != number:
            self._tell("no memory", number, row)
            return
        kept, self._next = self._next["state"], next(self._memories, None)
        made = rows.state_column(self.state)
        if kept == made:
            return
        try:
            stands = rows.state(kept)
            if not _alike(rows.unpacked(kept), rows.unpacked(made)) or rows.state_column(stands) != kept:
                self._tell("memory", number, row)
            self.state = stands
        except UNREADABLE:
            self._tell("memory", number, row)

    def _end(self, start: int) -> None:
        for name, is_so in (
            ("numbered", self.scope["numbered"] == self.number),
            ("folded", start <= self.scope["folded"] <= self.number),
            ("digest", self.digest == self.scope["digest"]),
            ("memories", self._next is None),
        ):
            if not is_so:
                self._tell("counted", self.number, detail=name)

    def _tell(self, problem: Problem, number: int, row: sqlite3.Row | None = None, detail: str = "") -> None:
        finding = Finding(
            problem=problem,
            workspace=self.scope["workspace"] or "",
            kind="" if row is None else "turn" if _is_turn(row) else "operation",
            subject=row["id"] if row else "",
            scope=self.scope["id"],
            number=number,
            detail=detail,
        )
        self.found.add(("scope", self.scope["id"]), finding)


def _is_turn(row: sqlite3.Row) -> bool:
    return "fate" in row.keys()  # noqa: SIM118  # a row's own iterator gives its values


def _settled(turn: sqlite3.Row) -> bool:
    return turn["ledger"] is not None or turn["fate"] == "hole"


def _digest(row: sqlite3.Row, before: str | None) -> str | None:
    """The profile in force with a number, whose row may say nothing of it."""
    if _is_turn(row):
        return row["digest"]
    try:
        return rows.unpacked(row["detail"])["to"] if row["kind"] == "profile" else before
    except UNREADABLE:
        return before


def _alike(one: Any, other: Any) -> bool:  # noqa: ANN401  # JSON, of any depth
    """Whether two pieces of JSON are the same but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        return left.keys() == right.keys() and all(_alike(left[key], right[key]) for key in left)
    if isinstance(one, list) and isinstance(other, list):
        items, others = cast("list[Any]", one), cast("list[Any]", other)
        return len(items) == len(others) and all(map(_alike, items, others))
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return one == other
