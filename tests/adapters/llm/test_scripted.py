"""The model that is a function."""

import pytest

from adapters.llm.scripted import ScriptedModel
from safi.errors import AnswerEmpty, ModelUnavailable
from safi.ports import Message, Model, Reply, Request
from safi.usage import Usage

REQUEST = Request(system=(), messages=(Message(role="user", text="Tea?"),))


async def test_a_text_becomes_a_reply_that_took_nothing() -> None:
    model: Model = ScriptedModel(lambda request: request.messages[-1].text.upper())
    assert model.name == "scripted"
    assert await model.ask(REQUEST) == Reply(text="TEA?", usage=Usage(model="scripted", seconds=0.0))


async def test_a_whole_reply_is_given_as_it_is() -> None:
    reply = Reply(text="Yes.", usage=Usage(model="m", seconds=2.0, input_tokens=3, output_tokens=1))
    assert await ScriptedModel(lambda _: reply, name="judge").ask(REQUEST) is reply


async def test_a_script_may_take_its_time() -> None:
    async def answer(request: Request) -> str:
        return "Yes."

    assert (await ScriptedModel(answer).ask(REQUEST)).text == "Yes."


@pytest.mark.parametrize("failure", [ModelUnavailable("busy"), KeyError("a slip in the script")])
async def test_an_error_is_raised(failure: Exception) -> None:
    with pytest.raises(type(failure)) as caught:
        await ScriptedModel(lambda _: failure).ask(REQUEST)
    assert caught.value is failure


async def test_a_blank_text_is_no_reply() -> None:
    with pytest.raises(AnswerEmpty, match="the script gave a blank text"):
        await ScriptedModel(lambda _: " \n").ask(REQUEST)
