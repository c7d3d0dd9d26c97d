"""An erasure counts as done no earlier than what is erased, so that none of that comes back from a backup."""

from pathlib import Path

import pytest

from adapters.store import keeping, keys
from adapters.store.backup import back_up
from adapters.store.forgotten import beside
from adapters.store.rows import micros
from adapters.store.sqlite import open_store
from safi.record import Freeze, fold
from tests.adapters.store import linking
from tests.adapters.store.making import at, delivered, erased, operated
from tests.adapters.store.restoring import restored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


def spoken(path: Path) -> list[str]:
    """The events whose words are kept."""
    return [row["id"] for row in linking.found(path, "select id from events where gone is null order by at")]


def listed(path: Path) -> dict[str, int]:
    """Who is on the list of the erased, and since when."""
    return dict(beside(keys.key_file(path)).known())


async def test_where_the_clock_is_behind_nothing_of_it_comes_back_and_what_is_said_later_stays(
    path: Path, file: Path
) -> None:
    later = file.with_name("later.db")
    async with open_store(path) as store:
        for number, minute in ((1, 20), (2, 95)):
            await delivered(store, number, minute=minute)
        back_up(path, file)
        await erased(store, minute=10)
        await delivered(store, 3, minute=96)
        back_up(path, later)
    assert set(listed(path).values()) == {micros(at(95))}
    assert [done["at"] for done in linking.operations(path, "erase")] == [micros(at(95))]
    assert (restored(file, path).erased, spoken(path)) == (1, [])
    assert (restored(later, path).erased, spoken(path)) == (0, ["event-3"])


async def test_what_somebody_did_counts_as_well(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=1)
        await operated(store, Freeze(), actor="Ada Lovelace", minute=60)
        await erased(store, minute=10)
    assert set(listed(path).values()) == {micros(at(60))}


async def test_an_erasure_that_waits_is_listed_so_too(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=60)
        await store.hold(held=True, actor="mod-1", step=fold, at=at(5))
        await erased(store, minute=10)
    assert set(listed(path).values()) == {micros(at(60))}
    (waiting,) = linking.found(path, "select at from erasures")
    assert waiting["at"] == micros(at(60))


async def test_with_a_clock_that_goes_right_its_time_is_the_erasures(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=1)
        await erased(store, minute=10)
    assert listed(path) == {keeping.pseudonym(keys.read(keys.key_file(path)), "home", "Ada Lovelace"): micros(at(10))}
