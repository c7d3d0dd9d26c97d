"""What is old goes while the program runs, on the real store, and a legal hold keeps it."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters.store.sqlite import SQLiteStore
from bot.cards.phrases import LEGAL_HOLD
from bot.cli.opening import opening
from bot.retention import EVERY_SECONDS, Keeper
from bot.settings import config
from bot.settings.choice import Choice, ModelRef
from bot.settings.config import Config
from safi.errors import StoreUnavailable
from safi.ports import Erased, Expired, Retention
from safi.record import Step, fold
from tests.bot.making import SCOPE, conversing
from tests.bot.test_app import app
from tests.doubles import NOON, PLACE, FakeChat, HandClock, inbound

DAY = timedelta(days=1)


@dataclass(slots=True)
class Shares:
    """A Retention with so many shares to go, that keeps what it was asked; `asked` rings at each."""

    left: int = 0
    asked: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])
    held: bool | None = None

    async def expire(self, **ages: Any) -> Expired:
        self.asked.put_nowait(ages)
        self.left -= 1
        return Expired(texts=1, more=self.left > 0)

    async def erase(self, author: str, *, workspace: str | None, actor: str, step: Step, at: datetime) -> Erased:
        return Erased()

    async def hold(self, *, held: bool, actor: str, step: Step, at: datetime) -> Erased:
        self.held = held
        return Erased()


@dataclass(slots=True)
class Watched(Shares):
    """Passes on to a real one what it is asked; `asked` rings when there is no more to do."""

    store: Retention = field(default_factory=Shares)

    async def expire(self, **ages: Any) -> Expired:
        expired = await self.store.expire(**ages)
        if not expired.more:
            self.asked.put_nowait(ages)
        return expired


def keeper(store: Retention, clock: HandClock, **settings: Any) -> Keeper:
    return Keeper(store=store, clock=clock, settings=config.Retention(**settings))


@asynccontextmanager
async def running(one: Keeper) -> AsyncGenerator[None]:
    """At work until the end of the block."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.run())
        try:
            yield
        finally:
            one.stop()


async def said(store: SQLiteStore, *numbers: int) -> None:
    for number in numbers:
        converse = conversing(store, FakeChat(), fresh=lambda number=number: f"turn-{number}")
        await converse.hear(inbound(f"Question {number}?", number))


async def asked_by(store: SQLiteStore) -> list[str]:
    """Who is known to have asked, newest first."""
    return [record.event.author for record in await store.turns(SCOPE, limit=9)]


async def test_texts_go_at_the_hour_at_which_they_are_old_enough_and_not_before(store: SQLiteStore) -> None:
    await said(store, 1)
    clock, watched = HandClock(time=NOON + 30 * DAY - timedelta(minutes=30)), Watched(store=store)
    async with running(keeper(watched, clock)):
        await watched.asked.get()
        early = await asked_by(store)
        clock.pass_time(EVERY_SECONDS)
        await watched.asked.get()
    assert (early, await asked_by(store)) == (["ann"], [""])
    assert await store.conversation(PLACE.encode(), limit=9) == ()


async def test_where_the_clock_goes_back_nothing_goes(store: SQLiteStore) -> None:
    await said(store, 1)
    clock, watched = HandClock(time=NOON + 30 * DAY), Watched(store=store)
    async with running(keeper(watched, clock)):
        await watched.asked.get()
        clock.pass_time(EVERY_SECONDS)
        clock.time -= 2 * DAY
        await watched.asked.get()
    assert await asked_by(store) == ["ann"]


@pytest.mark.parametrize(("ledger_days", "checkpoint_days"), [(730, 730 / 30), (10, 1)])
async def test_a_checkpoint_is_due_after_a_thirtieth_of_what_is_kept_and_no_sooner_than_a_day(
    ledger_days: int, checkpoint_days: float
) -> None:
    shares = Shares()
    async with running(keeper(shares, HandClock(), texts_days=7, ledger_days=ledger_days)):
        ages = await shares.asked.get()
    assert ages == {
        "texts_before": NOON - 7 * DAY,
        "ledgers_before": NOON - ledger_days * DAY,
        "checkpoint_before": NOON - checkpoint_days * DAY,
        "step": fold,
        "at": NOON,
    }


async def test_what_is_old_goes_share_by_share_and_others_are_served_between(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    shares, served = Shares(left=3), list[int]()

    async def serve() -> None:
        while shares.left > 0:
            served.append(shares.left)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve())
        async with running(keeper(shares, HandClock())):
            for _ in range(3):
                await shares.asked.get()
    assert served == [3, 2, 1]
    assert caplog.text.count("expired: the words of 1 message(s), and 0 turn(s) with their scores") == 3


async def test_a_stop_leaves_the_other_shares_to_the_next_start() -> None:
    shares = Shares(left=1_000_000)
    async with running(keeper(shares, HandClock())):
        await shares.asked.get()
    assert 1_000_000 - shares.left <= 2


async def test_one_that_was_stopped_before_it_began_lets_nothing_go() -> None:
    shares, one = Shares(left=1), keeper(Shares(left=1), HandClock())
    one.stop()
    await one.run()
    assert shares.left == 1


async def test_a_legal_hold_keeps_everything_until_it_ends_and_then_what_waited_is_erased(
    store: SQLiteStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await said(store, 1)
    clock, watched = HandClock(time=NOON + 31 * DAY), Watched(store=store)
    await keeper(store, clock, legal_hold=True).begin()
    async with running(keeper(watched, clock, legal_hold=True)):
        await watched.asked.get()
    assert (await store.erase("ann", workspace=None, actor="ann", step=fold, at=NOON)).queued
    assert await asked_by(store) == ["ann"]
    await keeper(store, clock).begin()
    assert await asked_by(store) == [""]
    assert [record.message for record in caplog.records if record.name == "bot.retention"] == [
        "a legal hold has begun, and keeps everything",
        "the legal hold has ended: of what waited, the words of 1 message(s) are erased",
    ]


async def test_each_start_says_how_it_stands_with_a_legal_hold(
    store: SQLiteStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for legal_hold in (False, True, True, False, False):
        await keeper(store, HandClock(), legal_hold=legal_hold).begin()
    assert [record.message for record in caplog.records if record.name == "bot.retention"] == [
        "a legal hold has begun, and keeps everything",
        "a legal hold keeps everything",
        "the legal hold has ended: of what waited, the words of 0 message(s) are erased",
    ]


async def test_the_program_begins_a_legal_hold_before_it_serves(store: SQLiteStore) -> None:
    queued = list[bool]()

    async def forget(_: object) -> None:
        queued.append((await store.erase("ann", workspace=None, actor="ann", step=fold, at=NOON)).queued)

    program = app(store, FakeChat(script=forget), [])
    await replace(program, keeper=keeper(store, HandClock(), legal_hold=True)).run(patient=True)
    assert queued == [True]


async def test_the_program_lets_go_of_what_is_old_beside_its_chat(store: SQLiteStore) -> None:
    await said(store, 1)
    watched = Watched(store=store)

    async def until_it_was_looked(_: object) -> None:
        await watched.asked.get()

    program = app(store, FakeChat(script=until_it_was_looked), [])
    await replace(program, keeper=keeper(watched, HandClock(time=NOON + 31 * DAY))).run(patient=True)
    assert (watched.held, await asked_by(store)) == (False, [""])


async def test_a_store_that_cannot_be_written_ends_the_program(store: SQLiteStore) -> None:
    class Full(Shares):
        async def expire(self, **ages: Any) -> Expired:
            raise StoreUnavailable("disk full")

    async def stay(_: object) -> None:
        await asyncio.Event().wait()

    program = app(store, FakeChat(script=stay), [])
    with pytest.raises(ExceptionGroup) as raised:
        await replace(program, keeper=keeper(Full(), HandClock())).run(patient=True)
    assert raised.group_contains(StoreUnavailable, match="disk full")


@pytest.mark.parametrize("held", [True, False])
def test_the_start_tells_of_a_legal_hold(held: bool) -> None:
    model = ModelRef(provider="openai", model="large")
    choice = Choice(intellect=model, will=model, conscience=model, reason="r")
    start = opening(Config(retention=config.Retention(legal_hold=held)), choice, {})
    assert (LEGAL_HOLD in start.choice.warnings) is held
