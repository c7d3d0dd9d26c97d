"""What goes wrong, how often, and when it does: all of it decided by the seed."""

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Final

EVERY: Final[Mapping[str, float]] = {
    "killed at a statement": 15_000,
    "killed before a commit": 2_000,
    "killed after a commit": 2_000,
    "killed before a post": 800,
    "killed after a post": 600,
    "killed at rest": 700,
    "stopped": 900,
    "clock set wrong": 300,
    "disk full at a commit": 1_500,
    "disk full at a statement": 30_000,
    "disk error at a statement": 30_000,
    "disk slow": 400,
    "post refused": 60,
    "post made and denied": 120,
    "event twice": 25,
    "event twice under another id": 50,
    "event late": 30,
    "burst": 100,
    "draft unavailable": 60,
    "draft refused": 80,
    "draft with a code": 60,
    "draft denied": 12,
    "verdict unavailable": 60,
    "verdict unreadable": 60,
    "audit slow": 30,
    "audit unavailable": 25,
    "audit unreadable": 12,
    "model slow": 200,
    "message empty": 100,
    "message too long": 100,
    "message deleted": 30,
    "answer rated": 20,
}
"""How many occasions lie between two of a fault, on average. Those "at rest", stops and clocks go by the second."""


class Faults:
    """Strikes at the seed's own time; in the calm at the end, never."""

    def __init__(self, chance: Random, *, calm: bool = False) -> None:
        self._chance = chance
        self._left = {fault: self._drawn(fault) for fault in EVERY}
        self.struck = Counter[str]()
        self.occasions = 0
        self.calm = calm

    def strikes(self, fault: str) -> bool:
        """Whether it happens on this occasion."""
        self.occasions += 1
        if self.calm:
            return False
        self._left[fault] -= 1
        if self._left[fault] > 0:
            return False
        self._left[fault] = self._drawn(fault)
        self.struck[fault] += 1
        return True

    def seconds_to(self, fault: str) -> float:
        """When it happens next, for those that go by the second."""
        return self._drawn(fault)

    def _drawn(self, fault: str) -> float:
        return self._chance.expovariate(1 / EVERY[fault])
