"""Taking up what a dead process left: each place in its order, and before anything new is answered there."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from adapters.chat.port import ChatError
from bot.turns.converse import Converse
from bot.turns.lines import Line
from safi.ports import Event, LeftOver, Unsent

Seen = Callable[[Sequence[Event], Sequence[Event]], Awaitable[None]]
"""Told of the messages that will be answered now, and of those for which it is too late."""

_Step = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUp:
    """Sends again what was made and not sent, and answers what was not answered, if that is not too old.

    `ready` returns once something can be posted, in a workspace or in any, or raises ChatError where all ends before;
    nothing is done until it returns. `unsent_since` says from when on a turn of a workspace can still be sent again.
    What is cancelled, or came too late, stays for the next start.
    """

    converse: Converse
    left: LeftOver
    ready: Callable[[str | None], Awaitable[None]]
    seen: Seen
    unsent_since: Callable[[str], datetime]
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _begun: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def possible(self) -> bool:
        """Whether anything could be posted so far."""
        return self._ready.is_set()

    def jobs(self) -> Iterator[Coroutine[Any, Any, None]]:
        """What to run, all at once. Each place's job has its turn in the line of that place from its first step on."""
        yield self._begin()
        steps = defaultdict[tuple[str, str], dict[str, _Step]](dict)
        for unsent in self.left.unsent:
            steps[unsent.event.workspace, unsent.event.place][unsent.event.message_id] = partial(
                self._send_again, unsent
            )
        for event in self.left.events:
            steps[event.workspace, event.place][event.message_id] = partial(self.converse.take_up, event)
        for (workspace, place), here in steps.items():
            yield self._in(workspace, self.converse.line(place), here)

    async def _send_again(self, unsent: Unsent) -> None:
        """By the time that it is now: the platform may not have been there for long, and remembers only so far.

        A post takes time too: one that comes after the platform has forgotten the turn would be there twice.
        """
        since, now = self.unsent_since(unsent.event.workspace), self.converse.clock.now()
        if since <= unsent.at <= now:
            left = (unsent.at - since).total_seconds()
            await self.converse.send(unsent.event, unsent.turn, unsent.profile, within=left)

    async def _begin(self) -> None:
        try:
            await self.ready(None)
        except ChatError:  # all is over, and what is left stays for the next start
            return
        self._ready.set()
        stale = [event for event in self.left.events if self.converse.stale(event)]
        if self.left.events:
            await self.seen([event for event in self.left.events if event not in stale], stale)
        self._begun.set()

    async def _in(self, workspace: str, line: Line, steps: Mapping[str, _Step]) -> None:
        with line.joined(*steps):
            async with line.turn():
                await self._begun.wait()
                try:
                    await self.ready(workspace)
                except ChatError:
                    return
                for step in steps.values():
                    await step()
