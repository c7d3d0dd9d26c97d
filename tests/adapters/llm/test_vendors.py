"""Both vendors' adapters, as they are asked: whatever comes over the wire, or fails to, has a name of ours."""

import traceback

import pytest
from llmock.pytest_plugin import LLMock

from safi.errors import (
    AnswerCutShort,
    AnswerEmpty,
    AnswerRefused,
    ModelFailure,
    ModelMisconfigured,
    ModelUnavailable,
    NoAnswer,
)
from safi.usage import Usage
from tests.adapters.llm.loopback import Loopback, http
from tests.adapters.llm.replies import EMPTY, KEY, MODELS, NO_FIELDS, Body, anthropic, ask, openai


@pytest.fixture(params=MODELS)
def vendor(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize(
    ("vendor", "body", "tokens"),
    [
        (
            "openai",
            openai(usage={"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}),
            {"input_tokens": 7, "output_tokens": 3},
        ),
        (
            "openai",
            openai(
                usage={
                    "prompt_tokens": 50,
                    "completion_tokens": 3,
                    "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 8},
                }
            ),
            {"input_tokens": 50, "output_tokens": 3, "cached_tokens": 40, "written_tokens": 8},
        ),
        ("openai", openai(usage={"prompt_tokens": "7", "completion_tokens": True}), NO_FIELDS),
        ("openai", openai(), NO_FIELDS),
        (
            "anthropic",
            anthropic(usage={"input_tokens": 7, "output_tokens": 3}),
            {"input_tokens": 7, "output_tokens": 3},
        ),
        (
            "anthropic",
            anthropic(
                usage={
                    "input_tokens": 2,
                    "cache_read_input_tokens": 40,
                    "cache_creation_input_tokens": 8,
                    "output_tokens": 1,
                }
            ),
            {"input_tokens": 50, "output_tokens": 1, "cached_tokens": 40, "written_tokens": 8},
        ),
        ("anthropic", anthropic(), NO_FIELDS),
    ],
)
async def test_a_reply_is_its_text_and_what_it_took(
    vendor: str, body: object, tokens: Body, loopback: Loopback
) -> None:
    loopback.answer = http(body)
    reply = await ask(vendor, loopback.url)
    usage = Usage(model=f"{vendor}:m-1", seconds=reply.usage.seconds, **tokens)
    assert (reply.text, reply.usage) == ("Tea.", usage)
    assert reply.usage.seconds > 0


@pytest.mark.parametrize(
    ("vendor", "body"),
    [
        ("openai", openai("Te", "length", usage={"prompt_tokens": 7, "completion_tokens": 3})),
        ("openai", openai("", "content_filter", usage={"prompt_tokens": 7, "completion_tokens": 3})),
        ("anthropic", anthropic("", "refusal", usage={"input_tokens": 7, "output_tokens": 3})),
        ("anthropic", anthropic(" ", usage={"input_tokens": 7, "output_tokens": 3})),
    ],
)
async def test_what_was_spent_on_no_answer_is_told_with_it(vendor: str, body: object, loopback: Loopback) -> None:
    loopback.answer = http(body)
    failure = await ask(vendor, loopback.url)
    assert isinstance(failure, NoAnswer)
    assert failure.usage is not None
    assert (failure.usage.input_tokens, failure.usage.output_tokens) == (7, 3)


async def test_nobody_is_followed_to_another_address(vendor: str, loopback: Loopback) -> None:
    moved = b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    loopback.answer = moved
    failure = await ask(vendor, loopback.url)
    assert (type(failure), str(failure)) == (ModelMisconfigured, "status 307: without a word")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, ModelMisconfigured),
        (403, ModelMisconfigured),
        (404, ModelMisconfigured),
        (402, ModelUnavailable),
        (408, ModelUnavailable),
        (429, ModelUnavailable),
        (500, ModelUnavailable),
        (529, ModelUnavailable),
    ],
)
async def test_a_refused_request_is_asked_once_and_told_in_the_vendors_words(
    vendor: str, status: int, expected: type[ModelFailure], llmock: LLMock
) -> None:
    llmock.fail(status, times=None, retry_after=3600, message="Not today.")
    failure = await ask(vendor, llmock.base_url(vendor))
    assert type(failure) is expected
    assert str(failure) == f"status {status}: Not today."
    assert len(llmock.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, AnswerRefused),
        (400, {"code": "content_policy_violation"}, AnswerRefused),
        (400, {"code": "invalid_prompt"}, AnswerRefused),
        (400, {"message": "Output blocked by content filtering policy"}, AnswerRefused),
        (400, {"message": "messages: text content blocks must be non-empty"}, NoAnswer),
        (400, {"message": "Not today."}, NoAnswer),
        (413, {"message": "Too much."}, NoAnswer),
        (400, {"message": "This model's maximum context length is 4096 tokens."}, NoAnswer),
        (422, {"message": "content: must be a text"}, NoAnswer),
        (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "store"]}]}, ModelMisconfigured),
        (400, {"message": "Unsupported parameter: 'max_tokens'"}, ModelMisconfigured),
        (400, {"message": "Invalid schema for response_format 'verdict'"}, ModelMisconfigured),
        (400, {"message": "API key not valid."}, ModelMisconfigured),
        (400, {"message": "You have reached your specified API usage limits."}, ModelUnavailable),
        (403, {"message": "You may not."}, ModelMisconfigured),
    ],
)
async def test_a_question_that_is_turned_down_alone_is_no_misconfiguration(
    vendor: str, status: int, error: Body, expected: type[ModelFailure], loopback: Loopback
) -> None:
    loopback.answer = http({"error": error}, status=status)
    failure = await ask(vendor, loopback.url)
    assert (type(failure), failure.usage) == (expected, None)


async def test_a_vendor_says_for_how_long_it_wants_to_be_left_alone(vendor: str, llmock: LLMock) -> None:
    llmock.fail(429, times=None, retry_after=3600)
    failure = await ask(vendor, llmock.base_url(vendor))
    assert (type(failure), failure.retry_after) == (ModelUnavailable, 3600)


async def test_an_error_in_place_of_a_reply_is_told_whatever_the_status(vendor: str, loopback: Loopback) -> None:
    loopback.answer = http({"error": {"message": "Provider returned error", "code": 502}})
    failure = await ask(vendor, loopback.url)
    told = "the vendor broke off its reply: Provider returned error"
    assert (type(failure), str(failure)) == (ModelUnavailable, told)


async def test_a_question_that_is_too_long_is_no_misconfiguration(llmock: LLMock) -> None:
    llmock.context_overflow(times=None)
    failure = await ask("openai", llmock.base_url("openai"))
    assert type(failure) is NoAnswer
    assert str(failure).startswith("the question is too long for this model; status 400: ")


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({"error": {"message": "no such\n model"}}, "application/json", "no such model"),
        ({"error": "no such model"}, "application/json", "no such model"),
        ({"detail": "no such model"}, "application/json", "no such model"),
        ("no such model", "text/plain", "no such model"),
        ("<html><h1>502</h1></html>", "text/html", "a page of HTML"),
        ({"surprise": 1}, "application/json", "without a word"),
        ([1], "application/json", "without a word"),
        ("", "text/plain", "without a word"),
        ("long " * 100, "text/plain", f"{'long ' * 39}long…"),
    ],
)
async def test_the_vendors_words_are_found_wherever_they_stand(
    vendor: str, body: object, kind: str, words: str, loopback: Loopback
) -> None:
    loopback.answer = http(body, status=404, kind=kind)
    assert str(await ask(vendor, loopback.url)) == f"status 404: {words}"


@pytest.mark.parametrize("echo", [KEY, "sk-test-****************ghij", f"Bearer {KEY}, you said"])
async def test_a_key_never_appears_in_an_error(vendor: str, echo: str, loopback: Loopback) -> None:
    loopback.answer = http({"error": {"message": f"Incorrect API key provided: {echo}."}}, status=401)
    failure = await ask(vendor, loopback.url)
    shown = "".join(traceback.format_exception(failure))
    assert "sk-test" not in shown
    assert "ghij" not in shown
    assert "[key]" in str(failure)
    assert failure.__context__ is None


@pytest.mark.parametrize(
    ("vendor", "body", "expected", "words"),
    [
        ("openai", openai("Te", "length"), AnswerCutShort, "the reply ended early: length"),
        ("openai", openai("Te", None), AnswerCutShort, "the reply ended early: None"),
        ("openai", openai("Te", "content_filter"), AnswerRefused, "stopped by the vendor's content filter"),
        ("openai", openai(None, "stop", "I will not."), AnswerRefused, "I will not."),
        ("openai", openai(None, "tool_calls"), AnswerCutShort, "the reply ended early: tool_calls"),
        ("openai", openai(" \n"), AnswerEmpty, "the reply holds no text"),
        ("openai", openai(None), AnswerEmpty, "the reply holds no text"),
        ("openai", openai([{"type": "text"}]), AnswerEmpty, "the reply holds no text"),
        ("openai", {"choices": EMPTY}, AnswerEmpty, "the reply holds no choice"),
        ("openai", NO_FIELDS, AnswerEmpty, "the reply holds no choice"),
        ("openai", EMPTY, AnswerEmpty, "the reply is no chat completion"),
        ("anthropic", anthropic("Te", "max_tokens"), AnswerCutShort, "the reply ended early: max_tokens"),
        ("anthropic", anthropic("Te", "pause_turn"), AnswerCutShort, "the reply ended early: pause_turn"),
        ("anthropic", anthropic("Te", None), AnswerCutShort, "the reply ended early: None"),
        ("anthropic", anthropic("", "refusal"), AnswerRefused, "declined without a word"),
        ("anthropic", anthropic("", "refusal", "Not this."), AnswerRefused, "Not this."),
        ("anthropic", anthropic("", "refusal") | {"stop_details": "x"}, AnswerRefused, "declined without a word"),
        ("anthropic", anthropic("", "refusal") | {"stop_details": ["x"]}, AnswerRefused, "declined without a word"),
        ("anthropic", anthropic(" \n"), AnswerEmpty, "the reply holds no text"),
        ("anthropic", anthropic(None), AnswerEmpty, "the reply holds no content"),
        ("anthropic", anthropic() | {"content": EMPTY}, AnswerEmpty, "the reply holds no text"),
        ("anthropic", {"content": None}, AnswerEmpty, "the reply holds no content"),
        ("anthropic", NO_FIELDS, AnswerEmpty, "the reply holds no content"),
        ("anthropic", EMPTY, AnswerEmpty, "the reply is no message"),
    ],
)
async def test_a_reply_without_a_finished_answer_is_told_for_what_it_is(
    vendor: str, body: object, expected: type[ModelFailure], words: str, loopback: Loopback
) -> None:
    loopback.answer = http(body)
    failure = await ask(vendor, loopback.url)
    assert (type(failure), str(failure)) == (expected, words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("<html>Please log in</html>", kind="text/html"), "a page of HTML"),
        (http("<html>Please log in</html>"), "a page of HTML"),
        (http(b"\xff\xfe\xfd"), "the reply is not JSON"),
        (http('{"choices": [{"mess'), "the reply is not JSON"),
        (http(""), "the reply is not JSON"),
        (http("null"), "the reply is no "),
    ],
)
async def test_what_is_no_reply_at_all_counts_as_empty(
    vendor: str, answer: bytes, words: str, loopback: Loopback
) -> None:
    loopback.answer = answer
    failure = await ask(vendor, loopback.url)
    assert type(failure) is AnswerEmpty
    assert words in str(failure)
