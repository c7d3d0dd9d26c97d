"""The program as a whole on doubles of platform and models: start, serve, drain, start again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.chat.port import Handlers, Inbound, Place
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from bot.app import App, Models, Parts, assemble
from bot.config import Audits, Config
from safi.errors import StoreUnavailable
from safi.ports import Event, Landed, Request
from safi.profile import Rule
from safi.turn import Turn
from tests.bot.making import SCOPE
from tests.doubles import PLACE, FakeChat, HandClock, PlainScreen, clear, ids, inbound, ledger_text, scopes_with

Script = Callable[[Handlers], Awaitable[None]]


class Killed(BaseException):
    """Stands for the end of a process: nothing handles it."""


@dataclass(slots=True)
class Notes:
    """An Onlooker that writes down what it sees."""

    numbers: list[Landed]
    told: list[str] = field(default_factory=list[str])

    async def called(self, place: Place, turn: Turn, rules: Sequence[Rule]) -> None:
        self.told.append(f"called for {[rule.id for rule in rules]}")

    async def turned(self, place: Place, turn: Turn) -> None:
        self.told.append(type(turn.outcome).__name__)

    async def landed(self, landed: Landed) -> None:
        self.numbers.append(landed)

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        self.told.append(f"{len(events)} left over, {len(stale)} stale")

    async def draining(self, audits: int) -> None:
        self.told.append(f"draining {audits}")


def app(store: SQLiteStore, chat: FakeChat, landed: list[Landed], **models: Any) -> App:
    """The real program around them; ids start anew, as they do not in life."""
    scripted = {
        "intellect": ScriptedModel(lambda request: f"re: {request.messages[-1].text}"),
        "will": ScriptedModel(lambda _: clear()),
        "conscience": ScriptedModel(lambda _: ledger_text(Honesty=1, Kindness=1)),
    }
    return assemble(
        Parts(
            config=Config(audits=Audits(at_once=1)),
            scopes=scopes_with(),
            models=Models(**(scripted | models), line="scripted"),
            screen=PlainScreen(),
            store=store,
            chat=chat,
            clock=HandClock(),
            fresh=ids("fresh"),
            onlooker=Notes(landed),
            version="0",
        )
    )


def asking(*texts: str) -> Script:
    async def script(handlers: Handlers) -> None:
        for number, text in enumerate(texts, start=1):
            await handlers.hear(inbound(text, number))

    return script


async def test_a_patient_program_ends_when_every_due_audit_is_done(store: SQLiteStore) -> None:
    chat, landed = FakeChat(script=asking("one", "two")), list[Landed]()
    await app(store, chat, landed).run(patient=True)
    assert chat.said == ["re: one", "re: two"]
    assert [news.number for news in landed] == [1, 2]


async def test_an_impatient_program_settles_what_is_under_way_and_the_next_start_does_the_rest(
    store: SQLiteStore,
) -> None:
    auditing, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> str:
        auditing.set()
        await go_on.wait()
        return ledger_text(Honesty=1, Kindness=1)

    async def leave_during_the_first_audit(handlers: Handlers) -> None:
        await asking("one", "two")(handlers)
        await auditing.wait()
        asyncio.get_running_loop().call_soon(go_on.set)

    landed = list[Landed]()
    chat = FakeChat(script=leave_during_the_first_audit)
    program = app(store, chat, landed, conscience=ScriptedModel(slow))
    await program.run(patient=False)
    assert [news.number for news in landed] == [1]
    assert cast("Notes", program.onlooker).told == ["Approved", "Approved", "draining 1"]
    await app(store, FakeChat(), landed).run(patient=True)
    assert [news.number for news in landed] == [1, 2]


async def test_a_program_that_died_in_mid_answer_answers_at_the_next_start_once(tmp_path: Path) -> None:
    async def die(_: Request) -> str:
        raise Killed

    path, landed = tmp_path / "safi.db", list[Landed]()
    with pytest.raises(BaseExceptionGroup):
        async with open_store(path) as store:
            await app(store, FakeChat(script=asking("one")), landed, intellect=ScriptedModel(die)).run(patient=True)
    chat = FakeChat()
    async with open_store(path) as store:
        await app(store, chat, landed).run(patient=True)
        await app(store, chat, landed).run(patient=True)
        (record,) = await store.turns(SCOPE, limit=5)
    assert chat.said == ["re: one"]
    assert record.delivery == "delivered"


async def test_an_answer_that_was_never_marked_as_sent_is_not_sent_again(store: SQLiteStore) -> None:
    class Dying(FakeChat):
        async def say(self, *args: Any, **kwargs: Any) -> Any:
            await FakeChat.say(self, *args, **kwargs)
            raise Killed

    dying = Dying(script=asking("one"))
    with pytest.raises(BaseExceptionGroup):
        await app(store, dying, []).run(patient=True)
    chat = FakeChat()
    await app(store, chat, []).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert (dying.said, chat.said, record.delivery) == (["re: one"], [], "unknown")


async def test_a_store_that_cannot_be_written_sends_nothing_and_ends_the_program(store: SQLiteStore) -> None:
    async def full(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("disk full")

    chat = FakeChat(script=asking("one"))
    program = app(store, chat, [])
    journal = type("Full", (), {"accept": store.accept, "recover": store.recover, "commit": full})()
    with pytest.raises(ExceptionGroup) as raised:
        await replace(program, converse=replace(program.converse, journal=journal)).run(patient=True)
    assert raised.group_contains(StoreUnavailable, match="disk full")
    assert chat.said == []


async def test_a_program_told_to_stop_ends_the_chat_and_drains(store: SQLiteStore) -> None:
    program: App

    async def stay(handlers: Handlers) -> None:
        await asking("one")(handlers)
        program.stop()
        await asyncio.Event().wait()

    landed = list[Landed]()
    program = app(store, FakeChat(script=stay), landed)
    await program.run(patient=True)
    assert [news.number for news in landed] == [1]


async def test_left_over_messages_are_told_of_whether_answered_or_not(store: SQLiteStore) -> None:
    for number, age in ((1, 3_000), (2, 1)):
        message = inbound("still?", number)
        await store.accept(event_of(message, age))
    chat = FakeChat()
    program = app(store, chat, [])
    await program.run(patient=True)
    assert cast("Notes", program.onlooker).told == ["1 left over, 1 stale", "Approved"]
    assert chat.said == ["re: still?"]
    assert await store.recover() == ()


def event_of(message: Inbound, age: int) -> Event:
    """A message that was accepted `age` seconds ago, and no more."""
    return Event(
        id=message.event_id,
        workspace="w",
        place=PLACE.encode(),
        message_id=message.message_id,
        author=message.author,
        speaker="member-x",
        text=message.text,
        at=message.at - timedelta(seconds=age),
    )
