"""A scope as plainly as it can be said: what was asked and answered there, and its memory, folded from nothing."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from safi.ledger import Ledger
from safi.profile import Profile
from safi.record import Audited, Folded, Hole, Item, State, fold
from safi.spirit import Memory, Reading, integrate

SCOPES: Final = {"lobby": "home", "garden": "home", "hall": "away"}
"""Each scope's workspace."""

folded: Final = lru_cache(maxsize=4096)(fold)


@dataclass(kw_only=True, eq=False)
class Asked:
    """A message."""

    id: str
    scope: str
    author: str
    minute: int
    outcome: str | None = None
    gone: str | None = None
    withdrawn: bool = False

    @property
    def workspace(self) -> str:
        return SCOPES[self.scope]


@dataclass(kw_only=True, eq=False)
class Answered:
    """A turn."""

    id: str
    asked: Asked
    profile: Profile
    approved: bool
    minute: int
    delivery: str = "committed"
    number: int | None = None
    audit: str | None = None
    hole: str | None = None
    ledger: Ledger | None = None
    landed: int | None = None
    due: int = 0
    lease: int | None = None
    attempts: int = 0
    linked: int = 0

    @property
    def item(self) -> Item | None:
        """What its number is to memory; None as long as that is open."""
        if self.hole is not None:
            return Hole(reason=self.hole)
        return None if self.ledger is None else Audited(profile=self.profile, ledger=self.ledger)


@dataclass(kw_only=True, eq=False)
class Numbered:
    """A scope: what bears its numbers, from 1, up to `reach` in memory, of which memories before `kept` are gone."""

    items: list[Answered | Item] = field(default_factory=list[Answered | Item])
    profile: Profile | None = None
    reach: int = 0
    kept: int = 0

    def fold(self) -> tuple[Folded, ...]:
        """What each number did, as far as it went into memory; at 0, the state before the first."""
        done = [Folded(state=State())]
        for each in self.items[: self.reach]:
            item = each.item if isinstance(each, Answered) else each
            assert item is not None
            done.append(folded(done[-1].state, item))
        return tuple(done)

    @property
    def closed(self) -> int:
        """The last number up to which nothing is open."""
        is_open = [isinstance(each, Answered) and each.item is None for each in self.items]
        return is_open.index(True) if True in is_open else len(is_open)

    def fold_on(self) -> list[str]:
        """Take all into memory that can be; gives the turns among it."""
        before, self.reach = self.reach, self.closed
        return [each.id for each in self.items[before : self.reach] if isinstance(each, Answered)]

    def reading(self, turn: Answered) -> Reading | None:
        """What a turn's ledger says, once its number is decided."""
        if turn.number is None or turn.ledger is None:
            return None
        if turn.hole is not None:
            return integrate(turn.profile, turn.ledger, Memory()).reading
        done = self.fold()
        return done[turn.number].reading if turn.number < len(done) else None

    def fate(self, turn: Answered) -> str | None:
        """Of a turn's number."""
        if turn.hole is not None:
            return "hole"
        return "folded" if turn.number is not None and turn.number <= self.reach else None

    def unfinished(self, turn: Answered) -> bool:
        """Whether something may still be recorded of a turn."""
        return turn.delivery == "committed" or turn.audit == "owed" or (turn.number or 0) > self.reach
