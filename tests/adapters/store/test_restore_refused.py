"""What cannot be restored, or not now: a clear message each, and everything stays as it was."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store import keys
from adapters.store import restore as restoring
from adapters.store.backup import back_up
from adapters.store.restore import restore
from adapters.store.schema import shipped
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from safi.ports.proof import Checked, Finding, Proof
from tests.adapters.store.making import at, delivered
from tests.adapters.store.restoring import backed_up, content, refused, spoil


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


async def test_another_programs_database_is_not_moved_away(path: Path, file: Path, tmp_path: Path) -> None:
    await backed_up(path, file)
    other = tmp_path / "other" / "other.db"
    other.parent.mkdir()
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("create table theirs (x)")
    shutil.copy(keys.key_file(path), other.with_name("other.key"))
    refused(file, other, r"other\.db: is a SQLite database of another program")


async def test_a_store_in_use_is_not_replaced(path: Path, file: Path) -> None:
    await backed_up(path, file)
    async with open_store(path):
        with pytest.raises(StoreUnavailable, match=r"store\.db: is in use by another safi-bot; end that one first"):
            restore(file, path, at=at(9))


async def test_a_store_that_another_program_reads_is_not_replaced(path: Path, file: Path) -> None:
    await backed_up(path, file)
    with closing(sqlite3.connect(path, isolation_level=None)) as viewer:
        viewer.execute("begin")
        viewer.execute("select count(*) from turns").fetchall()
        with pytest.raises(StoreUnavailable, match=r"store\.db: is locked by another program"):
            restore(file, path, at=at(9))
    async with open_store(path) as store:
        assert len(await store.turns("lobby", limit=9)) == 3


async def test_what_is_no_backup_is_refused(path: Path, file: Path, tmp_path: Path) -> None:
    await backed_up(path, file)
    refused(tmp_path / "nowhere.db", path, r"nowhere\.db: there is no store here")
    refused(path, path, r"store\.db: is the store itself: name a backup of it")
    diary = tmp_path / "diary.db"
    diary.write_text("Dear diary, " * 1000)
    refused(diary, path, r"diary\.db: is not a SQLite database")
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("create table theirs (x)")
    refused(other, path, r"other\.db: is not a store of this program")


async def test_a_damaged_backup_is_refused(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        for number in range(40):
            await delivered(store, number)
        back_up(path, file)
    spoil(file)
    refused(file, path, r"backup\.db: is damaged: choose another backup \(")


async def test_a_backup_of_a_newer_program_is_refused(path: Path, file: Path) -> None:
    await backed_up(path, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("insert into migrations values (?, 'later', 'unknown')", (len(shipped()) + 1,))
    refused(file, path, rf"backup\.db: has version {len(shipped()) + 1}")


async def test_a_backup_made_with_another_key_is_refused(path: Path, file: Path, tmp_path: Path) -> None:
    await backed_up(path, file)
    async with open_store(tmp_path / "other" / "other.db"):
        pass
    refused(file, tmp_path / "other" / "other.db", r"other\.key: is not the key that the chain of .*backup\.db")
    keys.key_file(path).unlink()
    refused(file, path, r"store\.key: is missing, and the chain of .*backup\.db was made with it")


async def test_a_backup_whose_chain_was_taken_away_is_refused(path: Path, file: Path) -> None:
    await backed_up(path, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("delete from chain_keys")
        connection.execute("delete from links")
    refused(file, path, r"backup\.db: its chain was taken away")


async def test_a_backup_in_which_something_was_changed_is_refused(path: Path, file: Path) -> None:
    await backed_up(path, file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("update turns set persona = 'impostor' where id = 'turn-1'")
    before = content(path.parent)
    made = restore(file, path, at=at(9))
    assert isinstance(made, Proof)
    assert [finding.subject for finding in made.findings] == ["turn-1"]
    assert content(path.parent) == before


async def test_a_copy_that_is_unsound_once_it_was_marked_is_not_put_in_place(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backed_up(path, file)
    well = Proof(checked=Checked(), linked=True)
    proofs = [well, replace(well, findings=(Finding(problem="gap", workspace="home"),))]

    def proved(*_: object) -> Proof:
        return proofs.pop(0)

    before = content(path.parent)
    monkeypatch.setattr(restoring, "proved", proved)
    assert isinstance(restore(file, path, at=at(9)), Proof)
    assert content(path.parent) == before
