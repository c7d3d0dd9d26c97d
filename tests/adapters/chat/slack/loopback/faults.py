"""What can go wrong with a call: each fault is used up by one call of its method, in the order they were given."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.adapters.chat.cuts import CutAfter, CutBefore, Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """429 with Retry-After; nothing is done. `retry_after` in seconds."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """`{"ok": false}` with this error and status 200, and whatever goes with it; nothing is done."""

    error: str
    more: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A status such as 500 or 503 and no JSON; with `done` the call was carried out all the same."""

    status: int = 503
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Html:
    """A page instead of JSON, with status 200; nothing is done."""


Fault = Limited | Refused | Broken | Html | CutBefore | CutAfter | Held


@dataclass(slots=True)
class Faults:
    """Faults in waiting, by method (`chat.postMessage`; `response_url` is that of the addresses)."""

    _waiting: dict[str, deque[Fault]] = field(default_factory=dict[str, deque[Fault]])

    def add(self, method: str, *faults: Fault) -> None:
        self._waiting.setdefault(method, deque()).extend(faults)

    def take(self, method: str) -> Fault | None:
        """The next fault for a call, if one waits for it."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None
