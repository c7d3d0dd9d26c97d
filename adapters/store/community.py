"""Who answers where, and what the program notes for its next start: kept and found again, and in no chain."""

import sqlite3
from datetime import datetime

from adapters.store import lookup, queries, rows
from safi.ports import Assignment


def assign(connection: sqlite3.Connection, assignment: Assignment, actor: str, at: datetime) -> None:
    """Record who answers in a channel. A body for the writer."""
    said = {
        "workspace": assignment.workspace,
        "channel": assignment.channel,
        "persona": assignment.persona,
        "paused": int(assignment.paused),
    }
    connection.execute(queries.ASSIGN, said | {"actor": actor, "at": rows.micros(at)})


def assignments(connection: sqlite3.Connection) -> list[Assignment]:
    """Who answers where."""
    return [
        Assignment(
            workspace=row["workspace"], channel=row["channel"], persona=row["persona"], paused=bool(row["paused"])
        )
        for row in lookup.every(connection, queries.ASSIGNMENTS)
    ]


def jot(connection: sqlite3.Connection, key: str, text: str) -> None:
    """Keep a note. A body for the writer."""
    connection.execute(queries.JOT, {"key": key, "body": rows.packed(text)})


def noted(connection: sqlite3.Connection, key: str) -> str | None:
    """What was noted last."""
    row = lookup.one(connection, queries.NOTED, key=key)
    return rows.unpacked(row["body"]) if row else None
