"""Whoever only acted, and said nothing: an erasure reaches each kind of act, in its workspace, up to its time."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest

from adapters.store import keeping, keys
from adapters.store.backup import back_up
from adapters.store.forgotten import beside
from adapters.store.sqlite import open_store
from adapters.store.verify.record import verified
from safi.ports import Assignment, Votes
from safi.record import Baseline, Freeze
from tests.adapters.store import linking
from tests.adapters.store.making import Store, at, delivered, erased, expired, operated
from tests.adapters.store.restoring import restored

NAME: Final = "Grace Hopper"

Act = Callable[[Store, float], Awaitable[object]]

ACTS: Final[dict[str, Act]] = {
    "a vote": lambda store, minute: store.vote("turn-1", author=NAME, vote="up", at=at(minute)),
    "an objection": lambda store, minute: store.report("turn-1", author=NAME, reason="Off.", at=at(minute)),
    "an assignment": lambda store, minute: store.assign(
        Assignment(workspace="home", channel="garden"), actor=NAME, at=at(minute)
    ),
    "an operator's act": lambda store, minute: operated(store, Freeze(), actor=NAME, minute=minute),
}

every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


def names(path: Path) -> list[str]:
    """Everybody who is named for an act."""
    query = """
        select author as name from votes union all select author from reports
        union all select actor from assignments union all select actor from operations
    """
    return [row["name"] for row in linking.found(path, query)]


def list_erased(path: Path, minute: float) -> None:
    """Put the person on the list beside the key, as erased in one workspace at that minute."""
    key = keys.key_file(path)
    beside(key).add([keeping.pseudonym(keys.read(key), "home", NAME)], at(minute))


@every_act
async def test_an_erasure_is_recorded_where_somebody_only_acted(path: Path, act: Act) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await act(store, 5)
        await erased(store, NAME, workspace=None, minute=9)
    assert NAME not in names(path)
    assert [done["workspace"] for done in linking.operations(path, "erase")] == ["home"]
    assert (await verified(path)).findings == ()


@every_act
async def test_whoever_only_acted_is_erased_again_in_a_restored_backup(path: Path, tmp_path: Path, act: Act) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await act(store, 5)
        back_up(path, tmp_path / "backup.db")
        await erased(store, NAME, minute=6)
    assert restored(tmp_path / "backup.db", path).erased == 1
    assert NAME not in names(path)


@every_act
async def test_what_was_done_after_the_erasure_stays_in_a_restored_backup(path: Path, tmp_path: Path, act: Act) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await operated(store, Baseline(), actor=NAME, minute=2)
        await act(store, 7)
        back_up(path, tmp_path / "backup.db")
    list_erased(path, 3)
    assert restored(tmp_path / "backup.db", path).erased == 1
    assert names(path).count(NAME) == 1


async def test_acts_in_another_workspace_keep_their_name(path: Path) -> None:
    async with open_store(path) as store:
        for workspace in ("home", "away"):
            await operated(store, Freeze(), actor=NAME, workspace=workspace, scope=workspace)
            await store.assign(Assignment(workspace=workspace, channel="garden"), actor=NAME, at=at(1))
        await erased(store, NAME, workspace="away", minute=2)
    assert names(path).count(NAME) == 2
    assert (await verified(path)).findings == ()


async def test_a_vote_that_was_changed_is_as_old_as_its_change(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await store.vote("turn-1", author=NAME, vote="up", at=at(2))
        await store.vote("turn-1", author=NAME, vote="down", at=at(8))
        await expired(store, texts=5, minute=9)
        assert NAME in names(path)
        await store.vote("turn-1", author=NAME, vote=None, at=at(9))
        assert await store.votes("turn-1") == Votes()
