"""Opening: one program at a time, for its owner's eyes alone, and never another program's database."""

import sqlite3
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import Iterator
from contextlib import closing
from os import umask
from pathlib import Path

import pytest

from adapters.store.file import held
from adapters.store.sqlite import open_store
from adapters.store.worker import open_worker
from safi.errors import StoreUnavailable
from tests.adapters.store.making import at, delivered, event, recovered

ANOTHER_PROGRAM = """
import asyncio, sys
from pathlib import Path
from adapters.store.sqlite import open_store

async def main():
    async with open_store(Path(sys.argv[1])):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def generous() -> Iterator[None]:
    """Files are made for everyone to read, as on most machines."""
    before = umask(0o022)
    yield
    umask(before)


async def refused(path: Path, match: str) -> None:
    with pytest.raises(StoreUnavailable, match=match):
        async with open_store(path, patience=0):
            pytest.fail("it opened")


def modes(folder: Path) -> dict[str, int]:
    """Who may do what with each file of a folder."""
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


async def test_a_store_that_another_program_holds_is_refused_until_that_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    program = await create_subprocess_exec(sys.executable, "-c", ANOTHER_PROGRAM, path, stdout=PIPE)
    try:
        assert program.stdout is not None
        assert await program.stdout.readline() == b"open\n"
        await refused(path, r"store\.db: is in use by another safi-bot; end that one first")
    finally:
        program.kill()
        await program.communicate()
    async with open_store(path) as store:
        assert await store.accept(event(1))


async def test_a_store_is_opened_once_at_a_time_and_stays_whole_when_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
        assert await store.claim(at=at(1), until=at(99))
        await refused(path, "is in use")
        assert await store.claim(at=at(2), until=at(99)) is None
        assert await store.accept(event(2))
    async with open_store(path) as store:
        assert await recovered(store) == (event(2),)


async def test_a_link_to_a_store_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "store.db")
    async with open_store(tmp_path / "store.db"):
        await refused(tmp_path / "link.db", r"link\.db: is in use")


async def test_an_opening_that_fails_lets_go_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dear diary, " * 1000)
    await refused(path, "is not a SQLite database")
    path.unlink()
    async with open_store(path) as store:
        assert await store.audits_owed() == 0


@pytest.mark.usefixtures("generous")
async def test_every_file_of_a_store_is_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
        made = modes(tmp_path)
    assert made == dict.fromkeys(("store.db", "store.db-wal", "store.db-shm", "store.db.lock", "store.key"), 0o600)


@pytest.mark.usefixtures("generous")
async def test_a_file_that_a_link_points_to_is_made_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "store.db")
    with held(tmp_path / "link.db"):
        assert (tmp_path / "store.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("generous")
async def test_a_folder_is_made_for_its_owners_eyes_alone(tmp_path: Path) -> None:
    async with open_store(tmp_path / "new" / "store.db") as store:
        assert await store.audits_owed() == 0
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "made", ["create table notes (note text)", "pragma application_id = 7", "create table migrations (version)"]
)
async def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path, made: str) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(made)
    before = path.read_bytes()
    await refused(path, r"store\.db: is a SQLite database of another program: choose another path")
    assert path.read_bytes() == before
    assert set(modes(tmp_path)) == {"store.db", "store.db.lock"}


async def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    async with open_store(tmp_path / "store.db") as store:
        await delivered(store, 1)
    async with open_store(tmp_path / "store.db") as store:
        assert await store.audits_owed() == 1


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dear diary, " * 1000)
    await refused(path, r"store\.db: is not a SQLite database: move that file away")
    assert path.read_text() == "Dear diary, " * 1000


async def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    await refused(path, r"store\.db: is damaged: move it away")


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    await refused(tmp_path / "file" / "store.db", r"file/store\.db: a part of its path is a file")
    await refused(tmp_path / "file" / "deeper" / "store.db", r"deeper/store\.db: a part of its path is a file")


async def test_a_store_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    await refused(tmp_path / "state", "state: is a folder: choose the path of a file")


async def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "store.db").symlink_to(tmp_path / "store.db")
    await refused(tmp_path / "store.db", r"store\.db: cannot be used: choose another path")


async def test_a_database_whose_readers_would_wait_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="journal mode memory, not wal"):
        async with open_worker(Path(":memory:"), patience=0):
            pytest.fail("it opened")


async def test_a_store_that_a_backup_has_locked_says_so_and_then_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path, patience=0) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as backup:
            backup.execute("begin immediate")
            with pytest.raises(StoreUnavailable, match=r"store\.db: is locked by another program, perhaps a backup"):
                await recovered(store)
            assert await store.audits_owed() == 0
        await delivered(store, 1)
        assert await store.claim(at=at(1), until=at(2))


async def test_a_store_that_a_backup_has_locked_does_not_open(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db"):
        pass
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as backup:
        backup.execute("begin immediate")
        await refused(tmp_path / "store.db", "is locked by another program")


async def test_what_a_killed_restore_has_left_is_cleared_away_at_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.db"
    left = tmp_path / ".store.db.restoring"
    left.mkdir(mode=0o700)
    (left / "store.db").write_text("what somebody said who was erased since", encoding="utf-8")
    async with open_store(path):
        assert not left.exists()
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        f"{path}: what a restore had left that did not end was cleared away"
    ]
    caplog.clear()
    async with open_store(path):
        assert not caplog.records
