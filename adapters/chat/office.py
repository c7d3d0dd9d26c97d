"""What outlives a connection to a platform: who owns what it starts, and the order of each channel.

It knows no platform: a client that needs more, as a desk for interactions or its settings, holds that beside it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from adapters.chat import attached
from adapters.chat.attached import Offered
from adapters.chat.port import Handlers, Inbound, Place, Rating, nobody_waits

_KNOWN: Final = 1_000  # the latest thumbs of which the last one given is known; messages that are known to have come

IN_HAND: Final = 10_000
"""Messages that may be in hand at the same time, most of them waiting: with more, nothing is read from the platform."""

ROOM: Final = 64 * 1024 * 1024
"""Bytes that what is attached to messages under way may take, all together: what goes beyond is named, and not read."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Room:
    """What `left` bytes of memory can be taken for. Where somebody takes some, it comes back with the context's end."""

    left: int

    @contextmanager
    def taken(self, offered: Iterable[Offered]) -> Generator[list[Offered]]:
        """Room for those that are to be read, as far as there is any."""
        chosen = attached.chosen(offered, room=self.left)
        size = sum(each.size for each in chosen)
        self.left -= size
        try:
            yield chosen
        finally:
            self.left += size


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One for each run. `start` owns what it is given to run.

    All that is attached to a message is read within `patience` seconds, before the message is handed on: where a
    platform waits to hear that it is kept, that has to leave time for it. It takes `room` until the message was heard
    to the end.
    """

    handlers: Handlers
    start: Callable[[Coroutine[Any, Any, None]], object]
    patience: float
    room: Room = field(default_factory=lambda: Room(ROOM))
    _hands: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_HAND))
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])
    _thumbs: OrderedDict[tuple[str, str], str | None] = field(default_factory=OrderedDict[tuple[str, str], str | None])
    _come: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])

    async def free(self) -> None:
        """Return once there is a hand for one more message: a burst is to wait at the platform, not in memory."""
        async with self._hands:
            pass

    async def hear(self, message: Inbound, offered: Sequence[Offered], kept: Callable[[], None] = nobody_waits) -> None:
        """Bring a message with what is attached to it; nothing overtakes it in its place meanwhile.

        One that comes again, as after an edit, is not heard anew, so nothing is read for it; nor is anything for
        one that is only overheard, and may be none of the bot's business, or where nobody answers now. `kept` is called
        as soon as the message cannot be lost any more, however often it comes.
        """
        if message.unanswered or message.event_id in self._come:
            offered = ()
        if not message.overheard:
            _know(self._come, message.event_id, None)
        if not self.handlers.sees:
            message = replace(message, unseen=tuple(each.name for each in offered if attached.is_picture(each)))
            offered = [each for each in offered if not attached.is_picture(each)]
        async with self._hands:
            idle = message.overheard or self.handlers.silent(message.place)
            with self.room.taken(() if idle else offered) as chosen:
                async with self._turn(message.place):
                    whole = await self._with(message, offered, chosen) if offered else message
                await self.handlers.hear(whole, kept)

    async def withdraw(self, place: Place, messages: Iterable[str]) -> None:
        """Bring that messages are gone, after those were brought that came before."""
        async with self._turn(place):
            pass
        for message in messages:
            await self.handlers.withdraw(place, message)

    async def rate(self, rating: Rating, *, added: bool) -> None:
        """Bring what somebody thinks of an answer; `added`: else the thumb for it was taken away.

        Whoever thinks better of it often adds the other thumb first: then, taking away the former one says nothing new.
        """
        key = rating.message_id, rating.author
        if added:
            _know(self._thumbs, key, rating.vote)
        elif self._thumbs.pop(key, rating.vote) != rating.vote:
            return
        await self.handlers.rate(rating if added else replace(rating, vote=None))

    def _turn(self, place: Place) -> asyncio.Lock:
        return self._turns.setdefault(place.encode(), asyncio.Lock())

    async def _with(self, message: Inbound, offered: Sequence[Offered], chosen: Iterable[Offered]) -> Inbound:
        taken = await attached.take(offered, chosen, patience=self.patience)
        return replace(message, files=taken.files, images=taken.images, unread=taken.unread)


def _know(latest: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Take down one more of the latest, and forget the oldest beyond what is known."""
    latest[key] = value
    while len(latest) > _KNOWN:
        latest.popitem(last=False)
