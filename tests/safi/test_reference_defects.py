"""What the public reference implementation gets wrong, (a) to (e): mended here, or known of d_t and written down."""

import itertools
import math
import random

import pytest

from safi.coaching import coach
from safi.errors import RefusedLedger
from safi.spirit import Memory, corrected, drift, integrate, remembered
from tests.safi.making import ledger, remembering, valued


@pytest.mark.parametrize("n", range(1, 13))
def test_a_a_perfect_agent_is_never_scolded(n: int) -> None:
    profile, memory = valued(n), Memory()
    for _ in range(200):
        memory = integrate(profile, ledger(*[1.0] * n), memory).memory
        words = coach(profile, memory, {})
        assert words is not None
        assert "attention" not in words


@pytest.mark.parametrize("n", range(2, 13))
def test_a_a_value_betrayed_from_the_first_is_named_by_the_very_next_coaching(n: int) -> None:
    for dead in range(n):
        scores = [-1.0 if k == dead else 1.0 for k in range(n)]
        profile = valued(n)
        words = coach(profile, remembering(profile, ledger(*scores)), {})
        assert words is not None
        assert f"‘v{dead + 1}’ needs more of your attention" in words


def test_b_drift_is_blind_to_a_fall_of_all_values_and_coherence_and_memory_see_it() -> None:
    profile = valued(4)
    memory = remembering(profile, *[ledger(1, 1, 1, 1)] * 30)
    fallen = integrate(profile, ledger(0.1, 0.1, 0.1, 0.1), memory)
    assert fallen.reading.drift == pytest.approx(0, abs=1e-12)
    assert fallen.reading.coherence == pytest.approx(5.95)  # 1 + 9 (.1 + 1) / 2
    later = remembering(profile, *[ledger(1, 1, 1, 1)] * 30, *[ledger(0.1, 0.1, 0.1, 0.1)] * 30)
    assert max(m for m in later.m if m is not None) < 0.2


@pytest.mark.parametrize("n", range(2, 13))
def test_c_one_dead_value_among_equals_gives_a_drift_of_two_nths_at_most(n: int) -> None:
    # Remembered all at 1, then one at -1: cos = (n - 2) / n. Every later turn gives less, as memory follows.
    profile = valued(n)
    memory = remembering(profile, *[ledger(*[1.0] * n)] * 20)
    drifts: list[float] = []
    for _ in range(20):
        taken = integrate(profile, ledger(-1, *[1.0] * (n - 1)), memory)
        memory = taken.memory
        assert taken.reading.drift is not None
        drifts.append(taken.reading.drift)
    assert drifts[0] == pytest.approx(2 / n)
    assert all(later < earlier for earlier, later in itertools.pairwise(drifts))
    assert (max(drifts) > 0.4 + 1e-9) == (n < 5)


@pytest.mark.parametrize("n", [4, 6, 8])
def test_d_healthy_noise_alone_takes_drift_past_its_alarm_once_in_five_to_eight_turns(n: int) -> None:
    chance = random.Random(n)  # seeded: the same turns each time
    traces, past_alarm, turns = [(0.0, 0.0)] * n, 0, 3_000
    for _ in range(turns):
        scores = chance.choices((1.0, 0.0, -1.0), (0.80, 0.15, 0.05), k=n)
        found = drift([1.0] * n, scores, [corrected(*trace) for trace in traces])
        past_alarm += found is not None and found > 0.4
        traces = [remembered(*trace, score, 0.9) for trace, score in zip(traces, scores, strict=True)]
    assert 0.12 < past_alarm / turns < 0.21


def test_e_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(RefusedLedger, match="v1: score must be a number within"):
        ledger(math.nan)
