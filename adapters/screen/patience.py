"""How long a search may take: little for one pattern, not much more for all, in time of the processor.

A machine that is busy elsewhere then changes no finding. A virtual one may still count as its own the time that its
host takes from it, so a pattern that ran out of time gets it once more.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

import regex

ONE: Final = 0.1
"""Seconds that one pattern may take over one text, twice."""

ALL: Final = 1.0
"""Seconds that all patterns of one call may take together."""

_Found = TypeVar("_Found")


class Patience:
    """What is left of the time for one call."""

    def __init__(self) -> None:
        self._end = time.thread_time() + ALL

    def search(self, pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
        """The first place where a pattern is found. Raises TimeoutError."""
        return self._twice(lambda seconds: pattern.search(text, timeout=seconds))

    def all(self, pattern: regex.Pattern[str], text: str) -> list[regex.Match[str]]:
        """All that a pattern finds. Raises TimeoutError."""
        if not self.search(pattern, text):  # as nearly always, and quicker found out
            return []
        return self._twice(lambda seconds: list(pattern.finditer(text, timeout=seconds)))

    def _twice(self, search: Callable[[float], _Found]) -> _Found:
        try:
            return search(self._left())
        except TimeoutError:
            return search(self._left())

    def _left(self) -> float:
        left = self._end - time.thread_time()
        if left <= 0:
            raise TimeoutError
        return min(left, ONE)
