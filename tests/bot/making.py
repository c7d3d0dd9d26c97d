"""A conversation, an auditor and the commands on a real store."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adapters.chat.port import Button, Card, Command, Invocation
from adapters.chat.terminal import typeset
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.commands.desk import Desk, unchecked
from bot.commands.table import command_table
from bot.hearing.heard import Room
from bot.settings import config
from bot.turns.audits import Audits
from bot.turns.converse import Converse
from safi.ports import Landed, Model
from tests.doubles import PLACE, FakeChat, HandClock, clear, gated, ids, scopes_with

SCOPE = scopes_with().scope(PLACE)
"""The scope of PLACE."""


async def unseen(*_: object) -> None:
    """Nobody watches."""


def conversing(store: SQLiteStore, chat: FakeChat, **changes: Any) -> Converse:
    """A conversation in which every draft is "Oil the hinge." and every verdict a yes."""
    converse = Converse(
        journal=store,
        recall=store,
        chat=chat,
        scopes=scopes_with(),
        intellect=ScriptedModel(lambda _: "Oil the hinge."),
        gate=gated(ScriptedModel(lambda _: clear())),
        clock=HandClock(),
        fresh=ids("turn"),
        delivered=lambda: None,
        called=unseen,
        turned=unseen,
        history=4,
        characters=10_000,
        withhold=0.0,
        room=Room(own=1_000, attached=1_000),
        waiting=20,
    )
    return replace(converse, **changes)


def auditing(store: SQLiteStore, conscience: Model, clock: HandClock, seen: list[Landed], at_once: int = 1) -> Audits:
    """An auditor that writes down what it settled."""

    async def landed(news: Landed) -> None:
        seen.append(news)

    tell: Callable[[Landed], Awaitable[None]] = landed
    return Audits(
        queue=store,
        conscience=conscience,
        clock=clock,
        fresh=ids("nonce"),
        settings=config.Audits(at_once=at_once),
        lease=timedelta(minutes=3),
        landed=tell,
    )


def commands(store: SQLiteStore, **changes: Any) -> dict[str, Command]:
    """The one command table, by name."""
    desk = Desk(
        recall=store,
        archive=store,
        operators=store,
        opinions=store,
        assignments=store,
        accounts=store,
        chat=FakeChat(),
        clock=HandClock(),
        caps=config.Spend(),
        held=False,
        texts_days=30,
        scopes=scopes_with(),
        admit=unchecked,
        models="all on scripted",
        version="1.2.3",
    )
    return {command.name: command for command in command_table(replace(desk, **changes))}


async def give(table: dict[str, Command], command: str, **arguments: str | int) -> Card:
    """What a command answers in PLACE, given by a moderator who reads there and says yes."""
    return await table[command].run(given(command, **arguments))


def given(command: str, **arguments: str | int) -> Invocation:
    """A command as a moderator gives it in PLACE, who reads there and says yes."""
    return Invocation(
        command=command, arguments=arguments, place=PLACE, author="ann", moderator=True, reads=True, confirmed=True
    )


async def press(table: dict[str, Command], button: Button) -> Card:
    """What a button answers in PLACE to the same moderator, who says no more than the button does."""
    pressed = replace(given(button.command), arguments=button.arguments, target=button.target)
    return await table[button.command].run(replace(pressed, confirmed=button.confirmed))


def text_of(card: Card) -> str:
    """All that a card says."""
    fields = [f"{name}: {text}" for name, text in card.fields]
    bars = [f"{bar.label} {bar.value} {bar.note}" for bar in card.bars]
    return "\n".join([card.title, card.sentence, *fields, *bars, *card.lines, card.footer])


def drawn(card: Card, width: int = 90) -> str:
    """The card as a terminal shows it."""
    page = typeset.Page(width=width, marks=typeset.marks_for("utf-8"))
    return "\n".join(line.plain.rstrip() for line in typeset.card(card, page))
