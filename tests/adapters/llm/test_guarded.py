"""The guard round a model: the deadline over all tries, the one retry, and who stands in for whom."""

import re
from dataclasses import replace
from typing import Final

import pytest

from adapters.llm.attempt import LONGEST_WAIT
from safi.errors import (
    AnswerCutShort,
    AnswerEmpty,
    AnswerRefused,
    ModelFailure,
    ModelMisconfigured,
    ModelUnavailable,
    NoAnswer,
)
from safi.ports import Reply
from tests.adapters.llm.guarding import QUESTION, Bench, answer, forever, outcome, scripted

INSTEAD: Final = replace(QUESTION, instead=("second", "third"))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_guarded_model_bears_the_name_of_its_own(bench: Bench) -> None:
    assert bench.guarded(scripted(answer())).name == "own:m"


# ------------------------------------------------------------------------------------------------------------ retry


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        (ModelUnavailable("529"), [0.5]),
        (ModelUnavailable("429", retry_after=2.0), [2.0]),
        (ModelUnavailable("429", retry_after=0.0), [0.0]),
        (ModelUnavailable("429", retry_after=LONGEST_WAIT), [LONGEST_WAIT]),
        (AnswerEmpty("a page of HTML"), [0.5]),
        (ModelUnavailable("429", retry_after=LONGEST_WAIT + 1), []),
        (ModelUnavailable("429", retry_after=3_600.0), []),
        (ModelUnavailable("out of credit", again=False), []),
        (ModelUnavailable("out of credit", again=False, retry_after=1.0), []),
        (ModelMisconfigured("401"), []),
        (AnswerRefused("no"), []),
        (AnswerCutShort("long"), []),
        (NoAnswer("too long a question"), []),
    ],
)
async def test_one_more_call_is_made_only_where_it_helps(
    bench: Bench, failure: ModelFailure, waits: list[float]
) -> None:
    found = await outcome(bench.guarded(scripted(failure, answer())))
    assert bench.clock.slept == waits
    assert isinstance(found, Reply) == bool(waits)
    assert bench.accounts.fates == ([failure.cause, "answered"] if waits else [failure.cause])


async def test_a_second_failure_is_the_last(bench: Bench) -> None:
    found = await outcome(bench.guarded(scripted(ModelUnavailable("first"), ModelUnavailable("second"), answer())))
    assert str(found) == "second"
    assert found.usage.calls == 2


async def test_a_wait_that_does_not_fit_into_the_time_left_is_not_begun(bench: Bench) -> None:
    late = bench.guarded(scripted(ModelUnavailable("429", retry_after=4.0)), deadline=3.0)
    assert str(await outcome(late)) == "429"
    assert bench.clock.slept == []


# --------------------------------------------------------------------------------------------------------- deadline


async def test_a_silent_vendor_is_given_up_at_the_deadline_and_not_asked_again(bench: Bench) -> None:
    found = await outcome(bench.guarded(forever, deadline=0.3))
    assert (type(found), str(found), found.again) == (ModelUnavailable, "no answer within 0.3 seconds", False)
    assert bench.accounts.fates == ["model_unavailable"]


async def test_the_deadline_holds_while_one_waits_for_ones_turn(bench: Bench) -> None:
    model = bench.guarded(forever, deadline=0.3, at_once=1)
    await model.caller.slots.acquire()
    found = await outcome(model)
    assert re.fullmatch(r"no answer within 0.3 seconds; it waited in line for [\d.]+ seconds", str(found))
    assert found.usage is None
    assert bench.accounts.calls == []


async def test_a_silent_vendor_leaves_time_for_the_one_that_stands_in(bench: Bench) -> None:
    second = bench.candidate(scripted(answer("Coffee.", model="second:m")), name="second:m")
    reply = await bench.guarded(forever, second, deadline=0.6).ask(INSTEAD)
    assert (reply.text, reply.usage.instead_of) == ("Coffee.", "own:m")
    noted = [(call.fate, call.usage.model, call.usage.instead_of) for call in bench.accounts.calls]
    assert noted == [("model_unavailable", "own:m", None), ("answered", "second:m", "own:m")]


# -------------------------------------------------------------------------------------------------------- stand-ins


@pytest.mark.parametrize("failure", [ModelUnavailable("529", again=False), ModelMisconfigured("401")])
async def test_another_stands_in_where_the_question_lists_it(bench: Bench, failure: ModelFailure) -> None:
    second = bench.candidate(scripted(answer("Coffee.", model="second:m")), name="second:m")
    model = bench.guarded(scripted(failure), second)
    assert await outcome(model) is failure
    reply = await model.ask(INSTEAD)
    assert (reply.text, reply.usage.model, reply.usage.instead_of, reply.usage.calls) == (
        "Coffee.",
        "second:m",
        "own:m",
        2,
    )


async def test_stand_ins_are_asked_in_the_order_of_the_question(bench: Bench) -> None:
    others = [bench.candidate(scripted(answer(name)), name=f"{name}:m") for name in ("third", "second")]
    model = bench.guarded(scripted(ModelMisconfigured("401")), *others)
    assert (await model.ask(INSTEAD)).text == "second"
    assert (await model.ask(replace(QUESTION, instead=("third", "second")))).text == "third"
    assert (await model.ask(replace(QUESTION, instead=("nobody", "third")))).text == "third"


async def test_an_open_breaker_is_stood_in_for_without_a_call(bench: Bench) -> None:
    second = bench.candidate(scripted(answer("Coffee.", model="second:m")), name="second:m")
    model = bench.guarded(scripted(ModelUnavailable("429", retry_after=60.0)), second)
    await outcome(model)
    reply = await model.ask(INSTEAD)
    assert (reply.text, reply.usage.calls, reply.usage.instead_of) == ("Coffee.", 1, "own:m")


@pytest.mark.parametrize("failure", [AnswerRefused("no"), AnswerCutShort("long"), AnswerEmpty("HTML"), NoAnswer("?")])
async def test_no_answer_is_never_stood_in_for(bench: Bench, failure: ModelFailure) -> None:
    second = bench.candidate(scripted(answer("Coffee.")), name="second:m")
    assert await outcome(bench.guarded(scripted(failure), second), INSTEAD) is failure


async def test_where_all_fail_the_first_failure_is_told_and_what_all_took(bench: Bench) -> None:
    second = bench.candidate(scripted(AnswerRefused("no", usage=answer().usage)), name="second:m")
    found = await outcome(bench.guarded(scripted(ModelMisconfigured("401")), second), INSTEAD)
    assert str(found) == "401"
    assert (found.usage.model, found.usage.instead_of, found.usage.calls) == ("second:m", "own:m", 2)
