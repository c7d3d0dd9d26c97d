"""The real program on doubles of platform and models, and how it dies."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.chat.port import Handlers, Inbound, Place, Posted
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.app import App, Models, Parts, assemble
from bot.hearing.scopes import Scopes, speaker
from bot.settings.config import Audits, Config
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Turn
from tests.doubles import FakeChat, HandClock, PlainScreen, clear, ids, inbound, ledger_text, scopes_with

Script = Callable[[Handlers], Awaitable[None]]


class Killed(BaseException):
    """Stands for the end of a process: nothing handles it."""


@dataclass(slots=True)
class Notes:
    """An Onlooker that writes down what it sees."""

    numbers: list[Landed]
    told: list[str] = field(default_factory=list[str])

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        self.told.append(f"called for {[rule.id for rule in rules]}")

    async def turned(self, place: Place, turn: Turn) -> None:
        self.told.append(type(turn.outcome).__name__)

    async def landed(self, landed: Landed) -> None:
        self.numbers.append(landed)

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        self.told.append(f"{len(events)} left over, {len(stale)} stale")

    async def draining(self, audits: int) -> None:
        self.told.append(f"draining {audits}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What differs from one run of a program to the next."""

    name: str = "fresh"
    clock: HandClock = field(default_factory=HandClock)
    scopes: Scopes = field(default_factory=scopes_with)


def app(store: SQLiteStore, chat: FakeChat, landed: list[Landed], life: Life | None = None, **models: Any) -> App:
    """The real program around them; without a life of its own, ids start anew, as they do not in reality."""
    scripted = {
        "intellect": ScriptedModel(lambda request: f"re: {request.messages[-1].text}"),
        "will": ScriptedModel(lambda _: clear()),
        "conscience": ScriptedModel(lambda _: ledger_text(Honesty=1, Kindness=1)),
    }
    life = life or Life()
    return assemble(
        Parts(
            config=Config(audits=Audits(at_once=1)),
            scopes=life.scopes,
            models=Models(**(scripted | models), line="scripted"),
            screen=PlainScreen(),
            store=store,
            chat=chat,
            clock=life.clock,
            fresh=ids(life.name),
            onlooker=Notes(landed),
            version="0",
        )
    )


def asking(*texts: str) -> Script:
    async def script(handlers: Handlers) -> None:
        for number, text in enumerate(texts, start=1):
            await handlers.hear(inbound(text, number))

    return script


def event_of(message: Inbound, age: int) -> Event:
    """A message that was accepted `age` seconds ago, and no more."""
    return Event(
        id=message.event_id,
        workspace="w",
        place=message.place.encode(),
        message_id=message.message_id,
        author=message.author,
        speaker=speaker(message.place, message.author),
        text=message.text,
        at=message.at - timedelta(seconds=age),
    )
