"""The running program: what is handed to what, one TaskGroup that owns every task, and the order of start and end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from adapters.chat.port import Chat, Command, Handlers, Place
from bot.audits import Audits
from bot.commands.desk import Desk
from bot.commands.table import command_table
from bot.config import Config
from bot.converse import Converse
from bot.retention import Keeper
from bot.scopes import Scopes
from safi.ports import (
    Accounts,
    Archive,
    AuditQueue,
    Clock,
    Event,
    Gate,
    Journal,
    JudgeChecks,
    Landed,
    Model,
    Operators,
    Recall,
    Retention,
    Screen,
)
from safi.profile import Rule
from safi.turn import Turn

LEASE_MARGIN: Final = timedelta(minutes=1)
"""How much longer an audit is held than it may take."""


class Store(Journal, AuditQueue, Recall, Archive, Operators, Retention, Accounts, JudgeChecks, Protocol):
    """One store behind every port that asks for durability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """A model for each faculty; `line` says which."""

    intellect: Model
    will: Model
    conscience: Model
    line: str


class Onlooker(Protocol):
    """Somebody who watches the loop from inside as it goes, as the person at a console does. Nothing here may raise."""

    async def called(self, place: Place, turn: Turn, rules: Sequence[Rule]) -> None:
        """A turn broke rules that ask for a moderator; its words were sent."""
        ...

    async def turned(self, place: Place, turn: Turn) -> None:
        """A turn has ended, and its words were sent."""
        ...

    async def landed(self, landed: Landed) -> None:
        """A number was settled."""
        ...

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        """At the start: messages of the last run that will be answered now, and those for which it is too late."""
        ...

    async def draining(self, audits: int) -> None:
        """At the end: so many audits under way are waited for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a program is made of. `fresh` gives unguessable ids."""

    config: Config
    scopes: Scopes
    models: Models
    screen: Screen
    store: Store
    chat: Chat
    clock: Clock
    fresh: Callable[[], str]
    onlooker: Onlooker
    version: str


@dataclass(slots=True, kw_only=True)
class App:
    """A chat platform, the loop behind it, its auditor, and who lets go of what is old."""

    chat: Chat
    journal: Journal
    converse: Converse
    audits: Audits
    keeper: Keeper
    commands: tuple[Command, ...]
    onlooker: Onlooker
    _serving: asyncio.Task[None] | None = None

    async def run(self, *, patient: bool) -> None:
        """Serve until the chat is done, then drain: audits under way are settled, and if `patient`, all that are due.

        What stays owed is in the store, for the next start. Raises StoreUnavailable, within an ExceptionGroup.
        """
        left_over = await self.journal.recover()
        await self.keeper.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.audits.run())
            group.create_task(self.keeper.run())
            taking_up = group.create_task(self._take_up(left_over))
            self._serving = group.create_task(self.chat.run(Handlers(hear=self.converse.hear, commands=self.commands)))
            await asyncio.wait([taking_up, self._serving])
            await self._drain(patient=patient)

    def stop(self) -> None:
        """End the chat now. A message that is being answered is taken up at the next start, if that is soon."""
        if self._serving is not None:
            self._serving.cancel()

    async def _take_up(self, events: Sequence[Event]) -> None:
        stale = [event for event in events if self.converse.stale(event)]
        if events:
            await self.onlooker.left_over([event for event in events if event not in stale], stale)
        async with asyncio.TaskGroup() as group:
            for event in events:  # each place in its order; no place waits for another
                group.create_task(self.converse.take_up(event))

    async def _drain(self, *, patient: bool) -> None:
        self.keeper.stop()
        if patient:
            self.audits.finish()
            return
        self.audits.stop()
        if self.audits.under_way:
            await self.onlooker.draining(self.audits.under_way)


def assemble(parts: Parts) -> App:
    """The program that these parts make."""
    store, config, onlooker = parts.store, parts.config, parts.onlooker
    audits = Audits(
        queue=store,
        conscience=parts.models.conscience,
        clock=parts.clock,
        fresh=parts.fresh,
        settings=config.audits,
        lease=timedelta(seconds=config.deadlines.conscience) + LEASE_MARGIN,
        landed=onlooker.landed,
    )
    converse = Converse(
        journal=store,
        recall=store,
        chat=parts.chat,
        scopes=parts.scopes,
        intellect=parts.models.intellect,
        gate=Gate(screen=parts.screen, model=parts.models.will),
        clock=parts.clock,
        fresh=parts.fresh,
        delivered=audits.wake,
        called=onlooker.called,
        turned=onlooker.turned,
        history=config.memory.history,
        characters=config.memory.characters,
        withhold=config.coaching.withhold,
        longest=config.limits.message_characters,
    )
    desk = Desk(
        recall=store,
        archive=store,
        operators=store,
        accounts=store,
        clock=parts.clock,
        caps=config.spend,
        held=config.retention.legal_hold,
        scopes=parts.scopes,
        models=parts.models.line,
        version=parts.version,
    )
    return App(
        chat=parts.chat,
        journal=store,
        converse=converse,
        audits=audits,
        keeper=Keeper(store=store, clock=parts.clock, settings=config.retention),
        commands=command_table(desk),
        onlooker=onlooker,
    )
