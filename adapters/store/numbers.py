"""A scope's numbers: given one after the other, and folded into memory in that order alone. Bodies for the writer."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from adapters.store import lookup, operations, queries, rows
from adapters.store.chain import Chain
from safi.errors import InvalidValue
from safi.ports import Landed
from safi.record import (
    Act,
    Audited,
    Baseline,
    Freeze,
    Hole,
    Item,
    ProfileChanged,
    Reset,
    Restore,
    Restored,
    State,
    Step,
    Thaw,
    fold,
)
from safi.spirit import Reading

CONFIGURATION: Final = "the configuration"
"""Who changes profiles: whoever writes their files."""

UNREAD: Final = Reading(coherence=None, confidence=None, drift=None)


_ACTS: Final[dict[str, Item]] = {"reset": Reset(), "freeze": Freeze(), "thaw": Thaw(), "baseline": Baseline()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a number is to memory, and its turn's record; None for an operator event."""

    item: Item
    turn: sqlite3.Row | None


NONE_AT_HAND: Final[Mapping[int, Entry]] = {}


def next_of_turn(connection: sqlite3.Connection, chain: Chain, row: sqlite3.Row, at: datetime) -> int:
    """The number of a turn that was sent, behind one for the change of profile where it is the first under another."""
    workspace, scope, digest = row["workspace"], row["scope"], row["digest"]
    under = {"workspace": workspace, "scope": scope, "digest": digest}
    if taken := lookup.one(connection, queries.NEXT_UNDER_PROFILE, **under):
        return taken["numbered"]
    (known,) = lookup.every(connection, queries.SCOPE, scope=scope)
    detail = {"from": known["digest"], "to": digest}
    number = _next(connection, workspace, scope, digest)
    change = operations.Done(kind="profile", actor=CONFIGURATION, detail=detail, scope=scope, number=number)
    operations.record(connection, chain, workspace, change, at)
    fold_on(connection, scope, fold)
    return _next(connection, workspace, scope, digest)


def operate(
    connection: sqlite3.Connection, chain: Chain, workspace: str, done: operations.Done, *, step: Step, at: datetime
) -> int:
    """Give what was done to a scope its next number, and fold it if all before it are."""
    scope = str(done.scope)
    found = {"state": _after(connection, scope, done.detail["to"])} if done.kind == "restore" else {}
    number = _next(connection, workspace, scope, None)
    numbered = replace(done, number=number, detail={**done.detail, **found})
    operations.record(connection, chain, workspace, numbered, at)
    fold_on(connection, scope, step)
    return number


def done(act: Act, *, scope: str, actor: str) -> operations.Done:
    """An act as it is recorded."""
    detail = {"to": act.to} if isinstance(act, Restore) else {}
    return operations.Done(kind=type(act).__name__.lower(), actor=actor, detail=detail, scope=scope)


def fold_on(
    connection: sqlite3.Connection, scope: str, step: Step, at_hand: Mapping[int, Entry] = NONE_AT_HAND
) -> tuple[Landed, ...]:
    """Fold every number that can be folded now; gives the turns among them, in order.

    `at_hand` holds entries by number that need not be read again.
    """
    (row,) = lookup.every(connection, queries.FOLDED, scope=scope)
    state, number = rows.state(row["state"]) if row["state"] else State(), row["folded"]
    landed: list[Landed] = []
    while number < row["numbered"] and (entry := entry_of(connection, scope, number + 1, at_hand)):
        folded = step(state, entry.item)
        state, number = folded.state, number + 1
        connection.execute(queries.KEEP_MEMORY, {"scope": scope, "number": number, "state": rows.state_column(state)})
        landed += _marked(connection, entry, folded.reading)
    if number > row["folded"]:
        connection.execute(queries.MARK_SCOPE, {"scope": scope, "folded": number})
    return tuple(landed)


def entry_of(
    connection: sqlite3.Connection, scope: str, number: int, at_hand: Mapping[int, Entry] = NONE_AT_HAND
) -> Entry | None:
    """What a number is to memory; None as long as that is open."""
    if number in at_hand:
        return at_hand[number]
    row = lookup.one(connection, queries.TO_FOLD, scope=scope, number=number)
    if row is not None:
        settled = row["ledger"] is not None or row["fate"] == "hole"
        return Entry(item=_found(connection, row), turn=row) if settled else None
    row = lookup.one(connection, queries.OPERATION_BY_NUMBER, scope=scope, number=number)
    return Entry(item=_act(connection, row), turn=None) if row else None


def landed(row: sqlite3.Row, reading: Reading | None) -> Landed:
    """A number that was settled."""
    same: dict[str, Any] = {key: row[key] for key in ("place", "scope", "number")}
    return Landed(turn_id=row["id"], reading=reading, **same)


def columns(reading: Reading) -> dict[str, float | None]:
    """A reading as columns."""
    return {"coherence": reading.coherence, "confidence": reading.confidence, "drift": reading.drift}


def _next(connection: sqlite3.Connection, workspace: str, scope: str, digest: str | None) -> int:
    """`digest` names the profile that is in force with this number; None leaves it as it is."""
    (row,) = lookup.every(connection, queries.NEXT_NUMBER, workspace=workspace, scope=scope, digest=digest)
    return row["numbered"]


def _marked(connection: sqlite3.Connection, entry: Entry, reading: Reading | None) -> list[Landed]:
    if entry.turn is None:
        return []
    if isinstance(entry.item, Audited):
        connection.execute(queries.MARK_FOLDED, {"id": entry.turn["id"]} | columns(reading or UNREAD))
    return [landed(entry.turn, reading)]


def _found(connection: sqlite3.Connection, row: sqlite3.Row) -> Item:
    if row["fate"] == "hole":  # whatever landed in it later
        return Hole(reason=rows.unpacked(row["hole_reason"]))
    ledger = rows.ledger_of(row["ledger"], {})  # no reason goes into memory
    return Audited(profile=lookup.profile(connection, row["digest"]), ledger=ledger)


def _act(connection: sqlite3.Connection, row: sqlite3.Row) -> Item:
    match row["kind"]:
        case "restore":
            return Restored(memory=rows.state(rows.unpacked(row["detail"])["state"]).memory)
        case "profile":
            return ProfileChanged(profile=lookup.profile(connection, rows.unpacked(row["detail"])["to"]))
        case kind:
            return _ACTS[kind]


def _after(connection: sqlite3.Connection, scope: str, number: int) -> str:
    """The state after a number, which a restore takes along: when it is folded, or checked, that may have gone."""
    row = lookup.one(connection, queries.MEMORY, scope=scope, number=number)
    if row is None:
        raise InvalidValue(f"number {number} of {scope}: has not gone into memory yet, or is no longer kept")
    return row["state"]
