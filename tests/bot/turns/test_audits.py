"""Audits on the real store: what is claimed, settled, asked again, postponed and given up."""

import asyncio

import pytest

from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.turns.audits import TICK_SECONDS
from safi.errors import AnswerCutShort, ModelFailure, ModelMisconfigured, ModelUnavailable
from safi.ports import Landed, Reply, Request
from safi.usage import Usage, total
from tests.bot.making import SCOPE, auditing, conversing
from tests.doubles import FakeChat, HandClock, Heard, in_turn, inbound, ledger_text

GOOD = ledger_text(Honesty=1, Kindness=0.5)


async def answered(store: SQLiteStore, turns: int = 1) -> None:
    converse = conversing(store, FakeChat())
    for number in range(1, turns + 1):
        await converse.hear(inbound(f"Question {number}?", number))


async def test_a_ledger_lands_and_is_folded_into_memory(store: SQLiteStore) -> None:
    await answered(store)
    seen = list[Landed]()
    audits = auditing(store, in_turn(GOOD), HandClock(), seen)
    audits.finish()
    await audits.run()
    assert [(news.number, news.reading is not None) for news in seen] == [(1, True)]
    assert (await store.state(SCOPE)).memory.m == (pytest.approx(1.0), pytest.approx(0.5))
    assert await store.audits_owed() == 0


async def test_an_unreadable_ledger_is_asked_for_once_more(store: SQLiteStore) -> None:
    await answered(store)
    seen = list[Landed]()
    audits = auditing(store, in_turn("Honesty: great!", GOOD), HandClock(), seen)
    audits.finish()
    await audits.run()
    assert [news.reading is not None for news in seen] == [True]


@pytest.mark.parametrize("answer", ["no ledger at all", AnswerCutShort("ran out"), ledger_text(Honesty=1)])
async def test_a_ledger_that_stays_unreadable_leaves_a_hole_and_memory_alone(
    store: SQLiteStore, answer: str | Exception
) -> None:
    await answered(store)
    seen, auditor = list[Landed](), Heard(answer)
    audits = auditing(store, auditor, HandClock(), seen)
    audits.finish()
    await audits.run()
    (record,) = await store.turns(SCOPE, limit=5)
    assert len(auditor.requests) == 2
    assert [(news.number, news.reading) for news in seen] == [(1, None)]
    assert (record.fate, record.audit, record.ledger) == ("hole", "abandoned", None)
    assert record.hole_reason in {"unreadable", "answer_cut_short"}  # a name, and nothing of what was said
    assert (await store.state(SCOPE)).memory.folded == 0


@pytest.mark.parametrize("failure", [ModelUnavailable("busy"), ModelMisconfigured("wrong key")])
async def test_an_audit_waits_for_an_absent_auditor_and_no_attempt_is_counted(
    store: SQLiteStore, failure: ModelFailure
) -> None:
    await answered(store)
    clock, seen = HandClock(), list[Landed]()
    answers = in_turn(failure, failure, failure, GOOD)
    for _ in range(3):
        audits = auditing(store, answers, clock, seen)
        audits.finish()
        await audits.run()
        assert (seen, await store.audits_owed()) == ([], 1)
        clock.pass_time(30)
    audits = auditing(store, answers, clock, seen)
    audits.finish()
    await audits.run()
    assert [news.number for news in seen] == [1]


async def test_what_audits_took_that_came_to_nothing_stands_with_their_turn(store: SQLiteStore) -> None:
    await answered(store)
    usage = Usage(model="scripted", seconds=1.0, output_tokens=3)
    clock, unread = HandClock(), Reply(text="Good.", usage=usage)
    answers = in_turn(ModelUnavailable("late", usage=usage), unread, AnswerCutShort("long", usage=usage))
    for _ in range(2):
        audits = auditing(store, answers, clock, list[Landed]())
        audits.finish()
        await audits.run()
        clock.pass_time(30)
    (record,) = await store.turns(SCOPE, limit=2)
    assert (record.audit, record.wasted) == ("abandoned", total([usage, usage, usage]))


async def test_audits_that_finish_out_of_order_are_folded_in_order(store: SQLiteStore) -> None:
    await answered(store, turns=3)
    gates = [asyncio.Event() for _ in range(3)]
    order = list[int]()

    async def held(request: Request) -> str:
        number = next(
            n for n in range(3) if f"Question {n + 1}?" in request.messages[-1].text.rpartition('"message"')[2]
        )
        order.append(number + 1)
        await gates[number].wait()
        if number:
            gates[number - 1].set()
        return GOOD

    seen = list[Landed]()
    audits = auditing(store, ScriptedModel(held), HandClock(), seen, at_once=3)
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        gates[2].set()
        audits.finish()
    assert sorted(order) == [1, 2, 3]
    assert [news.number for news in seen] == [1, 2, 3]


async def test_a_waiting_auditor_begins_when_it_is_woken(store: SQLiteStore) -> None:
    landed = asyncio.Event()
    seen = list[Landed]()
    audits = auditing(store, in_turn(GOOD), HandClock(), seen)

    async def note(news: Landed) -> None:
        seen.append(news)
        landed.set()

    audits.landed = note
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        await conversing(store, FakeChat(), delivered=audits.wake).hear(inbound("Hi", 1))
        await landed.wait()
        audits.stop()
    assert [news.number for news in seen] == [1]


async def test_a_tick_takes_up_what_was_postponed(store: SQLiteStore) -> None:
    await answered(store)
    clock, tried, landed = HandClock(), asyncio.Event(), asyncio.Event()
    answers = [ModelUnavailable("busy"), GOOD]

    def answer(_: Request) -> str | Exception:
        tried.set()
        return answers.pop(0)

    async def note(_: Landed) -> None:
        landed.set()

    audits = auditing(store, ScriptedModel(answer), clock, [])
    audits.landed = note
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        await tried.wait()
        while not landed.is_set():
            clock.pass_time(TICK_SECONDS)
            await store.audits_owed()
        audits.stop()
    assert answers == []


async def test_a_number_that_blocks_too_long_is_passed_over_and_its_late_ledger_kept(store: SQLiteStore) -> None:
    await answered(store, turns=2)
    clock, seen, first = HandClock(), list[Landed](), asyncio.Event()

    async def slow_first(request: Request) -> str:
        if "Question 1?" in request.messages[-1].text.rpartition('"message"')[2]:
            await first.wait()
        return GOOD

    audits = auditing(store, ScriptedModel(slow_first), clock, seen, at_once=2)
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        while not seen:
            clock.pass_time(60)
            await store.audits_owed()
        assert [(news.number, news.reading is None) for news in seen] == [(1, True), (2, False)]
        first.set()
        audits.finish()
    late = (await store.turns(SCOPE, limit=2))[1]
    assert (late.fate, late.audit, late.ledger is not None) == ("hole", "landed", True)
    assert (await store.state(SCOPE)).memory.folded == 1


async def test_stopping_settles_what_is_under_way_and_leaves_the_rest_owed(store: SQLiteStore) -> None:
    await answered(store, turns=3)
    seen = list[Landed]()

    def stop_then_answer(_: Request) -> str:
        audits.stop()
        return GOOD

    audits = auditing(store, ScriptedModel(stop_then_answer), HandClock(), seen)
    await audits.run()
    assert [news.number for news in seen] == [1]
    assert await store.audits_owed() == 2
