"""What calls to any vendor have in common."""

from collections.abc import Awaitable
from typing import Final

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llmock.pytest_plugin import LLMock

from adapters.llm.vendor import accepted, bounded, count, line
from safi.errors import AnswerEmpty, ModelFailure, ModelMisconfigured, ModelUnavailable

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)


@given(before=st.text(max_size=300), key=KEYS, after=st.text(max_size=300))
def test_a_line_is_short_and_one_line_and_never_holds_the_key(before: str, key: str, after: str) -> None:
    shown = line(before + key + after, key=key)
    assert len(shown) <= 200
    assert shown.splitlines() == [shown] or shown == ""
    assert key not in shown


def test_a_word_of_the_vendor_that_only_looks_like_a_key_is_kept() -> None:
    words = "The model gpt-6.1-sol-2026-10-01 does not exist; ask-me-anything might."
    assert line(words, key="none") == words


def test_only_a_whole_number_from_zero_on_counts_tokens() -> None:
    assert [count(number) for number in (0, 12, -1, True, 1.5, "3", None, 10**30)] == [0, 12, *[None] * 6]


def test_a_schema_is_left_as_it_was() -> None:
    schema = {"properties": {"uniqueItems": {"type": "array", "uniqueItems": True, "items": {"enum": [1, None]}}}}
    assert accepted(schema) == {"properties": {"uniqueItems": {"type": "array", "items": {"enum": [1, None]}}}}
    assert schema["properties"]["uniqueItems"]["uniqueItems"] is True


# ------------------------------------------------------------------------------------------- what a vendor asks for

ADDRESS: Final = httpx2.Request("POST", "http://vendor.example/v1")
DATE: Final = "Sun, 22 Nov 2026 12:00:00 GMT"


async def told(error: Exception) -> ModelFailure:
    """What a call that raises this is told as."""

    async def call() -> None:
        raise error

    asking: Awaitable[None] = call()
    with pytest.raises(ModelFailure) as caught:
        await bounded(asking, deadline=60, vendor_error=(openai.OpenAIError,), key="k", model="own:m")
    return caught.value


def refused(status: int, body: object = None, **headers: str) -> openai.APIStatusError:
    """A vendor's refusal, with these headers; an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    response = httpx2.Response(status, headers=named, request=ADDRESS)
    return openai.APIStatusError("no", response=response, body=body)


async def unavailable(status: int, body: object = None, **headers: str) -> ModelUnavailable:
    failure = await told(refused(status, body, **headers))
    assert isinstance(failure, ModelUnavailable)
    return failure


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "3600"}, 3_600),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "0"}, 0),
        ({"retry_after_ms": "250", "retry_after": "1"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "1"}, 1),
        ({"retry_after_ms": "-5", "retry_after": "1"}, 1),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": DATE}, 30),
        ({"retry_after": "Sun, 22 Nov 2026 13:00:30 +0100", "date": DATE}, 30),
        ({"retry_after": "Sun, 22 Nov 2026 11:59:59 GMT", "date": DATE}, None),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 -0000", "date": DATE}, None),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 GMT"}, None),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, 86_400),
        ({"retry_after": "9" * 400}, 86_400),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT", "date": DATE}, 86_400),
        ({"retry_after": "in a while"}, None),
        ({"retry_after": ""}, None),
    ],
)
async def test_a_vendor_is_asked_when_it_wants_to_be_asked_again(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert (await unavailable(429, **headers)).retry_after == seconds


@given(
    headers=st.dictionaries(
        st.sampled_from(["retry_after", "retry_after_ms", "date"]),
        st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126)), st.floats().map(str), st.just(DATE)),
    )
)
async def test_whatever_stands_in_the_headers_a_wait_is_none_or_at_most_a_day(headers: dict[str, str]) -> None:
    asked = (await unavailable(503, **headers)).retry_after
    assert asked is None or 0 <= asked <= 86_400


@pytest.mark.parametrize(
    ("status", "body", "headers", "again"),
    [
        (429, None, {}, True),
        (500, None, {}, True),
        (529, None, {}, True),
        (408, None, {}, True),
        (429, None, {"x_should_retry": "false"}, False),
        (500, None, {"x_should_retry": "true"}, True),
        (402, None, {}, False),
        (402, None, {"x_should_retry": "true"}, False),
        (429, {"code": "insufficient_quota"}, {"x_should_retry": "true"}, False),
        (400, {"message": "Your credit balance is too low to access this."}, {}, False),
    ],
)
async def test_a_second_call_is_worth_it_unless_somebody_has_to_pay_first(
    status: int, body: object, headers: dict[str, str], again: bool
) -> None:
    assert (await unavailable(status, body, **headers)).again is again


# ------------------------------------------------------------------------------------------------- what may be billed


def caused(cause: Exception) -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=ADDRESS)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "billed"),
    [
        (refused(429), False),
        (refused(500), False),
        (refused(404), False),
        (refused(200), True),
        (caused(httpx2.ConnectError("no route")), False),
        (caused(httpx2.ReadError("reset")), True),
        (caused(httpx2.RemoteProtocolError("cut")), True),
        (TimeoutError(), True),
        (ValueError("not JSON"), True),
        (UnicodeEncodeError("ascii", "ü", 0, 1, "no"), False),
        (UnicodeEncodeError("utf-8", "\udcff", 0, 1, "no"), False),
        (RecursionError(), True),
        (AnswerEmpty("not a stream"), True),
        (ModelMisconfigured("no credentials"), False),
    ],
)
async def test_a_failure_has_a_usage_only_where_the_vendor_may_have_begun(error: Exception, billed: bool) -> None:
    usage = (await told(error)).usage
    assert (usage is not None) == billed
    if usage is not None:
        assert (usage.model, usage.input_tokens, usage.output_tokens) == ("own:m", None, None)


async def test_a_call_that_was_late_is_not_worth_another() -> None:
    failure = await told(TimeoutError())
    assert (str(failure), getattr(failure, "again", None)) == ("no answer within 60 seconds", False)


async def test_a_real_refusal_brings_its_headers_along(llmock: LLMock) -> None:
    llmock.fail(429, retry_after=3_600)
    async with openai.AsyncOpenAI(api_key="k", base_url=llmock.base_url(), max_retries=0) as client:
        with pytest.raises(openai.RateLimitError) as caught:
            await client.models.list()
    failure = await told(caught.value)
    assert isinstance(failure, ModelUnavailable)
    assert (failure.again, failure.retry_after) == (True, 3_600)
