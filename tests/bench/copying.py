"""A store's past many times over: its rows copied within the file, with names, numbers, heights and times shifted on.

What a turn touches is then as large, as wide and as deep as if it had been lived: tables, indexes, channels, memories,
accounts. One thing cannot be had that way: the marks of copied links belong to other links, so the chain does not hold,
and nobody claims it. The program reads no mark but the last and goes on from there; `verify` would find the first copy.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

BATCH: Final = 50
"""Copies of the whole past in one transaction."""

_FAST: Final = (
    "pragma journal_mode = off",  # a copy that is broken off is begun anew
    "pragma synchronous = off",
    "pragma cache_size = -1000000",
    "pragma temp_store = memory",
)

_COPIED: Final[Mapping[str, Mapping[str, str]]] = {
    "events": {
        "id": "event_after(id, :turns)",
        "message_id": "event_after(message_id, :turns)",
        "at": "at + :time",
    },
    "turns": {
        "id": "turn_after(id, :turns)",
        "event": "event_after(event, :turns)",
        "message_id": "turn_after(message_id, :turns)",
        "number": "number + :numbers",
        **{each: f"{each} + :time" for each in ("position", "committed_at", "delivered_at", "due", "landed_at")},
    },
    "texts": {"event": "event_after(event, :turns)"},
    "links": {"height": "height + :heights", "subject": "turn_after(subject, :turns)"},
    "memories": {
        "number": "number + :numbers",
        "state": "json_set(state, '$.memory.folded', number + :numbers)",
    },
    "calls": {"at": "at + :time"},
}
"""What changes from one copy to the next, by table and column; all else is copied as it is."""

_SIZES: Final = """
select
    (select count(*) from events) as turns,
    (select max(number) from memories) as numbers,
    (select max(height) from links) as heights,
    (select (max(at) - min(at)) * count(*) / (count(*) - 1) from events) as time
"""
"""What one past takes of everything that is counted; of time, up to where the next one begins."""


def event_name(number: int) -> str:
    """The number-th message of the past; names rise, as a platform's do."""
    return f"past-{number:09d}"


def turn_name(number: int) -> str:
    """The turn of that message. Names are scattered, as the program's random ones are."""
    return f"{number * 2_654_435_761 % 2**32:08x}{number:08x}"


def multiply(file: Path, times: int) -> None:
    """Make a store that nobody has open, of one workspace, hold `times` the turns that it holds, in every scope."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in _FAST:
            connection.execute(statement)
        connection.create_function("event_after", 2, _event_after)
        connection.create_function("turn_after", 2, _turn_after)
        sizes = _sizes(connection)
        statements = list(_statements(connection))
        for first in range(1, times, BATCH):
            connection.execute("begin immediate")
            for copy in range(first, min(first + BATCH, times)):
                shift = {name: size * copy for name, size in sizes.items()}
                for statement in statements:
                    connection.execute(statement, shift)
            connection.execute("commit")
        connection.execute("update scopes set numbered = numbered * :times, folded = folded * :times", {"times": times})


def _event_after(name: str, more: int) -> str:
    return event_name(int(name[5:]) + more)


def _turn_after(name: str, more: int) -> str:
    return turn_name(int(name[8:], 16) + more)


def _sizes(connection: sqlite3.Connection) -> dict[str, int]:
    found = connection.execute(_SIZES)
    return dict(zip([column[0] for column in found.description], found.fetchone(), strict=True))


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    """For each table one that adds a copy of what it held at first, which is kept apart for that."""
    for table, changed in _COPIED.items():
        connection.execute(f"create temp table {table}_at_first as select * from {table}")
        columns: list[str] = [row[1] for row in connection.execute(f"pragma table_info({table})")]
        values = [changed.get(column, column) for column in columns]
        yield f"insert into {table} ({', '.join(columns)}) select {', '.join(values)} from {table}_at_first"
