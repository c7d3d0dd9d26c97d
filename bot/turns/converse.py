"""A message's way: accepted, answered, recorded, sent, marked. Every accepted event ends in exactly one outcome."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from adapters.chat.port import Card, Chat, ChatError, Inbound, Place, Posted, nobody_waits
from bot.cards import hearing
from bot.hearing import context, heard
from bot.hearing.scopes import Scopes, speaker
from bot.turns.lines import Lately, Line, Lines
from safi.exhibit import visible
from safi.firstpass import foreclosed
from safi.loop import respond
from safi.ports import Clock, Event, Gate, Journal, Model, Past, Recall
from safi.profile import Profile, Rule
from safi.turn import Approved, Exchange, Failed, Image, Prompt, Suppressed, Turn, Unjudged, Utterance, broken, said

_log = logging.getLogger(__name__)

ENFORCED_WITHIN: Final = 12
"""How many of a scope's latest turns count when a rule is said to have been enforced often."""

STALE_AFTER: Final = timedelta(minutes=2)
"""Age from which a message that a dead process left unanswered is no longer answered."""

_QUOTING: Final = frozenset({"answer_refused", "answer_cut_short", "answer_empty", "unreadable"})
"""Failures whose details may hold words of a model or a member: these stand in the record alone."""

_DELETED: Final = 10_000
"""Deleted messages that are kept in mind, since some are heard of only afterwards."""

_TOLD: Final = 10_000
"""Places of which it is kept in mind that they were told why nobody answers there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse:
    """Answers messages.

    `fresh` gives unguessable ids; `delivered` is called when a turn became owed an audit, `called` with the message
    that was answered when rules were broken that ask for a moderator, `turned` after every turn.
    At most `history` exchanges of `characters` in all are shown to models. `room` is how much of a message is heard,
    and `waiting` how many messages of a place may wait.
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
    called: Callable[[Posted, Turn, Sequence[Rule]], Awaitable[None]]
    turned: Callable[[Place, Turn], Awaitable[None]]
    history: int
    characters: int
    withhold: float
    room: heard.Room
    waiting: int
    _lines: Lines = field(default_factory=lambda: Lines(lambda place: Place.decode(place).beginning()))
    _deleted: Lately = field(default_factory=lambda: Lately(most=_DELETED))
    _told: Lately = field(default_factory=lambda: Lately(most=_TOLD))

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        """Answer a message, in the order of its place. A message that was heard before is passed over in silence."""
        line = self.line(inbound.place.encode())
        if inbound.overheard and not (line.busy or await self._talks(inbound.place)):
            kept()
        elif reason := self._unanswered(inbound):
            await self._pass_over(inbound, reason, kept)
        elif line.full(self.waiting):
            await self._turn_away(inbound, line, kept)
        else:
            with line.joined(inbound.message_id):
                event = _event(inbound, heard.words(inbound, self.room, sees=self.intellect.sees))
                if await self._accepted(event, kept):
                    async with line.turn():
                        await self._answer(event, inbound.images if self.intellect.sees else ())

    async def take_up(self, event: Event) -> None:
        """Answer an accepted event that a dead process left without an outcome; one that is stale is dismissed."""
        if self.stale(event):
            await self.journal.dismiss(event, "failed", "interrupted")
        else:
            await self._answer(event)

    async def withdraw(self, place: Place, message_id: str) -> None:
        """Forget a message that was deleted: it is not answered any more, and no later turn is shown it."""
        key = (place.encode(), message_id)
        self.line(key[0]).delete(message_id)
        self._deleted.add(key)
        await self.journal.withdraw(*key, at=self.clock.now())

    def line(self, place: str) -> Line:
        """The line of a place, written as `Place.encode` does. Whoever answers there has to have his turn in it."""
        return self._lines.of(place)

    def stale(self, event: Event) -> bool:
        """Whether it is too late to answer."""
        return self.clock.now() - event.at > STALE_AFTER

    async def send(self, event: Event, turn: Turn, profile: Profile, *, within: float | None = None) -> None:
        """Send what a recorded turn says, and call whoever its rules call. Nothing, if its question was deleted.

        What could not be posted `within` so many seconds is not posted.
        """
        if self._is_deleted(event):
            return
        place = Place.decode(event.place)
        try:
            await self._say(event, turn, said(profile, turn.outcome), within)
        finally:  # the words may have promised it
            if calling := _calling(profile, turn):
                await self.called(Posted(place=place, message_id=event.message_id), turn, calling)
        await self.turned(place, turn)

    async def _answer(self, event: Event, images: tuple[Image, ...] = ()) -> None:
        """Give an accepted event its outcome. After a restart, the images of its words are gone."""
        if reason := self._silent(event):
            await self.journal.dismiss(event, "ignored", reason)
        elif not visible(event.text).strip():
            await self.journal.dismiss(event, "ignored", "empty")
            await self._notify(event, hearing.EMPTY)
        elif heard.says_nothing(event.text) and not images:
            await self.journal.dismiss(event, "ignored", "nothing to read")
            await self._tell_left_out(event)
        elif len(heard.own(event.text)) > self.room.own and not self._foreclosed(event):
            await self.journal.dismiss(event, "limited", "message too long")
            await self._notify(event, hearing.too_long(self.room.own))
        else:
            await self._converse(event, images)

    async def _converse(self, event: Event, images: tuple[Image, ...]) -> None:
        place = Place.decode(event.place)
        profile, scope = self.scopes.persona(place), self.scopes.scope(place)
        async with self.chat.working(place):
            turn = await self._turn(event, images, profile, scope)
            if self._is_deleted(event):
                await self.journal.dismiss(event, "ignored", "deleted")
                return
            await self.journal.commit(event, turn, profile=profile, scope=scope, at=self.clock.now())
        await self.send(event, turn, profile)
        if isinstance(turn.outcome, Approved):
            await self._tell_left_out(event, seen=bool(images))

    async def _turn(self, event: Event, images: tuple[Image, ...], profile: Profile, scope: str) -> Turn:
        past = await self.recall.past(
            event.place, scope, replies_to=event.replies_to, limit=self.history, last=ENFORCED_WITHIN
        )
        turn = await respond(
            profile,
            Prompt(
                message=Utterance(speaker=event.speaker, text=event.text),
                history=self._shown(past),
                images=images,
            ),
            past.state.memory,
            past.enforced,
            turn_id=self.fresh(),
            intellect=self.intellect,
            gate=self.gate,
            nonce=self.fresh(),
            withhold=self.withhold,
        )
        _report(turn)
        return turn

    def _shown(self, past: Past) -> tuple[Exchange, ...]:
        return context.shown(past.conversation, past.replied, most=self.history, characters=self.characters)

    async def _say(self, event: Event, turn: Turn, words: str, within: float | None) -> None:
        place = Place.decode(event.place)
        rated = isinstance(turn.outcome, Approved)  # only what was drafted is audited; and some words are grave
        try:
            async with asyncio.timeout(within):
                posted = await self.chat.say(place, words, turn_id=turn.id, reply_to=event.message_id, rated=rated)
        except (ChatError, TimeoutError) as error:
            _log.warning("turn %s could not be posted: %s", turn.id, str(error) or "it is too late")
            return
        at = self.clock.now()
        if await self.journal.deliver(turn.id, message_id=posted.message_id, more=posted.more, at=at):
            self.delivered()

    async def _accepted(self, event: Event, kept: Callable[[], None]) -> bool:
        """Whether the event is new. Either way it is in the record now."""
        new = await self.journal.accept(event)
        kept()
        return new

    async def _talks(self, place: Place) -> bool:
        """Whether the persona has said something there that may still be known."""
        return bool(await self.recall.conversation(place.encode(), limit=1))

    async def _pass_over(self, inbound: Inbound, reason: str, kept: Callable[[], None]) -> None:
        """Record that a message gets no answer, without its words.

        Why is told once in each place, and once to each person in a channel, if anybody needs it.
        """
        event = _event(inbound, "")
        if not await self._accepted(event, kept):
            return
        await self.journal.dismiss(event, "ignored", reason)
        if reason in hearing.REFUSED and self._tell(inbound, reason):
            await self._notify(event, hearing.REFUSED[reason])
        if reason == "no such persona" and self._told.add((event.place, reason)):
            _log.warning("nobody answers in %s: the persona that it was given is not there", event.place)

    async def _turn_away(self, inbound: Inbound, line: Line, kept: Callable[[], None]) -> None:
        """Record that too many wait already, without the message's words. The first one to hear it speaks for all."""
        event = _event(inbound, "")
        if not await self._accepted(event, kept):
            return
        await self.journal.dismiss(event, "limited", "busy")
        if line.crowd.tell(event.place, event.author):
            await self._notify(event, hearing.BUSY)

    def _tell(self, inbound: Inbound, reason: str) -> bool:
        """Whether neither the place nor, anywhere in its channel, the author was told yet; now both are."""
        place = self._told.add((inbound.place.encode(), reason))
        author = self._told.add((f"{inbound.place.beginning()} {inbound.author}", reason))
        return place and author

    def _unanswered(self, inbound: Inbound) -> str:
        """Why a message gets no answer before anybody looks at it; "" where it may get one."""
        gone = (inbound.place.encode(), inbound.message_id) in self._deleted
        return inbound.unanswered or ("deleted" if gone else self.scopes.silent(inbound.place))

    def _silent(self, event: Event) -> str:
        """Why an event gets no answer after all; "" where it may get one."""
        return "deleted" if self._is_deleted(event) else self.scopes.silent(Place.decode(event.place))

    def _is_deleted(self, event: Event) -> bool:
        return self.line(event.place).deleted(event.message_id) or (event.place, event.message_id) in self._deleted

    def _foreclosed(self, event: Event) -> bool:
        """Whether a rule has fixed words for this message, which then go out however long it is."""
        profile = self.scopes.persona(Place.decode(event.place))
        return foreclosed(profile, Utterance(speaker=event.speaker, text=event.text), self.gate.screen) is not None

    async def _tell_left_out(self, event: Event, *, seen: bool = False) -> None:
        card = hearing.left_out(event.text, seen=seen)
        if card is not None and not self._is_deleted(event):
            await self._notify(event, card)

    async def _notify(self, event: Event, card: Card) -> None:
        try:
            await self.chat.show(Place.decode(event.place), card)
        except ChatError as error:
            _log.warning("a notice could not be posted: %s", error)


def _event(inbound: Inbound, words: str) -> Event:
    return Event(
        id=inbound.event_id,
        workspace=inbound.place.workspace,
        place=inbound.place.encode(),
        message_id=inbound.message_id,
        author=inbound.author,
        speaker=speaker(inbound.place, inbound.author),
        text=words,
        at=inbound.at,
        replies_to=inbound.replies_to,
    )


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
            _log.warning("turn %s: the Intellect gave no draft (%s)%s", turn.id, cause, _detail(cause, detail))
        case Unjudged(verdict=none):
            _log.warning(
                "turn %s: the Will gave no verdict (%s)%s", turn.id, none.cause, _detail(none.cause, none.detail)
            )
        case Approved() | Suppressed():
            pass


def _detail(cause: str, detail: str) -> str:
    """What a log is told of a failure besides its cause; nothing where a model's words may quote people."""
    return "" if cause in _QUOTING else f": {detail}"
