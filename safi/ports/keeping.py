"""What is done to the record by people and by time: operator events, expiry, erasure and legal holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from safi.record import Act, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that an operator did: a link of the workspace's chain.

    `number` is the one it took in its `scope`; None for what touches no memory. `kind` and `detail` say what it was,
    and `actor` who did it: the platform's id of a person, "" once that person was erased, or a name of this program's.
    """

    workspace: str
    scope: str | None
    number: int | None
    kind: str
    detail: Mapping[str, Any] = field(hash=False)
    actor: str
    at: datetime


class Operators(Protocol):
    """Operator events, each with a number of its scope."""

    async def operate(self, act: Act, *, workspace: str, scope: str, actor: str, step: Step, at: datetime) -> int:
        """Give an act the next number of its scope, and fold it as soon as all before it are; returns the number.

        Raises InvalidValue for a Restore of a number that has not gone into memory yet, or is no longer kept.
        """
        ...

    async def operations(self, scope: str, *, limit: int) -> Sequence[Operation]:
        """What was done to a scope's memory, newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What went at once: texts of so many events, and so many turns with their scores. `more`: there is more to do.

    Under a legal hold nothing goes: `held`.
    """

    texts: int = 0
    turns: int = 0
    more: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Of how many events a person's words went. Under a legal hold that waits for its end: `queued`."""

    events: int = 0
    queued: bool = False


class Retention(Protocol):
    """What goes when its time has come, or when a person asks; the chain stays valid all the same."""

    async def expire(
        self, *, texts_before: datetime, ledgers_before: datetime, checkpoint_before: datetime, step: Step, at: datetime
    ) -> Expired:
        """Let a share of what is older go: texts with who said them, and behind a checkpoint all the rest.

        A checkpoint is written in a workspace whose last one is older than `checkpoint_before`, or has so much behind
        it that others would wait while that goes. An audit that is owed when its texts go becomes a hole.
        """
        ...

    async def erase(self, author: str, *, workspace: str | None, actor: str, step: Step, at: datetime) -> Erased:
        """Erase a person's words, the answers to them, and who said them; in one workspace, or in all of them.

        An audit that is owed for them becomes a hole. Backups that are restored later lose them too.
        """
        ...

    async def hold(self, *, held: bool, actor: str, step: Step, at: datetime) -> Erased | None:
        """Begin or end a legal hold; None if that is no change. At its end, the erasures that waited are done."""
        ...
