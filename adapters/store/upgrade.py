"""Brings a store up to date, behind a copy of it as it was."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from adapters.store.backup import copy, require, unused
from adapters.store.checkup import PATIENCE
from adapters.store.faults import translated
from adapters.store.file import held
from adapters.store.keys import key_file, opened
from adapters.store.schema import foreign, migrate, require_own, shipped, version
from adapters.store.worker import connect
from safi.errors import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """From which version to which, 0 for a store that was only made. `backup` is the copy; None if nothing changed."""

    before: int
    after: int
    backup: Path | None = None


def upgrade(connection: sqlite3.Connection, store: Path) -> Upgrade:
    """Copy a store of an older version to a file beside it, then migrate it. The store is held, in no transaction.

    Raises StoreUnavailable, and then has changed nothing.
    """
    migrations = shipped()
    before, backup = version(connection, migrations, str(store)), None
    if 0 < before < len(migrations):
        _require_older(connection, str(store), before)
        backup = unused(store.with_name(f"{store.name}.before-v{len(migrations)}"))
        copy(connection, str(store), backup)
    try:
        migrate(connection, migrations, store=str(store))
    except BaseException:  # it is as it was, and needs no copy
        if backup:
            backup.unlink()
        raise
    return Upgrade(before=before, after=len(migrations), backup=backup)


def upgrade_file(store: Path, *, key: Path | None = None) -> Upgrade:
    """Do that with the store in this file, and link what was never linked. Raises StoreUnavailable."""
    require(store)
    with held(store), closing(connect(store, PATIENCE)) as connection, translated(str(store)):
        upgraded = upgrade(connection, store)
        opened(connection, key or key_file(store), store=str(store))
    return upgraded


def _require_older(connection: sqlite3.Connection, store: str, version: int) -> None:
    """Raises StoreUnavailable for a store that is of no such version, and for one that would not be read as it lies."""
    if not any(each.acts for each in foreign(connection)):
        raise StoreUnavailable(f"{store}: migrations are missing from its list: put a backup in its place")
    require_own(connection, store, version)
