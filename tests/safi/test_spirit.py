"""The arithmetic: hand-computed tables first, then what holds for any numbers."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi.errors import InvalidValue, RefusedLedger
from safi.ledger import Entry, Ledger
from safi.spirit import (
    Memory,
    Numbers,
    carried,
    coherence,
    corrected,
    drift,
    integrate,
    mean_confidence,
    remembered,
)
from tests.safi.making import ledger, remembering, valued

scores = st.floats(-1, 1)
confidences = st.sampled_from([0.25, 0.5, 0.75, 1.0])
weights = st.floats(1e-3, 1e3)
rows = st.lists(st.tuples(weights, scores, confidences), min_size=1, max_size=12)
betas = st.floats(0, 0.999)


@pytest.mark.parametrize(
    ("w", "s", "c", "expected"),
    [
        ((1, 1), (1, 1), (1, 1), 10),  # r = 1
        ((1, 1), (-1, -1), (0.25, 0.25), 1),  # r = -1, however unsure
        ((1, 1), (1, -1), (1, 1), 5.5),  # r = 0
        ((3, 1), (1, -1), (1, 1), 7.75),  # r = (3 - 1) / 4 = 1/2
        ((1, 1), (1, -1), (1, 0.25), 8.2),  # r = (1 - 1/4) / (5/4) = 3/5
        ((2, 1, 1), (0.5, None, -1), (0.5, None, 1), 4.375),  # r = (2/4 - 1) / (1 + 1) = -1/4
        ((1, 0), (0.5, -1), (1, 1), 7.75),  # a weight of 0 says nothing
        ((1, 1), (1, None), (1, 1), 10),  # a confidence without a score says nothing
        ((1e300, 1e300), (1, 0), (1, 1), 7.75),  # r = 1/2
        ((1e-300, 1e-300), (1, 0), (1, 1), 7.75),
        ((1e300, 1e-300), (-1, 1), (1, 1), 1),
        ((1, 1), (None, None), (None, None), None),
        ((0, 1), (1, None), (1, None), None),
        ((1, 1), (1, 1), (0, 0), None),
        ((), (), (), None),
    ],
)
def test_coherence_by_hand(w: tuple[float, ...], s: Numbers, c: Numbers, expected: float | None) -> None:
    assert coherence(w, s, c) == (None if expected is None else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(
    ("w", "c", "expected"),
    [
        ((1, 3), (1, 0.5), 0.625),  # (1 + 3/2) / 4
        ((1, 3), (1, None), 1),
        ((1e-300, 1e-300), (1, 0.5), 0.75),
        ((0, 1), (1, None), None),
        ((1,), (None,), None),
    ],
)
def test_mean_confidence_by_hand(w: tuple[float, ...], c: Numbers, expected: float | None) -> None:
    assert mean_confidence(w, c) == (None if expected is None else pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(
    ("w", "s", "m", "expected"),
    [
        ((1, 1), (1, 1), (1, 1), 0),
        ((1, 1), (1, 1), (-1, -1), 2),
        ((1, 1), (1, -1), (1, 1), 1),  # at right angles
        ((3, 4), (1, 1), (1, 0), 0.4),  # cos = 9 / (5 * 3) = 3/5
        ((1, 1), (0.1, 0.1), (1, 1), 0),  # size is not felt
        ((1, 1, 1), (1, 1, None), (1, None, 1), None),  # one value remains
        ((1, 1, 0), (1, None, 1), (1, 1, 1), None),  # a value without weight is none
        ((1, 1), (0, 0), (1, 1), None),
        ((1, 1), (1, 1), (0, 0), None),
        ((1, 1), (1, 1), (1e-9, 1e-9), None),
        ((1e300, 1e300), (1, 1), (1, -1), 1),
        ((1e-300, 1e-300), (1, 1), (1, -1), 1),
    ],
)
def test_drift_by_hand(w: tuple[float, ...], s: Numbers, m: Numbers, expected: float | None) -> None:
    assert drift(w, s, m) == (None if expected is None else pytest.approx(expected, abs=1e-12))


def test_memory_by_hand() -> None:
    # beta = 9/10. After 1: mu = 1/10, a = 1/10. After -1: mu = 9/100 - 1/10 = -1/100, a = 9/100 + 1/10 = 19/100.
    once = remembered(0, 0, 1, 0.9)
    twice = remembered(*once, -1, 0.9)
    assert once == pytest.approx((0.1, 0.1))
    assert twice == pytest.approx((-0.01, 0.19))
    assert remembered(*twice, None, 0.9) == twice
    assert corrected(*twice) == pytest.approx(-1 / 19)
    assert corrected(0, 0) is None
    assert corrected(0, 0.5) == 0  # scored, and even: not the same as never scored


def test_a_reading_takes_only_entries_that_count() -> None:
    shown = Entry(value="v1", score=1, confidence=0.5, sentence=1, reason="it does")
    unshown = Entry(value="v2", score=-1, confidence=1, sentence=None, reason="it seems")
    taken = integrate(valued(2), Ledger(entries=(unshown, shown)), Memory())
    assert (taken.reading.coherence, taken.reading.confidence, taken.reading.drift) == (10, 0.5, None)
    assert taken.memory.m == (1, None)
    assert taken.memory.folded == 1


@given(rows)
def test_coherence_and_confidence_keep_within_their_bounds_and_are_floats(rows: list[tuple[float, ...]]) -> None:
    w, s, c = zip(*rows, strict=True)
    found, mean = coherence(w, s, c), mean_confidence(w, c)
    assert isinstance(found, float)
    assert isinstance(mean, float)
    assert 1 + 4.5 * (min(s) + 1) - 1e-9 <= found <= 1 + 4.5 * (max(s) + 1) + 1e-9
    assert min(c) - 1e-12 <= mean <= max(c) + 1e-12


@given(rows, st.data())
def test_a_better_score_never_lowers_coherence(rows: list[tuple[float, ...]], data: st.DataObject) -> None:
    w, s, c = zip(*rows, strict=True)
    which = data.draw(st.integers(0, len(s) - 1))
    better = [*s]
    better[which] = data.draw(st.floats(s[which], 1))
    assert cast("float", coherence(w, better, c)) >= cast("float", coherence(w, s, c)) - 1e-12


@given(rows, st.sampled_from([1e-290, 1e-3, 7.0, 1e290]), st.lists(scores, min_size=12, max_size=12))
def test_the_scale_of_the_weights_changes_nothing(
    rows: list[tuple[float, ...]], scale: float, past: list[float]
) -> None:
    w, s, c = zip(*rows, strict=True)
    scaled = [weight * scale for weight in w]
    assert coherence(scaled, s, c) == pytest.approx(coherence(w, s, c), abs=1e-9)
    assert mean_confidence(scaled, c) == pytest.approx(mean_confidence(w, c), abs=1e-9)
    assert drift(scaled, s, past[: len(s)]) == pytest.approx(drift(w, s, past[: len(s)]), abs=1e-6)


@given(st.floats(-1, 1), rows)
def test_equal_scores_give_the_same_coherence_whatever_the_confidence(score: float, rows: list[Any]) -> None:
    w, _, c = zip(*rows, strict=True)
    assert coherence(w, [score] * len(w), c) == pytest.approx(1 + 4.5 * (score + 1), abs=1e-9)


@given(betas, st.lists(st.none() | scores, max_size=60))
def test_memory_is_the_exponential_mean_of_the_scores(beta: float, given_scores: list[float | None]) -> None:
    mu = a = 0.0
    for score in given_scores:
        mu, a = remembered(mu, a, score, beta)
    held = [score for score in given_scores if score is not None]
    shares = [(1 - beta) * beta ** (len(held) - 1 - k) for k in range(len(held))]
    assert mu == pytest.approx(math.fsum(share * s for share, s in zip(shares, held, strict=True)), abs=1e-12)
    assert a == pytest.approx(1 - beta ** len(held), abs=1e-12)
    m = corrected(mu, a)
    assert m is None if not held else m is not None and -1 <= m <= 1


@given(st.integers(2, 6).flatmap(lambda n: st.lists(st.lists(scores, min_size=n, max_size=n), min_size=2, max_size=9)))
def test_drift_is_the_sources_where_every_value_is_always_scored(turns: list[list[float]]) -> None:
    profile = valued(len(turns[0]), v1=2.5)
    memory = remembering(profile, *(ledger(*turn) for turn in turns[:-1]))
    w = profile.weights
    p = [weight * score for weight, score in zip(w, turns[-1], strict=True)]
    mu = [weight * each for weight, each in zip(w, memory.mu, strict=True)]
    if math.hypot(*p) < 1e-3 or math.hypot(*mu) < 1e-3:
        return
    source = 1 - sum(x * y for x, y in zip(p, mu, strict=True)) / (math.hypot(*p) * math.hypot(*mu))
    found = integrate(profile, ledger(*turns[-1]), memory).reading.drift
    assert found == pytest.approx(source, abs=1e-9)


@given(rows, st.lists(st.none() | scores, min_size=12, max_size=12))
def test_drift_keeps_within_zero_and_two_or_is_unknown(rows: list[Any], past: list[float | None]) -> None:
    w, s, _ = zip(*rows, strict=True)
    found = drift(w, s, past[: len(s)])
    assert found is None or (isinstance(found, float) and 0 <= found <= 2)


BAD: list[object] = [math.nan, math.inf, -math.inf, 1.01, -1.01, True, "0.5", 10**400]


ASKED: dict[str, Callable[[Any], object]] = {
    "coherence of a score": lambda bad: coherence([1.0], [bad], [1.0]),
    "coherence of a confidence": lambda bad: coherence([1.0], [1.0], [bad]),
    "mean confidence": lambda bad: mean_confidence([1.0], [bad]),
    "drift of a score": lambda bad: drift([1.0, 1.0], [bad, 1.0], [1.0, 1.0]),
    "drift from a memory": lambda bad: drift([1.0, 1.0], [1.0, 1.0], [1.0, bad]),
    "memory": lambda bad: remembered(0.0, 0.0, bad, 0.9),
}


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: repr(bad)[:9])
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_a_number_that_is_none_or_out_of_range_is_refused(ask: Callable[[Any], object], bad: object) -> None:
    with pytest.raises(InvalidValue):
        ask(bad)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -1.0, True, "1", 10**400], ids=lambda bad: repr(bad)[:9])
def test_a_weight_that_is_none_is_refused(bad: Any) -> None:
    with pytest.raises(InvalidValue):
        coherence([bad], [1.0], [1.0])


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidValue, match="columns of 2, 1, 1"):
        coherence([1, 1], [1], [1])
    with pytest.raises(InvalidValue, match="columns of 2, 1"):
        mean_confidence([1, 1], [1])
    with pytest.raises(InvalidValue, match="columns of 1, 1, 0"):
        drift([1], [1], [])
    with pytest.raises(InvalidValue, match="one length"):
        Memory(values=("v1",), mu=(0.0,), a=())


def test_more_than_rounding_outside_its_bounds_is_a_fault_of_the_arithmetic() -> None:
    with pytest.raises(ArithmeticError):
        corrected(0.5, 0.1)


def test_memory_is_carried_over_by_name() -> None:
    memory = Memory(values=("old", "kept"), mu=(0.3, 0.2), a=(0.5, 0.4), folded=7)
    assert carried(memory, ("old", "kept")) is memory
    assert carried(memory, ("new", "kept")) == Memory(values=("new", "kept"), mu=(0.0, 0.2), a=(0.0, 0.4), folded=7)


def test_an_edited_weight_fakes_no_drift() -> None:
    before, after = valued(2), valued(2, v1=50.0)
    memory = remembering(before, *[ledger(1, 0.5)] * 9)
    taken = integrate(after, ledger(1, 0.5), memory)
    assert taken.reading.drift == pytest.approx(0, abs=1e-12)
    assert taken.memory.m == pytest.approx(memory.m)
    assert taken.memory == integrate(before, ledger(1, 0.5), memory).memory


def test_values_skipped_at_different_rates_fake_no_drift() -> None:
    profile = valued(2)
    memory = remembering(profile, ledger(1, 1), *[ledger(1, None)] * 49)
    assert memory.a[0] > 0.99
    assert memory.a[1] < 0.11
    assert integrate(profile, ledger(1, 1), memory).reading.drift == pytest.approx(0, abs=1e-12)


def test_a_ledger_of_other_values_is_refused() -> None:
    with pytest.raises(RefusedLedger):
        integrate(valued(3), ledger(1, 1), Memory())
    with pytest.raises(RefusedLedger):
        integrate(replace(valued(1), name="other"), ledger(1, 1), Memory())
