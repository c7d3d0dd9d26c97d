"""Answers on Slack: in their thread, in parts, once each, silent; and what is said where Slack does not take them."""

import asyncio
from dataclasses import replace

import pytest
from slack_sdk.http_retry.builtin_async_handlers import async_default_handlers
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import ChatError, Place
from adapters.chat.slack.buttons import rating_block
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.sending import answered
from adapters.chat.slack.text import length
from adapters.chat.splitting import ATTACHED, UNATTACHED
from tests.adapters.chat.cuts import CutAfter, CutBefore
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.team import SCOPES
from tests.adapters.chat.slack.posting import THREAD, Desk, desk, passing

LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 80 for number in range(60))
POST = "chat.postMessage"


async def said(at: Desk, words: str = "Hello") -> tuple[str, ...]:
    """The ids of what was posted."""
    posted = await at.sender().say(at.here, words, turn_id="t", reply_to=None)
    return (posted.message_id, *posted.more)


def test_a_short_answer_is_one_part_and_a_long_one_at_most_five_with_the_rest_kept() -> None:
    (only,), rest = answered("Hello", rated=True)
    assert (only.drawn["text"], rest) == ("Hello", None)
    parts, rest = answered(LONG, rated=True)
    words = [part.drawn["blocks"][0]["text"] for part in parts]
    assert (len(parts), rest) == (LIMITS.message.parts, LONG)
    assert all(length(part) <= LIMITS.message.part for part in words)
    assert words[-1].endswith(ATTACHED)


def test_words_that_nobody_could_see_are_no_answer() -> None:
    with pytest.raises(ChatError, match="nothing to be read"):
        answered("\u200b \u2060", rated=True)


def test_what_is_escaped_still_fits_where_there_are_no_blocks() -> None:
    (part,), _ = answered("<" * 2_900, rated=False)
    assert length(part.drawn["text"]) <= LIMITS.message.text
    assert "".join(body["text"] for body in part.plain) == "&lt;" * 2_900
    assert all(length(body["text"]) <= LIMITS.message.text for body in part.plain)


async def test_an_answer_stands_in_its_thread_and_unfolds_nothing() -> None:
    async with desk() as at:
        (ts,) = await said(at, "**Hello** <!channel>")
        (message,) = at.posted()
        assert (message.ts, message.thread, message.text) == (ts, THREAD, "**Hello** &lt;\u200a!channel&gt;")
        (call,) = at.calls(POST)
        assert call.args["blocks"] == [{"type": "markdown", "text": "**Hello** <\u200a!channel>"}, rating_block()]
        assert [call.args[name] for name in ("unfurl_links", "unfurl_media")] == [False, False]
        assert not {"link_names", "parse", "reply_broadcast", "mrkdwn"} & set(call.args)


async def test_without_a_thread_it_answers_the_question_that_begins_one() -> None:
    async with desk() as at:
        await at.sender().say(at.place(at.there.general.id), "Hello", turn_id="t", reply_to=THREAD)
        await at.sender().say(at.place(at.there.general.id), "Hello", turn_id="t", reply_to=None)
        assert [message.thread for message in at.posted()] == [THREAD, None]


@pytest.mark.parametrize(("rating", "rated"), [(False, True), (True, False)])
async def test_nothing_stands_under_an_answer_that_nobody_is_asked_about(rating: bool, rated: bool) -> None:
    async with desk() as at:
        await at.sender(rating=rating).say(at.here, "Hello", turn_id="t", reply_to=None, rated=rated)
        assert [block["type"] for block in at.posted()[0].blocks] == ["markdown"]


async def test_a_long_answer_is_posted_in_order_with_the_rest_in_a_file_after_it() -> None:
    async with desk() as at:
        ids = await said(at, LONG)
        *parts, file = at.posted()
        assert tuple(message.ts for message in parts) == ids
        assert [len(message.blocks) for message in parts] == [1, 1, 1, 1, 2]
        assert {message.thread for message in (*parts, file)} == {THREAD}
        assert [each["name"] for each in file.files] == ["answer.md"]
        assert list(at.there.home.team.contents.values()) == [LONG.encode()]


async def test_where_no_file_may_be_uploaded_the_last_part_says_that_it_goes_on() -> None:
    async with desk(scopes=tuple(scope for scope in SCOPES if scope != "files:write")) as at:
        ids = await said(at, LONG)
        *_, last = at.posted()
        assert (len(at.posted()), last.ts) == (5, ids[-1])
        assert last.blocks[0]["text"].endswith(UNATTACHED)
        assert last.text.endswith(UNATTACHED)
        assert last.blocks[1]["type"] == "context_actions"


async def test_a_file_that_is_lost_on_the_last_step_is_told_too() -> None:
    async with desk() as at:
        at.fail("files.completeUploadExternal", Broken())
        await said(at, LONG)
        assert at.posted()[-1].text.endswith(UNATTACHED)


async def test_that_nothing_could_be_told_of_a_missing_file_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as at:
        at.fail("files.getUploadURLExternal", Refused(error="file_uploads_disabled"))
        at.fail("chat.update", Broken())
        assert len(await said(at, LONG)) == 5
        assert "the workspace takes no files" in caplog.text
        assert "promises a file that is not there" in caplog.text


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_where_slack_takes_no_blocks_the_same_words_go_out_without(code: str) -> None:
    async with desk() as at:
        at.fail(POST, Refused(error=code))
        await said(at, "**Hello** <@U1>")
        (message,) = at.posted()
        assert (message.text, message.blocks, message.thread) == ("**Hello** &lt;\u200a@U1&gt;", [], THREAD)


async def test_words_without_blocks_are_parted_where_escapes_make_them_too_long() -> None:
    async with desk() as at:
        at.fail(POST, Refused(error="invalid_blocks"))
        ids = await said(at, "<" * 2_900)
        assert tuple(message.ts for message in at.posted()) == ids
        assert len(ids) == 3


async def test_a_missing_file_is_told_without_blocks_too() -> None:
    async with desk() as at:
        at.fail(POST, *[passing()] * 4, Refused(error="invalid_blocks"))
        at.fail("files.getUploadURLExternal", Refused(error="missing_scope"))
        await said(at, LONG)
        assert [bool(message.blocks) for message in at.posted()] == [True, True, True, True, False]
        assert at.posted()[-1].text.endswith(UNATTACHED)


async def test_what_is_refused_otherwise_is_told_and_not_tried_again() -> None:
    async with desk() as at:
        at.there.general.members.clear()
        with pytest.raises(ChatError, match="not in the channel: invite it"):
            await said(at)
        assert len(at.calls(POST)) == 1


async def test_where_slack_asks_to_wait_it_is_sent_again_and_keeps_its_order() -> None:
    async with desk() as at:
        at.fail(POST, Limited(retry_after=7), Limited(retry_after=20))
        ids = await said(at, LONG)
        assert at.clock.slept == [7.0, 20.0]
        assert tuple(message.ts for message in at.posted()[:5]) == ids


async def test_nobody_waits_longer_than_the_patience() -> None:
    async with desk() as at:
        at.fail(POST, Limited(retry_after=60), Limited(retry_after=31))
        with pytest.raises(ChatError, match="wait 31 seconds"):
            await said(at)
        assert (at.clock.slept, at.posted()) == ([60.0], [])


LOST: tuple[Fault, ...] = (
    Broken(status=503),
    Broken(status=500, done=True),
    Html(),
    CutBefore(),
    CutAfter(),
    Refused(error="internal_error"),
    Refused(error="fatal_error"),
)


@pytest.mark.parametrize("fault", LOST, ids=repr)
@pytest.mark.parametrize("handlers", ["none", "those of the SDK"])
async def test_what_may_have_arrived_is_never_sent_again(fault: Fault, handlers: str) -> None:
    async with desk() as at:
        if handlers != "none":
            at.client.retry_handlers = async_default_handlers()
        at.fail(POST, fault)
        with pytest.raises(ChatError):
            await said(at)
        assert len(at.calls(POST)) == 1
        assert at.clock.slept == []


async def test_what_is_out_counts_although_a_later_part_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    async with desk() as at:
        at.fail(POST, passing(), passing(), CutAfter())
        ids = await said(at, LONG)
        assert len(ids) == 2
        assert "of 5 messages, 2 were posted" in caplog.text
        assert not at.calls("files.getUploadURLExternal")


async def test_nobody_waits_for_ever() -> None:
    async def never() -> AsyncWebClient:
        await asyncio.Event().wait()
        raise AssertionError

    async with desk() as at:
        sender = replace(at.sender(patience=0.0), client=never)
        with pytest.raises(ChatError, match="in time"):
            await sender.say(at.here, "Hello", turn_id="t", reply_to=None)


async def test_a_place_of_another_platform_is_refused() -> None:
    async with desk() as at:
        with pytest.raises(ChatError, match="no place"):
            await at.sender().say(Place(workspace="console", channel="c"), "Hello", turn_id="t", reply_to=None)
