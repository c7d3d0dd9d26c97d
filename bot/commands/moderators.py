"""Commands for moderators: how a place stands, and the audits of what was said there."""

from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Command, Invocation, Option, Place
from bot.cards import phrases, places, turns
from bot.cards.places import Stand
from bot.commands.desk import NUMBER, Desk, nothing, within
from safi.ports import TurnRecord

PAGE: Final = 10
"""Rows of a list at a time."""

REPORTED: Final = 50
"""Latest turns of which reports are counted."""

STRIDE: Final = 10
"""Numbers that are tried for a turn before or after another: some belong to other places, or to no turn."""

PAGES: Final = Option(name="page", kind="number", summary="which page, from 1 for the first")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    """Rows of the command table that only moderators may use."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        table = (
            ("panel", "The most used commands, as buttons", self.panel, (), ""),
            ("status", "How this place's persona stands", self.status, (), ""),
            ("audit list", "The latest turns and their audits", self.audit_list, (PAGES,), ""),
            (
                "audit show",
                "One turn: exchange, gate, coaching, scores, evidence",
                self.audit_show,
                (NUMBER,),
                "Audit this reply",
            ),
            ("audit pending", "The audits that are owed, longest first", self.audit_pending, (), ""),
        )
        return tuple(
            Command(name=name, summary=summary, audience="moderators", run=run, options=options, menu=menu)
            for name, summary, run, options, menu in table
        )

    async def panel(self, invocation: Invocation) -> Card:
        """Where moderators begin."""
        return places.panel(phrases.answers(self.desk.scopes, invocation.place), self._silence(invocation.place))

    async def status(self, invocation: Invocation) -> Card:
        """The place in numbers."""
        desk, place = self.desk, invocation.place
        scope = desk.scopes.scope(place)
        return places.status(
            Stand(
                persona=phrases.answers(desk.scopes, place),
                quiet=self._silence(place),
                standing=await desk.archive.standing(scope),
                remembered=await desk.remembered(place),
                agreement=await desk.opinions.agreement(scope),
                reports=await self._reports(scope),
                models=desk.models,
                spent=await desk.spent(),
                held=desk.held,
            )
        )

    async def audit_list(self, invocation: Invocation) -> Card:
        """A page of turns, newest first."""
        page = int(invocation.arguments.get(PAGES.name, 1))
        records = await self.desk.turns(invocation, limit=PAGE + 1, skip=(page - 1) * PAGE)
        if not records:
            return Card(title="No turns", sentence="There are none this far back." if page > 1 else "None so far.")
        return turns.listed(records[:PAGE], page=page, further=len(records) > PAGE)

    async def audit_show(self, invocation: Invocation) -> Card:
        """One turn, whole, and the way to its neighbours."""
        record = await self.desk.asked(invocation)
        if record is None:
            return nothing(invocation)
        votes = await self.desk.opinions.votes(record.turn.id)
        reports = await self.desk.opinions.reports(record.turn.id)
        before, after = await self._next(record, invocation, -1), await self._next(record, invocation, 1)
        return turns.audit(record, votes, reports, before=before, after=after)

    async def audit_pending(self, invocation: Invocation) -> Card:
        """What the auditor still has to do."""
        archive, scope = self.desk.archive, self.desk.scopes.scope(invocation.place)
        owed = (await archive.standing(scope)).owed
        return turns.pending(await archive.owed(scope, limit=PAGE), owed=owed, within=within(invocation))

    async def _next(self, record: TurnRecord, invocation: Invocation, step: int) -> int | None:
        """The next number in one direction that was said here, within a stride."""
        if record.number is None or record.scope != self.desk.scopes.scope(invocation.place):
            return None
        numbers = (record.number + step * distance for distance in range(1, STRIDE + 1))
        for number in numbers:
            if number > 0 and await self.desk.numbered(invocation, number):
                return number
        return None

    async def _reports(self, scope: str) -> str:
        counted = list[tuple[int | None, int]]()
        for record in await self.desk.archive.turns(scope, limit=REPORTED):
            if many := await self.desk.opinions.reports(record.turn.id):
                counted.append((record.number, many))
        return phrases.reports(counted, REPORTED)

    def _silence(self, place: Place) -> str:
        return phrases.silence(self.desk.scopes, place)
