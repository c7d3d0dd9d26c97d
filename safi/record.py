"""A scope's ordered record, and what its next number does to the scope's state. Memory is a pure function of it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from safi import spirit
from safi.ledger import Ledger
from safi.profile import Profile
from safi.spirit import Memory, Reading

# ------------------------------------------------------------------------------------------- what becomes of an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A number whose ledger landed, with the profile its turn was made under."""

    profile: Profile
    ledger: Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A number that memory will never fold: its audit was given up, or came too late."""

    reason: str


# --------------------------------------------------------------------------------------------------- operator events


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Memory starts anew, and warms up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """From here on ledgers land and are read, and memory with its count holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thaw:
    """Memory takes ledgers in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """From here on is what later turns are to be compared with. Memory does not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Memory becomes what it was after number `to`."""

    to: int


Act = Reset | Freeze | Thaw | Baseline | Restore
"""What an operator can ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A Restore whose memory was found."""

    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """From here on turns are made under `profile`: values that stay keep their memory, new ones start with none."""

    profile: Profile


Item = Audited | Hole | Reset | Freeze | Thaw | Baseline | Restored | ProfileChanged

# --------------------------------------------------------------------------------------------------------------- fold


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that a scope carries from one number to the next."""

    memory: Memory = field(default_factory=Memory)
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The state after a number, and what its ledger said; `reading` is None for a number without a ledger."""

    state: State
    reading: Reading | None = None


Step = Callable[[State, Item], Folded]
"""Pure: the same state and item give the same result, anywhere and at any time."""


def fold(state: State, item: Item) -> Folded:
    """Take the next number of a scope into its state: the one Step there is. Raises RefusedLedger."""
    match item:
        case Audited(profile=profile, ledger=ledger):
            taken = spirit.integrate(profile, ledger, state.memory)
            after = state if state.frozen else replace(state, memory=taken.memory)
            return Folded(state=after, reading=taken.reading)
        case Hole() | Baseline():
            return Folded(state=state)
        case Reset():
            return Folded(state=replace(state, memory=Memory()))
        case Freeze() | Thaw():
            return Folded(state=replace(state, frozen=isinstance(item, Freeze)))
        case Restored(memory=memory):
            return Folded(state=replace(state, memory=memory))
        case ProfileChanged(profile=profile):
            return Folded(state=replace(state, memory=spirit.carried(state.memory, profile.value_names)))
