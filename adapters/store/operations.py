"""Operations: what was done to the record and by whom, each a link of its chain. Bodies for the writer."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from adapters.store import lookup, queries, rows, texts
from adapters.store.chain import Chain
from safi.ports import Operation

HOLD: Final = "the hold"
"""Who is named where a legal hold that is on takes in a workspace that is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something done. `scope` and `number` stand where it touches a memory, which no other kind does."""

    kind: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    scope: str | None = None
    number: int | None = None


def record(connection: sqlite3.Connection, chain: Chain, workspace: str, done: Done, at: datetime) -> None:
    """Record what was done in a workspace."""
    salt = chain.salt()
    row = {
        "id": chain.salt(),
        "workspace": workspace,
        "scope": done.scope,
        "number": done.number,
        "kind": done.kind,
        "detail": rows.packed(done.detail),
        "actor": done.actor,
        "salt": salt,
        "at": rows.micros(at),
    }
    connection.execute(queries.RECORD_OPERATION, row)
    if chain.append(connection, "operation", row, {"actor": texts.sealed(salt, done.actor)}) == 1:
        join_hold(connection, chain, workspace)


def join_hold(connection: sqlite3.Connection, chain: Chain, workspace: str) -> None:
    """Take a workspace whose chain has just begun into the legal hold, if one is on, as of that hold's beginning."""
    if on := lookup.one(connection, queries.HELD):
        record(connection, chain, workspace, Done(kind="hold", actor=HOLD), rows.moment(on["since"]))


def of_scope(connection: sqlite3.Connection, scope: str, limit: int) -> list[Operation]:
    """What was done to a scope's memory, newest first."""
    return [_operation(row) for row in lookup.every(connection, queries.OPERATIONS_OF_SCOPE, scope=scope, limit=limit)]


def _operation(row: sqlite3.Row) -> Operation:
    same: dict[str, Any] = {key: row[key] for key in ("workspace", "scope", "number", "kind", "actor")}
    return Operation(detail=rows.unpacked(row["detail"]), at=rows.moment(row["at"]), **same)
