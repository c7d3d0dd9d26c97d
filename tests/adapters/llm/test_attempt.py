"""One call under guard: how many there are at once, when the breaker lets it through, and what is accounted for it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from adapters.llm.attempt import Asking
from adapters.llm.breaker import PATIENCE
from adapters.llm.meter import Caps, most_input
from safi.errors import (
    AnswerCutShort,
    AnswerRefused,
    BudgetSpent,
    ModelFailure,
    ModelMisconfigured,
    ModelUnavailable,
    NoAnswer,
)
from safi.ports import Reply, Request, Spent
from safi.usage import Usage
from tests.adapters.llm.guarding import QUESTION, Bench, a_dollar, answer, forever, no_price, outcome, scripted
from tests.doubles import NOON

ASKING: Final = most_input(QUESTION)
"""The most tokens that the question can have."""

MOST: Final = ASKING + 1_000
"""The most that the question and its answer can have."""

UNKNOWN: Final = Usage(model="own:m", seconds=1.0)
"""What a vendor took that had begun to work and said no more."""


@pytest.fixture
def bench() -> Bench:
    return Bench()


# -------------------------------------------------------------------------------------------------- calls at once


async def test_no_more_calls_are_under_way_than_may_be(bench: Bench) -> None:
    now, most, full, go = 0, 0, asyncio.Event(), asyncio.Event()

    async def counting(_: Request) -> Reply:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 3:
            full.set()
        await go.wait()
        now -= 1
        return answer()

    model = bench.guarded(counting, at_once=3)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(model.ask(QUESTION)) for _ in range(10)]
        await full.wait()
        go.set()
    assert most == 3
    assert len([task.result() for task in asked]) == 10


async def test_a_cancelled_call_leaves_its_slot_and_counts_as_the_most_it_could_be(bench: Bench) -> None:
    began = asyncio.Event()

    async def begins(request: Request) -> Reply:
        began.set()
        return await forever(request)

    model = bench.guarded(begins, at_once=1)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(model.ask(QUESTION))
        await began.wait()
        asking.cancel()
    assert asking.cancelled()
    assert not model.caller.slots.locked()
    (call,) = bench.accounts.calls
    assert (call.fate, call.usage.cost, call.usage.input_tokens) == ("cancelled", MOST / 1e6, None)


async def test_a_cancelled_trial_lets_another_try(bench: Bench) -> None:
    trying = asyncio.Event()
    failing = scripted(ModelUnavailable("429", retry_after=60.0), answer())

    async def script(request: Request) -> Reply | Exception:
        found = failing(request)
        if isinstance(found, Reply) and not trying.is_set():
            trying.set()
            await forever(request)
        return found

    model = bench.guarded(script)
    await outcome(model)
    bench.clock.pass_time(60)
    async with asyncio.TaskGroup() as group:
        trial = group.create_task(model.ask(QUESTION))
        await trying.wait()
        trial.cancel()
    assert isinstance(await outcome(model), Reply)


# ---------------------------------------------------------------------------------------------------------- the breaker


@pytest.mark.parametrize("failure", [ModelUnavailable("529", again=False), ModelMisconfigured("401")])
async def test_a_breaker_opens_half_opens_and_closes(bench: Bench, failure: ModelFailure) -> None:
    model = bench.guarded(scripted(*[failure] * (PATIENCE.failures + 1), answer()))
    for _ in range(PATIENCE.failures):
        assert await outcome(model) is failure
    found = await outcome(model)
    assert str(found) == f"own failed and is left alone for {PATIENCE.first:g} more seconds"
    assert (type(found), found.again, found.usage) == (ModelUnavailable, False, None)
    assert len(bench.accounts.calls) == PATIENCE.failures
    bench.clock.pass_time(PATIENCE.first)
    assert await outcome(model) is failure
    bench.clock.pass_time(2 * PATIENCE.first)
    assert [isinstance(await outcome(model), Reply) for _ in range(2)] == [True, True]


async def test_an_open_breaker_fails_at_once_though_every_slot_is_taken(bench: Bench) -> None:
    model = bench.guarded(scripted(ModelUnavailable("429", retry_after=3_600.0)), at_once=1)
    await outcome(model)
    await model.caller.slots.acquire()
    assert str(await outcome(model)) == "own failed and is left alone for 3600 more seconds"


async def test_only_one_of_many_tries_a_vendor_again(bench: Bench) -> None:
    trying, go = asyncio.Event(), asyncio.Event()
    failing = scripted(ModelUnavailable("429", retry_after=60.0), answer())

    async def script(request: Request) -> Reply | Exception:
        found = failing(request)
        if isinstance(found, Reply):
            trying.set()
            await go.wait()
        return found

    model = bench.guarded(script)
    await outcome(model)
    bench.clock.pass_time(60)
    async with asyncio.TaskGroup() as group:
        trial = group.create_task(outcome(model))
        await trying.wait()
        for _ in range(3):
            assert str(await outcome(model)) == "own failed, and a single call tries it again just now"
        go.set()
    assert isinstance(trial.result(), Reply)


async def test_those_in_line_when_a_breaker_opens_are_turned_away_and_nothing_stays_set_aside(bench: Bench) -> None:
    go = asyncio.Event()

    async def script(_: Request) -> Exception:
        await go.wait()
        return ModelUnavailable("429", retry_after=60.0)

    model = bench.guarded(script, at_once=1)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(outcome(model)) for _ in range(3)]
        await asyncio.sleep(0)
        go.set()
    assert [str(task.result())[:3] for task in asked] == ["429", "own", "own"]
    assert len(bench.accounts.calls) == 1
    bench.meter.hold(Spent(cost=bench.caps.day))


@pytest.mark.parametrize(("seconds", "blamed"), [(100.0, False), (0.0, True)])
async def test_nobody_is_blamed_for_our_own_line(bench: Bench, seconds: float, blamed: bool) -> None:
    limits: list[asyncio.Timeout] = []

    async def cut_off(request: Request) -> Reply:
        limits[-1].reschedule(0.0)
        return await forever(request)

    model = bench.guarded(cut_off)
    for _ in range(PATIENCE.failures):
        limits.append(asyncio.timeout(60.0))
        asking = Asking(calls=[], limit=limits[-1], seconds=seconds, instead_of=None)
        with pytest.raises(TimeoutError):
            async with asking.limit:
                await model.caller.call(model.own, QUESTION, asking)
    assert bench.accounts.fates == ["model_unavailable"] * PATIENCE.failures
    assert (model.own.breaker.shut() is not None) == blamed


async def test_with_almost_no_time_left_no_call_is_begun(bench: Bench) -> None:
    model = bench.guarded(forever)
    asking = Asking(calls=[], limit=asyncio.timeout(5.0), seconds=100.0, instead_of=None, waited=95.0)
    with pytest.raises(ModelUnavailable, match=r"^no answer within 100 seconds; it waited in line for 95 seconds$"):
        await model.caller.call(model.own, QUESTION, asking)
    assert (asking.calls, bench.accounts.calls) == ([], [])


async def test_no_answer_is_no_fault_of_the_connection(bench: Bench) -> None:
    model = bench.guarded(scripted(AnswerRefused("no")))
    for _ in range(3 * PATIENCE.failures):
        assert isinstance(await outcome(model), AnswerRefused)


# ------------------------------------------------------------------------------------------------------- accounting


async def test_a_reply_tells_what_all_its_calls_took(bench: Bench) -> None:
    cut = ModelUnavailable("cut off", usage=UNKNOWN)
    counts = answer(cached_tokens=3, written_tokens=2, first_token=0.5)
    reply = await bench.guarded(scripted(cut, counts)).ask(QUESTION)
    usage = reply.usage
    assert usage == Usage(
        model="own:m",
        seconds=usage.seconds,
        input_tokens=5,
        output_tokens=7,
        cached_tokens=3,
        written_tokens=2,
        first_token=0.5,
        cost=usage.cost,
        calls=2,
    )
    assert usage.cost == pytest.approx((MOST + 12) / 1e6)
    assert usage.seconds >= 0
    after = NOON + timedelta(seconds=0.5)
    assert [(call.role, call.at, call.usage.calls) for call in bench.accounts.calls] == [
        ("will", NOON, 1),
        ("will", after, 1),
    ]


TAKEN: Final[dict[str, tuple[Callable[[], Reply | ModelFailure], int]]] = {
    "a counted answer": (answer, 12),
    "an answer that nobody counted": (lambda: answer(output_tokens=None), MOST),
    "a counted text cut short": (lambda: AnswerCutShort("long", usage=answer().usage), 12),
    "a refusal that nobody counted": (lambda: AnswerRefused("no", usage=UNKNOWN), MOST),
    "turned down, too long": (lambda: NoAnswer("too long a question"), 0),
    "turned down, no such key": (lambda: ModelMisconfigured("401"), 0),
    "turned down, too many": (lambda: ModelUnavailable("429", again=False), 0),
    "late": (lambda: ModelUnavailable("late", again=False, usage=UNKNOWN), MOST),
    "broken off": (lambda: ModelUnavailable("the stream broke off", again=False, usage=UNKNOWN), MOST),
}


@pytest.mark.parametrize("case", TAKEN)
async def test_what_counts_is_what_the_vendor_counted_else_the_most_it_can_be(bench: Bench, case: str) -> None:
    result, tokens = TAKEN[case]
    for tariff in (a_dollar, no_price):
        found = await outcome(bench.guarded(bench.candidate(lambda _: result(), tariff=tariff)))
        assert found.usage.cost == bench.accounts.calls[-1].usage.cost
    first, second = bench.accounts.calls
    assert (first.usage.cost, first.unpriced) == (pytest.approx(tokens / 1e6), 0)
    assert (second.usage.cost, second.unpriced) == (None if tokens else 0.0, tokens)


async def test_a_model_on_this_machine_costs_nothing_however_little_is_left() -> None:
    bench = Bench(caps=Caps(day=0, month=0, day_tokens=0))
    free = bench.candidate(scripted(answer()), tariff=lambda _: 0.0)
    assert (await bench.guarded(free).ask(QUESTION)).usage.cost == 0.0


async def test_a_cap_is_told_before_the_call_and_nobody_stands_in() -> None:
    bench = Bench(caps=Caps(day=0.001, month=1, day_tokens=0))
    free = bench.candidate(scripted(answer()), name="second:m", tariff=lambda _: 0.0)
    found = await outcome(bench.guarded(scripted(answer()), free), replace(QUESTION, instead=("second",)))
    assert (type(found), found.usage) == (BudgetSpent, None)
    assert str(found).startswith("spend.day: this call may take $")
    assert bench.accounts.calls == []


async def test_a_trial_that_the_cap_forbids_takes_nobodys_place() -> None:
    bench = Bench(caps=Caps(day=0.004, month=1, day_tokens=0))
    failing = scripted(ModelUnavailable("429", retry_after=60.0), answer(input_tokens=2_500, output_tokens=0), answer())
    model = bench.guarded(failing)
    await outcome(model)
    bench.clock.pass_time(60)
    assert [type(await outcome(model)) for _ in range(2)] == [Reply, BudgetSpent]


async def test_calls_at_once_pass_no_cap_together() -> None:
    most = MOST / 1e6
    bench = Bench(caps=Caps(day=3.5 * most, month=1, day_tokens=0))
    began, go = asyncio.Semaphore(0), asyncio.Event()

    async def slow(_: Request) -> Reply:
        began.release()
        await go.wait()
        return answer(input_tokens=ASKING, output_tokens=1_000)

    model = bench.guarded(slow)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(model.ask(QUESTION))
            await began.acquire()
        for _ in range(3):
            assert isinstance(await outcome(model), BudgetSpent)
        go.set()
    assert isinstance(await outcome(model), BudgetSpent)
    assert sum(call.usage.cost or 0 for call in bench.accounts.calls) == pytest.approx(3 * most)
