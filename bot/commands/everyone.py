"""Commands that everyone may give: what the persona stands for, why it answered so, what this bot is, and a report."""

import logging
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, ChatError, Command, Invocation, Option
from bot.cards import personas, phrases, places, reports, turns
from bot.commands.desk import NUMBER, Desk, nothing
from bot.commands.usage import usage
from safi.errors import InvalidValue
from safi.ports import TurnRecord

_log = logging.getLogger(__name__)

LONGEST_REASON: Final = 2_000
"""Characters of a reason that are taken."""

_REASON: Final = Option(name="reason", summary="what is wrong with it", long=True, longest=LONGEST_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyone:
    """Rows of the command table that everyone may use."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        return (
            Command(name="values", summary="What this persona stands for", audience="everyone", run=self.values),
            Command(
                name="why",
                summary="Why it answered as it did: gate, coaching, audit",
                audience="everyone",
                run=self.why,
                options=(NUMBER,),
                menu="Why this answer?",
            ),
            Command(
                name="report",
                summary="Tell the moderators that a reply is not right",
                audience="everyone",
                run=self.report,
                options=(NUMBER, _REASON),
                menu="Report this reply",
                form=(_REASON.name,),
            ),
            Command(name="about", summary="What this bot is and how it works", audience="everyone", run=self.about),
        )

    async def values(self, invocation: Invocation) -> Card:
        """The persona's declaration; none where there is no persona."""
        desk, place = self.desk, invocation.place
        quiet = phrases.silence(desk.scopes, place)
        gone = quiet and not desk.scopes.assigned.paused(place)
        return places.nobody(quiet) if gone else personas.declared(desk.persona(place), quiet)

    async def why(self, invocation: Invocation) -> Card:
        """What led to an answer, and what became of it."""
        record = await self.desk.asked(invocation)
        return turns.why(record) if record else nothing(invocation)

    async def report(self, invocation: Invocation) -> Card:
        """Record that somebody objects to an answer, and tell the moderators; once a person and answer."""
        record = await self.desk.asked(invocation)
        if record is None:
            return nothing(invocation)
        reason = str(invocation.arguments.get(_REASON.name, "")).strip()[:LONGEST_REASON]
        now = self.desk.clock.now()
        try:
            first = await self.desk.opinions.report(record.turn.id, author=invocation.author, reason=reason, at=now)
        except InvalidValue:  # it went meanwhile
            return nothing(invocation)
        if not first:
            return reports.reported_already()
        return reports.thanks(await self._tell_moderators(invocation, record, reason))

    async def about(self, invocation: Invocation) -> Card:
        """What this bot is, and what everyone may do with it."""
        desk, place = self.desk, invocation.place
        commands = [(usage(row, invocation.prefixes), row.summary) for row in self.rows()]
        quiet = phrases.silence(desk.scopes, place)
        kept = None if desk.held else desk.texts_days
        bot = places.Bot(version=desk.version, models=desk.models, kept=kept)
        return places.about(bot, desk.persona(place).name, quiet, commands)

    async def _tell_moderators(self, invocation: Invocation, record: TurnRecord, reason: str) -> reports.Told:
        place = self.desk.chat.moderators(invocation.place.workspace)
        if place is None:
            return "nowhere"
        card = reports.reported(record, reason, await self.desk.opinions.reports(record.turn.id))
        try:
            await self.desk.chat.show(place, card)
        except ChatError as error:
            _log.warning("a report of turn %s could not be shown to the moderators: %s", record.turn.id, error)
            return "unreachable"
        return "told"
