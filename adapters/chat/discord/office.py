"""What outlives a connection to Discord: whom it serves, who owns what it starts, and the order of each channel."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

import discord

from adapters.chat.discord import attachments
from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Handlers, Inbound, Place, Rating
from safi.ports import Clock, Notes

_PATIENCE: Final = 20.0  # seconds for all that is attached to a message
_KNOWN: Final = 1_000  # the latest thumbs of which the last one given is known; messages that are known to have come

IN_HAND: Final = 10_000
"""Messages that may be in hand at the same time, most of them waiting: with more, nothing is read from Discord."""

ROOM: Final = 64 * 1024 * 1024
"""Bytes that what is attached to messages under way may take, all together: what goes beyond is named, and not read."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(slots=True)
class Room:
    """What `left` bytes of memory can be taken for. Where somebody takes some, it comes back with the context's end."""

    left: int

    @contextmanager
    def taken(self, attached: Iterable[discord.Attachment]) -> Generator[list[discord.Attachment]]:
        """Room for those that are to be read, as far as there is any."""
        chosen = attachments.chosen(attached, room=self.left)
        size = sum(each.size for each in chosen)
        self.left -= size
        try:
            yield chosen
        finally:
            self.left += size


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One for each run. `start` owns what it is given to run; `ready` is set while something can be posted.

    What is attached to a message takes `room` until the message was heard to the end.
    """

    handlers: Handlers
    desk: Interactions
    settings: Settings
    notes: Notes
    clock: Clock
    start: Callable[[Coroutine[Any, Any, None]], object]
    ready: asyncio.Event
    room: Room = field(default_factory=lambda: Room(ROOM))
    _hands: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_HAND))
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])
    _thumbs: OrderedDict[tuple[str, str], str | None] = field(default_factory=OrderedDict[tuple[str, str], str | None])
    _come: OrderedDict[str, None] = field(default_factory=OrderedDict[str, None])

    async def free(self) -> None:
        """Return once there is a hand for one more message: a burst is to wait at Discord, not in memory."""
        async with self._hands:
            pass

    async def hear(self, message: Inbound, attached: Sequence[discord.Attachment]) -> None:
        """Bring a message with what is attached to it; nothing overtakes it in its place meanwhile.

        One that comes again, as after an edit, is not heard anew, so nothing is read for it.
        """
        if message.unanswered or message.event_id in self._come:
            attached = ()
        _know(self._come, message.event_id, None)
        async with self._hands:
            with self.room.taken(attached) as chosen:
                async with self._turn(message.place):
                    whole = await _with(message, attached, chosen) if attached else message
                await self.handlers.hear(whole)

    async def withdraw(self, place: Place, messages: Iterable[int]) -> None:
        """Bring that messages are gone, after those were brought that came before."""
        async with self._turn(place):
            pass
        for message in messages:
            await self.handlers.withdraw(place, str(message))

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


async def _with(
    message: Inbound, attached: Sequence[discord.Attachment], chosen: Iterable[discord.Attachment]
) -> Inbound:
    taken = await attachments.take(attached, chosen, patience=_PATIENCE)
    return replace(message, files=taken.files, images=taken.images, unread=taken.unread)


def _know(latest: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Take down one more of the latest, and forget the oldest beyond what is known."""
    latest[key] = value
    while len(latest) > _KNOWN:
        latest.popitem(last=False)
