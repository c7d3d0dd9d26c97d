"""What the Conscience found in one answer, value by value. A ledger with anything wrong in it cannot be made."""

from dataclasses import dataclass

from safi.bounds import is_within
from safi.errors import RefusedLedger
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value's finding.

    `score` in [-1, 1], or None: the answer did not touch the value. `confidence` in [0, 1]. `sentence` is the number of
    the sentence of the answer that shows it, from 1; 0 is the answer as a whole, and goes only with a score of at most
    0. An entry whose score or sentence is None counts as not scored. Beside a score, confidence and reason must stand.
    `quote` is the words of that sentence, cut out by our own code; None for 0, and where they are no longer kept.
    """

    value: str
    score: float | None = None
    confidence: float | None = None
    sentence: int | None = None
    reason: str | None = None
    quote: str | None = None

    def __post_init__(self) -> None:
        _check(self.value, "score", self.score, -1)
        _check(self.value, "confidence", self.confidence, 0)
        if self.sentence is not None and (type(self.sentence) is not int or self.sentence < 0):
            raise RefusedLedger(
                f"{self.value}: sentence must be a whole number of at least 0, not {self.sentence!r:.40}"
            )
        if self.score is None:
            return
        if self.confidence is None or not (self.reason or "").strip():
            raise RefusedLedger(f"{self.value}: a score needs a confidence and a reason beside it")
        if self.sentence == 0 and self.score > 0:
            raise RefusedLedger(f"{self.value}: a score above 0 needs the sentence that shows it, not 0")

    @property
    def scored(self) -> bool:
        """Whether this entry counts."""
        return self.score is not None and self.sentence is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All findings of one audit, at most one a value; `usage` is what the audit took, where known."""

    entries: tuple[Entry, ...]
    usage: Usage | None = None

    def __post_init__(self) -> None:
        names = [entry.value for entry in self.entries]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise RefusedLedger(f"{doubled[0]}: is given twice")

    def of(self, names: tuple[str, ...]) -> tuple[Entry, ...]:
        """The entries in the order of `names`. Raises RefusedLedger unless they are exactly these values."""
        by_name = {entry.value: entry for entry in self.entries}
        if missing := [name for name in names if name not in by_name]:
            raise RefusedLedger(f"{missing[0]}: is left out")
        if unknown := [name for name in by_name if name not in names]:
            raise RefusedLedger(f"{unknown[0]}: is not a value of this profile")
        return tuple(by_name[name] for name in names)


def _check(value: str, what: str, number: float | None, least: float) -> None:
    if number is not None and not is_within(number, least, 1):
        raise RefusedLedger(f"{value}: {what} must be a number within [{least:g}, 1], not {number!r:.40}")
