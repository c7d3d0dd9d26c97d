"""Under a legal hold nothing goes; at its end what waited goes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store import keys, rows
from adapters.store.forgotten import beside
from adapters.store.sqlite import open_store
from adapters.store.verify.record import verified
from safi.ports import Erased, Expired
from safi.record import Baseline, fold
from tests.adapters.store import linking
from tests.adapters.store.making import (
    Opening,
    Store,
    at,
    audited,
    delivered,
    erased,
    every_store,
    expired,
    ledger,
    operated,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[Store]:
    async with open_store(file) as store:
        yield store


async def hold(store: Store, *, held: bool, minute: float = 5) -> Erased | None:
    return await store.hold(held=held, actor="the lawyer", step=fold, at=at(minute))


async def all_goes(store: Store) -> Expired:
    return await expired(store, texts=900, ledgers=900, checkpoint=0, minute=1000)


async def words(store: Store) -> list[str]:
    """The turns of which there are words."""
    return [exchange.id for exchange in await store.conversation("lobby", limit=9)]


async def test_nothing_goes_by_its_age(store: Store) -> None:
    await audited(store, 1, ledger())
    await expired(store, checkpoint=3, minute=4)
    await hold(store, held=True)
    assert await all_goes(store) == Expired(held=True)
    assert await words(store) == ["turn-1"]
    await hold(store, held=False)
    assert await all_goes(store) == Expired(texts=1, turns=1, more=True)


async def test_checkpoints_are_written_all_the_same(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await hold(sqlite, held=True)
    await expired(sqlite, checkpoint=9, minute=9)
    assert len(linking.operations(file, "checkpoint")) == 1


async def test_an_erasure_waits_for_the_end(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, author="Grace")
    await hold(sqlite, held=True)
    assert await erased(sqlite, minute=6) == Erased(queued=True)
    assert await erased(sqlite, minute=7) == Erased(queued=True)
    assert await words(sqlite) == ["turn-1", "turn-2"]
    assert len(beside(keys.key_file(file)).known()) == 1, "a backup that is restored meanwhile is to lose them too"
    await delivered(sqlite, 3)
    assert await hold(sqlite, held=False) == Erased(events=2)
    assert await words(sqlite) == ["turn-2"]
    assert linking.found(file, "select * from erasures") == []
    assert len(beside(keys.key_file(file)).known()) == 1


async def test_an_erasure_in_all_workspaces_waits_as_such(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, workspace="away", scope="hall", place="hall")
    await hold(store, held=True)
    assert await erased(store, workspace=None) == Erased(queued=True)
    assert await erased(store, workspace="away") == Erased(queued=True)
    assert await hold(store, held=False) == Erased(events=2)


async def test_no_byte_of_what_waited_is_left_at_the_end(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    await hold(sqlite, held=True)
    await erased(sqlite)
    assert any(b"Ada Lovelace" in each.read_bytes() for each in file.parent.iterdir())
    await hold(sqlite, held=False)
    left = b"".join(each.read_bytes() for each in file.parent.iterdir())
    assert [word for word in (b"Ada Lovelace", b"Question 1", b"three chords") if word in left] == []


async def test_only_a_change_is_one_and_is_recorded_in_every_workspace(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    changes = [(False, None), (True, Erased()), (True, None), (False, Erased()), (False, None)]
    for minute, (held, expected) in enumerate(changes, start=1):
        assert await hold(sqlite, held=held, minute=minute) == expected
    done = linking.found(file, "select kind, workspace, actor from operations order by at, workspace")
    assert [(one["kind"], one["workspace"], one["actor"]) for one in done] == [
        ("hold", "away", "the lawyer"),
        ("hold", "home", "the lawyer"),
        ("release", "away", "the lawyer"),
        ("release", "home", "the lawyer"),
    ]
    assert linking.broken(file) == []


async def test_everywhere_that_somebody_is_to_be_erased_they_are_on_the_list_at_once(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    await hold(sqlite, held=True)
    await erased(sqlite, workspace=None)
    assert len(beside(keys.key_file(file)).known()) == 3  # in either, and wherever a backup has them


async def test_a_workspace_that_is_new_is_taken_into_a_hold_that_is_on(sqlite: Store, file: Path) -> None:
    await hold(sqlite, held=True, minute=1)
    await delivered(sqlite, 1)
    await delivered(sqlite, 2)
    await operated(sqlite, Baseline(), scope="hall", workspace="away")
    done = linking.operations(file, "hold")
    assert {(one["workspace"], one["actor"], rows.moment(one["at"])) for one in done} == {
        ("home", "the hold", at(1)),
        ("away", "the hold", at(1)),
    }
    assert (len(done), linking.links(file)[:3], linking.broken(file)) == (2, ["turn", "operation", "delivery"], [])
    assert (await verified(file)).findings == ()
    await hold(sqlite, held=False)
    assert (await verified(file)).findings == ()


@every_store
async def test_a_hold_and_what_waits_outlive_a_restart(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        await delivered(store, 1)
        await hold(store, held=True)
        await erased(store)
    async with opening(tmp_path / "store.db") as store:
        assert await all_goes(store) == Expired(held=True, more=True)  # a checkpoint was due
        assert await all_goes(store) == Expired(held=True)
        assert await hold(store, held=True) is None
        assert await words(store) == ["turn-1"]
        assert await hold(store, held=False) == Erased(events=1)
        assert await words(store) == []
