"""Streamed replies, as they come over the wire: whole or not at all, with the moment of the first token."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from llmock.pytest_plugin import LLMock

from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from safi.errors import AnswerCutShort, AnswerEmpty, AnswerRefused, ModelFailure, ModelUnavailable
from safi.ports import Message, Reply, Request
from safi.usage import Usage
from tests.adapters.llm.loopback import Loopback, http

REQUEST: Final = Request(system=("Be kind.",), messages=(Message(role="user", text="Tea?"),))
MODELS: Final = {"openai": OpenAIModel, "anthropic": AnthropicModel}
Event = Mapping[str, Any]


@pytest.fixture(params=MODELS)
def vendor(request: pytest.FixtureRequest) -> str:
    return request.param


async def ask(vendor: str, base_url: str, *, deadline: float = 20.0) -> Reply | ModelFailure:
    """The reply, or the failure if there was one."""
    model = MODELS[vendor]("m-1", api_key="k", base_url=base_url, max_tokens=100, deadline=deadline, stream=True)
    try:
        return await model.ask(REQUEST)
    except ModelFailure as failure:
        return failure
    finally:
        await model.aclose()


def sse(*events: Event | str) -> bytes:
    """A reply of status 200 whose body is these events, each by the name of its type if it has one."""
    return http("".join(_event(event) for event in events), kind="text/event-stream")


def _event(event: Event | str) -> str:
    if isinstance(event, str):
        return f"data: {event}\n\n"
    kind = f"event: {event['type']}\n" if "type" in event else ""
    return f"{kind}data: {json.dumps(event)}\n\n"


def said(text: object, end: object = None, refusal: object = None) -> Event:
    """A chunk of OpenAI's."""
    return {"choices": [{"index": 0, "delta": {"content": text, "refusal": refusal}, "finish_reason": end}]}


DONE: Final = "[DONE]"
COUNTED: Final[Event] = {
    "choices": list[object](),
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}},
}
START: Final[Event] = {
    "type": "message_start",
    "message": {"id": "1", "type": "message", "usage": {"input_tokens": 5, "cache_read_input_tokens": 4}},
}
STOP: Final[Event] = {"type": "message_stop"}


def block(text: object, kind: str = "text") -> Event:
    return {"type": "content_block_start", "index": 0, "content_block": {"type": kind, kind: text}}


def part(text: object, kind: str = "text") -> Event:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": f"{kind}_delta", kind: text}}


def last(end: object, why: object = None) -> Event:
    details = {"type": "refusal", "explanation": why} if why else None
    return {
        "type": "message_delta",
        "delta": {"stop_reason": end, "stop_details": details},
        "usage": {"output_tokens": 2},
    }


WHOLE: Final = {
    "openai": sse(said(""), said("Te"), said("a."), said(None, "stop"), COUNTED, DONE),
    "anthropic": sse(
        START,
        {"type": "ping"},
        block("Hm.", "thinking"),
        part("Hm", "thinking"),
        block("Te"),
        part("a."),
        {"type": "content_block_stop", "index": 1},
        {"type": "of_a_later_day"},
        last("end_turn"),
        STOP,
    ),
}


async def test_a_streamed_reply_is_put_together_and_tells_when_its_first_token_came(
    vendor: str, loopback: Loopback
) -> None:
    loopback.answer = WHOLE[vendor]
    reply = await ask(vendor, loopback.url)
    assert isinstance(reply, Reply)
    first, seconds = reply.usage.first_token, reply.usage.seconds
    assert first is not None
    assert 0 < first <= seconds
    assert reply.text == "Tea."
    assert reply.usage == Usage(
        model=f"{vendor}:m-1", seconds=seconds, input_tokens=9, output_tokens=2, cached_tokens=4, first_token=first
    )


async def test_only_a_stream_is_asked_for_one_and_openai_for_its_figures(llmock: LLMock) -> None:
    for vendor in MODELS:
        assert isinstance(await ask(vendor, llmock.base_url(vendor)), Reply)
    openai, anthropic = (record.body for record in llmock.requests)
    assert (openai["stream"], openai["stream_options"]) == (True, {"include_usage": True})
    assert anthropic["stream"] is True
    model = OpenAIModel("m", api_key="k", base_url=llmock.base_url(), max_tokens=9, deadline=20)
    assert (await model.ask(REQUEST)).usage.first_token is None
    await model.aclose()
    assert not {"stream", "stream_options"} & llmock.requests[-1].body.keys()


BROKEN_OFF: Final = "the stream broke off before the reply had ended"
NO_STREAM: Final = "the reply is no stream of events"
MALFORMED: Final = "a part of the reply is not of the interface's form"


@pytest.mark.parametrize(
    ("vendor", "answer", "expected", "words"),
    [
        ("openai", sse(said("Te")), ModelUnavailable, BROKEN_OFF),
        ("openai", sse(said("Te"), DONE), ModelUnavailable, BROKEN_OFF),
        ("openai", sse(said("Te"), said(None, "length"), DONE), AnswerCutShort, "the reply ended early: length"),
        ("openai", sse(said("", "content_filter")), AnswerRefused, "stopped by the vendor's content filter"),
        ("openai", sse(said(None, None, "I will"), said(None, "stop", " not.")), AnswerRefused, "I will not."),
        ("openai", sse(said(" "), said(None, "stop"), DONE), AnswerEmpty, "the reply holds no text"),
        ("openai", sse(said("Te"), '{"choices": [{'), AnswerEmpty, "the reply is not JSON"),
        ("openai", sse(said(["Te"])), AnswerEmpty, MALFORMED),
        ("openai", sse({"choices": [{"delta": None}]}), ModelUnavailable, BROKEN_OFF),
        ("openai", sse({"choices": ["Te"]}), AnswerEmpty, MALFORMED),
        ("openai", sse({"surprise": 1}), AnswerEmpty, MALFORMED),
        ("openai", sse("[1]"), AnswerEmpty, MALFORMED),
        ("openai", sse("null"), AnswerEmpty, MALFORMED),
        ("openai", http("<html>Please log in</html>", kind="text/html"), AnswerEmpty, NO_STREAM),
        ("openai", sse(), AnswerEmpty, NO_STREAM),
        (
            "openai",
            sse(said("Te"), {"error": {"message": "The server is overloaded"}}),
            ModelUnavailable,
            "the vendor broke off its reply: The server is overloaded",
        ),
        ("anthropic", sse(START, block("Te")), ModelUnavailable, BROKEN_OFF),
        ("anthropic", sse(START, block("Te"), STOP), ModelUnavailable, BROKEN_OFF),
        ("anthropic", sse(START, last("max_tokens"), STOP), AnswerCutShort, "the reply ended early: max_tokens"),
        ("anthropic", sse(START, last("refusal"), STOP), AnswerRefused, "declined without a word"),
        ("anthropic", sse(START, last("refusal", "Not this."), STOP), AnswerRefused, "Not this."),
        ("anthropic", sse(START, block(" "), last("end_turn")), AnswerEmpty, "the reply holds no text"),
        ("anthropic", sse(START, block(["Te"])), AnswerEmpty, MALFORMED),
        ("anthropic", sse({"type": "message_start"}), AnswerEmpty, MALFORMED),
        ("anthropic", sse({"type": "content_block_delta", "delta": 1}), AnswerEmpty, MALFORMED),
        (
            "anthropic",
            sse(START, block("Te"), '{"del'),
            AnswerEmpty,
            "the reply is not JSON",
        ),
        ("anthropic", http("event: ping\ndata: {}\n\n"), AnswerEmpty, MALFORMED),
        ("anthropic", http("<html>Please log in</html>", kind="text/html"), AnswerEmpty, NO_STREAM),
        ("anthropic", sse({"type": "ping"}), ModelUnavailable, BROKEN_OFF),
        (
            "anthropic",
            sse(START, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            ModelUnavailable,
            "the vendor broke off its reply: Overloaded",
        ),
    ],
)
async def test_a_stream_without_a_finished_answer_is_told_for_what_it_is(
    vendor: str, answer: bytes, expected: type[ModelFailure], words: str, loopback: Loopback
) -> None:
    loopback.answer = answer
    failure = await ask(vendor, loopback.url)
    assert (type(failure), str(failure)) == (expected, words)
    assert isinstance(failure, ModelFailure)
    assert failure.usage is not None, "a part of a reply may be billed"


async def test_a_connection_that_breaks_within_a_stream_is_unavailable(vendor: str, loopback: Loopback) -> None:
    begun = {"openai": sse(said("Te")), "anthropic": sse(START, block("Te"))}[vendor]
    loopback.answer = begun.replace(b"content-length: ", b"content-length: 9")
    failure = await ask(vendor, loopback.url)
    assert type(failure) is ModelUnavailable
    assert str(failure).startswith("the connection failed: ")


@pytest.mark.parametrize("fault", ["truncate", "disconnect", "corrupt"])
async def test_no_fault_of_a_stream_passes_for_an_answer(vendor: str, fault: str, llmock: LLMock) -> None:
    getattr(llmock, fault)(times=None)
    failure = await ask(vendor, llmock.base_url(vendor))
    assert type(failure) in {ModelUnavailable, AnswerEmpty}
    assert len(llmock.requests) == 1


async def test_a_stream_that_stalls_ends_at_the_deadline(vendor: str, llmock: LLMock) -> None:
    llmock.stall(times=None)
    failure = await ask(vendor, llmock.base_url(vendor), deadline=0.3)
    assert (type(failure), str(failure)) == (ModelUnavailable, "no answer within 0.3 seconds")


async def test_a_refused_stream_is_told_in_the_vendors_words(vendor: str, llmock: LLMock) -> None:
    llmock.fail(529, times=None, message="Not today.")
    failure = await ask(vendor, llmock.base_url(vendor))
    assert (type(failure), str(failure)) == (ModelUnavailable, "status 529: Not today.")


async def test_a_cancelled_stream_is_abandoned(vendor: str, loopback: Loopback) -> None:
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(ask(vendor, loopback.url))
        await loopback.asked.wait()
        asking.cancel()
    assert asking.cancelled()
    await loopback.alone.wait()
