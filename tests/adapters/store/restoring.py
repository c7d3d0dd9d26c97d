"""What tests of backups share: a store and its backup, a restore that is done or refused, and what lies in folders."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.backup import back_up
from adapters.store.restore import Restored, restore
from adapters.store.sqlite import open_store
from adapters.store.worker import APPLICATION
from safi.errors import StoreUnavailable
from safi.record import fold
from tests.adapters.store.making import at, audited, delivered, everything, ledger
from tests.adapters.store.test_first_schema import FIRST

ASIDE = "store.db.replaced-20260101T000900Z"
"""The name of a store that was replaced in the ninth minute."""


async def backed_up(path: Path, file: Path) -> list[object]:
    """Two turns of Ada's and one of Ben's in a backup, and two more in the store; what the backup holds of them."""
    async with open_store(path) as store:
        await audited(store, 1, ledger())
        await delivered(store, 2, author="Ben")
        held = await everything(store)
        back_up(path, file)
        await store.settle("turn-2", ledger(-1), fold, at=at(1))
        await audited(store, 3, ledger())
    return held


def restored(file: Path, path: Path, *, key: Path | None = None) -> Restored:
    """A restore that is done, in the ninth minute."""
    made = restore(file, path, key=key, at=at(9))
    assert isinstance(made, Restored)
    return made


def refused(file: Path, path: Path, match: str) -> None:
    """A restore that is refused leaves everything as it was."""
    before = content(path.parent)
    with pytest.raises(StoreUnavailable, match=match):
        restore(file, path, at=at(9))
    assert content(path.parent) == before


def content(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, but for the lock."""
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.suffix != ".lock"}


def written(file: Path) -> bytes:
    """All bytes of a file."""
    return file.read_bytes()


def write(file: Path, content: bytes) -> None:
    """Put that into a file."""
    file.write_bytes(content)


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(each.name for each in folder.iterdir())


def spoil(file: Path) -> None:
    """Write over pages in the midst of a file."""
    whole = file.read_bytes()
    file.write_bytes(whole[: 4096 * 2] + b"\xff" * 4096 * 30 + whole[4096 * 32 :])


def first_schema(path: Path) -> None:
    """Make a store as the first program left it."""
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
        connection.execute(f"pragma application_id = {APPLICATION}")
