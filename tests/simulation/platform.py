"""A chat platform: it brings each message at least once, takes posts or not, and remembers what it has shown."""

import asyncio
import heapq
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, Final

from adapters.chat.port import Card, ChatError, Handlers, Inbound, Place, Posted, Rating
from safi.ports import Vote
from tests.simulation.faults import Faults
from tests.simulation.loop import VirtualClock
from tests.simulation.process import Process

PLACES: Final = tuple(Place(workspace=f"w{number % 3}", channel=f"c{number}") for number in range(10))
AUTHORS: Final = tuple(f"member {number}" for number in range(7))
SECONDS_BETWEEN: Final = 0.8
REMEMBERS: Final = timedelta(minutes=1)
VOTES: Final[tuple[Vote | None, ...]] = ("up", "up", "down", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A member has deleted a message."""

    inbound: Inbound


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A post: the ids of its messages, when it was made, and how wrong the clock was then."""

    posted: Posted
    time: float
    ahead: timedelta


_Item = Inbound | Deleted | Rating
_Due = tuple[float, int, _Item]


@dataclass(slots=True, kw_only=True)
class Platform:
    """It outlives the program. What is not acknowledged is brought again to its next life.

    A turn that is posted again within `remembers` is there once. `shown` is called with the turn and the words of each
    post, before they are shown, `taken` with each message that the program has acknowledged, `forgotten` with each of
    those that it has withdrawn then. `quiet` says when all is done.
    """

    messages: int
    remembers: timedelta
    faults: Faults
    chance: Random
    clock: VirtualClock
    shown: Callable[[str, str], None]
    taken: Callable[[Inbound], None]
    forgotten: Callable[[Inbound], None]
    quiet: Callable[[], bool]
    sent: int = 0
    posts: int = 0
    unacknowledged: dict[str, Inbound] = field(default_factory=dict[str, Inbound])
    acknowledged: set[str] = field(default_factory=set[str])
    _made: dict[str, _Made] = field(default_factory=dict[str, _Made])
    _latest: dict[Place, str] = field(default_factory=dict[Place, str])
    _due: list[_Due] = field(default_factory=list[_Due])
    _serial: int = 0
    _written: float = 0.0

    def reconnected(self) -> None:
        """A new life has begun: what was brought and not acknowledged is brought again, soon."""
        now = asyncio.get_running_loop().time()
        for inbound in self.unacknowledged.values():
            self._bring(inbound, now + 10 * self.chance.random())

    async def next(self) -> _Item | None:
        """The next thing to bring, when it is time for it; None when the program may go."""
        while self.sent < self.messages and (not self._due or self._written <= self._due[0][0]):
            self._write()
        while not self._due:
            if not self.faults.calm or self.quiet():
                return None
            await asyncio.sleep(5)
        await asyncio.sleep(max(0.0, self._due[0][0] - asyncio.get_running_loop().time()))
        _, _, item = heapq.heappop(self._due)
        if isinstance(item, Inbound):
            self.unacknowledged[item.event_id] = item
        return item

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
            replies_to=self._latest.get(place) if self.chance.random() < 0.3 else None,
        )
        self._bring(inbound, self._written + (90 * self.chance.random() if self.faults.strikes("event late") else 0))
        if self.faults.strikes("event twice"):
            self._bring(inbound, self._written + 20 * self.chance.random())
        if self.faults.strikes("event twice under another id"):
            again = replace(inbound, event_id=f"{inbound.event_id}-again")
            self._bring(again, self._written + 20 * self.chance.random())

        if self.faults.strikes("message deleted"):
            self._bring(Deleted(inbound=inbound), self._written + 20 * self.chance.random())

    def _text(self) -> str:
        if self.faults.strikes("message empty"):
            return " "
        return "So? " * 30 if self.faults.strikes("message too long") else f"Question {self.sent}?"

    def _bring(self, item: _Item, time: float) -> None:
        self._serial += 1
        heapq.heappush(self._due, (time, self._serial, item))

    def post(self, place: Place, turn_id: str, words: str) -> Posted:
        """Show a post, or not. Raises ChatError, also for one that is shown."""
        if self.faults.strikes("post refused"):
            raise ChatError("the platform is away")
        if self.remembers and (made := self._made.get(turn_id)) and self._knows(made):
            return made.posted
        self.shown(turn_id, words)
        self.posts += 1
        posted = Posted(place=place, message_id=f"out-{self.posts}", more=(f"out-{self.posts}b",) * (self.posts % 2))
        now = asyncio.get_running_loop().time()
        self._made[turn_id] = _Made(posted=posted, time=now, ahead=self.clock.ahead)
        self._latest[place] = (*posted.more, posted.message_id)[0]
        if self.faults.strikes("answer rated"):
            self._bring(self._rating(posted), now + 60 * self.chance.random())
        if self.faults.strikes("post made and denied"):
            raise ChatError("the platform hung up")
        return posted

    def _knows(self, made: _Made) -> bool:
        """Of a turn from before the clock was set, nobody could tell how old it is."""
        age = asyncio.get_running_loop().time() - made.time
        return age <= self.remembers.total_seconds() or made.ahead != self.clock.ahead

    def _rating(self, posted: Posted) -> Rating:
        author, vote = self.chance.choice(AUTHORS), self.chance.choice(VOTES)
        return Rating(place=posted.place, message_id=posted.message_id, author=author, vote=vote)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The program's side of it, for one life. What goes on `beside` it ends with it."""

    platform: Platform
    process: Process
    beside: Callable[[], Coroutine[Any, Any, None]]

    def remembers(self, workspace: str) -> timedelta:
        """How long a turn that is said again is there once."""
        return self.platform.remembers

    async def ready(self, workspace: str | None = None) -> None:
        """At once."""

    def moderators(self, workspace: str) -> Place | None:
        """None."""

    async def run(self, handlers: Handlers) -> None:
        """Bring what there is to bring."""
        self.platform.reconnected()
        async with asyncio.TaskGroup() as group:
            beside = group.create_task(self.beside())
            while (item := await self.platform.next()) is not None:
                self.process.touch()
                group.create_task(self._bring(handlers, item))
            beside.cancel()

    async def _bring(self, handlers: Handlers, item: Inbound | Deleted | Rating) -> None:
        match item:
            case Inbound():
                await handlers.hear(item, lambda: self._kept(item))
                self.process.touch()
            case Deleted(inbound=inbound):
                known = inbound.message_id in self.platform.acknowledged
                await handlers.withdraw(inbound.place, inbound.message_id)
                self.process.touch()
                if known:
                    self.platform.forgotten(inbound)
            case Rating():
                await handlers.rate(item)

    def _kept(self, inbound: Inbound) -> None:
        """The program has the message: it is not brought to a later life."""
        self.process.touch()
        self.platform.unacknowledged.pop(inbound.event_id, None)
        self.platform.acknowledged.add(inbound.message_id)
        self.platform.taken(inbound)

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post words."""
        return await self._post(place, turn_id, text)

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card."""
        self.process.touch()
        return Posted(place=place, message_id="card")

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """Show nothing."""
        yield

    async def _post(self, place: Place, turn_id: str, words: str) -> Posted:
        platform, process = self.platform, self.process
        await asyncio.sleep(platform.chance.random() * 0.3)
        process.touch()
        if platform.faults.strikes("killed before a post"):
            process.die()
        posted = platform.post(place, turn_id, words)
        if platform.faults.strikes("killed after a post"):
            process.die()
        await asyncio.sleep(platform.chance.random() * 0.3)
        process.touch()
        return posted
