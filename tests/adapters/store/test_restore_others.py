"""What lies beside a store that is restored: foreign journals, and the list of who was erased, and when."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import keeping, keys
from adapters.store.backup import back_up
from adapters.store.forgotten import Forgotten, beside
from adapters.store.restore import restore
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from safi.ports.proof import Proof
from safi.record import Baseline, Freeze
from tests.adapters.store import linking
from tests.adapters.store.making import at, delivered, erased, everything, operated
from tests.adapters.store.restoring import ASIDE, backed_up, content, restored, write, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def listed(path: Path) -> Forgotten:
    """The list beside the key of a store."""
    return beside(keys.key_file(path))


def move_away(path: Path) -> None:
    """Do with a store what the message about a damaged one says."""
    path.rename(path.parents[1] / "away.db")


def spoken(path: Path) -> list[str]:
    """The events whose words are kept."""
    return [row["id"] for row in linking.found(path, "select id from events where gone is null order by at")]


@pytest.mark.parametrize("empty", [False, True])
async def test_the_journal_of_a_store_that_was_moved_away_is_moved_aside(path: Path, file: Path, empty: bool) -> None:
    held = await backed_up(path, file)
    async with open_store(path) as store:
        await delivered(store, 4)
        killed = content(path.parent)
    for name, each in killed.items():
        write(path.parent / name, each)
    move_away(path)
    if empty:
        write(path, b"")
    assert restored(file, path).aside is None
    left = content(path.parent)
    assert sorted(left) == ["store.db", f"{ASIDE}-shm", f"{ASIDE}-wal", "store.key"]
    assert left[f"{ASIDE}-wal"] == killed["store.db-wal"]
    assert linking.broken(path) == []
    async with open_store(path) as store:
        assert await everything(store) == held


async def test_what_a_person_said_and_did_after_the_erasure_stays(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=1)
        await operated(store, Freeze(), actor="Ada Lovelace", minute=2)
        await delivered(store, 2, minute=5)
        await operated(store, Baseline(), actor="Ada Lovelace", minute=6)
        back_up(path, file)
    person = keeping.pseudonym(keys.read(keys.key_file(path)), "home", "Ada Lovelace")
    listed(path).add([person], at(3))
    assert restored(file, path).erased == 1
    assert len(spoken(path)) == 1
    assert b"Question 2" in written(path)
    assert b"Question 1" not in written(path)
    async with open_store(path) as store:
        assert [done.actor for done in await store.operations("lobby", limit=9)] == ["Ada Lovelace", ""]
    assert linking.broken(path) == []


async def test_whoever_only_came_back_after_the_erasure_is_not_erased_again(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=1)
        await erased(store, minute=2)
        await delivered(store, 2, minute=3)
        back_up(path, file)
    made = restored(file, path)
    assert (made.erased, made.unlisted) == (0, None)
    assert len(spoken(path)) == 1


async def test_a_list_that_is_not_there_is_told(path: Path, file: Path) -> None:
    await backed_up(path, file)
    assert restored(file, path).unlisted == listed(path).file


async def test_a_restore_that_fails_leaves_no_store_where_there_was_none(path: Path, file: Path) -> None:
    await backed_up(path, file)
    move_away(path)
    before = content(path.parent)
    write(file, b"Dear diary, " * 1000)
    with pytest.raises(StoreUnavailable, match="is not a SQLite database"):
        restore(file, path, at=at(9))
    assert content(path.parent) == before


async def test_a_backup_that_is_refused_leaves_no_store_where_there_was_none(path: Path, file: Path) -> None:
    await backed_up(path, file)
    move_away(path)
    before = content(path.parent)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("update turns set persona = 'impostor' where id = 'turn-1'")
    assert isinstance(restore(file, path, at=at(9)), Proof)
    assert content(path.parent) == before
