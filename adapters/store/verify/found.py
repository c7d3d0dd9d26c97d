"""What was found, kept short: the first of each chain, scope and kind stands for those that follow it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.store.faults import Damaged
from safi.ports.proof import Finding

UNREADABLE: Final = (Damaged, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What may be raised by reading what somebody else may have written."""

Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """Findings in order, the first of each group with how many more there are."""

    _first: dict[Group, Finding] = field(default_factory=dict[Group, Finding])
    _all: Counter[Group] = field(default_factory=Counter[Group])

    def add(self, group: Group, finding: Finding) -> None:
        """Take in a finding."""
        self._first.setdefault(group, finding)
        self._all[group] += 1

    def findings(self) -> tuple[Finding, ...]:
        """The first of each group."""
        return tuple(replace(finding, more=self._all[group] - 1) for group, finding in self._first.items())
