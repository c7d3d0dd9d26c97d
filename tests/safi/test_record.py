"""Memory is a pure function of a scope's ordered record."""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi import spirit
from safi.record import (
    Audited,
    Baseline,
    Freeze,
    Hole,
    Item,
    ProfileChanged,
    Reset,
    Restored,
    State,
    Thaw,
    fold,
)
from safi.spirit import Memory
from tests.safi.making import ledger, remembering, valued

PROFILE = valued(2)
scores = st.none() | st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])
ledgers = st.tuples(scores, scores).map(lambda pair: Audited(profile=PROFILE, ledger=ledger(*pair)))
items = st.builds(Hole, reason=st.just("given up")) | ledgers
memories = st.lists(st.tuples(scores, scores), max_size=3).map(
    lambda pairs: remembering(PROFILE, *(ledger(*pair) for pair in pairs))
)
states = st.builds(State, memory=memories, frozen=st.booleans())
acts: st.SearchStrategy[Item] = st.sampled_from(
    [Reset(), Freeze(), Thaw(), Baseline(), ProfileChanged(profile=valued(3)), Restored(memory=Memory())]
)


def replayed(*record: Item) -> State:
    """The state after these, from nothing."""
    return reduce(lambda state, item: fold(state, item).state, record, State())


def test_a_ledger_is_read_and_remembered_as_spirit_does() -> None:
    folded = fold(State(), Audited(profile=PROFILE, ledger=ledger(1, -1)))
    taken = spirit.integrate(PROFILE, ledger(1, -1), State().memory)
    assert (folded.reading, folded.state.memory) == (taken.reading, taken.memory)


def test_a_hole_holds_the_state_and_reads_nothing() -> None:
    before = fold(State(), Audited(profile=PROFILE, ledger=ledger(1, -1))).state
    folded = fold(before, Hole(reason="given up"))
    assert folded.state == before
    assert folded.reading is None


@given(st.lists(items, max_size=20))
def test_the_same_record_gives_the_same_state_with_or_without_its_holes(record: list[Item]) -> None:
    kept: list[Item] = [item for item in record if isinstance(item, Audited)]
    assert replayed(*record) == replayed(*record) == replayed(*kept)
    assert replayed(*record).memory.folded == len(kept)


@given(states, acts | st.builds(Hole, reason=st.just("given up")))
def test_only_a_ledger_has_a_reading(state: State, act: Item) -> None:
    assert fold(state, act).reading is None


@given(states)
def test_a_baseline_holds_the_state(state: State) -> None:
    assert fold(state, Baseline()).state == state


@given(states)
def test_a_reset_leaves_nothing_of_memory_and_its_count(state: State) -> None:
    assert fold(state, Reset()).state == State(frozen=state.frozen)


@given(states, ledgers)
def test_a_frozen_memory_holds_and_its_ledgers_are_read_as_ever(state: State, audited: Audited) -> None:
    frozen = fold(state, Freeze()).state
    folded = fold(frozen, audited)
    assert folded.state == frozen == replace(state, frozen=True)
    assert folded.reading == spirit.integrate(PROFILE, audited.ledger, state.memory).reading


@given(states, st.lists(ledgers, max_size=5), ledgers)
def test_after_a_thaw_memory_is_as_if_nothing_had_been_said_while_it_was_frozen(
    state: State, unheard: list[Audited], heard: Audited
) -> None:
    before = replace(state, frozen=False)
    record: list[Item] = [Freeze(), *unheard, Thaw(), heard]
    after = reduce(lambda each, item: fold(each, item).state, record, before)
    assert after == fold(before, heard).state


@given(states)
def test_freezing_and_thawing_twice_is_as_once(state: State) -> None:
    for act in (Freeze(), Thaw()):
        once = fold(state, act).state
        assert fold(once, act).state == once


@given(states, memories)
def test_a_restored_memory_is_the_one_that_was_found(state: State, memory: Memory) -> None:
    assert fold(state, Restored(memory=memory)).state == replace(state, memory=memory)


@given(st.lists(items, max_size=8), st.lists(items, max_size=8))
def test_to_restore_is_to_forget_what_came_since(before: list[Item], since: list[Item]) -> None:
    remembered = replayed(*before)
    assert replayed(*before, *since, Restored(memory=remembered.memory)) == remembered


def test_under_another_profile_values_that_stay_keep_their_memory_and_the_count_stays() -> None:
    before = replayed(Audited(profile=PROFILE, ledger=ledger(1, -1)), Audited(profile=PROFILE, ledger=ledger(1, None)))
    wider = fold(before, ProfileChanged(profile=valued(3))).state.memory
    assert wider.values == ("v1", "v2", "v3")
    assert (wider.mu[:2], wider.a[:2]) == (before.memory.mu, before.memory.a)
    assert (wider.mu[2], wider.a[2], wider.folded) == (0, 0, 2)
    narrower = fold(State(memory=wider), ProfileChanged(profile=valued(1))).state.memory
    assert narrower == Memory(values=("v1",), mu=before.memory.mu[:1], a=before.memory.a[:1], folded=2)


def test_a_change_of_profile_holds_a_freeze() -> None:
    frozen = replayed(Audited(profile=PROFILE, ledger=ledger(1, -1)), Freeze())
    changed = fold(frozen, ProfileChanged(profile=valued(1))).state
    assert changed.frozen
    assert changed.memory == spirit.carried(frozen.memory, ("v1",))


@pytest.mark.parametrize("weight", [1.0, 5.0])
def test_the_same_values_under_other_weights_are_the_same_memory(weight: float) -> None:
    before = replayed(Audited(profile=PROFILE, ledger=ledger(1, -1)))
    assert fold(before, ProfileChanged(profile=valued(2, v1=weight))).state == before


@given(states, ledgers)
def test_an_item_gives_the_same_every_time(state: State, audited: Audited) -> None:
    assert fold(state, audited) == fold(state, audited)
