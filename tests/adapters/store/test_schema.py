"""Migrations: a store is brought up to date, or refused with a clear reason and left as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.schema import Migration, migrate, shipped, statements
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from tests.adapters.store.making import delivered

FIRST = Migration(version=1, name="first", sql="create table a (x text);\ncreate table b (y text);\n")
SECOND = Migration(version=2, name="second", sql="create table c (z text);\n")
BROKEN = Migration(version=2, name="broken", sql="create table c (z text);\ncreate table a (again text);\n")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def tables(connection: sqlite3.Connection) -> set[str]:
    return {row["name"] for row in connection.execute("select name from sqlite_master where type = 'table'")}


def test_migrations_are_applied_in_order_and_once(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST], store="it")
    migrate(connection, [FIRST, SECOND], store="it")
    migrate(connection, [FIRST, SECOND], store="it")
    assert tables(connection) == {"migrations", "a", "b", "c"}
    noted = [(row["version"], row["name"], row["checksum"]) for row in connection.execute("select * from migrations")]
    assert noted == [(1, "first", FIRST.checksum), (2, "second", SECOND.checksum)]


def test_a_migration_that_fails_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST], store="it")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection, [FIRST, BROKEN], store="it")
    assert tables(connection) == {"migrations", "a", "b"}
    assert not connection.in_transaction


def test_a_store_of_a_newer_program_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST, SECOND], store="it")
    with pytest.raises(StoreUnavailable, match="it: has version 2, and this program knows versions up to 1"):
        migrate(connection, [FIRST], store="it")


def test_a_migration_that_was_changed_is_refused(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST], store="it")
    with pytest.raises(StoreUnavailable, match=r"it: migration 1 \(first\) is not the one this store was made with"):
        migrate(connection, [replace(FIRST, sql="create table a (other text);")], store="it")


def test_shipped_migrations_count_from_one_without_gaps() -> None:
    assert [migration.version for migration in shipped()] == list(range(1, len(shipped()) + 1))


def test_shipped_migrations_end_with_a_whole_statement() -> None:
    for migration in shipped():
        assert "".join(statements(migration.sql)).strip() == migration.sql.strip()


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
    async with open_store(path) as store:
        assert [record.turn.id for record in await store.turns("lobby", limit=9)] == ["turn-1"]


async def test_a_file_of_a_newer_program_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        later = len(shipped()) + 1
        connection.execute("insert into migrations values (?, 'later', 'unknown')", (later,))
        connection.commit()
    with pytest.raises(StoreUnavailable, match=rf"store\.db: has version {later}"):
        async with open_store(path):
            pytest.fail("it opened")
