"""What of Slack's events is for the bot, and what a message says, in words that people would see."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.port import DIRECT_MESSAGES_OFF, SHARED_CHANNELS_OFF, Place, Refusal
from adapters.chat.slack.account import Account
from adapters.chat.slack.inbound import Gone, Said, read, readable
from adapters.chat.slack.settings import Settings, Socket

ME, ANN, BOB = "U0BOT", "U0ANN", "U0BOB"
TEAM, HERE = "T0TEAM", "C0HERE"
TS, ROOT = "1795348800.000100", "1795348700.000200"
ACCOUNT = Account(
    team=TEAM, team_name="Team", address="https://t.slack.com/", user=ME, bot="B0BOT", name="safi", scopes=frozenset()
)


def settings(**changes: Any) -> Settings:
    return Settings(name="home", bot_token="xoxb", line=Socket(token="xapp"), **changes)


def message(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": ANN, "team": TEAM, "channel": HERE, "ts": TS, "text": text, **more}


def mention(text: str = f"<@{ME}> hello", **more: Any) -> dict[str, Any]:
    return message(text, **more) | {"type": "app_mention"}


def body(event: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event": event, **more}


def heard(event: Mapping[str, Any], *, shared: bool = False, **changes: Any) -> Said | None:
    found = read(body(event, is_ext_shared_channel=shared), account=ACCOUNT, settings=settings(**changes))
    assert not isinstance(found, Gone)
    return found


def test_a_mention_is_a_message_in_the_thread_that_it_begins() -> None:
    event = mention(files=[{"name": "a"}], user_team="T0OTHER")
    said = heard(event)
    assert said is not None
    told = said.message
    assert (told.event_id, told.message_id, told.author, told.text) == (f"{HERE}:{TS}", TS, ANN, "hello")
    assert told.place == Place(workspace=f"slack:{TEAM}", channel=HERE, thread=TS)
    assert told.at == datetime(2026, 11, 22, 12, 0, 0, 100, tzinfo=UTC)
    assert (told.replies_to, told.unanswered, told.overheard) == (None, None, False)
    assert (said.event, said.team, said.edited) == (event, "T0OTHER", False)


def test_an_answer_in_a_thread_replies_to_its_first_message() -> None:
    said = heard(mention(thread_ts=ROOT))
    assert said is not None
    assert (said.message.place.thread, said.message.replies_to) == (ROOT, ROOT)


def test_a_mention_and_the_message_that_it_stands_in_are_one() -> None:
    by_mention, by_message = heard(mention()), heard(message(f"<@{ME}> hello", channel_type="channel"))
    assert by_mention is not None
    assert by_message is not None
    assert by_mention.message == by_message.message


@pytest.mark.parametrize(
    ("event", "changes", "overheard"),
    [
        (message(), {}, None),
        (message(f"well, <@{ME}|safi>"), {}, False),
        (message(), {"free_response": frozenset({HERE})}, False),
        (message(), {"free_response": frozenset({"C0ELSE"})}, None),
        (message(channel="D0ANN"), {"direct_messages": True}, False),
        (message(channel_type="im"), {"direct_messages": True}, False),
        (message(thread_ts=ROOT), {}, None),
        (message(thread_ts=ROOT), {"follow_threads": True}, True),
        (message("", thread_ts=ROOT, files=[{"name": "a"}]), {"follow_threads": True}, None),
        (message(thread_ts=TS), {"follow_threads": True}, None),
        (message(), {"follow_threads": True}, None),
        (message(f"<@{BOB}> what do you say?", thread_ts=ROOT), {"follow_threads": True}, None),
        (message(f"<@{BOB}> and <@{ME}>?", thread_ts=ROOT), {"follow_threads": True}, False),
        (message(thread_ts=ROOT), {"follow_threads": True, "free_response": frozenset({HERE})}, False),
        (mention(thread_ts=ROOT), {"follow_threads": True}, False),
    ],
)
def test_what_is_for_the_bot_follows_from_who_is_mentioned_and_where_it_is_said(
    event: dict[str, Any], changes: dict[str, Any], overheard: bool | None
) -> None:
    said = heard(event, **changes)
    assert (said and said.message.overheard) == overheard


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
def test_these_are_people_s_own_words(subtype: str | None) -> None:
    assert heard(message(f"<@{ME}> look", subtype=subtype)) is not None


@pytest.mark.parametrize(
    "more",
    [
        {"user": ME},
        {"user": "USLACKBOT"},
        {"user": None},
        {"bot_id": "B0OTHER"},
        {"bot_profile": {"id": "B0OTHER"}},
        {"hidden": True},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "channel_leave"},
        {"subtype": "channel_topic"},
        {"subtype": "something_new"},
    ],
    ids=str,
)
def test_what_no_person_said_is_passed_over(more: dict[str, Any]) -> None:
    assert heard(mention(**more)) is None


def test_events_of_other_kinds_and_of_other_workspaces_are_passed_over() -> None:
    assert heard({"type": "reaction_added", "user": ANN}) is None
    assert read(body(mention(), team_id="T0OTHER"), account=ACCOUNT, settings=settings()) is None
    granted = body(mention(), team_id="T0OTHER", authorizations=[{"team_id": TEAM}])
    assert read(granted, account=ACCOUNT, settings=settings()) is not None


@pytest.mark.parametrize(
    ("event", "shared", "changes", "refusal"),
    [
        (message(channel="D0ANN"), False, {}, DIRECT_MESSAGES_OFF),
        (mention(), True, {}, SHARED_CHANNELS_OFF),
        (mention(), True, {"shared_channels": True}, None),
        (message(channel="D0ANN"), True, {"direct_messages": True}, SHARED_CHANNELS_OFF),
    ],
)
def test_what_settings_leave_unanswered_goes_without_its_words(
    event: dict[str, Any], shared: bool, changes: dict[str, Any], refusal: Refusal | None
) -> None:
    said = heard(event, shared=shared, **changes)
    assert said is not None
    assert said.message.unanswered == refusal
    assert bool(said.message.text) == (refusal is None)


def test_an_edited_message_is_what_it_says_now_under_the_same_id() -> None:
    now = {"type": "message", "user": ANN, "team": TEAM, "ts": TS, "text": f"<@{ME}> better", "edited": {"ts": "1"}}
    event = message(subtype="message_changed", hidden=True, ts="1795348801.000100", message=now)
    said = heard(event)
    assert said is not None
    assert (said.message.event_id, said.message.text, said.edited) == (f"{HERE}:{TS}", "better", True)
    assert heard(event | {"message": {**now, "edited": None}}) is None, "a link was drawn out"
    direct = event | {"channel": "D0ANN", "message": {**now, "text": "better"}}
    assert heard(direct, direct_messages=True) is not None


@pytest.mark.parametrize(
    ("event", "thread"),
    [
        (message(subtype="message_deleted", deleted_ts=TS, previous_message=message(thread_ts=ROOT)), ROOT),
        (message(subtype="message_deleted", deleted_ts=TS, previous_message=message()), TS),
        (message(subtype="message_deleted", deleted_ts=TS), TS),
        (message(subtype="message_changed", message={"subtype": "tombstone", "ts": TS, "thread_ts": TS}), TS),
    ],
)
def test_a_message_that_is_gone_is_known_by_its_thread_and_its_id(event: dict[str, Any], thread: str) -> None:
    place = Place(workspace=f"slack:{TEAM}", channel=HERE, thread=thread)
    assert read(body(event), account=ACCOUNT, settings=settings()) == Gone(place=place, message_id=TS)


@pytest.mark.parametrize(
    "event",
    [{}, {"type": "app_mention"}, mention(ts="soon"), mention(channel=None), mention() | {"text": 7}, {"type": []}],
    ids=str,
)
def test_what_is_not_what_slack_sends_is_told_apart_from_what_is_none_of_the_bot_s(event: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError, LookupError, AttributeError)):
        read(body({"user": ANN, **event}), account=ACCOUNT, settings=settings())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"<@{ME}> hello", "hello"),
        (f"<@{ME}|safi>: <@{ME}>, hello", "hello"),
        (f"tell me <@{ME}> why", "tell me why"),
        (f"ask <@{BOB}|bob>", "ask @bob"),
        (f"ask <@{BOB}>", "ask @unknown"),
        ("in <#C0ELSE|general> or <#C0ELSE>", "in #general or #unknown"),
        ("<!here> <!channel|channel>", "@here channel"),
        ("<!subteam^S0TEAM|@heads> <!subteam^S0TEAM>", "@heads @subteam"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<https://example.org|our page>", "our page (https://example.org)"),
        ("<http://example.org|example.org>", "example.org"),
        ("<mailto:ann@example.org|ann@example.org>", "ann@example.org"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("  two\n\nlines  ", "two\n\nlines"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_people_see_it(text: str, words: str) -> None:
    assert readable(text, ME) == words


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    readable(text, ME)
