"""Migrations: a store is brought up to date, or refused with a clear reason and left as it was."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.schema import Foreign, How, Migration, foreign, migrate, shipped, statements
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


# ------------------------------------------------------------------------------------------------- what others made


@pytest.fixture
def store(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A schema as this program makes it."""
    migrate(connection, shipped(), store="it")
    return connection


def put_in(connection: sqlite3.Connection, kind: str, name: str, sql: str) -> None:
    """Write into the schema itself, where no name is reserved."""
    connection.execute("pragma writable_schema = on")
    entry = "insert into sqlite_master (type, name, tbl_name, rootpage, sql) values (?, ?, 'texts', 0, ?)"
    connection.execute(entry, (kind, name, sql))


def rewritten(connection: sqlite3.Connection, name: str, old: str, new: str) -> None:
    """Have the schema say something otherwise."""
    connection.execute("pragma writable_schema = on")
    statement = "update sqlite_master set sql = replace(sql, ?, ?) where name = ? and sql like '%' || ? || '%'"
    assert connection.execute(statement, (old, new, name, old)).rowcount


def test_what_the_migrations_make_is_as_they_make_it_at_every_version() -> None:
    for version in range(len(shipped()) + 1):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            migrate(connection, shipped()[:version], store="it")
            assert foreign(connection, version) == ()


@pytest.mark.parametrize(
    ("statement", "how", "kind", "name", "acts"),
    [
        ("create trigger t after delete on texts begin select 1; end", "extra", "trigger", "t", True),
        ("create view v as select * from texts", "extra", "view", "v", True),
        ("create table theirs (x)", "extra", "table", "theirs", False),
        ("create virtual table found using fts5 (words)", "extra", "table", "found", False),
        ("create unique index i on texts (body)", "extra", "index", "i", False),
        ("drop index turns_counted", "missing", "index", "turns_counted", True),
        ("drop view shown", "missing", "view", "shown", True),
        ("drop table calls", "missing", "table", "calls", True),
        ("alter table notes add column x", "other", "table", "notes", True),
        ("alter table votes rename column vote to choice", "other", "table", "votes", True),
    ],
)
def test_what_others_did_to_a_schema_is_told(
    store: sqlite3.Connection, statement: str, how: How, kind: str, name: str, acts: bool
) -> None:
    store.execute(statement)
    told = {each.name: each for each in foreign(store)}
    assert told[name] == Foreign(how=how, kind=kind, name=name)
    assert told[name].acts == acts


@pytest.mark.parametrize("kind", ["trigger", "table", "index"])
@pytest.mark.parametrize("name", ["sqlite_stat1", "sqlite_autoindex_texts_2", "sqlite_other"])
def test_a_trigger_is_told_whatever_it_is_called(store: sqlite3.Connection, kind: str, name: str) -> None:
    put_in(store, kind, name, f"CREATE TRIGGER {name} after delete on texts begin select 1; end")
    assert foreign(store) == (Foreign(how="extra", kind="trigger", name=name),)


def test_what_nobody_can_tell_the_kind_of_may_act(store: sqlite3.Connection) -> None:
    put_in(store, "table", "t", "CREATE/**/TRIGGER t after delete on texts begin select 1; end")
    (told,) = foreign(store)
    assert (told.kind, told.acts) == ("object", True)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("turns", "\n", "\n\t "),
        ("turns", "id text primary key,", "id text primary key, -- of the turn\n"),
        ("scopes", "CREATE TABLE scopes", 'CREATE TABLE "scopes"'),
        ("turns_counted", "on turns (scope, outcome, fate)", 'on "turns"(scope,outcome,fate)'),
        ("records", "join events", "/* its message */ join events"),
    ],
)
def test_what_another_sqlite_may_write_otherwise_is_the_same(
    store: sqlite3.Connection, name: str, old: str, new: str
) -> None:
    rewritten(store, name, old, new)
    assert foreign(store) == ()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("records", "events.author as author", "'Innocent' as author"),
        ("shown", "withdrawn is null", 'withdrawn is "null"'),
        ("shown", "'delivered'", "'DELIVERED'"),
        ("shown", "'delivered'", "' delivered'"),
        ("votes", "-- null once that has expired\n", "-- null once that has expired "),
        ("turns", "unique (scope, number)", "check (1)"),
    ],
)
def test_what_means_something_else_is_not_the_same(store: sqlite3.Connection, name: str, old: str, new: str) -> None:
    rewritten(store, name, old, new)
    assert [(each.how, each.name) for each in foreign(store)] == [("other", name)]


def test_what_analyze_counted_is_sqlites_own(store: sqlite3.Connection) -> None:
    store.execute("insert into notes values ('a', '1')")
    store.execute("analyze")
    assert foreign(store) == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "create trigger t after delete on texts begin select 1; end",
            r"store\.db: has a trigger that this program did not make, t: take it out, or put a backup in its place",
        ),
        ("drop view records", r"store\.db: lacks its view records: put a backup in its place"),
        ("alter table notes add column x", r"store\.db: its table notes is not as this program made it: put a backup"),
    ],
)
async def test_a_store_that_would_be_read_or_written_otherwise_does_not_open(
    tmp_path: Path, statement: str, told: str
) -> None:
    path = tmp_path / "store.db"
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
    with pytest.raises(StoreUnavailable, match=told):
        async with open_store(path):
            pytest.fail("it opened")


async def test_a_table_or_an_index_that_others_put_there_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table theirs (x)")
        connection.execute("create index theirs_too on texts (body)")
    async with open_store(path) as store:
        await delivered(store, 1)


@pytest.mark.parametrize("changed", ["name = 'begin'", "version = 9"])
async def test_a_list_of_migrations_that_says_something_else_is_refused(tmp_path: Path, changed: str) -> None:
    path = tmp_path / "store.db"
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"update migrations set {changed} where version = {len(shipped())}")
        connection.commit()
    with pytest.raises(StoreUnavailable, match="is not the one this store was made with"):
        async with open_store(path):
            pytest.fail("it opened")
