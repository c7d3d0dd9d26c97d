"""Migrations: numbered SQL files, each applied once, in order, in a transaction, and never changed afterwards."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from adapters.store import queries
from safi.errors import StoreUnavailable

_FILE = re.compile(r"V(?P<version>\d+)__(?P<name>\w+)\.sql")


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


def applied(connection: sqlite3.Connection, migrations: Sequence[Migration], store: str) -> int:
    """How many were applied already. Raises StoreUnavailable, as `migrate` does."""
    rows: list[sqlite3.Row] = connection.execute(queries.APPLIED_MIGRATIONS).fetchall()
    if len(rows) > len(migrations):
        raise StoreUnavailable(
            f"{store}: has version {len(rows)}, and this program knows versions up to {len(migrations)}: "
            "a newer program made it, so start that one"
        )
    for row, migration in zip(rows, migrations, strict=False):
        if row["checksum"] != migration.checksum:
            raise StoreUnavailable(
                f"{store}: migration {migration.version} ({migration.name}) is not the one this store was made with: "
                "either the migration or the store was tampered with"
            )
    return len(rows)


def version(connection: sqlite3.Connection, migrations: Sequence[Migration], store: str) -> int:
    """The version of a store, 0 for one without any. Run in no transaction. Raises StoreUnavailable, as `migrate`."""
    connection.execute("begin")
    try:
        connection.execute(queries.CREATE_MIGRATIONS)
        return applied(connection, migrations, store)
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    for statement in statements(migration.sql):
        connection.execute(statement)
    noted = {"version": migration.version, "name": migration.name, "checksum": migration.checksum}
    connection.execute(queries.RECORD_MIGRATION, noted)
