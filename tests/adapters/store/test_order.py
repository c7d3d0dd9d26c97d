"""Whatever order audits finish in, memory is the fold of the scope's record in the order of its numbers."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi.ledger import Ledger
from safi.ports import Landed
from safi.record import Audited, Hole, State, fold
from tests.adapters.store.making import PROFILE, Opening, Store, at, delivered, every_store, ledger

TURNS = 6

Act = tuple[Literal["settle", "give_up", "pass_over"], int]

acts = st.lists(
    st.one_of(
        st.tuples(st.just("settle"), st.integers(1, TURNS)),
        st.tuples(st.just("give_up"), st.integers(1, TURNS)),
        st.tuples(st.just("pass_over"), st.integers(0, 3 * TURNS)),
    ),
    max_size=3 * TURNS,
)
ends = st.permutations(range(1, TURNS + 1)).map(lambda order: [("settle", number) for number in order])


@dataclass
class Expected:
    """The contract once more, as simply as it can be said: everything is recomputed from nothing each time."""

    landed: dict[int, float] = field(default_factory=dict[int, float])
    holes: dict[int, str] = field(default_factory=dict[int, str])

    def act(self, act: Act, minute: float) -> None:
        match act:
            case ("settle", number):
                self.landed.setdefault(number, minute)
            case ("give_up", number):
                if number not in self.landed:
                    self.holes.setdefault(number, "unreadable")
            case (_, since):
                self.pass_over(since)

    def pass_over(self, since: float) -> None:
        for number in range(1, TURNS + 1):
            later = [minute for other, minute in self.landed.items() if other > number]
            if number not in self.landed and min(later, default=since) < since:
                self.holes.setdefault(number, "too late")

    def state(self) -> tuple[int, State]:
        state = State()
        for number in count(1):
            if number in self.holes:
                state = fold(state, Hole(reason=self.holes[number])).state
            elif number in self.landed:
                state = fold(state, Audited(profile=PROFILE, ledger=found(number))).state
            else:
                return number - 1, state
        raise AssertionError


@pytest.mark.slow
@every_store
@given(acts=acts, end=ends)
async def test_memory_is_the_fold_of_the_record_in_order(opening: Opening, acts: list[Act], end: list[Act]) -> None:
    expected, reached = Expected(), 0
    with TemporaryDirectory() as directory:
        async with opening(Path(directory) / "store.db") as store:
            for number in range(1, TURNS + 1):
                await delivered(store, number)
            for minute, act in enumerate(acts + end):
                lands_late = act[0] == "settle" and act[1] in expected.holes and act[1] not in expected.landed
                landed = await apply(store, act, minute)
                expected.act(act, minute)
                before, (reached, state) = reached, expected.state()
                assert await store.state("lobby") == state
                folded = [act[1]] if lands_late else list(range(before + 1, reached + 1))
                assert [one.number for one in landed] == folded
            assert {r.number: r.hole_reason for r in await store.turns("lobby", limit=TURNS) if r.fate == "hole"} == (
                expected.holes
            )
        async with opening(Path(directory) / "store.db") as store:
            assert await store.state("lobby") == expected.state()[1]
            assert await store.audits_owed() == 0


async def apply(store: Store, act: Act, minute: float) -> tuple[Landed, ...]:
    match act:
        case ("settle", number):
            return await store.settle(f"turn-{number}", found(number), fold, at=at(minute))
        case ("give_up", number):
            return await store.give_up(f"turn-{number}", "unreadable", fold, at=at(minute))
        case (_, since):
            return await store.pass_over(fold, blocked_since=at(since), at=at(minute))


def found(number: int) -> Ledger:
    """A ledger that is different for every number, so that order shows."""
    return ledger(1 - number / 4, None if number % 3 == 0 else number / TURNS)
