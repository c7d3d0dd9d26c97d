"""A store is checked without a trace: no byte of it changes, and nothing comes to lie beside it."""

import asyncio
import shutil
import sqlite3
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.backup import back_up
from adapters.store.sqlite import open_store
from adapters.store.untouched import untouched
from adapters.store.verify.record import verified
from safi.errors import StoreUnavailable
from tests.adapters.store.living import Life, lived, proof
from tests.adapters.store.test_read_only import ROOT, on_a_read_only_disk

CHECKING = """
import asyncio, sys
from pathlib import Path
from adapters.store.verify.record import verified
from safi.errors import StoreUnavailable

try:
    found = asyncio.run(verified(Path(sys.argv[1]), key=Path(sys.argv[2])))
    print(found.checked.links, "links", len(found.findings), "findings")
except StoreUnavailable as error:
    print(error)
"""


def lying(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All that lies in a folder, with when it was written."""
    return {each.name: (each.read_bytes(), each.stat().st_mtime_ns) for each in folder.iterdir() if each.is_file()}


@pytest.mark.parametrize("backup", [False, True], ids=["a store", "a backup"])
async def test_nothing_of_what_is_checked_changes(tmp_path: Path, backup: bool) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    file = back_up(path, tmp_path / "backup.db").file if backup else path
    before = lying(tmp_path)
    assert (await proof(file, key=path.with_suffix(".key"))).findings == ()
    assert lying(tmp_path) == before


@pytest.mark.parametrize("backup", [False, True], ids=["a store", "a backup"])
async def test_a_store_on_a_disk_that_can_only_be_read_is_checked(tmp_path: Path, backup: bool) -> None:
    path = tmp_path / "state" / "store.db"
    await lived(path)
    file = back_up(path, path.with_name("backup.db")).file if backup else path
    command = (*on_a_read_only_disk(path.parent), sys.executable, "-c", CHECKING, file, path.with_suffix(".key"))
    program = await create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
    output, _ = await program.communicate()
    assert output == b"69 links 0 findings\n"


async def test_a_bot_that_goes_on_writing_is_not_held_up_and_not_seen(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        async with asyncio.TaskGroup() as tasks:
            checks = [tasks.create_task(verified(path)) for _ in range(3)]
            for number in range(2, 30):
                await life.lived(number)
        assert [(await check).findings for check in checks] == [()] * 3
        assert (await proof(path)).checked.turns == 29


async def test_what_only_the_journal_holds_is_read(tmp_path: Path) -> None:
    path, left = tmp_path / "store.db", tmp_path / "left"
    left.mkdir()
    async with open_store(path) as store:
        await Life(store).lived(1)
        for name in ("store.db", "store.db-wal"):
            shutil.copy(tmp_path / name, left)
    assert (await proof(left / "store.db", key=path.with_suffix(".key"))).checked.turns == 1


async def test_a_store_that_is_written_to_after_all_is_told_to_be(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    with (
        pytest.raises(StoreUnavailable, match=r"store\.db: was written to while it was read: try again"),
        untouched(path),
    ):
        async with open_store(path) as store:
            await Life(store, minute=99).lived(30)


async def test_what_goes_wrong_because_a_store_is_written_to_is_that(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)

    def misread() -> None:
        with untouched(path):
            path.write_bytes(b"?" * 4096)
            raise sqlite3.DatabaseError("malformed")

    with pytest.raises(StoreUnavailable, match="was written to while it was read"):
        misread()


def test_another_programs_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table theirs (x)")
    with pytest.raises(StoreUnavailable, match=r"store\.db: is not a store of this program"), untouched(path):
        pytest.fail("it opened")


async def test_a_path_may_have_any_signs(tmp_path: Path) -> None:
    folder = tmp_path / "a ?mode=rw #1 %41 ü"
    folder.mkdir()
    await lived(folder / "store.db")
    assert (await proof(folder / "store.db")).findings == ()
