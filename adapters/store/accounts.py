"""What calls to models took, each noted and all summed up. Bodies for the writer."""

import sqlite3
from datetime import datetime

from adapters.store import lookup, queries, rows
from safi.ports import Call, Spent


def note(connection: sqlite3.Connection, call: Call) -> None:
    """Record a call."""
    connection.execute(queries.NOTE_CALL, rows.call_columns(call))


def spent(connection: sqlite3.Connection, since: datetime) -> Spent:
    """What the calls since then took. Run by the writer, which first writes the calls that it still holds."""
    (row,) = lookup.every(connection, queries.SPENT, since=rows.micros(since))
    return Spent(cost=row["cost"], unpriced=row["unpriced"], calls=row["calls"], failed=row["failed"])
