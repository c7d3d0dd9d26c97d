"""Doubles that speak the domain: a chat that keeps what was posted, a clock that is told the time, small profiles."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal

from adapters.chat.port import Card, ChatError, Handlers, Inbound, Place, Posted
from adapters.llm.scripted import Answer, ScriptedModel
from bot.hearing.scopes import Scopes
from bot.settings.personas import Catalogue
from safi.ports import Gate, Matches, Model, Reply, Request
from safi.profile import Profile, Rubric, Rule, Value, Wording

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLACE = Place(workspace="w", channel="c")


@dataclass(slots=True)
class HandClock:
    """Time stands still until `pass_time`; sleepers whose time has come wake in order."""

    time: datetime = NOON
    _sleepers: list[tuple[datetime, asyncio.Future[None]]] = field(
        default_factory=list[tuple[datetime, asyncio.Future[None]]]
    )

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.time + timedelta(seconds=seconds), waiting))
        await waiting

    def pass_time(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        for due, waiting in sorted(self._sleepers, key=lambda sleeper: sleeper[0]):
            if due <= self.time and not waiting.done():
                waiting.set_result(None)
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].done()]


@dataclass(slots=True)
class FakeChat:
    """A platform that remembers: what was said, for which turns, which cards were shown, how often it worked.

    Nothing can be posted before `open` is set, where it is given. `more` are the ids in which each post goes on,
    `places` where each card was shown, `room` is that of the moderators.
    """

    said: list[str] = field(default_factory=list[str])
    cards: list[Card] = field(default_factory=list[Card])
    working_now: int = 0
    broken: bool = False
    script: Callable[[Handlers], Awaitable[None]] | None = None
    memory: timedelta = timedelta()
    open: asyncio.Event | None = None
    room: Place | None = None
    more: tuple[str, ...] = ()
    turns: list[str] = field(default_factory=list[str])
    rated: list[bool] = field(default_factory=list[bool])
    places: list[Place] = field(default_factory=list[Place])

    async def run(self, handlers: Handlers) -> None:
        if self.script is not None:
            await self.script(handlers)

    def remembers(self, workspace: str) -> timedelta:
        return self.memory

    async def ready(self, workspace: str | None = None) -> None:
        if self.open is not None:
            await self.open.wait()

    def moderators(self, workspace: str) -> Place | None:
        return self.room

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        if self.broken:
            raise ChatError("the platform is away")
        self.said.append(text)
        self.turns.append(turn_id)
        self.rated.append(rated)
        return Posted(place=place, message_id=f"out-{len(self.said)}", more=self.more)

    async def show(self, place: Place, card: Card) -> Posted:
        if self.broken:
            raise ChatError("the platform is away")
        self.cards.append(card)
        self.places.append(place)
        return Posted(place=place, message_id=f"card-{len(self.cards)}")

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        self.working_now += 1
        try:
            yield
        finally:
            self.working_now -= 1


class PlainScreen:
    """Sees what Python's own library sees, and no secrets but the words 'secret:'."""

    def matches(self, patterns: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Matches:
        def found(several: Sequence[str]) -> bool:
            return any(re.search(pattern, text, re.IGNORECASE) for pattern in several for text in texts)

        return Matches(found=tuple(key for key, several in patterns.items() if found(several)))

    def problem(self, pattern: str) -> str | None:
        return None

    def unmasked(self, text: str) -> str:
        return text

    def secrets(self, text: str) -> tuple[str, ...]:
        return ("a word",) if "secret:" in text else ()


def gated(model: Model) -> Gate:
    """A gate with that judge behind it."""
    return Gate(screen=PlainScreen(), model=model)


def ids(prefix: str = "id") -> Callable[[], str]:
    """A fresh id at each call."""
    numbers = count(1)
    return lambda: f"{prefix}-{next(numbers)}"


def inbound(text: str, number: int, *, place: Place = PLACE, author: str = "ann", at: datetime = NOON) -> Inbound:
    """The `number`-th message of a place."""
    key = f"m{number}"
    return Inbound(event_id=f"e{number}", place=place, message_id=key, author=author, text=text, at=at)


def small_profile(**changes: Any) -> Profile:
    """Two values with rubrics, two rules, one of them with a pattern."""
    anchors = Rubric(upheld="RUBRIC-UP", neutral="RUBRIC-MID", betrayed="RUBRIC-DOWN")
    return replace(
        Profile(
            name="ada",
            worldview="You are Ada, an AI who keeps the workshop's notes.",
            values=(
                Value(name="Honesty", meaning="says what is so", rubric=anchors),
                Value(name="Kindness", meaning="wishes people well", rubric=anchors),
            ),
            rules=(
                Rule(id="no-codes", text="Never give a door code.", patterns=(r"\bcode is \d+",)),
                Rule(id="no-insults", text="Never insult a person."),
            ),
            wording=Wording(suppressed="That I may not say.", unjudged="Ask me again.", failed="Words fail me."),
        ),
        **changes,
    )


def scopes_with(*profiles: Profile, sharing: Literal["channel", "persona"] = "channel") -> Scopes:
    """Scopes whose default persona is the first of these."""
    found = profiles or (small_profile(),)
    return Scopes(catalogue=Catalogue(profiles=found, default=found[0]), sharing=sharing)


def clear(reason: str = "nothing against it") -> str:
    """A judge's yes."""
    return json.dumps({"verdict": "no violation", "reason": reason})


def broken(rule: str, reason: str = "it does that") -> str:
    """A judge's no."""
    return json.dumps({"verdict": f"violation: {rule}", "reason": reason})


def ledger_text(**scores: float | None) -> str:
    """An auditor's answer: each value with its score, seen in the first sentence or, at 0 and below, in the whole."""
    return json.dumps({name: _finding(score) for name, score in scores.items()})


def _finding(score: float | None) -> dict[str, object]:
    if score is None:
        return {"sentence": None, "reason": None, "score": None, "confidence": None}
    return {"sentence": 1 if score > 0 else 0, "reason": "it shows", "score": score, "confidence": 1}


def in_turn(*answers: Answer) -> ScriptedModel:
    """A model that gives these answers one after the other, and then the last for ever."""
    left = list(answers)
    return ScriptedModel(lambda _: left.pop(0) if len(left) > 1 else left[0])


@dataclass(slots=True)
class Heard:
    """A model that keeps every request it got and answers each with the same."""

    answer: Answer
    requests: list[Request] = field(default_factory=list[Request])
    name: str = "heard"
    sees: bool = False

    async def ask(self, request: Request) -> Reply:
        self.requests.append(request)
        return await ScriptedModel(lambda _: self.answer).ask(request)
