"""Whatever a vendor sends in place of a reply, whole or in parts, it ends as a failure that has a name of ours."""

import json
from typing import Final

import pytest

from safi.errors import AnswerEmpty, ModelFailure, NoAnswer
from tests.adapters.llm.loopback import Loopback, http
from tests.adapters.llm.replies import KEY, MODELS, REQUEST, Body, anthropic, ask, openai

DEEP: Final = "[" * 100_000
NESTED: Final = '{"error":' * 100_000
"""JSON of which no parser finds the end."""

NO_LIST: Final[Body] = {"a": 1}

WHOLE: Final[dict[str, dict[str, object]]] = {
    "openai": {
        "choices that are an object": openai() | {"choices": NO_LIST},
        "choices that are a text": openai() | {"choices": "abc"},
        "a choice that is a number": openai() | {"choices": [5]},
        "an end that is a list": openai(end=["stop"]),
        "an end that is an object": openai(end=NO_LIST),
        "a deep reply": DEEP,
        "a deep object": NESTED,
    },
    "anthropic": {
        "content that is an object": anthropic() | {"content": NO_LIST},
        "a block that is a number": anthropic() | {"content": [5]},
        "an end that is a list": anthropic(end=["end_turn"]),
        "an end that is an object": anthropic(end=NO_LIST),
        "a deep reply": DEEP,
        "a deep object": NESTED,
    },
}

ENDING: Final = {"id": "1", "choices": [{"delta": {"content": "a"}, "finish_reason": ["stop"]}]}
STREAMED: Final[dict[str, dict[str, str]]] = {
    "openai": {
        "a deep part": f"data: {DEEP}\n\n",
        "an end that is a list": f"data: {json.dumps(ENDING)}\n\ndata: [DONE]\n\n",
        "choices that are an object": 'data: {"choices": {"a": 1}}\n\ndata: [DONE]\n\n',
        "choices that are a number": 'data: {"choices": 5}\n\ndata: [DONE]\n\n',
        "a part that is a list": "data: [1]\n\ndata: [DONE]\n\n",
        "a part that is a number": "data: 5\n\ndata: [DONE]\n\n",
    },
    "anthropic": {
        "a deep event": f"event: message_start\ndata: {DEEP}\n\n",
        "an event that is a number": "event: message_start\ndata: 5\n\n",
        "an event that is a list": "event: message_start\ndata: [1]\n\n",
        "an end that is a list": (
            'event: message_delta\ndata: {"type": "message_delta", "delta": {"stop_reason": ["a"]}, "usage": {}}\n\n'
            'event: message_stop\ndata: {"type": "message_stop"}\n\n'
        ),
        "details that are a text": (
            'event: message_delta\ndata: {"type": "message_delta", "usage": {},'
            ' "delta": {"stop_reason": "refusal", "stop_details": "x"}}\n\n'
            'event: message_stop\ndata: {"type": "message_stop"}\n\n'
        ),
    },
}


@pytest.mark.parametrize(("vendor", "case"), [(vendor, case) for vendor in WHOLE for case in WHOLE[vendor]])
async def test_an_odd_reply_is_no_answer(vendor: str, case: str, loopback: Loopback) -> None:
    loopback.answer = http(WHOLE[vendor][case])
    failure = await ask(vendor, loopback.url)
    assert type(failure) is AnswerEmpty
    assert failure.usage is not None


@pytest.mark.parametrize(("vendor", "case"), [(vendor, case) for vendor in STREAMED for case in STREAMED[vendor]])
async def test_an_odd_stream_is_no_answer(vendor: str, case: str, loopback: Loopback) -> None:
    loopback.answer = http(STREAMED[vendor][case], kind="text/event-stream")
    model = MODELS[vendor]("m-1", api_key=KEY, base_url=loopback.url, max_tokens=100, deadline=20.0, stream=True)
    with pytest.raises(NoAnswer) as caught:
        await model.ask(REQUEST)
    await model.aclose()
    assert caught.value.usage is not None


@pytest.mark.parametrize("vendor", MODELS)
@pytest.mark.parametrize("levels", [5, 300, 450, 900, 100_000])
@pytest.mark.parametrize("status", [400, 429, 500])
async def test_a_deep_error_has_a_name(vendor: str, status: int, levels: int, loopback: Loopback) -> None:
    loopback.answer = http('{"error":' * levels + "1" + "}" * levels, status=status)
    assert isinstance(await ask(vendor, loopback.url), ModelFailure)


async def test_what_cannot_be_read_is_told_by_its_type_alone(loopback: Loopback) -> None:
    loopback.answer = http(openai(end=["private words"]))
    assert str(await ask("openai", loopback.url)) == "the reply cannot be read: TypeError"
