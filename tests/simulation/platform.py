"""A chat platform: it brings each message at least once, takes posts or not, and remembers what it has shown."""

import asyncio
import heapq
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, Final

from adapters.chat.port import Card, ChatError, Handlers, Inbound, Place, Posted
from tests.simulation.faults import Faults
from tests.simulation.loop import VirtualClock
from tests.simulation.process import Process

PLACES: Final = tuple(Place(workspace=f"w{number % 3}", channel=f"c{number}") for number in range(10))
AUTHORS: Final = tuple(f"member {number}" for number in range(7))
SECONDS_BETWEEN: Final = 0.8

_Due = tuple[float, int, Inbound]


@dataclass(slots=True, kw_only=True)
class Platform:
    """It outlives the program. What is not acknowledged is brought again to its next life.

    `shown` is called with the turn and the words of each post, before they are shown, `taken` with each message that
    the program has acknowledged. `quiet` says when all is done.
    """

    messages: int
    faults: Faults
    chance: Random
    clock: VirtualClock
    shown: Callable[[str, str], None]
    taken: Callable[[Inbound], None]
    quiet: Callable[[], bool]
    sent: int = 0
    posts: int = 0
    unacknowledged: dict[str, Inbound] = field(default_factory=dict[str, Inbound])
    _due: list[_Due] = field(default_factory=list[_Due])
    _serial: int = 0
    _written: float = 0.0

    def reconnected(self) -> None:
        """A new life has begun: what was brought and not acknowledged is brought again, soon."""
        now = asyncio.get_running_loop().time()
        for inbound in self.unacknowledged.values():
            self._bring(inbound, now + 10 * self.chance.random())

    async def next(self) -> Inbound | None:
        """The next message, when it is time for it; None when the program may go."""
        while self.sent < self.messages and (not self._due or self._written <= self._due[0][0]):
            self._write()
        while not self._due:
            if not self.faults.calm or self.quiet():
                return None
            await asyncio.sleep(5)
        await asyncio.sleep(max(0.0, self._due[0][0] - asyncio.get_running_loop().time()))
        _, _, inbound = heapq.heappop(self._due)
        self.unacknowledged[inbound.event_id] = inbound
        return inbound

    def _write(self) -> None:
        """Members write: one, or many at once."""
        self._written += self.chance.expovariate(1 / SECONDS_BETWEEN)
        place = self.chance.choice(PLACES)
        for _ in range(min(12 if self.faults.strikes("burst") else 1, self.messages - self.sent)):
            self._send(place)

    def _send(self, place: Place) -> None:
        self.sent += 1
        number, now = self.sent, asyncio.get_running_loop().time()
        inbound = Inbound(
            event_id=f"e{number}",
            place=place,
            message_id=f"m{number}",
            author=AUTHORS[number % len(AUTHORS)],
            text=self._text(),
            at=self.clock.now() + timedelta(seconds=self._written - now),
        )
        self._bring(inbound, self._written + (90 * self.chance.random() if self.faults.strikes("event late") else 0))
        if self.faults.strikes("event twice"):
            self._bring(inbound, self._written + 20 * self.chance.random())
        if self.faults.strikes("event twice under another id"):
            again = replace(inbound, event_id=f"{inbound.event_id}-again")
            self._bring(again, self._written + 20 * self.chance.random())

    def _text(self) -> str:
        if self.faults.strikes("message empty"):
            return " "
        return "So? " * 30 if self.faults.strikes("message too long") else f"Question {self.sent}?"

    def _bring(self, inbound: Inbound, time: float) -> None:
        self._serial += 1
        heapq.heappush(self._due, (time, self._serial, inbound))

    def post(self, turn_id: str, words: str) -> str:
        """Show a post, or not. Raises ChatError, also for one that is shown."""
        if self.faults.strikes("post refused"):
            raise ChatError("the platform is away")
        self.shown(turn_id, words)
        self.posts += 1
        if self.faults.strikes("post made and denied"):
            raise ChatError("the platform hung up")
        return f"out-{self.posts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The program's side of it, for one life. What goes on `beside` it ends with it."""

    platform: Platform
    process: Process
    beside: Callable[[], Coroutine[Any, Any, None]]

    async def run(self, handlers: Handlers) -> None:
        """Bring what there is to bring."""
        self.platform.reconnected()
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(self.beside())
            while (inbound := await self.platform.next()) is not None:
                self.process.touch()
                group.create_task(self._bring(handlers, inbound))
            beside.cancel()

    async def _bring(self, handlers: Handlers, inbound: Inbound) -> None:
        await handlers.hear(inbound)
        self.process.touch()
        self.platform.unacknowledged.pop(inbound.event_id, None)
        self.platform.taken(inbound)

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None) -> Posted:
        """Post words."""
        return Posted(place=place, message_id=await self._post(turn_id, text))

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card."""
        self.process.touch()
        return Posted(place=place, message_id="card")

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """Show nothing."""
        yield

    async def _post(self, turn_id: str, words: str) -> str:
        platform, process = self.platform, self.process
        await asyncio.sleep(platform.chance.random() * 0.3)
        process.touch()
        if platform.faults.strikes("killed before a post"):
            process.die()
        message_id = platform.post(turn_id, words)
        if platform.faults.strikes("killed after a post"):
            process.die()
        await asyncio.sleep(platform.chance.random() * 0.3)
        process.touch()
        return message_id
