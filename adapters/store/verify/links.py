"""The chain of one workspace, link by link: each mark made again, and what each link stands for looked up."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from adapters.store import lookup, rows
from adapters.store import queries as single
from adapters.store.chain import Chain, Row, head
from adapters.store.verify import queries, texts
from adapters.store.verify.base import Base, base_of
from adapters.store.verify.columns import at_odds
from adapters.store.verify.found import UNREADABLE, Found
from adapters.store.verify.texts import Trouble
from safi.ports.proof import Finding, Head
from safi.record import State

_ROWS: Final = {"operation": queries.OPERATION}
"""Where a link's row is looked for, if it is no turn's."""

_MARK: Final = re.compile("[0-9a-f]{64}")

_AT_HAND: Final = 64
"""Rows that are kept at hand: a turn's delivery and its ledger are mostly linked soon after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What a walk through a chain came to: whether each link `holds`, and how much there was.

    `head` is None where what stands in its place is none. `last_hold` is the kind and time of the last link that speaks
    of a legal hold.
    """

    base: Base
    head: Head | None
    links: int
    turns: int
    gone: int
    holds: bool
    last_hold: tuple[str, int] | None


def walk(connection: sqlite3.Connection, chain: Chain, workspace: str, found: Found) -> Walked:
    """Check a chain from its oldest link to its head, and that nothing is without a link."""
    base = base_of(connection, workspace)
    walker = _Walker(connection=connection, chain=chain, workspace=workspace, found=found, base=base)
    for link in connection.execute(queries.LINKS, {"workspace": workspace}):
        walker.take(link)
    walker.close()
    _without_link(connection, workspace, walker, found)
    return Walked(
        base=base,
        head=_head(connection, workspace),
        links=walker.links,
        turns=walker.linked["turn"],
        gone=walker.gone,
        holds=walker.holds,
        last_hold=walker.last_hold,
    )


@dataclass(slots=True, kw_only=True)
class _Walker:
    """Where a walk stands: what the next link has to be, and what was counted so far."""

    connection: sqlite3.Connection
    chain: Chain
    workspace: str
    found: Found
    base: Base
    expected: int = field(init=False)
    before: str | None = field(init=False)
    links: int = 0
    gone: int = 0
    linked: Counter[str] = field(default_factory=Counter[str])
    last_hold: tuple[str, int] | None = None
    erased: int = 0
    holds: bool = True
    _dropped: bool = False
    _nameless: list[Finding] = field(default_factory=list[Finding])
    _expired: list[Finding] = field(default_factory=list[Finding])

    _row: Callable[[str, object], sqlite3.Row | None] = field(init=False)

    def __post_init__(self) -> None:
        self.expected, self.before = self.base.height, self.base.before
        self._row = lru_cache(maxsize=_AT_HAND)(self._looked_up)

    def take(self, link: sqlite3.Row) -> None:
        """Check the next link; what stands there is what the one after it is checked against."""
        row = self._row(_ROWS.get(link["kind"], queries.TURN), link["subject"])
        trouble = next(self._troubles(link, row), None)
        if trouble:
            self._tell(trouble, link, row)
        elif link["height"] == self.base.height:
            self._unfinished(link)
        self.linked[link["kind"]] += 1
        self.links += 1
        self.before, self.expected = link["mark"], _after(link["height"], self.expected)

    def close(self) -> None:
        """What only the end tells."""
        for nameless in self._nameless:
            self.found.add(("actors", self.workspace), nameless)
        for expired in self._expired:
            self.found.add(("held", self.workspace), expired)
        if self.holds:  # a link that does not hold may have been the one that tells
            self._missing()

    def _missing(self) -> None:
        """What went, and no link tells of it."""
        if self.base.height > 1 and not self._dropped:
            cut = Finding(problem="not dropped", workspace=self.workspace, height=self.base.height)
            self.found.add(("dropped", self.workspace), cut)
        if self.base.height == 1:
            self._count_erased()

    def _count_erased(self) -> None:
        """A chain that begins with its first link knows of every erasure."""
        (said,) = lookup.every(self.connection, queries.ERASED, workspace=self.workspace)
        if said["events"] > self.erased:
            detail = f"{said['events']}, not {self.erased}"
            finding = Finding(problem="not erased", workspace=self.workspace, detail=detail)
            self.found.add(("erased", self.workspace), finding)

    def _troubles(self, link: sqlite3.Row, row: sqlite3.Row | None) -> Iterator[Trouble]:
        if self.before is None:
            yield "no checkpoint", ""
        elif link["height"] != self.expected:
            yield "gap", str(self.expected)
        elif row is None:
            yield "no row", ""
        elif row["workspace"] != self.workspace or not self._marked(link, row):
            yield "changed", ""
        else:
            yield from self._content(link, row, rows.unpacked(link["sealed"]))

    def _content(self, link: sqlite3.Row, row: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
        match link["kind"]:
            case "turn":
                self._under_hold(link, row, seals)
                yield from self._turn(row, seals)
            case "ledger":
                yield from texts.of_ledger(self.connection, row, seals)
            case "operation":
                yield from self._operation(link, row, seals)
            case _:
                pass  # a delivery and a hole have no words of their own

    def _under_hold(self, link: Row, turn: sqlite3.Row, seals: Mapping[str, str]) -> None:
        """Nothing expires under a hold: what was linked with its words during one has them until its end."""
        if turn["gone"] == "expired" and "person" in seals and self.last_hold and self.last_hold[0] == "hold":
            self._expired.append(self._finding(("held", ""), link, turn))

    def _turn(self, turn: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
        self.gone += turn["gone"] is not None
        yield from texts.of_turn(self.connection, turn, seals)
        for name in at_odds(turn):
            yield "contradiction", name

    def _operation(self, link: sqlite3.Row, row: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
        yield from texts.of_actor(row, seals)
        detail = rows.unpacked(row["detail"])
        match row["kind"]:
            case "hold" | "release":
                self.last_hold = row["kind"], row["at"]
                self._expired.clear()
            case "erase":
                self.erased += detail["events"]
                del self._nameless[: detail["acts"]]
            case "drop":
                self._dropped |= detail["below"] == self.base.height
            case "restore":
                yield from self._memories({row["scope"]: (detail["to"], detail["state"])})
            case "checkpoint":
                if detail["head"] != [self.expected - 1, self.before]:
                    yield "changed", "head"
                yield from self._memories(detail["memories"])
            case _:
                pass
        if row["salt"] is None:
            self._nameless.append(self._finding(("no actor", ""), link, row))

    def _memories(self, recorded: Mapping[str, tuple[Any, ...]]) -> Iterator[Trouble]:
        """Where a memory that an operation recorded is kept as well, it is that one."""
        for scope, (number, state, *_) in recorded.items():
            if number < self.base.memories.get(scope, (0, State()))[0]:
                continue  # it went with all that lies before the checkpoint
            kept = lookup.one(self.connection, single.MEMORY, scope=scope, number=number)
            if (kept["state"] if kept else None) != state:
                yield "other memory", scope

    def _unfinished(self, link: sqlite3.Row) -> None:
        """Turns that outlived their own links stand as the checkpoint found them."""
        for turn_id, so_far in self.base.unfinished.items():
            row = self._row(queries.TURN, turn_id)
            self.linked.update(so_far["kinds"])
            if trouble := next(self._outlived(row, so_far), None):
                self._tell(trouble, {"height": link["height"], "kind": "turn", "subject": turn_id}, row)

    def _outlived(self, row: sqlite3.Row | None, so_far: Mapping[str, Any]) -> Iterator[Trouble]:
        if row is None:
            yield "no row", ""
        elif row["workspace"] != self.workspace or not self._summed_up(row, so_far):
            yield "changed", ""
        else:
            of_ledger = {part: seal for part, seal in so_far["sealed"].items() if part in texts.OF_LEDGER}
            of_turn = {part: seal for part, seal in so_far["sealed"].items() if part not in texts.OF_LEDGER}
            yield from self._turn(row, of_turn)
            if "ledger" in so_far["kinds"]:
                yield from texts.of_ledger(self.connection, row, of_ledger)

    def _looked_up(self, query: str, subject: object) -> sqlite3.Row | None:
        return lookup.one(self.connection, query, id=subject)

    def _marked(self, link: sqlite3.Row, row: sqlite3.Row) -> bool:
        try:
            return self.chain.mark(str(self.before), link, row) == link["mark"]
        except UNREADABLE:
            return False

    def _summed_up(self, row: sqlite3.Row, so_far: Mapping[str, Any]) -> bool:
        try:
            return self.chain.summary(so_far["kinds"], row) == so_far["mark"]
        except UNREADABLE:
            return False

    def _tell(self, trouble: Trouble, link: Row, row: sqlite3.Row | None) -> None:
        self.holds = False
        self.found.add(("chain", self.workspace), self._finding(trouble, link, row))

    def _finding(self, trouble: Trouble, link: Row, row: sqlite3.Row | None) -> Finding:
        problem, detail = trouble
        return Finding(
            problem=problem,
            workspace=self.workspace,
            height=link["height"],
            kind=link["kind"],
            subject=link["subject"],
            scope=(row["scope"] if row else None) or "",
            number=row["number"] if row else None,
            detail=detail,
        )


def _head(connection: sqlite3.Connection, workspace: str) -> Head | None:
    """The last link, if anybody could keep it as a head and compare with it later."""
    last = head(connection, workspace)
    cells: tuple[object, ...] = (last.workspace, last.height, last.mark)
    return last if tuple(map(type, cells)) == (str, int, str) and _MARK.fullmatch(last.mark) else None


def _after(height: object, expected: int) -> int:
    return (height if isinstance(height, int) else expected) + 1


def _without_link(connection: sqlite3.Connection, workspace: str, walker: _Walker, found: Found) -> None:
    (recorded,) = lookup.every(connection, queries.LINKED, workspace=workspace)
    for kind in recorded.keys():  # noqa: SIM118  # a row's own iterator gives its values
        if recorded[kind] != walker.linked[kind]:
            for row in _loose(connection, workspace, kind, walker.base.unfinished):
                place: dict[str, Any] = {"scope": row["scope"] or "", "number": row["number"]}
                finding = Finding(problem="not linked", workspace=workspace, kind=kind, subject=row["id"], **place)
                found.add((f"not linked {kind}", workspace), finding)


def _loose(
    connection: sqlite3.Connection, workspace: str, kind: str, unfinished: Mapping[str, Any]
) -> Iterable[sqlite3.Row]:
    for row in connection.execute(queries.WITHOUT_LINK, {"workspace": workspace, "kind": kind}):
        if kind not in unfinished.get(row["id"], {"kinds": ()})["kinds"]:
            yield row
