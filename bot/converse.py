"""A message's way: accepted, answered, recorded, sent, marked. Every accepted event ends in exactly one outcome."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

from adapters.chat.port import Card, Chat, ChatError, Inbound, Place
from bot.scopes import Scopes, speaker
from safi.loop import respond
from safi.ports import Clock, Event, Journal, Model, Recall
from safi.profile import Profile
from safi.turn import Prompt, Turn, Utterance, said

_log = logging.getLogger(__name__)

ENFORCED_WITHIN: Final = 50
"""How many of a scope's latest turns count when a rule is said to have been enforced often."""

STALE_AFTER: Final = timedelta(minutes=2)
"""Age from which a message that a dead process left unanswered is no longer answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers messages. `fresh` gives unguessable ids; `delivered` is called when a turn became owed an audit."""

    journal: Journal
    recall: Recall
    chat: Chat
    scopes: Scopes
    intellect: Model
    gate: Model
    clock: Clock
    fresh: Callable[[], str]
    delivered: Callable[[], None]
    history: int
    withhold: float
    longest: int
    _queues: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])

    async def hear(self, inbound: Inbound) -> None:
        """Answer a message, in the order of its place. A message that was heard before is passed over in silence."""
        event = Event(
            id=inbound.event_id,
            workspace=inbound.place.workspace,
            place=inbound.place.encode(),
            message_id=inbound.message_id,
            author=inbound.author,
            speaker=speaker(inbound.place, inbound.author),
            text=inbound.text,
            at=inbound.at,
        )
        if await self.journal.accept(event):
            await self._in_order(event)

    async def take_up(self, event: Event) -> None:
        """Answer an accepted event that a dead process left without an outcome, or record that it is too late to."""
        if self.clock.now() - event.at > STALE_AFTER:
            await self.journal.dismiss(event, "failed", "interrupted")
        else:
            await self._in_order(event)

    async def _in_order(self, event: Event) -> None:
        queue = self._queues.setdefault(event.place, asyncio.Lock())
        async with queue:
            await self._answer(event)

    async def _answer(self, event: Event) -> None:
        if not event.text.strip():
            await self.journal.dismiss(event, "ignored", "empty")
        elif len(event.text) > self.longest:
            await self.journal.dismiss(event, "limited", "message too long")
            await self._notify(event, f"Please keep it under {self.longest:,} characters.")
        else:
            await self._converse(event)

    async def _converse(self, event: Event) -> None:
        place = Place.decode(event.place)
        profile = self.scopes.persona(place)
        async with self.chat.working(place):
            turn = await self._turn(event, profile, self.scopes.scope(place))
            await self.journal.commit(event, turn, profile=profile, scope=self.scopes.scope(place), at=self.clock.now())
        await self._send(event, turn, said(profile, turn.outcome))

    async def _turn(self, event: Event, profile: Profile, scope: str) -> Turn:
        history = await self.recall.conversation(event.place, limit=self.history)
        return await respond(
            profile,
            Prompt(message=Utterance(speaker=event.speaker, text=event.text), history=history),
            (await self.recall.state(scope)).memory,
            await self.recall.enforced(scope, last=ENFORCED_WITHIN),
            turn_id=self.fresh(),
            intellect=self.intellect,
            gate=self.gate,
            nonce=self.fresh(),
            withhold=self.withhold,
        )

    async def _send(self, event: Event, turn: Turn, words: str) -> None:
        place = Place.decode(event.place)
        try:
            posted = await self.chat.say(place, words, turn_id=turn.id, reply_to=event.message_id)
        except ChatError as error:
            _log.warning("turn %s could not be posted: %s", turn.id, error)
            return
        if await self.journal.deliver(turn.id, message_id=posted.message_id, at=self.clock.now()):
            self.delivered()

    async def _notify(self, event: Event, sentence: str) -> None:
        try:
            await self.chat.show(Place.decode(event.place), Card(title="That message is too long", sentence=sentence))
        except ChatError as error:
            _log.warning("a notice could not be posted: %s", error)
