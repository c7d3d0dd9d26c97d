"""Whichever cell of what is linked somebody changes, and to whatever: the check of the whole record finds it.

And whatever it finds can be printed, for people and for programs.
"""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from adapters.store.verify.record import check
from bot.cli.verify import report, told
from safi.errors import StoreUnavailable
from safi.ports.proof import Proof
from tests.adapters.store.living import lived, proof
from tests.adapters.store.test_verify import aged

FREE: Final[dict[str, tuple[str, ...]]] = {
    "turns": ("attempts", "due", "lease", "wasted"),
    "events": ("replies_to", "withdrawn"),
    "texts": (),
    "operations": (),
    "links": (),
    "scopes": (),
    "memories": (),
    "profiles": (),
    "chain_keys": (),
    "holds": (),
    "migrations": (),
}
"""Every table that is checked, and its columns from which nothing of the record follows.

Some of them only a worker needs. What a message replied to shows in what its turn was shown, which is linked; whether
it was deleted where it was said decides only whether its words are still to be shown.
"""

UNLINKED: Final = "event-20"
"""A message without a turn: nothing was linked of it yet."""

SAME: Final = frozenset(
    {
        ("delivery", "committed", "unknown"),  # whether anybody knows that it was not sent
        ("gone", "erased", "expired"),  # either way its words are gone
        ("audit", "abandoned", "owed"),  # of a hole that was made for lateness: whether an audit still goes on
    }
)
"""Columns and pairs of values that say the same to the record."""

CELLS: Final = st.one_of(st.none(), st.integers(-5, 5), st.floats(), st.text(max_size=5), st.binary(max_size=3))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is valid."""
    path = tmp_path_factory.mktemp("whole") / "store.db"
    asyncio.run(lived(path))
    return path


@pytest.mark.slow
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cell_that_is_changed_is_found(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "store.db"
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        what = _change(connection, data)
    assert not _holds(path, whole.with_suffix(".key")), what


def _change(connection: sqlite3.Connection, data: st.DataObject) -> str:
    """Put something else into a cell."""
    connection.execute("pragma ignore_check_constraints = on")
    table = data.draw(st.sampled_from(sorted(FREE)))
    (names,) = zip(*((row[1],) for row in connection.execute(f"pragma table_info({table})")), strict=True)
    column = data.draw(st.sampled_from([name for name in names if name not in FREE[table]]))
    linked = {"events": f"where id <> '{UNLINKED}'", "texts": f"where event <> '{UNLINKED}'"}.get(table, "")
    cells = connection.execute(f"select rowid, {column} from {table} {linked}").fetchall()
    place, before = data.draw(st.sampled_from(cells))
    after = data.draw(st.one_of(CELLS, st.sampled_from([cell for _, cell in cells]), _near(before)))
    try:
        connection.execute(f"update {table} set {column} = ? where rowid = ?", (after, place))
    except (sqlite3.IntegrityError, UnicodeEncodeError):
        after = before  # two of one key, or a null where none may be: the database itself lets nobody
    (now,) = connection.execute(f"select {column} from {table} where rowid = ?", (place,)).fetchone()
    if _same(before, now) or (column, *sorted(map(str, (before, now)))) in SAME:
        assume(False)
    return f"{table}.{column}: {before!r} -> {now!r}"


def _near(value: Any) -> st.SearchStrategy[Any]:
    """What looks much like it."""
    match value:
        case str():
            return st.integers(0, len(value)).map(lambda cut: f"{value[:cut]}7{value[cut + 1 :]}")
        case int() | float():
            return st.sampled_from([value + 1, value - 1, -value, value * 1.001])
        case _:
            return st.none()


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _holds(path: Path, key: Path) -> bool:
    try:
        found = asyncio.run(proof(path, key=key))
    except StoreUnavailable:
        return False
    _printed(path, found)
    return not found.findings


def _printed(path: Path, found: Proof) -> None:
    """Print what was found, as text and as JSON."""
    for line in told(path, found):
        assert line.isprintable(), line
        line.encode()
    assert len(json.loads(json.dumps(report(found, 1)))["findings"]) == len(found.findings)


# ------------------------------------------------------------------------------------------------------- what is odd

BLOB: Final = "x'ff00'"
NO_TEXT: Final = "cast(x'ff' as text)"

ODD: Final = (
    BLOB,
    NO_TEXT,
    "''",
    "'[null]'",
    "9223372036854775807",
    "replace(hex(zeroblob(3000)), '0', '[')",
    """ '"\\ud800"' """,  # half of a sign
)
"""SQL for what nobody would expect in a cell."""

TRIPPED: Final = (
    ("links", "subject", BLOB),
    ("links", "subject", NO_TEXT),
    ("links", "height", NO_TEXT),
    ("links", "kind", "char(0)"),
    ("links", "mark", "char(0)"),
    ("scopes", "workspace", BLOB),
    ("texts", "part", BLOB),
    ("turns", "event", NO_TEXT),
    ("turns", "number", BLOB),
    ("turns", "position", BLOB),
    ("operations", "number", NO_TEXT),
    ("operations", "at", "''"),
    ("operations", "detail", """replace(detail, '"kinds":', '"kinds":5,"of":')"""),
    ("operations", "detail", r"""replace(detail, '"memories":{"', '"memories":{"\ud800')"""),
)
"""Cells, and what in them a check tripped over once, or what prints it."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[sqlite3.Connection, Path]]]:
    """A whole store, and one whose chains begin with checkpoints that left turns unfinished, each with its key."""
    paths = [tmp_path_factory.mktemp(name) / "store.db" for name in ("lived", "aged")]
    asyncio.run(lived(paths[0]))
    asyncio.run(aged(paths[1]))
    opened = [sqlite3.connect(path, isolation_level=None) for path in paths]
    for connection in opened:
        connection.row_factory = sqlite3.Row
    yield [(connection, path.with_suffix(".key")) for connection, path in zip(opened, paths, strict=True)]
    for connection in opened:
        connection.close()


@pytest.mark.parametrize(("table", "column", "odd"), TRIPPED)
def test_what_is_odd_in_a_cell_is_told_in_sentences(
    both: list[tuple[sqlite3.Connection, Path]], table: str, column: str, odd: str
) -> None:
    for connection, key in both:
        rows = _rows(connection, table)
        for place in {*rows[:2], *rows[-3:], *rows[:: len(rows) // 3 + 1]}:
            _odd(connection, key, f"{table} set {column} = {odd} where rowid = {place}")


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("table", sorted(FREE))
def test_what_is_odd_in_any_cell_is_told_in_sentences(
    both: list[tuple[sqlite3.Connection, Path]], table: str, odd: str
) -> None:
    for connection, key in both:
        rows = _rows(connection, table)
        for (column,) in connection.execute("select name from pragma_table_info(?)", (table,)).fetchall():
            for place in Random(f"{table} {column} {odd}").sample(rows, min(2, len(rows))):  # others for each
                _odd(connection, key, f"{table} set {column} = {odd} where rowid = {place}")


def _rows(connection: sqlite3.Connection, table: str) -> list[int]:
    return [row[0] for row in connection.execute(f"select rowid from {table} order by rowid")]


def _odd(connection: sqlite3.Connection, key: Path, what: str) -> None:
    """Put it there, and see what a check says."""
    connection.execute("pragma ignore_check_constraints = on")
    connection.execute("begin")
    try:
        connection.execute(f"update {what}")
        connection.execute("pragma ignore_check_constraints = off")
        _printed(key, check(connection, key, key))
    except (sqlite3.IntegrityError, StoreUnavailable):
        pass  # the database itself lets nobody, or it is told as a whole
    finally:
        connection.execute("rollback")
