"""Commands for moderators: how a persona stands, its audits, and which personas there are."""

from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Command, Invocation, Option
from bot import cards
from bot.commands.desk import NUMBER, Desk, nothing

PAGE: Final = 10
"""Rows of a list at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    """Rows of the command table that only moderators may use."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        page = Option(name="page", kind="number", summary="which page, from 1 for the newest")
        name = Option(name="name", summary="a persona's name", choices=lambda: self.desk.scopes.catalogue.names)
        table = (
            ("status", "How this place's persona stands", self.status, ()),
            ("audit list", "The latest turns and their audits", self.audit_list, (page,)),
            ("audit show", "One turn: exchange, gate, coaching, scores, evidence", self.audit_show, (NUMBER,)),
            ("persona list", "All personas", self.persona_list, ()),
            ("persona show", "A persona's values and rules", self.persona_show, (name,)),
        )
        return tuple(
            Command(name=name, summary=summary, audience="moderators", run=run, options=options)
            for name, summary, run, options in table
        )

    async def status(self, invocation: Invocation) -> Card:
        """The place in numbers."""
        desk, place = self.desk, invocation.place
        return cards.status(
            await desk.archive.standing(desk.scopes.scope(place)),
            await desk.remembered(place),
            desk.persona(place),
            models=desk.models,
            spent=await desk.spent(),
            held=desk.held,
        )

    async def audit_list(self, invocation: Invocation) -> Card:
        """A page of turns, newest first."""
        page, place = int(invocation.arguments.get("page", 1)), invocation.place
        scope = self.desk.scopes.scope(place)
        records = await self.desk.archive.turns(scope, limit=PAGE, skip=(page - 1) * PAGE, place=place.encode())
        if not records:
            return Card(title="No turns", sentence="There are none this far back." if page > 1 else "None so far.")
        further = f"Older ones: /audit list {page + 1}" if len(records) == PAGE else ""
        return cards.turns(records, title="Latest turns", footer=further)

    async def audit_show(self, invocation: Invocation) -> Card:
        """One turn, whole."""
        record = await self.desk.asked(invocation)
        return cards.turn(record, title="Audit") if record else nothing(invocation)

    async def persona_list(self, invocation: Invocation) -> Card:
        """Who there is."""
        here = self.desk.persona(invocation.place).name
        names = self.desk.scopes.catalogue.names
        return Card(title="Personas", lines=tuple(f"{name} (answers here)" if name == here else name for name in names))

    async def persona_show(self, invocation: Invocation) -> Card:
        """One persona's declaration."""
        name = str(invocation.arguments.get("name", self.desk.persona(invocation.place).name))
        profile, names = self.desk.scopes.catalogue.named(name), self.desk.scopes.catalogue.names
        if profile is None:
            return Card(title=f"There is no persona “{name}”", sentence=f"There are: {', '.join(names)}.")
        return cards.persona(profile)
