"""A look at a store: it changes nothing, and finds out in how many ways a store can be broken."""

import errno
import os
import sqlite3
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import checkup
from adapters.store.checkup import StoreFacts, file_system, look, open_record
from adapters.store.sqlite import open_store
from tests.adapters.store.making import delivered
from tests.adapters.store.test_file import ANOTHER_PROGRAM


def looked(path: Path, *, ended: bool = False) -> StoreFacts:
    return look(path, lambda: ended)


async def made(path: Path, turns: int = 1) -> None:
    async with open_store(path) as store:
        for number in range(1, turns + 1):
            await delivered(store, number)


async def test_a_store_that_is_well_is_called_so_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await made(path)
    before = path.read_bytes()
    facts = looked(path)
    assert facts == StoreFacts(there=True, damage=(), free=facts.free)
    assert facts.free > 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("where", ["store.db", "state/deeper/store.db"])
def test_where_there_is_no_store_yet_one_is_tried_and_nothing_stays(tmp_path: Path, where: str) -> None:
    facts = looked(tmp_path / where)
    assert facts == StoreFacts(there=False, free=facts.free)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_store_yet(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    assert not looked(tmp_path / "store.db").there
    assert (tmp_path / "store.db").read_bytes() == b""


async def test_a_store_in_use_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    program = await create_subprocess_exec(sys.executable, "-c", ANOTHER_PROGRAM, path, stdout=PIPE)
    try:
        assert program.stdout is not None
        assert await program.stdout.readline() == b"open\n"
        facts = looked(path)
        async with open_record(path) as record:
            assert await record.audits_owed() == 0
    finally:
        program.kill()
        await program.communicate()
    assert facts == StoreFacts(there=True, in_use=True, damage=(), free=facts.free)


async def test_a_record_is_read_alone(tmp_path: Path) -> None:
    await made(tmp_path / "store.db")
    async with open_record(tmp_path / "store.db") as record:
        assert await record.audits_owed() == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"Dear diary, " * 1000, "is not a SQLite database: move that file away"),
        (None, "is a folder: choose the path of a file"),
    ],
)
def test_what_is_no_store_is_told(tmp_path: Path, content: bytes | None, fault: str) -> None:
    path = tmp_path / "store.db"
    path.mkdir() if content is None else path.write_bytes(content)
    facts = looked(path)
    assert facts.there
    assert str(facts.fault).startswith(fault)


def test_another_programs_database_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("create table notes (text)")
    before = path.read_bytes()
    assert str(looked(path).fault).startswith("is a SQLite database of another program: choose another path")
    assert path.read_bytes() == before


async def test_a_store_that_another_program_has_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "PATIENCE", 0.0)
    path = tmp_path / "store.db"
    await made(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as backup:
        backup.execute("begin immediate")
        assert str(looked(path).fault).startswith("is locked by another program, perhaps a backup")


async def test_a_newer_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("insert into migrations values (999, 'later', 'unknown')")
        connection.commit()
    assert "a newer program made it" in str(looked(path).fault)


async def test_an_older_store_is_well_and_lacks_migrations(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("delete from migrations where version > 1")
        connection.commit()
    facts = looked(path)
    assert (facts.fault, facts.missing > 0) == (None, True)


async def test_damage_is_found(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await made(path)
    with closing(sqlite3.connect(path)) as connection:  # what stands in the rows is not what the schema allows
        connection.execute("pragma writable_schema = on")
        connection.execute("update sqlite_master set sql = replace(sql, 'reason text', 'reason text not null')")
        connection.commit()
    assert looked(path).damage == ("NULL value in events.reason", "NULL value in turns.hole_reason")


async def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await made(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert str(looked(path).fault).startswith("is damaged: move it away")


async def test_sqlites_own_check_is_left_when_the_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_STEPS", 1)
    await made(tmp_path / "store.db")
    facts = looked(tmp_path / "store.db", ended=True)
    assert (facts.fault, facts.damage) == (None, None)


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    facts = looked(tmp_path / "file" / "store.db")
    assert str(facts.fault).startswith("a part of its path is a file and not a folder")


def test_a_folder_in_which_nothing_can_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(checkup, "TemporaryDirectory", refuse)  # whoever runs the tests may be allowed everything
    assert str(looked(tmp_path / "store.db").fault).startswith("may not be read and written by this user")


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:30 / /srv rw - nfs4 server:/srv rw
31 30 0:31 / /srv/with\\040space rw master:2 - cifs //server/share rw
32 22 0:32 / /srvother rw - tmpfs tmpfs rw
a line that says nothing
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ada", "ext4"),
        ("/srv", "nfs4"),
        ("/srv/bot/state", "nfs4"),
        ("/srv/with space/state", "cifs"),
        ("/srvother/state", "tmpfs"),
    ],
)
def test_a_path_lies_on_the_nearest_mount_above_it(path: str, kind: str) -> None:
    assert file_system(path, MOUNTS) == kind


def test_a_system_without_a_list_of_mounts_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_system("/home", "") is None
    monkeypatch.setattr(checkup, "_MOUNTS", tmp_path / "none")
    assert looked(tmp_path / "store.db").network is None


def test_a_disk_over_the_network_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("30 22 0:30 / / rw - nfs4 server:/srv rw\n")
    monkeypatch.setattr(checkup, "_MOUNTS", mounts)
    assert looked(tmp_path / "store.db").network == "nfs4"


def test_a_path_that_may_not_be_looked_at_is_a_fault_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "locked"
    reaching = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        """A superuser, as whom tests may run, would be let in."""
        if locked in path.parents:
            raise PermissionError(errno.EACCES, "Permission denied")
        return reaching(path, follow_symlinks=follow_symlinks)

    locked.mkdir()
    monkeypatch.setattr(Path, "stat", stat)
    facts = looked(locked / "state" / "store.db")
    assert (facts.there, str(facts.fault).partition(":")[0]) == (False, "may not be read and written by this user")
    assert facts.free > 0
