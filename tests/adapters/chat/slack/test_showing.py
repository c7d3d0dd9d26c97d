"""Cards on Slack: posted, shown to one person, given as a quick answer; their files; what is told where that fails."""

import asyncio
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.chat.port import Button, Card, ChatError, File
from adapters.chat.slack.drawing import drawn
from adapters.chat.slack.quick import within
from adapters.chat.slack.sending import FILES_MISSING
from tests.adapters.chat.cuts import CutAfter, CutBefore
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.team import SCOPES
from tests.adapters.chat.slack.posting import THREAD, Desk, desk, passing

CARD = Card(title="Status", sentence="All is <!well>.", buttons=(Button(label="Report", command="report now"),))
FILE = File(name="audits.csv", data=b"a,b\n1,2\n")
DRAWN = drawn(CARD, address="https://home.slack.com/")
TEXT = "Status\nAll is &lt;\u200a!well&gt;."
PLAIN = "Status\n\nAll is &lt;\u200a!well&gt;."


async def test_a_card_is_posted_in_its_place_and_unfolds_nothing() -> None:
    async with desk() as at:
        posted = await at.sender().show(at.place(at.there.general.id), CARD)
        (message,) = at.posted()
        assert (posted.message_id, posted.more) == (message.ts, ())
        assert (message.text, message.thread) == (TEXT, None)
        assert [block["type"] for block in message.blocks] == ["header", "rich_text", "actions"]


@pytest.mark.parametrize("thread", [THREAD, None])
async def test_its_files_go_into_its_thread(thread: str | None) -> None:
    async with desk() as at:
        posted = await at.sender().show(at.place(at.there.general.id, thread), replace(CARD, files=(FILE,)))
        _, file = at.posted()
        assert (file.thread, [each["name"] for each in file.files]) == (thread or posted.message_id, ["audits.csv"])


async def test_where_its_files_cannot_go_there_that_stands_there() -> None:
    async with desk(scopes=tuple(scope for scope in SCOPES if scope != "files:write")) as at:
        posted = await at.sender().show(at.place(at.there.general.id), replace(CARD, files=(FILE,)))
        _, note = at.posted()
        assert (note.text, note.thread) == (FILES_MISSING, posted.message_id)
        at.fail("chat.postMessage", passing(), Broken())
        assert (await at.sender().show(at.here, replace(CARD, files=(FILE,)))).message_id == at.posted()[-1].ts


async def test_where_slack_takes_no_blocks_a_card_is_words() -> None:
    async with desk() as at:
        at.fail("chat.postMessage", Refused(error="invalid_blocks"))
        await at.sender().show(at.here, CARD)
        assert [(message.text, message.blocks) for message in at.posted()] == [(PLAIN, [])]


LOST: tuple[Fault, ...] = (Broken(), Html(), CutBefore(), CutAfter())


@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_a_card_that_may_have_arrived_is_not_sent_again(fault: Fault) -> None:
    async with desk() as at:
        at.fail("chat.postMessage", fault)
        with pytest.raises(ChatError):
            await at.sender().show(at.here, CARD)
        assert len(at.calls("chat.postMessage")) == 1


async def test_a_quick_answer_is_for_one_person_unless_it_is_public() -> None:
    async with desk() as at:
        made, address = at.interaction()
        await at.sender().answer(address, DRAWN)
        await at.sender().answer(address, DRAWN, public=True, thread=THREAD)
        assert [(message.whom, message.thread) for message in made.shown if not isinstance(message, dict)] == [
            (at.there.owner.id, None),
            (None, THREAD),
        ]
        first, _ = at.calls("response_url")
        assert (first.args["response_type"], first.args["replace_original"]) == ("ephemeral", False)
        assert (first.args["text"], first.args["unfurl_links"]) == (TEXT, False)


async def test_a_quick_answer_takes_the_place_of_what_was_pressed() -> None:
    async with desk() as at:
        made, address = at.interaction()
        await at.sender().answer(address, DRAWN)
        await at.sender().answer(address, drawn(Card(title="Done"), address=""), replace=True)
        assert made.message.text == "Done"
        assert len(at.there.home.team.whispered(at.there.owner.id)) == 1


async def test_a_quick_answer_goes_out_without_blocks_and_after_a_pause_too() -> None:
    async with desk() as at:
        made, address = at.interaction()
        at.fail("response_url", Limited(retry_after=3), Refused(error="invalid_blocks"))
        await at.sender().answer(address, DRAWN)
        assert (made.message.text, made.message.blocks, at.clock.slept) == (PLAIN, [], [3.0])


async def test_a_quick_answer_that_comes_too_late_or_too_often_is_told() -> None:
    async with desk() as at:
        made, address = at.interaction()
        for _ in range(5):
            await at.sender().answer(address, DRAWN)
        with pytest.raises(ChatError, match="no further answer"):
            await at.sender().answer(address, DRAWN)
        made.expired = True
        with pytest.raises(ChatError, match="no further answer"):
            await at.sender().answer(address, DRAWN)


async def failed(at: Desk, *faults: Fault) -> str:
    """What is told of a quick answer that fails."""
    _, address = at.interaction()
    at.fail("response_url", *faults)
    with pytest.raises(ChatError) as told:
        await at.sender().answer(address, DRAWN)
    return str(told.value)


async def test_a_quick_answer_that_may_have_arrived_is_not_given_again() -> None:
    async with desk() as at:
        assert await failed(at, Broken(status=503)) == "Slack did not take it (status 503)"
        assert await failed(at, Refused(error="channel_gone")) == "Slack refused it (channel_gone)"
        assert await failed(at, Limited(retry_after=91)) == "Slack asks to wait 91 seconds"
        assert "could not be reached" in await failed(at, CutAfter())
        assert len(at.calls("response_url")) == 4


@pytest.mark.parametrize(
    "address", ["https://evil.example/response/1", "http://127.0.0.1:9/response/1", "file:///etc/passwd", "no address"]
)
async def test_nothing_is_sent_to_an_address_that_is_not_slacks(address: str) -> None:
    async with desk() as at:
        with pytest.raises(ChatError, match="none of Slack's"):
            await at.sender().answer(address, DRAWN)


@pytest.mark.parametrize(
    ("address", "slacks"),
    [
        ("https://hooks.slack.com/actions/T1/1/x", True),
        ("https://slack.com/x", True),
        ("http://hooks.slack.com/actions/T1/1/x", False),
        ("https://hooks.slack.com:8443/actions/T1/1/x", False),
        ("https://notslack.com/x", False),
        ("https://slack.com.evil.example/x", False),
        ("https://slack.com@evil.example/x", False),
        ("https://evil.example/slack.com", False),
        ("//hooks.slack.com/x", False),
    ],
)
def test_slacks_addresses_are_told_from_others(address: str, slacks: bool) -> None:
    assert within(URL(address), URL(AsyncWebClient().base_url)) == slacks


async def test_files_are_handed_over_in_direct_messages() -> None:
    async with desk() as at:
        at.fail("files.completeUploadExternal", Limited(retry_after=4))
        await at.sender().hand(at.there.owner.id, [FILE, File(name="ledger.jsonl", data=b"{}")])
        (message,) = at.there.home.team.posted(at.there.home.dm(at.there.owner).id)
        assert ([each["name"] for each in message.files], message.thread) == (["audits.csv", "ledger.jsonl"], None)
        assert at.clock.slept == [4.0]


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_files_that_cannot_be_handed_over_are_told(method: str) -> None:
    async with desk() as at:
        at.fail(method, Refused(error="missing_scope", more={"needed": "files:write"}))
        with pytest.raises(ChatError, match="lacks the scope files:write"):
            await at.sender().hand(at.there.owner.id, [FILE])


async def test_nobody_waits_for_ever() -> None:
    async def never() -> AsyncWebClient:
        await asyncio.Event().wait()
        raise AssertionError

    async with desk() as at:
        sender = replace(at.sender(patience=0.0), client=never)
        for waiting in (sender.show(at.here, CARD), sender.hand("U1", [FILE])):
            with pytest.raises(ChatError, match="in time"):
                await waiting
        with pytest.raises(ChatError, match="in time"):
            await sender.answer("https://hooks.slack.com/x", DRAWN)
