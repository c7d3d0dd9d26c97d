"""A backup: one consistent snapshot in a new file, whole or not there at all, taken beside a writer that goes on."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import backup, keys
from adapters.store.backup import back_up
from adapters.store.sqlite import SQLiteStore, open_store
from safi.errors import StoreUnavailable
from safi.record import fold
from tests.adapters.store.making import at, audited, delivered, erased, event, everything, ledger, recovered
from tests.adapters.store.restoring import names, spoil, write, written
from tests.adapters.store.test_file import modes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


async def filled(store: SQLiteStore) -> None:
    """Three turns of two workspaces, one of them owing its audit."""
    await audited(store, 1, ledger())
    await delivered(store, 2)
    await store.settle(await delivered(store, 3, workspace="away", scope="den"), ledger(-1), fold, at=at(0))


async def test_it_holds_all_that_was_recorded_before_it_and_nothing_after(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
        before = await everything(store)
        back_up(path, file)
        await delivered(store, 4)
    async with open_store(file, key=keys.key_file(path)) as store:
        assert await everything(store) == before


async def test_it_is_taken_in_the_midst_of_a_commit_which_goes_on_unharmed(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("begin immediate")
            writer.execute("update events set speaker = 'someone else'")
            assert back_up(path, file).proof is not None
            writer.execute("rollback")
        await delivered(store, 2)
    async with open_store(file, key=keys.key_file(path)) as store:
        assert await store.audits_owed() == 1


async def test_it_is_one_file_for_its_owner_alone_that_needs_no_journal(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
        made = back_up(path, file)
    assert modes(file.parent)["backup.db"] == 0o600
    assert names(file.parent) == ["backup.db", "state"]
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)
    assert (made.file, made.size, made.key) == (file, len(written(file)), keys.key_file(path))


async def test_where_the_chains_end_is_told_and_that_all_is_as_it_was_recorded(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
        made = back_up(path, file)
    assert made.proof is not None
    assert made.proof.findings == ()
    assert [(head.workspace, head.height) for head in made.proof.heads] == [("away", 3), ("home", 5)]


async def test_nothing_of_what_was_erased_is_in_it(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
        await erased(store, workspace=None)
        back_up(path, file)
    assert [word for word in (b"Ada Lovelace", b"Question", b"three chords") if word in written(file)] == []


async def test_a_file_that_is_there_is_never_written_over(path: Path, file: Path) -> None:
    write(file, b"dear diary")
    async with open_store(path):
        with pytest.raises(StoreUnavailable, match=r"backup\.db: is there already: choose another name"):
            back_up(path, file)
    assert written(file) == b"dear diary"


async def test_a_file_that_comes_to_be_there_meanwhile_is_not_written_over(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_: Path) -> None:
        write(file, b"dear diary")

    async with open_store(path):
        monkeypatch.setattr(backup, "flush", slow)
        with pytest.raises(StoreUnavailable, match=r"backup\.db: is there already"):
            back_up(path, file)
    assert written(file) == b"dear diary"


async def test_a_folder_that_is_not_there_is_told(path: Path, tmp_path: Path) -> None:
    async with open_store(path):
        with pytest.raises(StoreUnavailable, match=r"b\.db: cannot be opened: see that its folder is there"):
            back_up(path, tmp_path / "nowhere" / "b.db")
    assert not (tmp_path / "nowhere").exists()


async def test_a_full_disk_leaves_no_half_file(path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    async with open_store(path):
        monkeypatch.setattr(backup, "flush", full)
        with pytest.raises(StoreUnavailable, match=r"backup\.db: its disk is full: free some space"):
            back_up(path, file)
    assert names(file.parent) == ["state"]


@pytest.fixture
def short_files() -> Iterator[None]:
    """The system lets no file of this process grow beyond some pages."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10 * 4096, usual[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, usual)


async def test_a_copy_that_cannot_be_written_to_its_end_leaves_no_half_file(
    path: Path, file: Path, request: pytest.FixtureRequest
) -> None:
    async with open_store(path) as store:
        await filled(store)
    request.getfixturevalue("short_files")
    with pytest.raises(StoreUnavailable, match=r"backup\.db: its disk could not be read or written: check the disk"):
        back_up(path, file)
    assert names(file.parent) == ["state"]


def test_where_there_is_no_store_that_is_told_and_none_is_made(path: Path, file: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.db: there is no store here"):
        back_up(path, file)
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreUnavailable, match=r"store\.db: there is no store here"):
        back_up(path, file)
    assert path.stat().st_size == 0


def test_a_folder_is_not_backed_up(path: Path, file: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreUnavailable, match=r"store\.db: is a folder: choose the path of a file"):
        back_up(path, file)


async def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        for number in range(40):
            await delivered(store, number)
    spoil(path)
    with pytest.raises(StoreUnavailable, match=r"store\.db: is damaged"):
        back_up(path, file)
    assert names(file.parent) == ["state"]


async def test_a_store_that_breaks_its_own_rules_is_not_backed_up_either(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma ignore_check_constraints = on")
        connection.execute("update turns set outcome = 'odd'")
    with pytest.raises(StoreUnavailable, match=r"store\.db: is damaged: .* \(CHECK constraint failed in turns\)"):
        back_up(path, file)


async def test_a_store_without_its_key_is_backed_up_all_the_same_and_that_is_told(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
    keys.key_file(path).unlink()
    made = back_up(path, file)
    assert names(file.parent) == ["backup.db", "state"]
    assert made.proof is None
    assert f"{keys.key_file(path)}: is missing" in str(made.keyless)


async def test_a_store_with_something_changed_in_it_is_backed_up_and_that_is_told(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await filled(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update turns set persona = 'impostor' where id = 'turn-1'")
    made = back_up(path, file)
    assert made.proof is not None
    assert [finding.subject for finding in made.proof.findings] == ["turn-1"]


async def test_an_event_that_waits_for_its_answer_is_in_it(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await store.accept(event(1))
        back_up(path, file)
    async with open_store(file, key=keys.key_file(path)) as store:
        assert await recovered(store) == (event(1),)
