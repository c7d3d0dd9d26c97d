"""The store of the configuration: opened, looked at, copied, put back, checked."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings.config import Store
from safi.ports import Clock
from safi.ports.proof import Head, Proof

if TYPE_CHECKING:
    from adapters.store.backup import Backup
    from adapters.store.checkup import KeyFacts, StoreFacts
    from adapters.store.record import SQLiteRecord
    from adapters.store.restore import Restored
    from adapters.store.sqlite import SQLiteStore
    from adapters.store.upgrade import Upgrade


@asynccontextmanager
async def open_store(config: Store) -> AsyncGenerator["SQLiteStore"]:
    """The store in a file, which is made, with its folder, where there is none."""
    from adapters.store.sqlite import open_store as open_sqlite

    async with open_sqlite(config.path, key=config.key_file) as store:
        yield store


@asynccontextmanager
async def open_record(path: Path) -> AsyncGenerator["SQLiteRecord"]:
    """A store that is there and up to date, to be read alone, even while a running bot holds it."""
    from adapters.store.checkup import open_record as open_sqlite_record

    async with open_sqlite_record(path) as store:
        yield store


def require_store(config: Store) -> None:
    """Raises StoreUnavailable where there is no store: opening one would make it."""
    from adapters.store.backup import require

    require(config.path)


def look_at_key(config: Store) -> "KeyFacts":
    """What there is to know of the key's file without reading it."""
    from adapters.store.checkup import look_at_key as look

    return look(config.path, config.key_file)


def back_up(config: Store, file: Path) -> "Backup":
    """Copy the store to a new file, also while a bot runs. Raises StoreUnavailable."""
    from adapters.store.backup import back_up as back_up_sqlite

    return back_up_sqlite(config.path, file, key=config.key_file)


def restore(config: Store, file: Path, clock: Clock) -> "Restored | Proof":
    """Put a backup in the store's place; what is wrong with it, where it was not. Raises StoreUnavailable."""
    from adapters.store.restore import restore as restore_sqlite

    return restore_sqlite(file, config.path, key=config.key_file, at=clock.now())


async def verify(config: Store, heads: Sequence[Head]) -> Proof:
    """What a check of the whole record comes to. Raises StoreUnavailable."""
    from adapters.store.verify.record import verified

    return await verified(config.path, key=config.key_file, heads=heads)


def upgrade(config: Store) -> "Upgrade":
    """Bring the store up to date. Raises StoreUnavailable."""
    from adapters.store.upgrade import upgrade_file

    return upgrade_file(config.path, key=config.key_file)


async def look_at_store(path: Path, *, patience: float) -> "StoreFacts":
    """What there is to know of a store without changing it; its own check is left after `patience` seconds."""
    from adapters.store.checkup import look

    over = threading.Event()
    timer = asyncio.get_running_loop().call_later(patience, over.set)
    try:
        return await asyncio.to_thread(look, path, over.is_set)
    finally:
        timer.cancel()
        over.set()  # whoever is cancelled does not wait for the rest of it
