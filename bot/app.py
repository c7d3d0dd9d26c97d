"""The running program: what is handed to what, one TaskGroup that owns every task, and the order of start and end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.chat.port import Chat, Command, Handlers
from bot.audits import Audits
from bot.commands.desk import Desk
from bot.commands.table import command_table
from bot.config import Config
from bot.converse import Converse
from bot.scopes import Scopes
from safi.ports import Archive, AuditQueue, Clock, Journal, Landed, Model, Recall


class Store(Journal, AuditQueue, Recall, Archive, Protocol):
    """One store behind all four ports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """A model for each faculty; `line` says which."""

    intellect: Model
    will: Model
    conscience: Model
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a program is made of. `fresh` gives unguessable ids, `landed` is told of every settled number."""

    config: Config
    scopes: Scopes
    models: Models
    store: Store
    chat: Chat
    clock: Clock
    fresh: Callable[[], str]
    landed: Callable[[Landed], Awaitable[None]]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A chat platform, the loop behind it and its auditor."""

    chat: Chat
    journal: Journal
    converse: Converse
    audits: Audits
    commands: tuple[Command, ...]

    async def run(self, *, patient: bool) -> None:
        """Serve until the chat is done, then drain: audits under way are settled, and if `patient`, all that are due.

        What stays owed is in the store, for the next start. Raises StoreUnavailable, within an ExceptionGroup.
        """
        left_over = await self.journal.recover()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.audits.run())
            for event in left_over:
                await self.converse.take_up(event)
            await self.chat.run(Handlers(hear=self.converse.hear, commands=self.commands))
            if patient:
                self.audits.finish()
            else:
                self.audits.stop()


def assemble(parts: Parts) -> App:
    """The program that these parts make."""
    store, config = parts.store, parts.config
    audits = Audits(
        queue=store,
        conscience=parts.models.conscience,
        clock=parts.clock,
        fresh=parts.fresh,
        settings=config.audits,
        landed=parts.landed,
    )
    converse = Converse(
        journal=store,
        recall=store,
        chat=parts.chat,
        scopes=parts.scopes,
        intellect=parts.models.intellect,
        gate=parts.models.will,
        clock=parts.clock,
        fresh=parts.fresh,
        delivered=audits.wake,
        history=config.memory.history,
        withhold=config.coaching.withhold,
        longest=config.limits.message_characters,
    )
    desk = Desk(recall=store, archive=store, scopes=parts.scopes, models=parts.models.line, version=parts.version)
    return App(chat=parts.chat, journal=store, converse=converse, audits=audits, commands=command_table(desk))
