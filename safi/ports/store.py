"""What is recorded, step by step, and looked up again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from safi.ledger import Ledger
from safi.profile import Profile
from safi.record import State, Step
from safi.spirit import Reading
from safi.turn import Exchange, Turn
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A message that reached the bot.

    Keys are opaque text; within its workspace, `id` names it, and so do `place` and `message_id` together.
    `author` is whoever the platform says; `speaker` is the tag by which models know that person. `replies_to` is the
    platform's id of the message that it replies to.
    """

    id: str
    workspace: str
    place: str
    message_id: str
    author: str
    speaker: str
    text: str
    at: datetime
    replies_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A turn that was recorded at `at` and, as far as anybody knows, not sent."""

    event: Event
    turn: Turn
    profile: Profile
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """What a dead process left: accepted events without an outcome, and turns that were not sent; oldest first."""

    events: tuple[Event, ...] = ()
    unsent: tuple[Unsent, ...] = ()


Disposition = Literal["ignored", "limited", "failed"]


class Journal(Protocol):
    """The path a person waits on, made durable step by step."""

    async def accept(self, event: Event) -> bool:
        """Record an event before it is acknowledged.

        False, and nothing recorded, if its id or its message was recorded before.
        """
        ...

    async def dismiss(self, event: Event, disposition: Disposition, reason: str) -> None:
        """Give an accepted event its one outcome when it gets no turn. An event that has an outcome keeps it."""
        ...

    async def commit(self, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime) -> None:
        """Record a turn before anything of it is sent; it is the event's outcome. `profile` is kept once per digest."""
        ...

    async def deliver(self, turn_id: str, *, message_id: str, more: Sequence[str] = (), at: datetime) -> int | None:
        """Record that a turn's words reached the platform as `message_id`, and went on in messages of these ids.

        An approved turn takes the next number of its scope, from 1 without gaps, and is owed an audit; the number is
        returned. Any other turn gets none: None; nor does one whose words were erased while it was under way. A turn
        that was delivered before keeps what it has and returns it.
        """
        ...

    async def withdraw(self, place: str, message_id: str, *, at: datetime) -> None:
        """Record that a message was deleted where it was said: no later turn is shown it, nor the answer to it.

        So it is with a message of an answer. An accepted event without an outcome gets one: ignored, "deleted"; a turn
        for it can no longer be committed. An unknown message is nothing.
        """
        ...

    async def recover(self, *, unsent_since: Callable[[str], datetime], at: datetime) -> LeftOver:
        """Put right what a dead process left, before anything else is done.

        Claims are released. Of the turns that were committed and not delivered, those as late as `unsent_since` says of
        their workspace stay so and are returned, and all others become `unknown`; so do those whose words are gone or
        whose question was withdrawn, and those from later than now: the clock was set back, and nobody can tell how old
        they are.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A delivered, numbered turn whose audit was claimed, with as much of its history as the Conscience is shown.

    `profile` is the one it was made under; `attempts` audits of it were unreadable so far. `withdrawn`: its question or
    its answer was deleted, so it is to be given up.
    """

    turn: Turn
    profile: Profile
    place: str
    scope: str
    number: int
    attempts: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A number that was settled just now. `reading` is None for a hole."""

    turn_id: str
    place: str
    scope: str
    number: int
    reading: Reading | None


class AuditQueue(Protocol):
    """Audits owed, claimed and settled.

    `step` is applied in number order, and commits together with the ledger that set it off, or not at all.
    """

    async def claim(self, *, at: datetime, until: datetime) -> Owed | None:
        """Hold the longest-due audit that nobody else holds at `at`, `until` then. None when nothing is due."""
        ...

    async def settle(self, turn_id: str, ledger: Ledger, step: Step, *, at: datetime) -> tuple[Landed, ...]:
        """Record a ledger, then fold every number of its scope that can be folded now; returns those, in order.

        A second ledger for one turn is dropped: (). A ledger whose number is a hole already is kept with its reading,
        is returned, and is never folded. RefusedLedger from `step` undoes the whole of it.
        """
        ...

    async def give_up(
        self, turn_id: str, reason: str, step: Step, *, at: datetime, usage: Usage | None = None
    ) -> tuple[Landed, ...]:
        """Make the turn's number a hole for good, then fold on as `settle` does. Leaves a turn with a ledger alone.

        `usage`, what the failed audit took, is added to the turn's `wasted`.
        """
        ...

    async def postpone(self, turn_id: str, *, due: datetime, attempts: int, usage: Usage | None = None) -> None:
        """Release a claim; the audit is due again at `due`, with that many unreadable attempts behind it.

        `usage` as for `give_up`.
        """
        ...

    async def hasten(self, *, at: datetime) -> None:
        """Make due at `at` every audit that is due later. For a clock that was set: nobody knows what has passed."""
        ...

    async def pass_over(self, step: Step, *, blocked_since: datetime, at: datetime) -> tuple[Landed, ...]:
        """Turn every number that has blocked since before `blocked_since` into a hole, and fold on. Its audit goes on.

        A number blocks from the moment at which the first later ledger of its scope landed. Where that lies
        further ahead of `at` than `blocked_since` lies behind, the clock was set back, and it has blocked too long.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """A turn with all that became of it.

    `delivery`: committed (not sent yet), delivered, or unknown (a process died in between). `audit`: None (never owed),
    owed, landed, or abandoned. `fate` of its number: None (open, or no number), folded, or hole, with `hole_reason`.
    `wasted` is what its audits took together that gave no ledger. `withdrawn`: its question or its answer was deleted
    where it was said, and its words are to be shown to nobody.
    """

    turn: Turn
    profile: Profile
    event: Event
    scope: str
    at: datetime
    delivery: Literal["committed", "delivered", "unknown"]
    message_id: str | None
    number: int | None
    audit: Literal["owed", "landed", "abandoned"] | None
    fate: Literal["folded", "hole"] | None
    hole_reason: str | None
    ledger: Ledger | None
    reading: Reading | None
    wasted: Usage | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A scope in numbers. `outcomes` counts turns by their outcome's name in lower case."""

    outcomes: Mapping[str, int] = field(hash=False)
    owed: int
    folded: int
    holes: int
    oldest_owed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCheck:
    """What came of putting a profile's judge check to its judges.

    `digest` names the profile's wording, `will` and `conscience` the models, `version` the wording of our questions and
    the cases. `report` is JSON, for people to look at.
    """

    digest: str
    will: str
    conscience: str
    version: str
    at: datetime
    passed: bool
    report: str


class LastChecks(Protocol):
    """What is known of the judges."""

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:
        """The latest check of just these."""
        ...


class JudgeChecks(LastChecks, Protocol):
    """What is known of the judges, and becomes known."""

    async def keep_check(self, check: JudgeCheck) -> None:
        """Record a check. A later one of the same judges counts in its place."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a turn begins with, as one moment had it: each part is what the method of its name in Recall says."""

    state: State
    enforced: Mapping[str, int] = field(hash=False)
    conversation: tuple[Exchange, ...]
    replied: tuple[Exchange, ...] = ()


class Recall(Protocol):
    """What the next turn needs to know of the past. Reading never waits for a writer."""

    async def past(self, place: str, scope: str, *, replies_to: str | None, limit: int, last: int) -> Past:
        """All of the below at once, with `limit` exchanges of a place and as many that lead to `replies_to`.

        None: the message replies to none.
        """
        ...

    async def state(self, scope: str) -> State:
        """The scope's state after its last folded number; State() for a scope that has none."""
        ...

    async def conversation(self, place: str, *, limit: int) -> tuple[Exchange, ...]:
        """The last `limit` delivered exchanges of a place, approved or suppressed, oldest first.

        Those whose question was withdrawn, or whose words are gone, are not among them.
        """
        ...

    async def replied(self, place: str, message_id: str, *, limit: int) -> tuple[Exchange, ...]:
        """The exchanges that lead to a message of a place, followed back from reply to reply; oldest first.

        `message_id` is of a question or of any message of its answer. What `conversation` leaves out is not there.
        """
        ...

    async def enforced(self, scope: str, *, last: int) -> Mapping[str, int]:
        """How often each rule suppressed a draft within the scope's last `last` turns, by rule id."""
        ...


class Archive(Protocol):
    """What people can look up. Reading never waits for a writer."""

    async def turn(self, turn_id: str) -> TurnRecord | None:
        """One turn by its id."""
        ...

    async def numbered(self, scope: str, number: int) -> TurnRecord | None:
        """The turn that bears a number of a scope."""
        ...

    async def turns(
        self, scope: str, *, limit: int, skip: int = 0, place: str | None = None, within: str | None = None
    ) -> Sequence[TurnRecord]:
        """The scope's turns, newest first; only those said in a place, or in those whose keys begin with `within`."""
        ...

    async def posted(self, place: str, message_id: str) -> TurnRecord | None:
        """The turn whose words were posted in a place under that id, whichever of its messages it is."""
        ...

    async def posted_within(self, within: str, message_id: str) -> TurnRecord | None:
        """As `posted`, in all places whose keys begin with `within`; the latest where there are several."""
        ...

    async def owed(self, scope: str, *, limit: int) -> Sequence[TurnRecord]:
        """The turns of a scope whose audits are owed, longest first."""
        ...

    async def standing(self, scope: str) -> Standing:
        """The scope in numbers."""
        ...

    async def audits_owed(self) -> int:
        """How many audits are owed over all scopes, claimed ones included."""
        ...
