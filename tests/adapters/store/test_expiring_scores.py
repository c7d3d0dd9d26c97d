"""Scores go behind a checkpoint that is old enough; memory, numbers and what is not finished yet stay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store.rows import moment, unpacked
from adapters.store.sqlite import open_store
from safi.errors import InvalidValue
from safi.ports import Call, Expired, Spent
from safi.record import Audited, Baseline, Restore, State, fold
from safi.usage import Usage
from tests.adapters.store import linking
from tests.adapters.store.making import (
    PROFILE,
    Opening,
    Store,
    at,
    audited,
    committed,
    delivered,
    event,
    every_store,
    expired,
    ledger,
    operated,
    recovered,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[Store]:
    async with open_store(file) as store:
        yield store


async def checked(store: Store, minute: float) -> None:
    """A checkpoint of each workspace, written at that minute, and nothing gone."""
    told = [await expired(store, checkpoint=minute, minute=minute) for _ in range(3)]
    assert told[-1] == Expired()
    assert all(each in (Expired(), Expired(more=True)) for each in told)


async def gone(store: Store, before: float = 1000) -> Expired:
    """What goes of what is older, with no checkpoint due."""
    return await expired(store, ledgers=before, minute=1000)


async def there(store: Store) -> list[str]:
    """The ids of the turns that are there, oldest first."""
    return [record.turn.id for record in reversed(await store.turns("lobby", limit=99))]


async def test_a_checkpoint_is_written_when_it_is_due_and_not_twice(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    for checkpoint, minute in ((0, 5), (5, 6), (5.5, 7), (6, 8), (7.5, 9)):
        await expired(sqlite, checkpoint=checkpoint, minute=minute)
    assert [moment(done["at"]) for done in linking.operations(file, "checkpoint")] == [at(5), at(7), at(9)]


async def test_a_checkpoint_holds_each_memory_the_head_and_what_is_not_finished(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    await delivered(sqlite, 2)
    await audited(sqlite, 3, ledger(-1), scope="garden")
    await delivered(sqlite, 4, scope="attic")
    (top,) = linking.found(file, "select height, mark from links order by height desc limit 1")
    memories = linking.found(file, "select scope, state from memories")
    (profile,) = linking.found(file, "select digest from profiles")
    await checked(sqlite, 5)
    (done,) = linking.operations(file, "checkpoint")
    states: dict[str, str] = {memory["scope"]: memory["state"] for memory in memories}
    assert (done["actor"], done["scope"], done["number"]) == ("time", None, None)
    detail = unpacked(done["detail"])
    assert detail["head"] == [top["height"], top["mark"]]
    assert detail["memories"] == {
        "lobby": [1, states["lobby"], profile["digest"]],
        "garden": [1, states["garden"], profile["digest"]],
        "attic": [0, None, profile["digest"]],
    }
    assert list(detail["unfinished"]) == ["turn-2", "turn-4"]


async def test_no_checkpoint_is_written_while_an_act_waits_for_an_audit(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await operated(sqlite, Baseline())
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    await expired(sqlite, checkpoint=5, minute=5)
    assert [done["workspace"] for done in linking.operations(file, "checkpoint")] == ["away"]
    await sqlite.give_up("turn-1", "unreadable", fold, at=at(6))
    await expired(sqlite, checkpoint=5, minute=7)
    assert [done["workspace"] for done in linking.operations(file, "checkpoint")] == ["away", "home"]


async def test_each_workspace_has_checkpoints_of_its_own(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    await checked(sqlite, 5)
    done = linking.operations(file, "checkpoint")
    assert {one["workspace"]: list(unpacked(one["detail"])["memories"]) for one in done} == {
        "home": ["lobby"],
        "away": ["hall"],
    }


async def test_scores_go_only_behind_a_checkpoint_that_is_old_enough(store: Store) -> None:
    await audited(store, 1, ledger(), minute=1)
    assert await expired(store, ledgers=3, minute=5, checkpoint=5) == Expired(more=True)
    assert await gone(store, before=5) == Expired()
    assert await there(store) == ["turn-1"]
    assert await gone(store, before=6) == Expired(turns=1, more=True)
    assert await there(store) == []
    assert await gone(store, before=6) == Expired()


async def test_they_go_one_interval_at_a_time_and_the_later_ones_stay(store: Store) -> None:
    for number in (1, 2, 3):
        await audited(store, number, ledger(), minute=number)
        await checked(store, number + 0.5)
    assert await gone(store, before=3) == Expired(turns=1, more=True)
    assert await there(store) == ["turn-2", "turn-3"]
    assert await gone(store, before=3) == Expired(turns=1, more=True)
    assert await gone(store, before=3) == Expired()
    (last,) = await store.turns("lobby", limit=9)
    assert (last.number, last.ledger) == (3, ledger())


async def test_what_is_not_finished_stays_and_goes_later(store: Store) -> None:
    await delivered(store, 1)
    await audited(store, 2, ledger(-1))
    await committed(store, 3)
    await audited(store, 4, ledger(), scope="garden")
    await checked(store, 5)
    assert await gone(store) == Expired(turns=1, more=True)
    assert await there(store) == ["turn-1", "turn-2", "turn-3"]
    assert [one.number for one in await store.settle("turn-1", ledger(), fold, at=at(6))] == [1, 2]
    await store.deliver("turn-3", message_id="posted", at=at(7))
    await store.settle("turn-3", ledger(), fold, at=at(8))
    await checked(store, 9)
    assert await gone(store) == Expired(turns=3, more=True)
    assert await there(store) == []


async def test_a_hole_that_memory_has_not_passed_yet_stays(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.give_up("turn-2", "unreadable", fold, at=at(1))
    await checked(store, 5)
    await gone(store)
    assert await there(store) == ["turn-1", "turn-2"]
    assert [one.number for one in await store.settle("turn-1", ledger(), fold, at=at(6))] == [1, 2]


async def test_a_turn_to_which_something_was_linked_later_waits_for_the_next_checkpoint(
    sqlite: Store, file: Path
) -> None:
    await delivered(sqlite, 1)
    await sqlite.give_up("turn-1", "unreadable", fold, at=at(1))
    await committed(sqlite, 2)
    await recovered(sqlite)
    await checked(sqlite, 5)
    await sqlite.settle("turn-1", ledger(), fold, at=at(6))
    await sqlite.deliver("turn-2", message_id="posted", at=at(7))
    assert await gone(sqlite) == Expired()
    assert await there(sqlite) == ["turn-1", "turn-2"]
    await sqlite.settle("turn-2", ledger(-1), fold, at=at(8))
    await checked(sqlite, 9)
    assert await gone(sqlite) == Expired(turns=2, more=True)
    assert linking.links(file) == ["operation", "operation"]
    assert linking.broken(file) == []


async def test_what_went_is_recorded_with_where_the_chain_begins_now(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    await checked(sqlite, 5)
    await gone(sqlite)
    (base,) = linking.found(file, "select min(height) as height from links")
    (done,) = linking.operations(file, "drop")
    assert (done["workspace"], done["actor"], done["scope"]) == ("home", "time", None)
    assert unpacked(done["detail"]) == {"below": base["height"], "turns": 1}


async def test_memory_stays_and_numbers_go_on_where_they_were(store: Store) -> None:
    await audited(store, 1, ledger())
    await operated(store, Baseline())
    await audited(store, 2, ledger(-1))
    before = await store.state("lobby")
    await checked(store, 5)
    await gone(store)
    assert (await there(store), await store.operations("lobby", limit=9)) == ([], [])
    assert await store.state("lobby") == before
    await audited(store, 3, ledger(0))
    record = await store.turn("turn-3")
    assert record is not None
    assert record.number == 4
    assert await store.state("lobby") == fold(before, Audited(profile=PROFILE, ledger=ledger(0))).state


@every_store
async def test_a_store_that_went_whole_goes_on_after_a_restart(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        await audited(store, 1, ledger())
        await checked(store, 5)
        await gone(store)
        before = await store.state("lobby")
    async with opening(tmp_path / "store.db") as store:
        assert await recovered(store) == ()
        assert await store.state("lobby") == before
        assert await operated(store, Baseline()) == 2


async def test_a_memory_behind_the_checkpoint_is_no_longer_kept(store: Store) -> None:
    await audited(store, 1, ledger())
    await audited(store, 2, ledger(-1))
    await checked(store, 5)
    await gone(store)
    with pytest.raises(InvalidValue, match="number 1 of lobby: has not gone into memory yet, or is no longer kept"):
        await operated(store, Restore(to=1))
    assert await operated(store, Restore(to=2)) == 3


async def test_a_restore_that_waits_brings_back_a_memory_that_went_meanwhile(store: Store) -> None:
    await audited(store, 1, ledger())
    remembered = await store.state("lobby")
    await audited(store, 2, ledger(-1))
    await checked(store, 5)
    await delivered(store, 3)
    await operated(store, Restore(to=1))
    assert await gone(store) == Expired(turns=2, more=True)
    await store.settle("turn-3", ledger(-1), fold, at=at(9))
    assert await store.state("lobby") == remembered


async def test_the_chain_holds_from_its_oldest_checkpoint_on(sqlite: Store, file: Path) -> None:
    for number in (1, 2, 3):
        await delivered(sqlite, 2 * number)
        await audited(sqlite, 2 * number + 1, ledger())
        await checked(sqlite, number)
        if number > 1:
            await sqlite.give_up(f"turn-{2 * number - 2}", "unreadable", fold, at=at(number))
    while (await gone(sqlite)).more:
        assert linking.links(file)[0] == "operation"
        assert linking.broken(file) == []
    assert linking.links(file)[0] == "operation"
    assert (await sqlite.state("lobby")).memory.folded == 2


async def test_messages_without_a_turn_go_when_they_are_old(sqlite: Store, file: Path) -> None:
    for number, minute in ((1, 1), (2, 2), (3, 8)):
        await sqlite.accept(event(number, minute=minute))
    await sqlite.dismiss(event(1), "ignored", "not for us")
    await sqlite.dismiss(event(3), "limited", "too many")
    await expired(sqlite, texts=9, ledgers=7, minute=9)
    assert [row["id"] for row in linking.found(file, "select id from events order by id")] == ["event-2", "event-3"]


async def test_a_message_without_a_turn_goes_no_earlier_than_its_words_and_its_time(
    sqlite: Store, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.store.keeping.AT_ONCE", 1)
    for number in (1, 2):
        await sqlite.accept(event(number, minute=number))
        await sqlite.dismiss(event(number), "ignored", "not for us")
    left = "select id from events order by id"
    assert (await expired(sqlite, texts=9, ledgers=9, minute=9)).more
    assert [row["id"] for row in linking.found(file, left)] == ["event-2"]
    await expired(sqlite, texts=9, ledgers=2, minute=9)
    assert [row["id"] for row in linking.found(file, left)] == ["event-2"]
    await expired(sqlite, texts=9, ledgers=2.1, minute=9)
    assert linking.found(file, left) == []


async def test_old_accounts_go(store: Store) -> None:
    month = 31 * 24 * 60
    for minute in (1, 7):
        store.note(Call(at=at(minute), role="will", fate="answered", usage=Usage(model="m", seconds=1, cost=0.5)))
    await expired(store, ledgers=7, minute=9)
    assert await store.spent(since=at(0)) == Spent(cost=1, calls=2)  # a month's cap still counts them
    await expired(store, ledgers=7, minute=month + 9)
    assert await store.spent(since=at(0)) == Spent(cost=0.5, calls=1)


async def test_nothing_goes_where_nothing_is(store: Store) -> None:
    assert await expired(store, texts=9, ledgers=9, checkpoint=9, minute=9) == Expired()
    assert await store.state("lobby") == State()
