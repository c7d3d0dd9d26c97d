"""What outlives a connection to Discord: whom it serves, who owns what it starts, and the order of each channel."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from weakref import WeakValueDictionary

import discord

from adapters.chat.discord import attachments
from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Handlers, Inbound, Place, Rating
from safi.ports import Clock, Notes

_PATIENCE: Final = 20.0  # seconds for all that is attached to a message
_THUMBS: Final = 1_000  # of the latest, those of which the last one given is known
_AT_ONCE: Final = 4  # messages whose attachments are downloaded at the same time, which bounds memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One for each run. `start` owns what it is given to run; `ready` is set while something can be posted."""

    handlers: Handlers
    desk: Interactions
    settings: Settings
    notes: Notes
    clock: Clock
    start: Callable[[Coroutine[Any, Any, None]], object]
    ready: asyncio.Event
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])
    _thumbs: OrderedDict[tuple[str, str], str | None] = field(default_factory=OrderedDict[tuple[str, str], str | None])
    _downloads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def hear(self, message: Inbound, attached: Sequence[discord.Attachment]) -> None:
        """Bring a message with what is attached to it; nothing overtakes it in its place meanwhile."""
        async with self._turn(message.place):
            whole = await self._with(message, attached) if attached and not message.unanswered else message
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
            self._thumbs[key] = rating.vote
            while len(self._thumbs) > _THUMBS:
                self._thumbs.popitem(last=False)
        elif self._thumbs.pop(key, rating.vote) != rating.vote:
            return
        await self.handlers.rate(rating if added else replace(rating, vote=None))

    def _turn(self, place: Place) -> asyncio.Lock:
        return self._turns.setdefault(place.encode(), asyncio.Lock())

    async def _with(self, message: Inbound, attached: Sequence[discord.Attachment]) -> Inbound:
        async with self._downloads:
            taken = await attachments.take(attached, patience=_PATIENCE)
        return replace(message, files=taken.files, images=taken.images, unread=taken.unread)
