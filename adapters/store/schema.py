"""Migrations: numbered SQL files, each applied once, in order, in a transaction, and never changed afterwards.

What they make is known, so whatever else stands in a store's schema is seen.
"""

import hashlib
import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final, Literal

from adapters.store import queries
from safi.errors import StoreUnavailable

_FILE = re.compile(r"V(?P<version>\d+)__(?P<name>\w+)\.sql")

_PARTS: Final = re.compile(
    r"""(?P<blank>[ \t\n\f\r]+ | --[^\n]* | /\*.*?\*/) | '(?:[^']|'')*' | "(?P<quoted>\w+)" | \w+ | .""",
    re.VERBOSE | re.DOTALL,
)
"""SQL in its smallest parts. Blanks and comments mean nothing, nor do quotes round the names of what is made.

Round other words they may: to SQLite a word in quotes that is no name is a text.
"""

Noted = tuple[object, ...]
"""A migration as it stands in a store: version, name and checksum, as they should be."""

How = Literal["extra", "missing", "other"]

_Objects = Mapping[tuple[str, str], tuple[str, str]]
"""By kind and name: the table that something belongs to, and the SQL that made it."""

_OBJECTS: Final = """
select name, tbl_name, sql from sqlite_master
where not (type = 'index' and sql is null)
    and not (name in ('sqlite_stat1', 'sqlite_stat4') and sql like 'create table ' || name || '(%')
"""
"""What a schema consists of, but for SQLite's own: indexes that a constraint brings, and what `analyze` counted."""

_KIND: Final = re.compile(r"create (?:unique |virtual )?(table|index|view|trigger)\b", re.IGNORECASE)
"""What kind of thing SQL makes. SQLite goes by that alone, whatever else was written into its schema."""

_WORST: Final = ("object", "trigger", "view", "table", "index")
"""What kinds there are, those that may do most first; an object is what nobody can tell."""

_LYING: Final = ("table", "index")
"""What only lies there where it was put in; all else may change what a program reads and writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema. Versions count from 1 without gaps."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text, 64 hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def noted(self) -> tuple[object, ...]:
        """What stands of it in a store that it was applied to."""
        return self.version, self.name, self.checksum


def shipped() -> tuple[Migration, ...]:
    """The migrations of this program, in order."""
    files = resources.files("adapters.store").joinpath("sql").iterdir()
    found = [
        Migration(version=int(match["version"]), name=match["name"], sql=file.read_text(encoding="utf-8"))
        for file in files
        if (match := _FILE.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], *, store: str) -> None:
    """Bring a store up to the last of `migrations`, whole or not at all. `store` is its name in errors.

    Raises StoreUnavailable for a store of a newer program, and for one whose migrations were not these.
    """
    connection.execute("begin immediate")
    try:
        connection.execute(queries.CREATE_MIGRATIONS)
        for migration in migrations[applied(connection, migrations, store) :]:
            _apply(connection, migration)
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def statements(sql: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit before it starts."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Something of a store's schema that is not as its migrations make it.

    `how`: it was put in, it is not there, or it is there and other. `kind`: table, index, view or trigger, or object
    where that cannot be told.
    """

    how: How
    kind: str
    name: str

    @property
    def acts(self) -> bool:
        """Whether it may change what is read and written."""
        return self.how != "extra" or self.kind not in _LYING


def foreign(connection: sqlite3.Connection, version: int | None = None) -> tuple[Foreign, ...]:
    """What of a store's schema the migrations up to a version (None: all) do not make, the worst first."""
    made, found = _made(len(shipped()) if version is None else version), _objects(connection)
    told = [Foreign(how=how, kind=key[0], name=key[1]) for key in {**made, **found} if (how := _how(key, made, found))]
    return tuple(sorted(told, key=lambda each: (_WORST.index(each.kind), each.name)))


def require_own(connection: sqlite3.Connection, store: str, version: int | None = None) -> None:
    """Raises StoreUnavailable for a store of a version, as `foreign`, that would be read or written otherwise."""
    each = next((each for each in foreign(connection, version) if each.acts), None)
    if each is not None:
        raise StoreUnavailable(f"{store}: {_SAID[each.how].format(kind=each.kind, name=each.name)}")


_SAID: Final[Mapping[str, str]] = {
    "extra": "has a {kind} that this program did not make, {name}: take it out, or put a backup in its place",
    "missing": "lacks its {kind} {name}: put a backup in its place",
    "other": "its {kind} {name} is not as this program made it: put a backup in its place",
}


def applied(connection: sqlite3.Connection, migrations: Sequence[Migration], store: str) -> int:
    """How many were applied already. Raises StoreUnavailable, as `migrate` does."""
    rows = noted(connection)
    if len(rows) > len(migrations):
        raise newer(store, len(rows), len(migrations))
    for row, migration in zip(rows, migrations, strict=False):
        if row != migration.noted:
            raise StoreUnavailable(
                f"{store}: migration {migration.version} ({migration.name}) is not the one this store was made with: "
                "either the migration or the store was tampered with"
            )
    return len(rows)


def newer(store: str, found: int, known: int) -> StoreUnavailable:
    """What is said of a store of a later version than this program knows."""
    return StoreUnavailable(
        f"{store}: has version {found}, and this program knows versions up to {known}: "
        "a newer program made it, so start that one"
    )


def noted(connection: sqlite3.Connection) -> list[Noted]:
    """What a store says was applied to it, in order, each as `Migration.noted` has it."""
    return [tuple(row) for row in connection.execute(queries.APPLIED_MIGRATIONS)]


def version(connection: sqlite3.Connection, migrations: Sequence[Migration], store: str) -> int:
    """The version of a store, 0 for one without any. Run in no transaction. Raises StoreUnavailable, as `migrate`."""
    connection.execute("begin")
    try:
        connection.execute(queries.CREATE_MIGRATIONS)
        return applied(connection, migrations, store)
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


@lru_cache
def _made(version: int) -> _Objects:
    """What the migrations up to a version make, in a store that holds nothing else."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, shipped()[:version], store=":memory:")
        return _objects(connection)


def _objects(connection: sqlite3.Connection) -> _Objects:
    return {(_kind(str(sql)), str(name)): (str(table), str(sql)) for name, table, sql in connection.execute(_OBJECTS)}


def _kind(sql: str) -> str:
    made = _KIND.match(sql)
    return made[1].lower() if made else "object"


def _how(key: tuple[str, str], made: _Objects, found: _Objects) -> How | None:
    if key not in made:
        return "extra"
    if key not in found:
        return "missing"
    (table, sql), (other_table, other_sql) = made[key], found[key]
    names = {key[1], table}
    same = sql == other_sql or [*_parts(sql, names)] == [*_parts(other_sql, names)]
    return None if same and table == other_table else "other"


def _parts(sql: str, names: Collection[str]) -> Iterator[str]:
    for part in _PARTS.finditer(sql):
        if part["blank"] is None:
            yield part["quoted"] if part["quoted"] in names else part[0]


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    for statement in statements(migration.sql):
        connection.execute(statement)
    noted = {"version": migration.version, "name": migration.name, "checksum": migration.checksum}
    connection.execute(queries.RECORD_MIGRATION, noted)
