"""Memory is a pure function of a scope's ordered record."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from safi import spirit
from safi.record import Audited, Hole, Item, State, fold
from tests.safi.making import ledger, valued

PROFILE = valued(2)
scores = st.none() | st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])
ledgers = st.tuples(scores, scores).map(lambda pair: Audited(profile=PROFILE, ledger=ledger(*pair)))
items = st.builds(Hole, reason=st.just("given up")) | ledgers


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
    def replayed(items: list[Item]) -> State:
        return reduce(lambda state, item: fold(state, item).state, items, State())

    kept: list[Item] = [item for item in record if isinstance(item, Audited)]
    assert replayed(record) == replayed(record) == replayed(kept)
    assert replayed(record).memory.folded == len(kept)
