"""Spirit: the arithmetic of alignment. Pure numpy; no model, no clock, no wording.

Notation, with values i = 1…n: weights w (>= 0, normalised), scores s in [-1, 1], confidences c in [0, 1]. O is the set
of values that the audit scored. Equations: Self-Alignment Framework, section 3.2; README.md argues the departures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safi.bounds import is_within
from safi.errors import InvalidValue
from safi.ledger import Ledger
from safi.profile import Profile

WARM_UP: Final = 5
"""Folded ledgers of a scope before its drift is shown."""

_ROUNDING: Final = 1e-9
_SMALLEST_NORM: Final = 1e-8
_LARGEST: Final = math.nextafter(math.inf, 0)

Numbers = Sequence[float | None]
"""One number a value, in declared order; None where there is none."""

_Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a scope remembers: for each of `values`, mu and its normaliser a, and how many ledgers were folded in."""

    values: tuple[str, ...] = ()
    mu: tuple[float, ...] = ()
    a: tuple[float, ...] = ()
    folded: int = 0

    def __post_init__(self) -> None:
        if not len(self.values) == len(self.mu) == len(self.a):
            raise InvalidValue("memory: values, mu and a must have one length")
        for mu, a in zip(self.mu, self.a, strict=True):
            _checked("mu", mu, -1, 1)
            _checked("a", a, 0, 1)

    @property
    def m(self) -> tuple[float | None, ...]:
        """The corrected memory mu / a, in [-1, 1]; None for a value that was never scored."""
        return tuple(corrected(mu, a) for mu, a in zip(self.mu, self.a, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one ledger says: coherence S_t in [1, 10], mean confidence in [0, 1], drift d_t in [0, 2]. None: unknown."""

    coherence: float | None
    confidence: float | None
    drift: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """A ledger's reading, and the memory after it."""

    reading: Reading
    memory: Memory


def integrate(profile: Profile, ledger: Ledger, memory: Memory) -> Integration:
    """Read a ledger against the memory before it, then take it in. Raises RefusedLedger."""
    entries = ledger.of(profile.value_names)
    before = carried(memory, profile.value_names)
    scores = [entry.score if entry.scored else None for entry in entries]
    confidences = [entry.confidence if entry.scored else None for entry in entries]
    # All these numbers were checked when profile, entries and memory were made.
    w, s, c, m = (_vector(numbers) for numbers in (profile.weights, scores, confidences, before.m))
    reading = Reading(coherence=_coherence(w, s, c), confidence=_mean_confidence(w, c), drift=_drift(w, s, m))
    traces = zip(before.mu, before.a, scores, strict=True)
    kept = [_remembered(mu, a, score, profile.beta) for mu, a, score in traces]
    after = Memory(
        values=before.values,
        mu=tuple(mu for mu, _ in kept),
        a=tuple(a for _, a in kept),
        folded=memory.folded + 1,
    )
    return Integration(reading=reading, memory=after)


def carried(memory: Memory, values: tuple[str, ...]) -> Memory:
    """Memory under another set of values: those that stay keep (mu, a), new ones start at (0, 0), the count stays."""
    if memory.values == values:
        return memory
    traces = dict(zip(memory.values, zip(memory.mu, memory.a, strict=True), strict=True))
    kept = [traces.get(name, (0.0, 0.0)) for name in values]
    return Memory(values=values, mu=tuple(mu for mu, _ in kept), a=tuple(a for _, a in kept), folded=memory.folded)


def coherence(weights: Sequence[float], scores: Numbers, confidences: Numbers) -> float | None:
    """S_t = 1 + 9 (r + 1) / 2 with r = sum(w s c) / sum(w c) over O, in [1, 10].

    None when nothing was scored or sum(w c) is 0. Raises InvalidValue for a number that is not finite or out of range.
    """
    w, s, c = _weights(weights), _column("score", scores, -1), _column("confidence", confidences, 0)
    _alike(w, s, c)
    return _coherence(w, s, c)


def _coherence(w: _Vector, s: _Vector, c: _Vector) -> float | None:
    scored = ~np.isnan(s) & ~np.isnan(c)
    pull = w[scored] * c[scored]
    if not pull.any():
        return None
    pull /= pull.max()  # a common factor: keeps tiny weights from vanishing in the sums
    return _settled(1 + 9 * (float(pull @ s[scored] / pull.sum()) + 1) / 2, 1, 10)


def mean_confidence(weights: Sequence[float], confidences: Numbers) -> float | None:
    """sum(w c) / sum(w) over the values with a confidence, in [0, 1]; None where that is no number."""
    w, c = _weights(weights), _column("confidence", confidences, 0)
    _alike(w, c)
    return _mean_confidence(w, c)


def _mean_confidence(w: _Vector, c: _Vector) -> float | None:
    stated = ~np.isnan(c)
    if not w[stated].any():
        return None
    share = w[stated] / w[stated].max()
    return _settled(float(share @ c[stated] / share.sum()), 0, 1)


def remembered(mu: float, a: float, score: float | None, beta: float) -> tuple[float, float]:
    """(mu, a) after one more turn: beta mu + (1 - beta) s and beta a + (1 - beta); an unscored value holds both."""
    if score is not None:
        _checked("score", score, -1, 1)
    return _remembered(mu, a, score, beta)


def _remembered(mu: float, a: float, score: float | None, beta: float) -> tuple[float, float]:
    if score is None:
        return mu, a
    return _settled(beta * mu + (1 - beta) * score, -1, 1), _settled(beta * a + (1 - beta), 0, 1)


def corrected(mu: float, a: float) -> float | None:
    """The corrected memory m = mu / a: a weighted mean of all scores so far, in [-1, 1]; None before the first."""
    return _settled(mu / a, -1, 1) if a > 0 else None


def drift(weights: Sequence[float], scores: Numbers, m: Numbers) -> float | None:
    """d_t = 1 - cos(w s_t, w m_{t-1}), in [0, 2], over the values with a weight, a score and a memory.

    None when fewer than two such values remain, or either vector has a norm below 1e-8.
    """
    w, s, past = _weights(weights), _column("score", scores, -1), _column("memory", m, -1)
    _alike(w, s, past)
    return _drift(w, s, past)


def _drift(w: _Vector, s: _Vector, past: _Vector) -> float | None:
    known = (w > 0) & ~np.isnan(s) & ~np.isnan(past)
    if known.sum() < 2:
        return None
    share = w[known] / w[known].max()
    now, then = share * s[known], share * past[known]
    norms = math.sqrt(now @ now), math.sqrt(then @ then)
    if min(norms) < _SMALLEST_NORM:
        return None
    return _settled(1 - float((now / norms[0]) @ (then / norms[1])), 0, 2)


def _weights(weights: Sequence[float]) -> _Vector:
    return _vector([_checked("weight", weight, 0, _LARGEST) for weight in weights])


def _column(what: str, numbers: Numbers, least: float) -> _Vector:
    return _vector([None if n is None else _checked(what, n, least, 1) for n in numbers])


def _vector(numbers: Numbers) -> _Vector:
    return np.array(numbers, dtype=np.float64)  # None becomes NaN


def _checked(what: str, number: object, least: float, most: float) -> float:
    if not is_within(number, least, most):
        raise InvalidValue(f"{what}: must be a number within [{least:g}, {most:g}], not {number!r:.40}")
    return float(number)


def _alike(*columns: _Vector) -> None:
    if len({len(column) for column in columns}) > 1:
        raise InvalidValue(f"one number a value: got columns of {', '.join(str(len(column)) for column in columns)}")


def _settled(number: float, least: float, most: float) -> float:
    """`number` within its bounds. Only rounding is taken back; anything more is a fault of this module."""
    if not least - _ROUNDING <= number <= most + _ROUNDING:
        raise ArithmeticError(f"{number!r} lies outside [{least:g}, {most:g}]")
    return min(max(number, float(least)), float(most))
