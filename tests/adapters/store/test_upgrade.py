"""A store of an older version is brought up to date behind a copy of it as it was, whoever opens it."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import keys, upgrade
from adapters.store.schema import Migration, shipped
from adapters.store.sqlite import open_store
from adapters.store.upgrade import Upgrade, upgrade_file
from safi.errors import StoreUnavailable
from tests.adapters.store import linking
from tests.adapters.store.making import delivered, recovered
from tests.adapters.store.restoring import content, first_schema, write
from tests.adapters.store.test_file import modes

LATEST = len(shipped())
COPY = f"store.db.before-v{LATEST}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


def version(path: Path) -> int:
    """The version of a store."""
    (row,) = linking.found(path, "select max(version) as version from migrations")
    return row["version"]


async def test_opening_an_older_store_copies_it_first(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first_schema(path)
    with caplog.at_level(logging.WARNING):
        async with open_store(path) as store:
            assert await store.audits_owed() == 1
    assert version(path) == LATEST
    assert version(path.with_name(COPY)) == 1
    assert modes(path.parent)[COPY] == 0o600
    assert caplog.messages == [f"{path}: is of version {LATEST} now; as it was, it lies in {path.with_name(COPY)}"]


async def test_a_store_that_is_made_or_up_to_date_is_not_copied(path: Path) -> None:
    for _ in range(2):
        async with open_store(path) as store:
            await recovered(store)
    assert set(content(path.parent)) == {"store.db", "store.key"}


def test_a_copy_of_an_earlier_try_stays(path: Path) -> None:
    first_schema(path)
    write(path.with_name(COPY), b"of an earlier try")
    made = upgrade_file(path)
    assert made == Upgrade(before=1, after=LATEST, backup=path.with_name(f"{COPY}-2"))
    assert content(path.parent)[COPY] == b"of an earlier try"


def test_it_is_linked_too_and_a_second_time_changes_nothing(path: Path) -> None:
    first_schema(path)
    upgrade_file(path)
    assert linking.broken(path) == []
    assert keys.key_file(path).exists()
    assert upgrade_file(path) == Upgrade(before=LATEST, after=LATEST)


def test_a_migration_that_fails_leaves_the_store_as_it_was_and_no_copy_however_often_it_is_tried(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_schema(path)
    full = Migration(version=LATEST + 1, name="full", sql="insert into nowhere values (1);\n")

    def broken() -> tuple[Migration, ...]:
        return (*shipped(), full)

    monkeypatch.setattr(upgrade, "shipped", broken)
    before = sorted(each.name for each in path.parent.iterdir())
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match=r"is not as this program made it: .*no such table: nowhere"):
            upgrade_file(path)
    assert version(path) == 1
    assert sorted(each.name for each in path.parent.iterdir() if not each.name.endswith(".lock")) == before


async def test_a_store_that_has_lost_the_word_that_it_is_up_to_date_is_told_to_be_changed(path: Path) -> None:
    async with open_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("delete from migrations where version > 3;")
    with pytest.raises(StoreUnavailable, match=r"migrations are missing from its list: put a backup in its place"):
        async with open_store(path):
            pytest.fail("it opened")
    assert not list(path.parent.glob("*before*"))


def test_an_older_store_into_which_something_was_put_that_acts_is_not_migrated(path: Path) -> None:
    first_schema(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("create trigger t after insert on events begin delete from events; end;")
    with pytest.raises(StoreUnavailable, match=r"has a trigger that this program did not make, t: take it out"):
        upgrade_file(path)
    assert version(path) == 1


def test_where_no_copy_can_be_made_nothing_is_migrated(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreUnavailable("its disk is full")

    first_schema(path)
    monkeypatch.setattr(upgrade, "copy", full)
    with pytest.raises(StoreUnavailable, match="its disk is full"):
        upgrade_file(path)
    assert version(path) == 1


async def test_where_there_is_none_or_it_is_in_use_it_is_refused(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.db: there is no store here"):
        upgrade_file(path)
    async with open_store(path) as store:
        await delivered(store, 1)
        with pytest.raises(StoreUnavailable, match="is in use by another safi-bot"):
            upgrade_file(path)
