"""What was found, kept short: the first of each chain, scope and kind stands for those that follow it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.store.faults import Damaged
from safi.ports.proof import Finding

UNREADABLE: Final = (Damaged, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What may be raised by reading what somebody else may have written."""

_MOST: Final = 200
"""So much is told of what stands in a cell."""

Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """Findings in order, the first of each group with how many more there are."""

    _first: dict[Group, Finding] = field(default_factory=dict[Group, Finding])
    _all: Counter[Group] = field(default_factory=Counter[Group])

    def add(self, group: Group, finding: Finding) -> None:
        """Take in a finding."""
        self._first.setdefault(group, _plain(finding))
        self._all[group] += 1

    def findings(self) -> tuple[Finding, ...]:
        """The first of each group."""
        return tuple(replace(finding, more=self._all[group] - 1) for group, finding in self._first.items())


def plain(cell: object) -> str:
    """What stands in a cell as text that can be printed, sent and stored anywhere, and not without end."""
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else repr(cell[:_MOST] if isinstance(cell, bytes) else cell)
    return text[:_MOST].encode(errors="backslashreplace").decode() + ("…" if len(text) > _MOST else "")


def _plain(finding: Finding) -> Finding:
    """The same, whatever stood in the cells that it was made from."""
    return replace(
        finding,
        workspace=plain(finding.workspace),
        height=_whole(finding.height),
        kind=plain(finding.kind),
        subject=plain(finding.subject),
        scope=plain(finding.scope),
        number=_whole(finding.number),
        detail=plain(finding.detail),
    )


def _whole(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None
