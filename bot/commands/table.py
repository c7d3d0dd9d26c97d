"""The one command table: every row there is, who may give it, and the help made from it."""

from dataclasses import replace
from typing import Final

from adapters.chat.port import Button, Card, Command, Invocation
from bot.cards import places
from bot.commands.desk import Desk
from bot.commands.everyone import Everyone
from bot.commands.exports import Exports
from bot.commands.memory import Memories
from bot.commands.moderators import Moderators
from bot.commands.personas import Personas
from bot.commands.usage import usage

WORDLESS: Final = frozenset(
    {
        "values",
        "about",
        "panel",
        "status",
        "help",
        "drift show",
        "drift baseline",
        "persona list",
        "persona show",
        "persona assign",
        "persona pause",
        "persona resume",
        "memory show",
        "memory reset",
        "memory freeze",
        "memory thaw",
        "memory restore",
    }
)
"""Commands that show no words of what was said; every other is for those who may read them."""

POSTABLE: Final = frozenset({"values", "why", "status", "drift show", "memory show", "persona list", "persona show"})
"""Commands whose answers moderators may post for all to see. `why` has all of `audit show` that is for everyone."""


def command_table(desk: Desk) -> tuple[Command, ...]:
    """All commands, in the order in which help lists them. Each refuses those who may not give it."""

    async def show_help(invocation: Invocation) -> Card:
        return Card(title="Commands", fields=tuple((usage(row, invocation.prefixes), row.summary) for row in table))

    help_row = Command(name="help", summary="This list", audience="moderators", run=show_help)
    groups = (Everyone(desk=desk), Moderators(desk=desk), Personas(desk=desk), Memories(desk=desk), Exports(desk=desk))
    rows = [row for group in groups for row in group.rows()]
    table = tuple(_guarded(row) for row in (*rows, help_row))
    return table


def _guarded(row: Command) -> Command:
    """The row for those who may give it; others are refused, whatever the platform showed them."""

    async def run(invocation: Invocation) -> Card:
        if row.audience != "everyone" and not invocation.moderator:
            return places.moderators_only()
        if _shows_words(row, invocation) and not invocation.reads:
            return places.unreadable()
        return _postable(row, invocation, await row.run(invocation))

    return replace(row, run=run)


def _shows_words(row: Command, invocation: Invocation) -> bool:
    """Whether an answer may hold words of the place. A report of a message that somebody points at holds none."""
    return row.name not in WORDLESS and not (row.name == "report" and invocation.target is not None)


def _postable(row: Command, invocation: Invocation, card: Card) -> Card:
    """The card with a button that posts it for all to see, where a moderator may want that."""
    if row.name not in POSTABLE or not invocation.moderator or not (card.fields or card.bars or card.lines):
        return card
    post = Button(
        label="Post to channel",
        command=row.name,
        arguments=invocation.arguments,
        target=invocation.target,
        public=True,
    )
    return replace(card, buttons=(*card.buttons, post))
