"""How long a search may take: little for one pattern, not much more for all, in time of the processor.

A machine that is busy elsewhere then changes no finding. A virtual one may still count as its own the time that its
host takes from it, so a pattern that ran out of time gets it once more.
"""

import time
from typing import Final

import regex

ONE: Final = 0.1
"""Seconds that one pattern may take over one text, twice."""

ALL: Final = 1.0
"""Seconds that all patterns of one call may take together."""


class Patience:
    """What is left of the time for one call."""

    def __init__(self) -> None:
        self._end = time.thread_time() + ALL

    def search(self, pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
        """The first place where a pattern is found. Raises TimeoutError."""
        try:
            return pattern.search(text, timeout=self._left())
        except TimeoutError:
            return pattern.search(text, timeout=self._left())

    def all(self, pattern: regex.Pattern[str], text: str) -> list[regex.Match[str]]:
        """All that a pattern finds. Raises TimeoutError."""
        if not self.search(pattern, text):  # as nearly always, and quicker found out
            return []
        try:
            return list(pattern.finditer(text, timeout=self._left()))
        except TimeoutError:
            return list(pattern.finditer(text, timeout=self._left()))

    def _left(self) -> float:
        left = self._end - time.thread_time()
        if left <= 0:
            raise TimeoutError
        return min(left, ONE)
