"""Restoring: a backup comes into the store's place, checked, rid of whoever was erased since, and marked as such."""

import os
from pathlib import Path

import pytest

from adapters.store import keys, restore
from adapters.store.backup import back_up
from adapters.store.rows import unpacked
from adapters.store.schema import shipped
from adapters.store.sqlite import open_store
from safi.ports import Erased
from safi.record import fold
from tests.adapters.store import linking
from tests.adapters.store.making import at, audited, delivered, erased, everything, ledger
from tests.adapters.store.restoring import ASIDE, backed_up, content, first_schema, restored, write, written


async def test_the_store_is_what_it_was_at_the_backup(path: Path, file: Path) -> None:
    held = await backed_up(path, file)
    restored(file, path)
    async with open_store(path) as store:
        assert await everything(store) == held


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


async def test_the_store_that_was_there_lies_whole_beside_it(path: Path, file: Path) -> None:
    await backed_up(path, file)
    async with open_store(path) as store:
        before = await everything(store)
    made = restored(file, path)
    assert made.aside == path.with_name(ASIDE)
    assert sorted(content(path.parent)) == ["store.db", ASIDE, "store.key"]
    async with open_store(path.with_name(ASIDE), key=keys.key_file(path)) as store:
        assert await everything(store) == before


async def test_what_stood_only_in_a_killed_programs_journal_is_kept_too(path: Path, file: Path) -> None:
    await backed_up(path, file)
    async with open_store(path) as store:
        await delivered(store, 4)
        killed = content(path.parent)
    assert killed["store.db-wal"]
    for name, held in killed.items():
        (path.parent / name).write_bytes(held)
    restored(file, path)
    assert sorted(content(path.parent)) == ["store.db", ASIDE, "store.key"]
    assert linking.found(path.with_name(ASIDE), "select id from turns where id = 'turn-4'") == [{"id": "turn-4"}]


async def test_it_is_marked_in_each_chain_with_where_the_backup_ended(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await audited(store, 1, ledger())
        await delivered(store, 2, workspace="away", scope="den")
        backup = back_up(path, file)
    made = restored(file, path)
    assert made.proof is not None
    assert backup.proof is not None
    ends = {head.workspace: [head.height, head.mark] for head in backup.proof.heads}
    marked = linking.operations(path, "replace")
    assert {row["workspace"]: unpacked(row["detail"])["head"] for row in marked} == ends
    assert {row["actor"] for row in marked} == {"restore"}
    assert [head.height for head in made.proof.heads] == [3, 4]
    assert linking.broken(path) == []


async def test_whoever_was_erased_since_is_erased_in_it_again(path: Path, file: Path) -> None:
    await backed_up(path, file)
    async with open_store(path) as store:
        await erased(store, "Ben")
    made = restored(file, path)
    assert (made.erased, made.queued) == (1, 0)
    assert [word for word in (b"Ben", b"Question 2") if word in written(path)] == []
    assert b"Question 1" in written(path)
    assert linking.broken(path) == []
    async with open_store(path) as store:
        record = await store.numbered("lobby", 2)
        assert record is not None
        assert (record.fate, record.hole_reason) == ("hole", "erased")


async def test_under_the_backups_legal_hold_an_erasure_waits_for_its_end(path: Path, file: Path) -> None:
    async with open_store(path) as store:
        await audited(store, 1, ledger())
        await store.hold(held=True, actor="mod-1", step=fold, at=at(1))
        back_up(path, file)
        await store.hold(held=False, actor="mod-1", step=fold, at=at(2))
        await erased(store)
    made = restored(file, path)
    assert (made.erased, made.queued) == (0, 1)
    async with open_store(path) as store:
        assert await store.hold(held=False, actor="mod-1", step=fold, at=at(10)) == Erased(events=1)


async def test_it_goes_to_a_place_where_there_was_no_store(path: Path, file: Path, tmp_path: Path) -> None:
    held = await backed_up(path, file)
    elsewhere = tmp_path / "elsewhere" / "safi.db"
    assert restored(file, elsewhere, key=keys.key_file(path)).aside is None
    assert [each.name for each in elsewhere.parent.iterdir() if each.suffix != ".lock"] == ["safi.db"]
    async with open_store(elsewhere, key=keys.key_file(path)) as store:
        assert await everything(store) == held


async def test_a_store_behind_a_link_is_replaced_where_it_lies(path: Path, file: Path, tmp_path: Path) -> None:
    held = await backed_up(path, file)
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert restored(file, link, key=keys.key_file(path)).aside == path.with_name(ASIDE)
    assert link.is_symlink()
    async with open_store(path) as store:
        assert await everything(store) == held


async def test_two_in_one_second_keep_two_stores(path: Path, file: Path) -> None:
    await backed_up(path, file)
    assert [restored(file, path).aside for _ in range(2)] == [path.with_name(ASIDE), path.with_name(f"{ASIDE}-2")]


async def test_what_a_killed_restore_left_is_swept_out(path: Path, file: Path) -> None:
    await backed_up(path, file)
    left = path.with_name(".store.db.restoring")
    left.mkdir()
    (left / "store.db").write_text("half of it")
    restored(file, path)
    assert not left.exists()


async def test_a_damaged_store_is_moved_aside_as_it_is(path: Path, file: Path) -> None:
    held = await backed_up(path, file)
    write(path, b"\xff" * 8192)
    restored(file, path)
    assert content(path.parent)[ASIDE] == b"\xff" * 8192
    async with open_store(path) as store:
        assert await everything(store) == held


async def test_the_journal_of_a_store_that_cannot_be_read_goes_with_it(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(_: Path) -> None:
        """As `_take_in` leaves a store that is damaged."""

    held = await backed_up(path, file)
    for end in ("-wal", "-shm"):
        write(path.with_name(f"store.db{end}"), b"left")
    monkeypatch.setattr(restore, "_take_in", unread)
    restored(file, path)
    left = content(path.parent)
    assert left[f"{ASIDE}-wal"] == b"left"
    assert f"{ASIDE}-shm" in left  # SQLite made it anew, to read what was linked there
    async with open_store(path) as store:
        assert await everything(store) == held


async def test_a_backup_of_an_older_program_is_linked_with_the_key_that_is_there(path: Path, tmp_path: Path) -> None:
    first_schema(tmp_path / "store.db")
    async with open_store(path):
        pass
    made = restored(tmp_path / "store.db", path)
    assert (made.version, made.latest, made.linked) == (1, len(shipped()), True)
    assert linking.broken(path) == []
    async with open_store(path) as store:
        assert await store.audits_owed() == 1


async def test_without_a_key_the_next_start_links_it(path: Path, tmp_path: Path) -> None:
    first_schema(tmp_path / "store.db")
    made = restored(tmp_path / "store.db", path)
    assert (made.proof, made.linked) == (None, False)
    async with open_store(path) as store:
        assert await store.audits_owed() == 1
    assert linking.broken(path) == []


async def test_a_superuser_leaves_the_store_to_whom_it_belongs(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backed_up(path, file)
    given: list[str] = []

    def chown(file: Path, owner: int, _: int) -> None:
        assert owner == os.getuid()
        given.append(file.name)

    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    monkeypatch.setattr(os, "chown", chown)
    restored(file, path)
    assert given == ["store.db"]
