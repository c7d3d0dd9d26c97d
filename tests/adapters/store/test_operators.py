"""The contract of Operators, for every store: acts take numbers, and are folded in their turn like everything else."""

from dataclasses import replace
from functools import reduce
from pathlib import Path

import pytest

from safi.errors import InvalidValue
from safi.ledger import Entry, Ledger
from safi.ports import Operation
from safi.profile import Value, digest
from safi.record import (
    Act,
    Audited,
    Baseline,
    Folded,
    Freeze,
    Hole,
    Item,
    ProfileChanged,
    Reset,
    Restore,
    State,
    Thaw,
    fold,
)
from safi.spirit import Memory, integrate
from tests.adapters.store.making import (
    PROFILE,
    Opening,
    Store,
    at,
    audited,
    delivered,
    every_store,
    ledger,
    operated,
    recovered,
)

CHANGED = replace(PROFILE, values=(PROFILE.values[0], Value(name="wit", meaning="Be apt.")))
"""Honesty went, wit came."""


def folded(*items: Item) -> State:
    """The state after these, from nothing."""
    return reduce(lambda state, item: fold(state, item).state, items, State())


def found(kindness: float | None = 1, honesty: float | None = 0.5) -> Audited:
    return Audited(profile=PROFILE, ledger=ledger(kindness, honesty))


def wit(score: float) -> Ledger:
    """A ledger for CHANGED that touches wit alone."""
    entry = Entry(value="wit", score=score, confidence=1, sentence=0, reason="It shows.")
    return Ledger(entries=(Entry(value="kindness"), entry))


async def test_an_act_takes_the_next_number_of_its_scope(store: Store) -> None:
    await delivered(store, 1)
    assert await operated(store, Reset()) == 2
    assert await operated(store, Baseline()) == 3
    await delivered(store, 2)
    record = await store.turn("turn-2")
    assert record is not None
    assert record.number == 4


async def test_an_act_in_a_scope_where_nobody_spoke_is_its_first_number(store: Store) -> None:
    assert await operated(store, Freeze()) == 1
    assert await store.state("lobby") == State(frozen=True)


async def test_an_act_behind_an_owed_audit_waits_and_is_folded_in_its_turn(store: Store) -> None:
    await delivered(store, 1)
    await operated(store, Reset())
    await delivered(store, 2)
    assert await store.settle("turn-2", ledger(-1), fold, at=at(1)) == ()
    assert await store.state("lobby") == State()
    landed = await store.settle("turn-1", ledger(), fold, at=at(2))
    assert [one.number for one in landed] == [1, 3]
    assert await store.state("lobby") == folded(found(), Reset(), found(-1))


async def test_an_act_behind_a_hole_is_folded_with_it(store: Store) -> None:
    await delivered(store, 1)
    await operated(store, Freeze())
    landed = await store.give_up("turn-1", "unreadable", fold, at=at(1))
    assert [one.number for one in landed] == [1]
    assert await store.state("lobby") == State(frozen=True)


async def test_a_reset_starts_memory_and_its_count_anew(store: Store) -> None:
    await audited(store, 1, ledger())
    await operated(store, Reset())
    assert await store.state("lobby") == State()
    await audited(store, 2, ledger(-1))
    assert (await store.state("lobby")).memory.folded == 1


async def test_a_frozen_memory_holds_with_its_count_while_ledgers_are_read(store: Store) -> None:
    await audited(store, 1, ledger(1, 0.5))
    before = (await store.state("lobby")).memory
    await operated(store, Freeze())
    await audited(store, 2, ledger(-1, 0.5))
    assert await store.state("lobby") == State(memory=before, frozen=True)
    record = await store.turn("turn-2")
    reading = integrate(PROFILE, ledger(-1, 0.5), before).reading
    assert record is not None
    assert (record.fate, record.reading) == ("folded", reading)
    assert reading.drift is not None


async def test_a_thawed_memory_takes_in_what_comes_then_and_nothing_of_before(store: Store) -> None:
    await audited(store, 1, ledger())
    await operated(store, Freeze())
    await audited(store, 2, ledger(-1))
    await operated(store, Thaw())
    await audited(store, 3, ledger(0))
    assert await store.state("lobby") == folded(found(), found(0))


async def test_a_baseline_changes_no_memory(store: Store) -> None:
    await audited(store, 1, ledger())
    assert await operated(store, Baseline()) == 2
    assert await store.state("lobby") == folded(found())


async def test_a_restored_memory_is_what_it_was_after_that_number(store: Store) -> None:
    await audited(store, 1, ledger())
    await audited(store, 2, ledger(-1))
    await operated(store, Reset())
    await audited(store, 3, ledger(0))
    assert await operated(store, Restore(to=2)) == 5
    assert await store.state("lobby") == folded(found(), found(-1))


async def test_a_memory_can_be_restored_to_an_act_and_to_what_another_restore_made(store: Store) -> None:
    await audited(store, 1, ledger())
    await operated(store, Reset())
    await operated(store, Restore(to=1))
    await operated(store, Restore(to=2))
    assert await store.state("lobby") == State()
    await operated(store, Restore(to=3))
    assert await store.state("lobby") == folded(found())


async def test_a_restored_memory_stays_frozen_where_it_was(store: Store) -> None:
    await audited(store, 1, ledger())
    await operated(store, Reset())
    await operated(store, Freeze())
    await operated(store, Restore(to=1))
    assert await store.state("lobby") == State(memory=folded(found()).memory, frozen=True)


async def test_a_restore_behind_an_owed_audit_waits_too(store: Store) -> None:
    await audited(store, 1, ledger())
    await delivered(store, 2)
    await operated(store, Restore(to=1))
    assert await store.state("lobby") == folded(found())
    await store.settle("turn-2", ledger(-1), fold, at=at(1))
    assert await store.state("lobby") == folded(found())


@pytest.mark.parametrize("number", [-1, 0, 2, 3, 4])
async def test_only_what_went_into_memory_can_be_restored(store: Store, number: int) -> None:
    await audited(store, 1, ledger())
    await delivered(store, 2)
    await operated(store, Freeze())
    with pytest.raises(InvalidValue, match=f"number {number} of lobby: has not gone into memory yet, or is no longer"):
        await operated(store, Restore(to=number))
    assert [done.kind for done in await store.operations("lobby", limit=9)] == ["freeze"]
    assert await operated(store, Baseline()) == 4


async def test_a_change_of_profile_takes_a_number_of_its_own_before_the_first_turn_under_it(store: Store) -> None:
    await audited(store, 1, ledger())
    await delivered(store, 2, profile=CHANGED, minute=5)
    await delivered(store, 3, profile=CHANGED, minute=6)
    records = await store.turns("lobby", limit=9)
    assert [record.number for record in records] == [4, 3, 1]
    assert await store.operations("lobby", limit=9) == [
        Operation(
            workspace="home",
            scope="lobby",
            number=2,
            kind="profile",
            detail={"from": digest(PROFILE), "to": digest(CHANGED)},
            actor="the configuration",
            at=at(5),
        )
    ]


async def test_a_change_of_profile_is_folded_before_the_audit_of_the_turn_behind_it(store: Store) -> None:
    await audited(store, 1, ledger())
    before = await store.state("lobby")
    await delivered(store, 2, profile=CHANGED)
    assert await store.state("lobby") == fold(before, ProfileChanged(profile=CHANGED)).state != before


async def test_under_another_profile_values_that_stay_keep_their_memory_and_the_count_stays(store: Store) -> None:
    await audited(store, 1, ledger(1, 0.5))
    await delivered(store, 2, profile=CHANGED)
    await store.settle("turn-2", wit(-1), fold, at=at(1))
    changed_to = ProfileChanged(profile=CHANGED)
    assert await store.state("lobby") == folded(found(), changed_to, Audited(profile=CHANGED, ledger=wit(-1)))
    memory = (await store.state("lobby")).memory
    assert memory.values == ("kindness", "wit")
    assert (memory.mu[0], memory.a[0]) == pytest.approx((0.1, 0.1))
    assert (memory.mu[1], memory.a[1]) == pytest.approx((-0.1, 0.1))
    assert memory.folded == 2


async def test_a_value_that_went_and_comes_back_starts_anew(store: Store) -> None:
    await audited(store, 1, ledger(None, 1))
    await delivered(store, 2, profile=CHANGED)
    await store.settle("turn-2", wit(-1), fold, at=at(1))
    await audited(store, 3, ledger(None, None))
    assert await store.state("lobby") == State(
        memory=Memory(values=("kindness", "honesty"), mu=(0.0, 0.0), a=(0.0, 0.0), folded=3)
    )


async def test_a_scope_that_began_with_an_act_has_no_change_of_profile_before_its_first_turn(store: Store) -> None:
    await operated(store, Baseline())
    await delivered(store, 1)
    await operated(store, Baseline())
    await delivered(store, 2)
    assert [done.kind for done in await store.operations("lobby", limit=9)] == ["baseline", "baseline"]


async def test_scopes_never_mix(store: Store) -> None:
    await audited(store, 1, ledger())
    await audited(store, 2, ledger(-1), scope="garden")
    assert await operated(store, Reset()) == 2
    assert await operated(store, Freeze(), scope="garden") == 2
    assert await store.state("lobby") == State()
    assert await store.state("garden") == State(memory=folded(found(-1)).memory, frozen=True)
    assert [done.kind for done in await store.operations("lobby", limit=9)] == ["reset"]


async def test_operations_say_what_was_done_by_whom_and_when_newest_first(store: Store) -> None:
    acts: list[Act] = [Reset(), Freeze(), Thaw(), Baseline(), Restore(to=1)]
    for minute, act in enumerate(acts):
        await operated(store, act, minute=minute, actor=f"mod-{minute}")
    done = await store.operations("lobby", limit=9)
    kinds = ["restore", "baseline", "thaw", "freeze", "reset"]
    assert [(one.kind, one.number) for one in done] == list(zip(kinds, (5, 4, 3, 2, 1), strict=True))
    assert [(one.actor, one.at) for one in done] == [(f"mod-{minute}", at(minute)) for minute in (4, 3, 2, 1, 0)]
    assert done[0].detail["to"] == 1
    assert await store.operations("lobby", limit=2) == done[:2]
    assert await store.operations("garden", limit=2) == []


async def test_an_act_that_cannot_be_folded_is_not_recorded(store: Store) -> None:
    def broken(state: State, item: Item) -> Folded:
        raise InvalidValue("no such item")

    with pytest.raises(InvalidValue, match="no such item"):
        await store.operate(Reset(), workspace="home", scope="lobby", actor="mod-1", step=broken, at=at(0))
    assert await store.operations("lobby", limit=9) == []
    assert await operated(store, Reset()) == 1


@every_store
async def test_a_restart_changes_nothing_of_what_was_done_and_of_what_waits(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        await audited(store, 1, ledger())
        await operated(store, Freeze())
        await delivered(store, 2)
        await operated(store, Thaw())
        done = await store.operations("lobby", limit=9)
    async with opening(tmp_path / "store.db") as store:
        await recovered(store)
        assert await store.operations("lobby", limit=9) == done
        assert await store.state("lobby") == State(memory=folded(found()).memory, frozen=True)
        await store.give_up("turn-2", "unreadable", fold, at=at(1))
        assert await store.state("lobby") == folded(found(), Hole(reason="unreadable"))
