"""What a community adds to the record: who answers where, what members think of answers, and what the program notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who answers in a channel, as its moderators said: a persona's name, or None for the configuration's.

    `paused`: nobody does, for the time being.
    """

    workspace: str
    channel: str
    persona: str | None = None
    paused: bool = False


class Assignments(Protocol):
    """Who answers where."""

    async def assign(self, assignment: Assignment, *, actor: str, at: datetime) -> None:
        """Record who answers in a channel from now on, in place of what was recorded for it before."""
        ...

    async def assignments(self) -> Sequence[Assignment]:
        """Every channel for which something was recorded."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """How many members think an answer good, and how many do not."""

    up: int = 0
    down: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How members and Conscience judge the same answers of a scope.

    `rated` answers have a coherence and more votes one way than the other; in `agreed` of them both say the same: up
    with a coherence of 5.5 or more, or down with less.
    """

    rated: int = 0
    agreed: int = 0


class Opinions(Protocol):
    """What members think of answers.

    A person's votes and words go when that person is erased; when texts expire, who it was and the words do, and the
    count stays as long as the turn. Raises InvalidValue for an opinion of a turn that is not there.
    """

    async def vote(self, turn_id: str, *, author: str, vote: Vote | None, at: datetime) -> None:
        """Record a member's vote, in place of an earlier one; None takes it back."""
        ...

    async def votes(self, turn_id: str) -> Votes:
        """The votes on an answer."""
        ...

    async def agreement(self, scope: str) -> Agreement:
        """How far votes and audits agree."""
        ...

    async def report(self, turn_id: str, *, author: str, reason: str, at: datetime) -> bool:
        """Record that a member objects to an answer. False, and nothing recorded, if that member did before."""
        ...

    async def reports(self, turn_id: str) -> int:
        """How many members object to an answer."""
        ...


class Notes(Protocol):
    """What the program notes for its next start: small texts, by key."""

    async def noted(self, key: str) -> str | None:
        """What was noted last."""
        ...

    async def jot(self, key: str, text: str) -> None:
        """Note something in place of what was noted before."""
        ...
