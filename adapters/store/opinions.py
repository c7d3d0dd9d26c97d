"""What members think of answers: votes and objections, which go when they expire or a person asks. In no chain."""

import sqlite3
from datetime import datetime
from typing import Final

from adapters.store import lookup, queries, rows
from adapters.store.texts import Salt
from safi.errors import InvalidValue
from safi.ports import Agreement, Vote, Votes

FAIR: Final = 5.5
"""The coherence from which an audit speaks for an answer: the middle of its scale."""


def vote(
    connection: sqlite3.Connection, fresh: Salt, turn_id: str, author: str, given: Vote | None, at: datetime
) -> None:
    """Record a vote, or take it back. A body for the writer. Raises InvalidValue for a turn that is not there."""
    _require(connection, turn_id)
    whose = {"turn": turn_id, "author": author}
    if given is None:
        connection.execute(queries.TAKE_BACK, whose)
    else:
        connection.execute(queries.VOTE, whose | {"id": fresh(), "vote": given, "at": rows.micros(at)})


def votes(connection: sqlite3.Connection, turn_id: str) -> Votes:
    """The votes on an answer."""
    return Votes(**{row["vote"]: row["many"] for row in lookup.every(connection, queries.VOTES, turn=turn_id)})


def agreement(connection: sqlite3.Connection, scope: str) -> Agreement:
    """How far votes and audits agree."""
    (row,) = lookup.every(connection, queries.AGREEMENT, scope=scope, fair=FAIR)
    return Agreement(rated=row["rated"], agreed=row["agreed"])


def report(connection: sqlite3.Connection, fresh: Salt, turn_id: str, author: str, reason: str, at: datetime) -> bool:
    """Record an objection, unless this member has made one. A body for the writer. Raises InvalidValue, as `vote`."""
    _require(connection, turn_id)
    made = {"id": fresh(), "turn": turn_id, "author": author, "reason": rows.packed(reason), "at": rows.micros(at)}
    return lookup.one(connection, queries.REPORT, **made) is not None


def reports(connection: sqlite3.Connection, turn_id: str) -> int:
    """How many members object to an answer."""
    (row,) = lookup.every(connection, queries.REPORTS, turn=turn_id)
    return row["many"]


def expire(connection: sqlite3.Connection, before: datetime, most: int) -> int:
    """Let go of who voted and objected before a time, and of their words; of how many. A body for the writer.

    `most`: so many of either go at once, the oldest first.
    """
    old = {"before": rows.micros(before), "most": most}
    return sum(connection.execute(query, old).rowcount for query in (queries.FORGET_VOTERS, queries.FORGET_REPORTERS))


def _require(connection: sqlite3.Connection, turn_id: str) -> None:
    if not lookup.one(connection, queries.ANY_TURN, id=turn_id):
        raise InvalidValue(f"turn {turn_id}: was never committed, or is no longer kept")
