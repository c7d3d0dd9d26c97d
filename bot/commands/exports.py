"""Commands for moderators: the record of a place's persona as a file."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Command, File, Invocation, Option
from bot import export
from bot.cards import exports, places
from bot.commands.desk import Desk, within
from bot.export import Row, Sheet
from safi.ports import TurnRecord

CHUNK: Final = 100
"""Turns that are read at a time, so that nobody waits long for the store meanwhile."""

_FORMAT: Final = Option(name="format", summary="csv or jsonl; without one, csv", choices=lambda: export.FORMATS)

_Rows = Callable[[TurnRecord, str], Awaitable[Iterable[Row]]]
"""A turn's rows, with words for those who may read them in places whose keys begin so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """Rows of the command table that only moderators may use. Newest turns first, and as many as a file holds."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        table = (
            ("export audits", "A file with a row for each turn", self.audits),
            ("export ledger", "A file with a row for each value and turn", self.ledger),
        )
        return tuple(
            Command(name=name, summary=summary, audience="moderators", run=run, options=(_FORMAT,))
            for name, summary, run in table
        )

    async def audits(self, invocation: Invocation) -> Card:
        """A row a turn."""

        async def rows(record: TurnRecord, readable: str) -> Iterable[Row]:
            return [export.audit(record, await self.desk.opinions.votes(record.turn.id), within=readable)]

        return await self._export(invocation, "audits", export.AUDITS, rows)

    async def ledger(self, invocation: Invocation) -> Card:
        """A row a value and turn."""

        async def rows(record: TurnRecord, readable: str) -> Iterable[Row]:
            return export.findings(record, within=readable)

        return await self._export(invocation, "ledger", export.LEDGER, rows)

    async def _export(self, invocation: Invocation, what: str, columns: tuple[str, ...], rows: _Rows) -> Card:
        typed = str(invocation.arguments.get(_FORMAT.name, "csv"))
        form = export.format_of(typed)
        if form is None:
            return exports.unknown_format(typed, export.FORMATS)
        sheet, many, cut = Sheet(format=form, columns=columns), 0, False
        async for record in self._records(self.desk.scopes.scope(invocation.place)):
            cut = many == export.TURNS or not sheet.add(await rows(record, within(invocation)))
            if cut:
                break
            many += 1
        if not many:
            return places.nothing_yet()
        name = f"{what}-{self.desk.clock.now():%Y-%m-%d-%H%M}.{form}"
        return exports.exported(what, File(name=name, data=sheet.data), many, cut=cut)

    async def _records(self, scope: str) -> AsyncIterator[TurnRecord]:
        """The turns of a scope, newest first, each once, though new ones come meanwhile."""
        seen, skip, going_on = set[str](), 0, True
        while going_on:
            records = await self.desk.archive.turns(scope, limit=CHUNK, skip=skip)
            further = [record for record in records if record.turn.id not in seen]
            for record in further:
                yield record
            seen |= {record.turn.id for record in further}
            skip, going_on = skip + len(records), bool(further)
