"""What a superuser makes beside a store belongs to whose bot is to open it afterwards."""

import os
from pathlib import Path
from typing import Final

import pytest

from adapters.store import keys
from adapters.store.backup import back_up
from adapters.store.file import held, leave
from adapters.store.forgotten import beside
from adapters.store.sqlite import open_store
from tests.adapters.store.making import at, delivered
from tests.adapters.store.restoring import restored

BOT: Final = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only a superuser gives files away")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key in a folder, both the bot's."""
    file = tmp_path / "state" / "store.key"
    file.parent.mkdir()
    file.touch()
    for each in (file, file.parent):
        os.chown(each, BOT, BOT)
    return file


def test_the_list_of_the_erased_belongs_to_whose_key_it_lies_beside(key: Path) -> None:
    beside(key).add(["aa"], at(1))
    assert beside(key).file.stat().st_uid == BOT


def test_a_list_that_was_made_before_is_given_back(key: Path) -> None:
    beside(key).file.touch(mode=0o600)
    beside(key).add(["aa"], at(1))
    assert beside(key).file.stat().st_uid == BOT


def test_the_lock_belongs_to_whose_folder_it_is_and_then_to_whose_store(key: Path) -> None:
    store, lock = key.with_name("store.db"), key.with_name("store.db.lock")
    with held(store):
        assert lock.stat().st_uid == BOT
    os.chown(store, BOT - 1, BOT)
    with held(store):
        assert lock.stat().st_uid == BOT - 1


def test_where_a_link_leads_nothing_is_given_away(key: Path, tmp_path: Path) -> None:
    other, link = tmp_path / "other", key.with_name("link")
    other.touch()
    link.symlink_to(other)
    leave(link, like=key)
    assert (other.stat().st_uid, link.lstat().st_uid) == (0, BOT)


async def test_a_store_that_comes_where_there_was_none_belongs_to_whose_key_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
        back_up(path, tmp_path / "backup.db")
    path.unlink()
    key = keys.key_file(path)
    for each in (key, key.parent):
        os.chown(each, BOT, BOT)
    restored(tmp_path / "backup.db", path)
    assert path.stat().st_uid == BOT
