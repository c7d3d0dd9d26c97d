"""Whichever cell of what is linked somebody changes, and to whatever: the check of the whole record finds it."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safi.errors import StoreUnavailable
from tests.adapters.store.living import lived, proof

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
        return not asyncio.run(proof(path, key=key)).findings
    except StoreUnavailable:
        return False
