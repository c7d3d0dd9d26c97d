"""Verdicts that were given before: kept where they can be read, and never mistaken for another's."""

from dataclasses import replace
from typing import Any, Final

import pytest

from adapters.llm.cached import Cached
from adapters.llm.scripted import ScriptedModel
from safi.errors import ModelUnavailable
from safi.ports import Reply, Request, Schema
from safi.usage import Usage
from safi.will import word
from tests.adapters.llm.guarding import QUESTION, answer, outcome, scripted
from tests.doubles import clear, small_profile

FORM: Final = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["yes", "no"]}, "reason": {"type": "string"}},
}
JUDGE: Final = replace(QUESTION, schema=Schema(name="verdict", body=FORM), key="k")
GOOD: Final = '{"verdict": "yes", "reason": "fine"}'


def cached(*answers: Reply | Exception, size: int = 10) -> tuple[Cached, list[Request]]:
    """A cache round a model that gives these answers, and the questions that reached the model."""
    asked: list[Request] = []
    script = scripted(*answers)

    def heard(request: Request) -> Any:
        asked.append(request)
        return script(request)

    return Cached(ScriptedModel(heard, name="own:m"), size=size), asked


async def test_a_second_question_of_the_same_key_is_answered_without_a_call() -> None:
    model, asked = cached(answer(GOOD), answer('{"verdict": "no", "reason": "x"}'))
    first, second = await model.ask(JUDGE), await model.ask(JUDGE)
    assert (first.text, second.text, len(asked)) == (GOOD, GOOD, 1)
    assert second.usage == Usage(model="own:m", seconds=0.0, cost=0.0, calls=0)
    assert model.name == "own:m"


async def test_another_key_is_another_question() -> None:
    model, asked = cached(answer(GOOD))
    for key in ("k", "l", "k", "l"):
        await model.ask(replace(JUDGE, key=key))
    assert [request.key for request in asked] == ["k", "l"]


@pytest.mark.parametrize("request_", [replace(JUDGE, key=""), replace(JUDGE, schema=None)])
async def test_without_a_key_or_a_form_every_question_is_asked(request_: Request) -> None:
    model, asked = cached(answer(GOOD))
    for _ in range(2):
        await model.ask(request_)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "text",
    [
        "fine",
        "[]",
        "{}",
        '{"verdict": "yes"}',
        '{"verdict": "maybe", "reason": "x"}',
        '{"verdict": "yes", "reason": null}',
        '{"verdict": "yes", "reason": "x", "more": 1}',
        '{"verdict": "no", "verdict": "yes", "reason": "x"}',
    ],
)
async def test_what_cannot_be_read_is_not_kept(text: str) -> None:
    model, asked = cached(answer(text), answer(GOOD))
    assert [(await model.ask(JUDGE)).text for _ in range(3)] == [text, GOOD, GOOD]
    assert len(asked) == 2


async def test_a_form_of_anything_but_texts_is_not_kept() -> None:
    model, asked = cached(answer('{"n": 1}'))
    numbers = Schema(name="n", body={"properties": {"n": {"type": "integer"}}})
    for _ in range(2):
        await model.ask(replace(JUDGE, schema=numbers))
    assert len(asked) == 2


async def test_a_stand_ins_verdict_is_not_the_models_own() -> None:
    stood_in = answer(GOOD, model="other:m", instead_of="own:m")
    model, asked = cached(stood_in)
    for _ in range(2):
        assert (await model.ask(JUDGE)).usage.instead_of == "own:m"
    assert len(asked) == 2


async def test_a_failure_is_not_kept() -> None:
    model, asked = cached(ModelUnavailable("away"), answer(GOOD))
    assert isinstance(await outcome(model, JUDGE), ModelUnavailable)
    assert [(await model.ask(JUDGE)).text for _ in range(2)] == [GOOD, GOOD]
    assert len(asked) == 2


async def test_the_one_unused_for_longest_goes_first() -> None:
    model, asked = cached(answer(GOOD), size=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        await model.ask(replace(JUDGE, key=key))
    assert [request.key for request in asked] == ["a", "b", "c", "b"]


async def test_the_wills_own_question_is_known_again_under_another_nonce() -> None:
    from safi.turn import Draft, Prompt, Utterance

    prompt, draft = Prompt(message=Utterance(speaker="ann", text="Tea?")), Draft(text="Yes.")
    model, asked = cached(answer(clear()))
    for nonce in ("one", "two"):
        await model.ask(word(small_profile(), prompt, draft, nonce=nonce))
    assert len(asked) == 1
