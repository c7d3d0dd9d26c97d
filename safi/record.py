"""A scope's ordered record, and what its next number does to the scope's state. Memory is a pure function of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from safi import spirit
from safi.ledger import Ledger
from safi.profile import Profile
from safi.spirit import Memory, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A number whose ledger landed, with the profile its turn was made under."""

    profile: Profile
    ledger: Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A number that memory will never fold: its audit was given up, or came too late."""

    reason: str


Item = Audited | Hole


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that a scope carries from one number to the next."""

    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The state after a number, and what its ledger said; `reading` is None for a number without a ledger."""

    state: State
    reading: Reading | None


Step = Callable[[State, Item], Folded]
"""Pure: the same state and item give the same result, anywhere and at any time."""


def fold(state: State, item: Item) -> Folded:
    """Take the next number of a scope into its state: the one Step there is. Raises RefusedLedger."""
    match item:
        case Audited(profile=profile, ledger=ledger):
            taken = spirit.integrate(profile, ledger, state.memory)
            return Folded(state=State(memory=taken.memory), reading=taken.reading)
        case Hole():
            return Folded(state=state, reading=None)
