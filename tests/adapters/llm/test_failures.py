"""How calls to any vendor fail: when it may be asked again, and what it may bill."""

from collections.abc import Awaitable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.failures import Broken, Refused, bounded
from safi.errors import AnswerEmpty, ModelFailure, ModelMisconfigured, ModelUnavailable, NoAnswer

DATE: Final = "Sun, 22 Nov 2026 12:00:00 GMT"


async def told(error: Exception) -> ModelFailure:
    """What a call that raises this is told as."""

    async def call() -> None:
        raise error

    asking: Awaitable[None] = call()
    with pytest.raises(ModelFailure) as caught:
        await bounded(asking, deadline=60, key="k", model="own:m", unsent=lambda _: None)
    return caught.value


def refused(status: int, body: object = None, **headers: str) -> Refused:
    """A vendor's refusal, with these headers; an underscore stands for a hyphen."""
    return Refused(status, body, {name.replace("_", "-"): text for name, text in headers.items()})


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


async def test_what_a_refusal_says_may_be_nested_beyond_reading() -> None:
    body: object = 1
    for _ in range(50_000):
        body = {"error": body}
    assert type(await told(refused(400, body))) is NoAnswer


# ------------------------------------------------------------------------------------------------- what may be billed


@pytest.mark.parametrize(
    ("error", "billed"),
    [
        (refused(429), False),
        (refused(500), False),
        (refused(404), False),
        (refused(200), True),
        (Broken("no route", sent=False), False),
        (Broken("reset", sent=True), True),
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
