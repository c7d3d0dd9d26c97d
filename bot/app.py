"""The running program: what is handed to what, one TaskGroup that owns every task, and the order of start and end."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from adapters.chat.port import Chat, Command, Handlers, Place, Posted
from bot.commands.desk import Admit, Desk, unchecked
from bot.commands.table import command_table
from bot.hearing.heard import Room
from bot.hearing.scopes import Scopes
from bot.retention import Keeper
from bot.settings.config import Config
from bot.turns.audits import Audits
from bot.turns.converse import Converse
from bot.turns.rating import Ratings
from bot.turns.takeup import TakeUp
from safi.ports import (
    Accounts,
    Archive,
    Assignments,
    AuditQueue,
    Clock,
    Event,
    Gate,
    Journal,
    JudgeChecks,
    Landed,
    LeftOver,
    Model,
    Notes,
    Operators,
    Opinions,
    Recall,
    Retention,
    Screen,
)
from safi.profile import Rule
from safi.turn import Turn

LEASE_MARGIN: Final = timedelta(minutes=1)
"""How much longer an audit is held than it may take."""


SENT_AGAIN_WITHIN: Final = timedelta(minutes=2)
"""Age up to which a turn is sent again that a dead process may not have sent, on a platform that posts it only once."""


class Store(
    Journal,
    AuditQueue,
    Recall,
    Archive,
    Operators,
    Retention,
    Accounts,
    JudgeChecks,
    Assignments,
    Opinions,
    Notes,
    Protocol,
):
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

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        """The turn that answers a message broke rules that ask for a moderator; its words were sent."""
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
    admit: Admit = unchecked


@dataclass(slots=True, kw_only=True)
class App:
    """A chat platform, the loop behind it, its auditor, and who lets go of what is old."""

    chat: Chat
    journal: Journal
    assignments: Assignments
    scopes: Scopes
    converse: Converse
    ratings: Ratings
    audits: Audits
    keeper: Keeper
    commands: tuple[Command, ...]
    onlooker: Onlooker
    clock: Clock
    _serving: asyncio.Task[None] | None = None
    _stopped: bool = False

    async def run(self, *, patient: bool) -> None:
        """Serve until the chat is done, then drain: audits under way are settled, and if `patient`, all that are due.

        What stays owed is in the store, for the next start. Raises StoreUnavailable, within an ExceptionGroup.
        """
        self.scopes.assigned.take_in(await self.assignments.assignments())
        left = await self.journal.recover(unsent_since=self._unsent_since, at=self.clock.now())
        await self.keeper.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.audits.run())
            group.create_task(self.keeper.run())
            await self._serve(left, group)
            await self._drain(patient=patient)

    def stop(self) -> None:
        """End the chat now. A message that is being answered is taken up at the next start, if that is soon."""
        self._stopped = True
        if self._serving is not None:
            self._serving.cancel()

    @property
    def stopping(self) -> bool:
        """Whether somebody has ended it."""
        return self._stopped

    async def _serve(self, left: LeftOver, group: asyncio.TaskGroup) -> None:
        """Bring what the platform brings, and take up what was left over; if nothing could be posted, next time."""
        take_up = TakeUp(
            converse=self.converse,
            left=left,
            ready=self.chat.ready,
            seen=self.onlooker.left_over,
            unsent_since=self._unsent_since,
        )
        taking_up = [group.create_task(job) for job in take_up.jobs()]  # before anything new can come
        serving = self._serving = group.create_task(self.chat.run(self._handlers()))
        if self._stopped:
            serving.cancel()
        await asyncio.wait([serving])
        if not take_up.possible:
            for task in taking_up:
                task.cancel()
        await asyncio.wait(taking_up)

    def _handlers(self) -> Handlers:
        return Handlers(
            hear=self.converse.hear,
            withdraw=self.converse.withdraw,
            rate=self.ratings.rate,
            commands=self.commands,
            silent=lambda place: bool(self.scopes.silent(place)),
            sees=self.converse.intellect.sees,
        )

    def _unsent_since(self, workspace: str) -> datetime:
        """From when on a turn can be sent again without being there twice; never, where the platform cannot tell."""
        remembered = self.chat.remembers(workspace)
        if not remembered:
            return datetime.max.replace(tzinfo=UTC)
        return self.clock.now() - min(SENT_AGAIN_WITHIN, remembered)

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
    store = parts.store
    audits = _audits(parts)
    return App(
        chat=parts.chat,
        journal=store,
        assignments=store,
        scopes=parts.scopes,
        converse=_converse(parts, audits),
        ratings=Ratings(archive=store, opinions=store, clock=parts.clock),
        audits=audits,
        keeper=Keeper(store=store, clock=parts.clock, settings=parts.config.retention),
        commands=command_table(_desk(parts)),
        onlooker=parts.onlooker,
        clock=parts.clock,
    )


def _audits(parts: Parts) -> Audits:
    config = parts.config
    return Audits(
        queue=parts.store,
        conscience=parts.models.conscience,
        clock=parts.clock,
        fresh=parts.fresh,
        settings=config.audits,
        lease=timedelta(seconds=config.deadlines.conscience) + LEASE_MARGIN,
        landed=parts.onlooker.landed,
    )


def _converse(parts: Parts, audits: Audits) -> Converse:
    config = parts.config
    return Converse(
        journal=parts.store,
        recall=parts.store,
        chat=parts.chat,
        scopes=parts.scopes,
        intellect=parts.models.intellect,
        gate=Gate(screen=parts.screen, model=parts.models.will),
        clock=parts.clock,
        fresh=parts.fresh,
        delivered=audits.wake,
        called=parts.onlooker.called,
        turned=parts.onlooker.turned,
        history=config.memory.history,
        characters=config.memory.characters,
        withhold=config.coaching.withhold,
        room=Room(own=config.limits.message_characters, attached=config.limits.attachment_characters),
        waiting=config.limits.waiting,
    )


def _desk(parts: Parts) -> Desk:
    store, config = parts.store, parts.config
    return Desk(
        recall=store,
        archive=store,
        operators=store,
        opinions=store,
        assignments=store,
        accounts=store,
        chat=parts.chat,
        clock=parts.clock,
        caps=config.spend,
        held=config.retention.legal_hold,
        texts_days=config.retention.texts_days,
        scopes=parts.scopes,
        admit=parts.admit,
        models=parts.models.line,
        version=parts.version,
    )
