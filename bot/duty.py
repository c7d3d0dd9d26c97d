"""Who watches a platform from inside: tells its moderators when a person is needed, and writes down the rest."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.port import Chat, ChatError, Place, Posted
from bot import cards
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Turn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """The Onlooker on a platform. What it posts and logs holds no words of anybody, for those who may not read them."""

    chat: Chat

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        """Call the moderators to the message. The place itself hears of it in the answer's own words, if at all."""
        names = ", ".join(rule.id for rule in rules)
        _log.warning("turn %s calls for a moderator: %s", turn.id, names)
        room = self.chat.moderators(asked.place.workspace)
        if room is None:
            _log.warning("turn %s: %s has no place where moderators are told of it", turn.id, asked.place.workspace)
            return
        try:
            await self.chat.show(room, cards.person_needed(rules, asked))
        except ChatError as error:
            _log.warning("turn %s: its moderators could not be told: %s", turn.id, error)

    async def turned(self, place: Place, turn: Turn) -> None:
        """Write down how the turn ended."""
        _log.info("turn %s in %s: %s", turn.id, place.encode(), type(turn.outcome).__name__.lower())

    async def landed(self, landed: Landed) -> None:
        """Write down that a number was settled."""
        _log.info("#%d of %s: %s", landed.number, landed.scope, "a ledger" if landed.reading else "a hole")

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        """Write down what the last run left."""
        _log.warning("the last run left messages: %d are answered now, for %d it is too late", len(events), len(stale))

    async def draining(self, audits: int) -> None:
        """Write down what the end waits for."""
        _log.info("waiting for %d audits under way", audits)
