"""What a program without a chain recorded is linked when the store is first opened by one with a chain."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from adapters.store.worker import APPLICATION
from safi.errors import InvalidValue
from safi.ports import Erased
from safi.record import Restore, fold
from tests.adapters.store import linking
from tests.adapters.store.making import at, delivered, erased, ledger, operated

FIRST = Path(__file__).with_name("first_schema.sql")
"""What the first program wrote: a turn audited, one owed, one suppressed, one unsent, and an event without a turn."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
        connection.execute(f"pragma application_id = {APPLICATION}")
    return path


async def reopened(path: Path) -> None:
    async with open_store(path):
        pass


async def test_everything_that_was_recorded_gets_its_link_once(old: Path) -> None:
    await reopened(old)
    expected = ["turn", "delivery", "ledger", "turn", "delivery", "turn", "delivery", "turn"]
    assert linking.links(old) == expected
    assert linking.broken(old) == []
    await reopened(old)
    assert linking.links(old) == expected


async def test_every_text_and_every_person_gets_a_salt(old: Path) -> None:
    await reopened(old)
    for table in ("texts", "events"):
        salts = [row["salt"] for row in linking.found(old, f"select salt from {table}")]
        assert None not in salts
        assert len(set(salts)) == len(salts) > 4


async def test_each_scope_knows_its_workspace_and_the_profile_in_force(old: Path) -> None:
    await reopened(old)
    (scope,) = linking.found(old, "select * from scopes")
    (turn,) = linking.found(old, "select digest from turns where number = 2")
    assert (scope["workspace"], scope["digest"]) == ("home", turn["digest"])


async def test_it_is_linked_on_expired_and_erased_like_any_other(old: Path) -> None:
    async with open_store(old) as store:
        await store.settle("turn-2", ledger(), fold, at=at(6))
        await delivered(store, 6, minute=7)
        assert await operated(store, Restore(to=1), minute=8) == 4
        assert await erased(store) == Erased(events=6)
    assert linking.links(old)[8:] == ["ledger", "turn", "delivery", "operation", "hole", "operation"]
    assert linking.broken(old) == []


async def test_a_hole_of_an_old_store_is_linked_with_its_reason(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute(
            "update turns set audit = 'abandoned', fate = 'hole', hole_reason = '\"unreadable\"' where number = 2"
        )
        connection.commit()
    await reopened(old)
    assert linking.links(old)[3:6] == ["turn", "delivery", "hole"]
    assert linking.broken(old) == []


async def test_earlier_memories_are_made_anew_so_that_they_can_be_restored(old: Path) -> None:
    async with open_store(old) as store:
        await store.settle("turn-2", ledger(-1), fold, at=at(6))
        expected = (await store.state("lobby")).memory
    with closing(sqlite3.connect(old)) as connection:  # as a program without memories would have left it
        connection.executescript("delete from memories where number = 1; delete from links; delete from chain_keys;")
    old.with_suffix(".key").unlink()
    async with open_store(old) as store:
        with pytest.raises(InvalidValue):
            await operated(store, Restore(to=3))
        await operated(store, Restore(to=1))
        assert (await store.state("lobby")).memory.folded == 1
        await operated(store, Restore(to=2))
        assert (await store.state("lobby")).memory == expected


async def test_a_ledger_that_no_longer_fits_does_not_stop_the_start(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(
            "update scopes set folded = 2;"
            "update turns set audit = 'landed', fate = 'folded', ledger = ledger, landed_at = 1,"
            ' ledger = \'{"entries":[["wit",1,1,1]],"usage":null}\' where number in (1, 2);'
        )
    async with open_store(old) as store:
        assert (await store.state("lobby")).memory.folded == 1
    assert [row["number"] for row in linking.found(old, "select number from memories order by number")] == [1, 2]
