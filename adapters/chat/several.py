"""Several chat platforms as one. Each has workspaces of its own, by which it is known whose a place is."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from adapters.chat.port import Card, Chat, ChatError, Handlers, Place, Posted

_log = logging.getLogger(__name__)


class Member(Chat, Protocol):
    """A platform among others."""

    def serves(self, workspace: str) -> bool | None:
        """Whether a workspace is one of its own; None as long as it cannot tell, since it is not ready yet."""
        ...


class Several:
    """A Chat of chats, at least one. They run side by side.

    Where one is let in no more, as whoever moderates a workspace may decide at any time, the others go on.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = tuple(members)

    def remembers(self, workspace: str) -> timedelta:
        """What its platform remembers; zero as long as nobody knows which that is."""
        member = self._serving(workspace)
        return timedelta() if member is None else member.remembers(workspace)

    async def run(self, handlers: Handlers) -> None:
        """Run all of them, until the last one is done.

        Raises, in an ExceptionGroup, the ChatErrors by which all have ended, or at once what else one of them raises.
        """
        refusals = list[ChatError]()

        async def serve(member: Member) -> None:
            try:
                await member.run(handlers)
            except ChatError as refused:
                refusals.append(refused)
                if len(refusals) < len(self._members):
                    _log.error("%s All else goes on without it.", refused)  # its words say it all

        async with asyncio.TaskGroup() as group:
            for member in self._members:
                group.create_task(serve(member))
        if len(refusals) == len(self._members):
            raise ExceptionGroup("no platform lets the bot in", refusals)

    async def ready(self, workspace: str | None = None) -> None:
        """Return once the workspace is there, or without one, the first platform is. Raises ChatError where none is."""
        if workspace is None:
            if not await _until(lambda: True, self._members):
                raise ChatError("no platform is there")
            return
        if self._serving(workspace) is None:
            undecided = [member for member in self._members if member.serves(workspace) is None]
            await _until(lambda: self._serving(workspace) is not None, undecided)
        await self._of(workspace).ready(workspace)

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post the persona's words where the place is. Raises ChatError."""
        return await self._of(place.workspace).say(place, text, turn_id=turn_id, reply_to=reply_to, rated=rated)

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card where the place is. Raises ChatError."""
        return await self._of(place.workspace).show(place, card)

    def moderators(self, workspace: str) -> Place | None:
        """Where the moderators of a workspace are told of what needs them."""
        member = self._serving(workspace)
        return None if member is None else member.moderators(workspace)

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        """Show that an answer is being made, where the place is."""
        member = self._serving(place.workspace)
        if member is None:
            yield
            return
        async with member.working(place):
            yield

    def _serving(self, workspace: str) -> Member | None:
        return next((member for member in self._members if member.serves(workspace)), None)

    def _of(self, workspace: str) -> Member:
        """Raises ChatError."""
        member = self._serving(workspace)
        if member is None:
            raise ChatError(f"no platform has a workspace {workspace}")
        return member


async def _until(enough: Callable[[], bool], members: Sequence[Member]) -> bool:
    """Wait for each of them to be ready, all at once, until it is enough; False where that never comes."""
    async with asyncio.TaskGroup() as group:
        arrivals = [group.create_task(_arrived(member)) for member in members]
        for arrival in asyncio.as_completed(arrivals):
            if await arrival and enough():
                break
        else:
            return False
        for left in arrivals:
            left.cancel()
    return True


async def _arrived(member: Member) -> bool:
    """Whether something can be posted there, once that is so; False where all ends before."""
    try:
        await member.ready()
    except ChatError:
        return False
    return True
