"""What Slack brings to an app, whichever way: deliveries, how often they were made, how they were answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.adapters.chat.slack.loopback.calls import Call
from tests.adapters.chat.slack.loopback.team import Payload

Kind = Literal["events_api", "slash_commands", "interactive"]


@dataclass(slots=True, kw_only=True)
class Delivery:
    """An event, a command or an interaction. Each time it is acknowledged, what that said is added to `answers`.

    `statuses` are the HTTP statuses that it was answered with, `sent` is how often it was brought.
    """

    id: str
    kind: Kind
    payload: Payload
    sent: int = 0
    answers: list[Payload] = field(default_factory=list[Payload])
    statuses: list[int] = field(default_factory=list[int])

    @property
    def acknowledged(self) -> bool:
        return bool(self.answers)

    @property
    def event(self) -> Payload:
        """The event in an event's envelope."""
        return self.payload["event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What a delivery says of earlier ones: `number` 0 is a first one that says so all the same."""

    number: int
    reason: str = "timeout"


What = Literal["brought", "acknowledged", "called"]


@dataclass(slots=True, repr=False)
class Journal:
    """Everything that happened, in its order. `tell` is called after each; `watchers` see each as it happens."""

    tell: Callable[[], None]
    happened: list[tuple[What, Delivery | Call]] = field(default_factory=list[tuple[What, Delivery | Call]])
    watchers: list[Callable[[What, Delivery | Call], Any]] = field(
        default_factory=list[Callable[[What, Delivery | Call], Any]]
    )

    def add(self, what: What, which: Delivery | Call) -> None:
        self.happened.append((what, which))
        for watcher in self.watchers:
            watcher(what, which)
        self.tell()

    def acknowledge(self, delivery: Delivery, answer: Payload) -> None:
        delivery.answers.append(answer)
        self.add("acknowledged", delivery)

    @property
    def calls(self) -> list[Call]:
        """All calls, in the order they came."""
        return [which for _, which in self.happened if isinstance(which, Call)]

    def place(self, what: What, which: Delivery | Call) -> int:
        """When it happened first, as a number that rises with time."""
        return next(number for number, each in enumerate(self.happened) if each[0] == what and each[1] is which)
