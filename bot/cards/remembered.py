"""A memory as moderators look at it: its state, what was done to it, and what it waits for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from safi.ports import Operation
from safi.record import State

_STARTS: Final = {"reset", "restore"}
"""After these a memory holds another number of ledgers than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A scope's state, its operator events, newest first, and the numbers before the newest whose audits are owed."""

    state: State
    operations: Sequence[Operation] = field(default=(), hash=False)
    owed: tuple[int, ...] = ()

    @property
    def turning(self) -> Operation | None:
        """The newest of the freezes and thaws that are kept."""
        return next((done for done in self.operations if done.kind in {"freeze", "thaw"}), None)

    @property
    def freezing(self) -> bool:
        """Whether memory is frozen once all that was done to it is in force."""
        return self.turning.kind == "freeze" if self.turning else self.state.frozen

    def waits(self, number: int) -> int:
        """For how many audits an operator event waits; 0 when it is in force."""
        return sum(before < number for before in self.owed)

    def counted(self, number: int) -> int:
        """How many ledgers memory held after a number, at most."""
        starts = (done.number or 0 for done in self.operations if done.kind in _STARTS)
        begun = next((start for start in starts if not self.waits(start)), 0)
        return min(self.state.memory.folded, number) if number > begun else number
