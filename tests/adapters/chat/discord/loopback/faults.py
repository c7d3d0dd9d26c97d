"""What can go wrong with a REST call: each fault is used up by one call to its route, in the order they were given."""

from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.adapters.chat.cuts import CutAfter, CutBefore, Held
from tests.adapters.chat.discord.loopback.guild import Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """429 with Discord's headers and body; nothing is done. `retry_after` in seconds."""

    retry_after: float = 0.05
    everywhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An error with this status and body; nothing is done. The client tries 500, 502 and 504 again after a second."""

    status: int = 503
    body: Payload = field(default_factory=lambda: {"message": "loopback says no", "code": 0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbled:
    """The call is done, its answer is no JSON though it says so."""


Fault = Limited | Refused | Garbled | CutBefore | CutAfter | Held


@dataclass(slots=True)
class Faults:
    """Faults in waiting, by method and path pattern (`POST`, `/channels/*/messages`)."""

    _waiting: list[tuple[str, str, deque[Fault]]] = field(default_factory=list[tuple[str, str, deque[Fault]]])

    def add(self, method: str, pattern: str, *faults: Fault) -> None:
        self._waiting.append((method, pattern, deque(faults)))

    def take(self, method: str, path: str) -> Fault | None:
        """The next fault for a call, if one waits for it."""
        for on_method, pattern, faults in self._waiting:
            if faults and on_method == method and fnmatchcase(path, pattern):
                return faults.popleft()
        return None
