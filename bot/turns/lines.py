"""The lines of places: in each, messages are answered one by one in their order. In a channel, only so many may wait.

Threads are places of their own with lines of their own; who waits in them counts for their channel.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary


@dataclass(slots=True, weakref_slot=True)
class Crowd:
    """The messages of a channel and its threads that are answered or wait for it. It lasts as long as there are any.

    `told` are the places and people that were told that somebody was turned away.
    """

    size: int = 0
    told: set[str] = field(default_factory=set[str])

    def tell(self, *whom: str) -> bool:
        """Whether none of these was told yet; now all of them are."""
        new = self.told.isdisjoint(whom)
        self.told.update(whom)
        return new


@dataclass(slots=True, weakref_slot=True, kw_only=True)
class Line:
    """Those of one place."""

    crowd: Crowd = field(default_factory=Crowd)
    _members: Counter[str] = field(default_factory=Counter[str])
    _deleted: set[str] = field(default_factory=set[str])
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def full(self, most: int) -> bool:
        """Whether so many wait already in the channel behind the one whose turn it is."""
        return self.crowd.size > most

    @property
    def busy(self) -> bool:
        """Whether any message is in it."""
        return bool(self._members)

    @contextmanager
    def joined(self, *message_ids: str) -> Generator[None]:
        """Have messages in the line. One that comes a second time meanwhile is in it twice."""
        self._members.update(message_ids)
        self.crowd.size += len(message_ids)
        try:
            yield
        finally:
            self.crowd.size -= len(message_ids)
            self._members -= Counter(message_ids)
            self._deleted &= self._members.keys()

    def delete(self, message_id: str) -> None:
        """Keep in mind that a message was deleted, for as long as it is in the line."""
        if message_id in self._members:
            self._deleted.add(message_id)

    def deleted(self, message_id: str) -> bool:
        """Whether a message was deleted since it is in the line."""
        return message_id in self._deleted

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for those who asked for their turn before, and have it."""
        async with self._lock:
            yield


@dataclass(frozen=True, slots=True)
class Lines:
    """A line for each place. One that nobody is in takes no room. `channel_of` tells places of one channel by a key."""

    channel_of: Callable[[str], str]
    _lines: WeakValueDictionary[str, Line] = field(default_factory=WeakValueDictionary[str, Line])
    _crowds: WeakValueDictionary[str, Crowd] = field(default_factory=WeakValueDictionary[str, Crowd])

    def of(self, place: str) -> Line:
        """The line of a place, the same for as long as somebody holds it."""
        line = self._lines.get(place)
        if line is None:
            line = self._lines[place] = Line(crowd=self._crowds.setdefault(self.channel_of(place), Crowd()))
        return line

    def __len__(self) -> int:
        """How many places there are with somebody in their lines."""
        return len(self._lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The latest keys of some kind; where there are more than `most`, the oldest are forgotten."""

    most: int
    _keys: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])

    def add(self, key: tuple[str, str]) -> bool:
        """Note a key; whether it is new."""
        new = key not in self._keys
        self._keys[key] = None
        if len(self._keys) > self.most:
            del self._keys[next(iter(self._keys))]
        return new

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self._keys
