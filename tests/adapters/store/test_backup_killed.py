"""A backup that ends before its time: what it leaves, who sweeps that out, and that two never share a workshop."""

import os
from pathlib import Path

import pytest

from adapters.store.backup import back_up, workshop
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from tests.adapters.store.making import delivered
from tests.adapters.store.restoring import names, write


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def test_what_a_killed_backup_left_is_swept_out(path: Path, file: Path) -> None:
    left = file.with_name(".backup.db.copying")
    (left / "folder").mkdir(parents=True)
    write(left / "backup.db", b"half of it")
    back_up(path, file)
    assert names(file.parent) == ["backup.db", "state"]


def test_nobody_sweeps_out_a_workshop_in_use(path: Path, file: Path) -> None:
    with workshop(file, "copying") as folder:
        write(folder / "backup.db", b"half of it")
        with pytest.raises(StoreUnavailable, match=r"backup\.db: is being made by another safi-bot"):
            back_up(path, file)
        assert names(folder) == ["backup.db"]


def test_a_workshop_that_the_one_before_just_removed_is_not_used(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(*_: object) -> bool:
        return False

    monkeypatch.setattr(os.path, "samestat", another)
    with pytest.raises(StoreUnavailable, match="is being made by another"):
        back_up(path, file)


def test_a_copy_that_cannot_be_moved_to_its_name_gives_that_up(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Path, __: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(StoreUnavailable, match=r"backup\.db: its disk could not be read or written"):
        back_up(path, file)
    assert names(file.parent) == ["state"]


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_a_foreign_journal_beside_it_would_spoil_it(path: Path, file: Path, end: str) -> None:
    write(file.with_name(file.name + end), b"left")
    with pytest.raises(StoreUnavailable, match=rf"backup\.db{end}: is there already"):
        back_up(path, file)
    assert not file.exists()
