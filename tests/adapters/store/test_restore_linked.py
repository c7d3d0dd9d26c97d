"""Who was erased in the store that is replaced is erased in the backup too, also where the list lost them."""

from pathlib import Path

import pytest

from adapters.store import keys
from adapters.store.backup import back_up
from adapters.store.forgotten import Forgotten, beside
from adapters.store.restore import restore
from adapters.store.sqlite import open_store
from safi.ports.proof import Proof
from tests.adapters.store import linking
from tests.adapters.store.living import changed
from tests.adapters.store.making import at, delivered, erased
from tests.adapters.store.restoring import restored, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


@pytest.fixture
def listed(path: Path) -> Forgotten:
    """The list beside the key."""
    return beside(keys.key_file(path))


@pytest.fixture(autouse=True)
async def _erased_since(path: Path, file: Path) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """Ada was erased after the backup, and Grace too, who is not in it before the second minute."""
    async with open_store(path) as store:
        await delivered(store, 1, minute=1)
        await delivered(store, 2, author="Grace", minute=2)
        back_up(path, file)
        await erased(store, minute=3)
        await erased(store, "Grace", minute=4)


def spoken(path: Path) -> int:
    """Of how many events words are kept."""
    return len(linking.found(path, "select id from events where gone is null"))


async def test_whoever_is_missing_from_the_list_is_erased_again_and_put_on_it(
    path: Path, file: Path, listed: Forgotten
) -> None:
    before = dict(listed.known())
    listed.file.unlink()
    made = restored(file, path)
    assert (made.relisted, made.erased, made.unlisted) == (2, 2, listed.file)
    assert (spoken(path), listed.known()) == (0, before)


async def test_an_older_list_is_brought_up_to_date(path: Path, file: Path, listed: Forgotten) -> None:
    before = dict(listed.known())
    listed.file.write_text(listed.file.read_text().splitlines()[0] + "\n")
    made = restored(file, path)
    assert (made.relisted, made.erased, made.unlisted) == (1, 2, None)
    assert (spoken(path), listed.known()) == (0, before)


async def test_a_list_that_knows_them_all_stays_as_it_is(path: Path, file: Path, listed: Forgotten) -> None:
    before = listed.file.read_bytes()
    assert restored(file, path).relisted == 0
    assert restored(file, path).relisted == 0  # what a restore erases again is linked with the first one's time
    assert listed.file.read_bytes() == before


async def test_once_more_restored_after_the_list_was_lost_it_has_the_same_times(
    path: Path, file: Path, listed: Forgotten
) -> None:
    before = dict(listed.known())
    restored(file, path)
    listed.file.unlink()
    assert restored(file, path).relisted == 2
    assert listed.known() == before


async def test_what_no_key_linked_reaches_no_list(path: Path, file: Path, listed: Forgotten) -> None:
    listed.file.unlink()
    changed(
        path,
        f"update operations set at = {10**16} where kind = 'erase' and rowid in (select max(rowid) from operations)",
    )
    assert restored(file, path).relisted == 1


@pytest.mark.parametrize("cell", ["x'ff'", "cast(x'ff' as text)", "'[]'", "'{\"person\": [1]}'", "1e999"])
@pytest.mark.parametrize(
    "column", ["operations.detail", "operations.at", "operations.kind", "links.sealed", "links.mark"]
)
async def test_whatever_stands_in_a_store_it_can_be_replaced(
    path: Path, file: Path, listed: Forgotten, column: str, cell: str
) -> None:
    listed.file.unlink()
    table, name = column.split(".")
    changed(path, f"update {table} set {name} = {cell}")
    made = restored(file, path)
    assert (made.relisted == 0, made.aside is not None) == (True, True)


async def test_a_store_of_another_key_and_one_that_is_damaged_tell_of_nobody(
    path: Path, file: Path, listed: Forgotten
) -> None:
    listed.file.unlink()
    changed(path, "update chain_keys set fingerprint = 'another'")
    assert restored(file, path).relisted == 0
    write(path, b"\xff" * 8192)
    assert restored(file, path).relisted == 0


async def test_a_backup_that_is_refused_leaves_the_list_as_it_is(path: Path, file: Path, listed: Forgotten) -> None:
    listed.file.unlink()
    changed(file, "update turns set persona = 'impostor' where id = 'turn-1'")
    assert isinstance(restore(file, path, at=at(9)), Proof)
    assert not listed.file.exists()
