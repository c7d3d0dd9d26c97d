"""What is known of the judges: checks of them, kept and found again."""

import sqlite3

from adapters.store import lookup, queries, rows
from safi.ports import JudgeCheck


def keep(connection: sqlite3.Connection, check: JudgeCheck) -> None:
    """Record a check in place of an earlier one of the same judges. A body for the writer."""
    connection.execute(queries.KEEP_CHECK, rows.check_columns(check))


def last(connection: sqlite3.Connection, **judges: str) -> JudgeCheck | None:
    """The latest check of judges that are named as in the schema."""
    row = lookup.one(connection, queries.LAST_CHECK, **judges)
    return rows.check(row) if row else None
