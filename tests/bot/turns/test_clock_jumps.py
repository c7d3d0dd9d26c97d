"""The clock is set an hour back or forth amid everything: nothing is lost, and nothing waits for that hour."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from adapters.llm.meter import Caps, open_meter
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.turns.audits import TICK_SECONDS, Audits
from bot.turns.converse import STALE_AFTER
from safi.errors import BudgetSpent, ModelUnavailable
from safi.ports import Call, Landed, Request, Spent
from safi.usage import Usage
from tests.adapters.store.making import recovered
from tests.bot.making import SCOPE, auditing, conversing
from tests.doubles import NOON, FakeChat, HandClock, in_turn, inbound, ledger_text

GOOD = ledger_text(Honesty=1, Kindness=0.5)
AWAY = ModelUnavailable("529")


@dataclass(slots=True)
class SetClock(HandClock):
    """A clock whose hands are set while it runs: sleepers go by the time that passes, and not by the hands."""

    ahead: timedelta = timedelta()
    asleep: asyncio.Queue[None] = field(default_factory=asyncio.Queue[None])

    def now(self) -> datetime:
        return self.time + self.ahead

    def set_by(self, hours: int) -> None:
        self.ahead += timedelta(hours=hours)

    async def sleep(self, seconds: float) -> None:
        self.asleep.put_nowait(None)
        await HandClock.sleep(self, seconds)

    async def ticks(self, seconds: float) -> None:
        """Let time pass tick by tick, each of which has done its work before the next."""
        for _ in range(int(seconds / TICK_SECONDS)):
            self.pass_time(TICK_SECONDS)
            await self.asleep.get()


@dataclass(slots=True)
class Provider:
    """A provider that is away until it is back."""

    away: bool = True

    def answer(self, _: Request) -> str | Exception:
        return AWAY if self.away else GOOD


async def heard(store: SQLiteStore, clock: SetClock, number: int) -> None:
    await conversing(store, FakeChat(), clock=clock, fresh=lambda: f"turn-{number}").hear(
        inbound(f"Question {number}?", number, at=clock.now())
    )


async def audited(audits: Audits) -> None:
    """Work off what is due now."""
    audits.finish()
    await audits.run()


@asynccontextmanager
async def ticking(audits: Audits, clock: SetClock) -> AsyncGenerator[None]:
    """The auditor at work; at the end of the block it works off what is due then."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(audits.run())
        await clock.asleep.get()
        try:
            yield
        finally:
            audits.finish()


jumps = pytest.mark.parametrize(
    "hours", [(-1, 1), (1, -1), (-1, 0), (1, 0)], ids=["back and forth", "forth and back", "back", "forth"]
)


@jumps
async def test_turns_keep_their_order_and_no_audit_waits_for_the_hour(store: SQLiteStore, hours: Sequence[int]) -> None:
    clock, landed, provider = SetClock(), list[Landed](), Provider()
    async with ticking(auditing(store, ScriptedModel(provider.answer), clock, landed), clock):
        for number, jump in enumerate((*hours, 0), start=1):
            await heard(store, clock, number)
            clock.set_by(jump)
            await clock.ticks(TICK_SECONDS)
        provider.away = False
        await clock.ticks(60)
    newest, *_ = turns = await store.turns(SCOPE, limit=9)
    assert [turn.number for turn in turns] == [3, 2, 1]
    assert [exchange.id for exchange in newest.turn.prompt.history] == ["turn-1", "turn-2"]
    assert sorted(news.number for news in landed) == [1, 2, 3]
    assert (await store.state(SCOPE)).memory.folded == 3


@pytest.mark.parametrize("hours", [-1, 1])
async def test_an_audit_under_way_settles(store: SQLiteStore, hours: int) -> None:
    clock, landed = SetClock(), list[Landed]()

    def setting(_: Request) -> str:
        clock.set_by(hours)
        return GOOD

    await heard(store, clock, 1)
    await audited(auditing(store, ScriptedModel(setting), clock, landed))
    assert [(news.number, news.reading is not None) for news in landed] == [(1, True)]


@pytest.mark.parametrize("hours", [-1, 1])
async def test_an_audit_that_a_dead_process_held_is_made_after_the_restart(store: SQLiteStore, hours: int) -> None:
    clock, landed = SetClock(), list[Landed]()
    await heard(store, clock, 1)
    assert await store.claim(at=clock.now(), until=clock.now() + timedelta(minutes=3))
    clock.set_by(hours)
    await recovered(store)
    async with ticking(auditing(store, in_turn(GOOD), clock, landed), clock):
        await clock.ticks(60)
    assert [news.number for news in landed] == [1]


def first_away(request: Request) -> str | Exception:
    """The audit of the first question is never had, every other is."""
    return AWAY if "Question 1?" in request.messages[-1].text.rpartition('"message"')[2] else GOOD


async def fate(store: SQLiteStore) -> str | None:
    """What became of the first number."""
    record = await store.numbered(SCOPE, 1)
    assert record is not None
    return record.fate


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_number_that_blocks_becomes_a_hole_after_its_fifteen_minutes_and_not_before(
    store: SQLiteStore, hours: int
) -> None:
    clock, landed = SetClock(), list[Landed]()
    for number in (1, 2):
        await heard(store, clock, number)
    await audited(auditing(store, ScriptedModel(first_away), clock, landed))
    assert await store.audits_owed() == 1
    async with ticking(auditing(store, in_turn(AWAY), clock, landed), clock):
        await clock.ticks(60)
        clock.set_by(hours)
        await clock.ticks(60)
        early = await fate(store)
        await clock.ticks(16 * 60)
        late = await fate(store)
    assert (early, late) == (None, "hole")


@pytest.mark.parametrize(("hours", "answers"), [(-1, ["Oil the hinge."]), (1, [])])
async def test_a_message_that_was_accepted_before_ends_in_one_outcome(
    store: SQLiteStore, hours: int, answers: list[str]
) -> None:
    clock, chat = SetClock(), FakeChat()
    with pytest.raises(asyncio.CancelledError):
        await conversing(store, chat, clock=clock, intellect=ScriptedModel(cancelled)).hear(inbound("still?", 1))
    clock.set_by(hours)
    (event,) = await recovered(store)
    await conversing(store, chat, clock=clock).take_up(event)
    assert chat.said == answers
    assert await recovered(store) == ()
    assert timedelta(hours=1) > STALE_AFTER


def cancelled(_: Request) -> str:
    raise asyncio.CancelledError


@pytest.mark.parametrize(("minutes", "hours"), [(30, -1), (720, -1), (720, 1)], ids=["past midnight", "back", "forth"])
async def test_what_a_day_took_stays_counted_in_a_running_program_and_after_a_restart(
    store: SQLiteStore, minutes: int, hours: int
) -> None:
    clock = SetClock(time=NOON.replace(hour=0) + timedelta(minutes=minutes))
    caps = Caps(day=5, month=50, day_tokens=0)
    running = await open_meter(accounts=store, clock=clock, caps=caps)
    usage = Usage(model="m", seconds=1, cost=4)
    running.book(running.hold(Spent(cost=4)), Call(at=clock.now(), role="will", fate="answered", usage=usage))
    clock.set_by(hours)
    for meter in (running, await open_meter(accounts=store, clock=clock, caps=caps)):
        with pytest.raises(BudgetSpent):
            meter.hold(Spent(cost=2))
