"""A message's way: accepted, answered, recorded, sent, marked. Every accepted event ends in exactly one outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

from adapters.chat.port import Card, Chat, ChatError, Inbound, Place
from bot.scopes import Scopes, speaker
from safi.exhibit import visible
from safi.firstpass import foreclosed
from safi.loop import respond
from safi.ports import Clock, Event, Gate, Journal, Model, Recall
from safi.profile import Profile, Rule
from safi.turn import Approved, Exchange, Failed, Prompt, Suppressed, Turn, Unjudged, Utterance, broken, said

_log = logging.getLogger(__name__)

ENFORCED_WITHIN: Final = 12
"""How many of a scope's latest turns count when a rule is said to have been enforced often."""

STALE_AFTER: Final = timedelta(minutes=2)
"""Age from which a message that a dead process left unanswered is no longer answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers messages.

    `fresh` gives unguessable ids; `delivered` is called when a turn became owed an audit, `called` when rules were
    broken that ask for a moderator, `turned` after every turn.
    At most `history` exchanges of `characters` in all are shown to models; `longest` is the longest message heard.
    """

    journal: Journal
    recall: Recall
    chat: Chat
    scopes: Scopes
    intellect: Model
    gate: Gate
    clock: Clock
    fresh: Callable[[], str]
    delivered: Callable[[], None]
    called: Callable[[Place, Turn, Sequence[Rule]], Awaitable[None]]
    turned: Callable[[Place, Turn], Awaitable[None]]
    history: int
    characters: int
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
            text=inbound.text[: self.longest + 1],  # enough to see that it is too long
            at=inbound.at,
        )
        if await self.journal.accept(event):
            await self._in_order(event)

    async def take_up(self, event: Event) -> None:
        """Answer an accepted event that a dead process left without an outcome; one that is stale is dismissed."""
        if self.stale(event):
            await self.journal.dismiss(event, "failed", "interrupted")
        else:
            await self._in_order(event)

    def stale(self, event: Event) -> bool:
        """Whether it is too late to answer."""
        return self.clock.now() - event.at > STALE_AFTER

    async def _in_order(self, event: Event) -> None:
        queue = self._queues.setdefault(event.place, asyncio.Lock())
        async with queue:
            await self._answer(event)

    async def _answer(self, event: Event) -> None:
        if not visible(event.text).strip():
            await self.journal.dismiss(event, "ignored", "empty")
        elif len(event.text) > self.longest and not self._foreclosed(event):
            await self.journal.dismiss(event, "limited", "message too long")
            await self._notify(event, f"Please keep it under {self.longest:,} characters.")
        else:
            await self._converse(event)

    def _foreclosed(self, event: Event) -> bool:
        """Whether a rule has fixed words for this message, which then go out however long it is."""
        profile = self.scopes.persona(Place.decode(event.place))
        return foreclosed(profile, Utterance(speaker=event.speaker, text=event.text), self.gate.screen) is not None

    async def _converse(self, event: Event) -> None:
        place = Place.decode(event.place)
        profile = self.scopes.persona(place)
        async with self.chat.working(place):
            turn = await self._turn(event, profile, self.scopes.scope(place))
            await self.journal.commit(event, turn, profile=profile, scope=self.scopes.scope(place), at=self.clock.now())
        try:
            await self._send(event, turn, said(profile, turn.outcome))
        finally:  # the words may have promised it
            if calling := _calling(profile, turn):
                await self.called(place, turn, calling)
        await self.turned(place, turn)

    async def _turn(self, event: Event, profile: Profile, scope: str) -> Turn:
        history = await self.recall.conversation(event.place, limit=self.history)
        turn = await respond(
            profile,
            Prompt(
                message=Utterance(speaker=event.speaker, text=event.text),
                history=latest(history, characters=self.characters),
            ),
            (await self.recall.state(scope)).memory,
            await self.recall.enforced(scope, last=ENFORCED_WITHIN),
            turn_id=self.fresh(),
            intellect=self.intellect,
            gate=self.gate,
            nonce=self.fresh(),
            withhold=self.withhold,
        )
        _report(turn)
        return turn

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


def latest(history: Sequence[Exchange], *, characters: int) -> tuple[Exchange, ...]:
    """The latest exchanges that hold at most so many characters together; the oldest go first, and only whole."""
    kept: list[Exchange] = []
    for exchange in reversed(history):
        characters -= len(exchange.message.text) + len(exchange.answer)
        if characters < 0:
            break
        kept.append(exchange)
    return tuple(reversed(kept))


def _calling(profile: Profile, turn: Turn) -> tuple[Rule, ...]:
    """The broken rules that ask for a moderator."""
    match turn.outcome:
        case Suppressed(verdict=denied):
            return tuple(rule for rule in broken(profile, denied) if rule.notify)
        case _:
            return ()


def _report(turn: Turn) -> None:
    match turn.outcome:
        case Failed(cause=cause, detail=detail):
            _log.warning("turn %s: the Intellect gave no draft (%s): %s", turn.id, cause, detail)
        case Unjudged(verdict=none):
            _log.warning("turn %s: the Will gave no verdict (%s): %s", turn.id, none.cause, none.detail)
        case Approved() | Suppressed():
            pass
