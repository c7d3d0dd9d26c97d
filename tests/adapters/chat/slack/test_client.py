"""What Slack brings is kept before it is acknowledged, heard once, and answered by its owner; over either line."""

import asyncio
import logging
from typing import Any

import pytest

from adapters.chat.port import GUESTS_OFF, SHARED_CHANNELS_OFF
from adapters.chat.slack import client
from adapters.chat.slack.client import EDITED_WITHIN
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.cuts import Held
from tests.adapters.chat.slack.loopback.deliveries import Delivery, Retry
from tests.adapters.chat.slack.loopback.faults import Refused
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.payloads import callback, mention
from tests.adapters.chat.slack.loopback.team import Message
from tests.adapters.chat.slack.serving import made, served, settings

both = pytest.mark.parametrize("web", [False, True], ids=["socket", "http"])


@both
async def test_the_same_event_three_times_gets_one_answer_and_three_acknowledgements(web: bool) -> None:
    async with served(web=web, there=Loopback(events=("app_mention",))) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?")
        (told,) = it.home.deliveries
        it.home.again(told, Retry(number=1))
        it.home.again(told, Retry(number=2))
        await it.until(lambda: len(told.answers) == 3 and it.home.texts(it.there.general))
        assert it.home.texts(it.there.general, said.ts) == ["You said: hello?"]


@both
async def test_a_first_delivery_that_says_retry_number_0_is_answered(web: bool) -> None:
    async with served(web=web) as it:
        message = Message(
            ts=it.home.team.ids.time(),
            channel=it.there.general.id,
            author=it.there.owner.id,
            team=it.home.team.id,
            text=f"<@{it.home.bot}> hello?",
        )
        told = Delivery(id="first", kind="events_api", payload=callback(it.home.team, mention(message)))
        it.home.again(told, Retry(number=0))
        await it.until(lambda: told.acknowledged and it.home.texts(it.there.general))
        assert it.home.texts(it.there.general, message.ts) == ["You said: hello?"]


@both
async def test_a_mention_and_the_message_that_it_stands_in_get_one_answer(web: bool) -> None:
    async with served(web=web, follow_threads=True) as it:
        await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.until(lambda: it.home.texts(it.there.general))
        assert [each.event["type"] for each in it.home.deliveries[:2]] == ["app_mention", "message"]
        assert it.home.texts(it.there.general) == ["You said: hello?"]


@both
async def test_nothing_is_acknowledged_before_it_is_kept_and_nothing_waits_for_the_answer(web: bool) -> None:
    async with served(web=web, there=Loopback(events=("app_mention",))) as it:
        it.bot.store.clear()
        it.bot.model.clear()
        await it.home.says(it.there.owner, it.there.general, "hello?", wait=False)
        await it.until(lambda: it.bot.arrived)
        (told,) = it.home.deliveries
        assert not told.acknowledged
        it.bot.store.set()
        await it.home.acknowledged()
        assert not it.home.texts(it.there.general)
        it.bot.model.set()
        await it.until(lambda: it.home.texts(it.there.general))


@both
async def test_while_one_message_is_not_kept_yet_others_are(web: bool) -> None:
    there = Loopback(events=("app_mention", "app_home_opened"))
    async with served(web=web, there=there, commands=Practice().commands()) as it:
        it.bot.store.clear()
        await it.home.says(it.there.owner, it.there.general, "hello?", wait=False)
        await it.until(lambda: it.bot.arrived)
        await it.home.opens_home(it.there.owner, shown=False)
        it.bot.store.set()
        await it.home.acknowledged()


@both
async def test_what_cannot_be_kept_is_not_acknowledged_so_that_it_comes_again(web: bool) -> None:
    async with served(web=web, there=Loopback(events=("app_mention",))) as it:
        it.bot.broken = True
        said = await it.home.says(it.there.owner, it.there.general, "hello?", wait=False)
        await it.until(lambda: it.bot.arrived)
        (told,) = it.home.deliveries
        if web:
            await it.until(lambda: told.statuses == [500])
        it.bot.broken = False
        assert it.home.lose_patience() == [told]
        await it.until(lambda: it.home.texts(it.there.general, said.ts))
        assert len(told.answers) == 1


@both
async def test_a_deleted_message_is_withdrawn_and_then_acknowledged(web: bool) -> None:
    async with served(web=web) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.home.deletes(said)
        assert it.bot.gone == [(it.place(said.ts), said.ts)]


async def test_what_is_attached_to_a_message_comes_with_it() -> None:
    async with served(there=Loopback(events=("message.im",)), direct_messages=True, read_files=True) as it:
        note = {"note.txt": ("text/plain", b"its words")}
        await it.home.says(it.there.owner, it.home.dm(it.there.owner), "read this", files=note)
        (heard,) = it.bot.heard
        assert (heard.text, [each.text for each in heard.files]) == ("read this", ["its words"])


async def test_a_message_that_is_edited_soon_is_heard_for_the_first_time() -> None:
    async with served(there=Loopback(events=("message.channels",))) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?", mention=False)
        assert not it.bot.heard
        await it.home.edits(said, f"<@{it.home.bot}> hello?")
        await it.home.edits(said, f"<@{it.home.bot}> hello there?")
        await it.until(lambda: it.home.texts(it.there.general))
        assert it.home.texts(it.there.general, said.ts) == ["You said: hello?"]


async def test_a_message_that_is_edited_late_is_not_heard_any_more() -> None:
    async with served(there=Loopback(events=("message.channels",))) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?", mention=False)
        it.clock.time += EDITED_WITHIN * 2
        await it.home.edits(said, f"<@{it.home.bot}> hello?")
        assert not it.bot.arrived


async def test_what_goes_on_in_a_thread_is_overheard_where_that_is_wanted() -> None:
    async with served(follow_threads=True) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.home.says(it.there.owner, it.there.general, "and then?", thread=said.ts, mention=False)
        assert [each.text for each in it.bot.overheard] == ["and then?"]


@both
@pytest.mark.parametrize(
    "event",
    [
        {"type": "team_join", "user": {"id": "U1"}},
        {"type": "app_mention"},
        {"type": "message", "channel": 7, "user": "U1", "ts": [], "text": "a canary"},
        {"type": "message", "subtype": "message_changed", "message": "a canary"},
        {"no": "type"},
        "a canary",
    ],
    ids=str,
)
async def test_what_is_not_known_or_cannot_be_read_is_acknowledged_and_ends_nothing(
    web: bool, event: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(web=web) as it:
        told = it.home.bring("events_api", callback(it.home.team, {"event_ts": "1.0"}) | {"event": event})
        await it.until(lambda: told.acknowledged or told.statuses == [400])  # by HTTP, Bolt cannot read some at all
        await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.until(lambda: it.home.texts(it.there.general))
    assert "canary" not in caplog.text


@both
@pytest.mark.parametrize("payload", [{}, {"type": "view_closed"}, {"type": "block_suggestion", "action_id": "a"}])
async def test_interactions_of_unknown_kinds_are_acknowledged_in_silence(
    web: bool, payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with served(web=web) as it:
        told = it.home.bring("interactive", {"team": {"id": it.home.team.id}, "user": {"id": "U1"}, **payload})
        await it.until(lambda: told.acknowledged)
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_guests_and_shared_channels_are_left_unanswered_unless_settings_say_otherwise() -> None:
    async with served(there=Loopback(events=("app_mention",)), guests=False, shared_channels=False) as it:
        guest = it.home.person("guest", restricted=True)
        shared = it.home.channel("shared", it.there.owner, shared=True)
        it.there.general.members.add(guest.id)
        await it.home.says(guest, it.there.general, "a word")
        await it.home.says(it.there.owner, shared, "a word")
        await it.home.says(it.there.owner, it.there.general, "hello?")
        assert [(each.unanswered, each.text) for each in it.bot.heard] == [
            (GUESTS_OFF, ""),
            (SHARED_CHANNELS_OFF, ""),
            (None, "hello?"),
        ]


async def test_where_slack_does_not_say_who_somebody_is_the_event_alone_decides() -> None:
    async with served(there=Loopback(events=("app_mention",)), guests=False) as it:
        it.there.fail("users.info", Refused(error="fatal_error"))
        await it.home.says(it.there.owner, it.there.general, "hello?")
        assert [each.unanswered for each in it.bot.heard] == [None]


@both
async def test_who_somebody_is_keeps_no_message_for_long_and_is_known_of_the_next(
    web: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ASKING", 0.01)
    asked = asyncio.Event()
    async with served(web=web, there=Loopback(events=("app_mention",)), guests=False) as it:
        guest = it.home.person("guest", restricted=True)
        stranger = it.home.person("stranger", home="TOTHER")
        it.there.general.members |= {guest.id, stranger.id}
        it.there.fail("users.info", Held(until=asked), Held(until=asked))
        await it.home.says(guest, it.there.general, "hello?")
        await it.home.says(stranger, it.there.general, "hello?")
        asked.set()
        monkeypatch.setattr(client, "ASKING", 60.0)
        await it.home.says(guest, it.there.general, "again")
        assert [each.unanswered for each in it.bot.heard] == [None, GUESTS_OFF, GUESTS_OFF]


@both
async def test_no_line_of_the_log_holds_anybody_s_words_or_a_token(web: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # below that the program lets no vendor log
    async with served(web=web, there=Loopback(events=("app_mention",))) as it:
        await it.home.says(it.there.owner, it.there.general, "a canary")
        await it.until(lambda: it.home.texts(it.there.general))
        (told,) = it.home.deliveries
        it.home.again(told, signature="wrong")
        await it.until(lambda: told.sent == 2 and len(told.statuses or told.answers) == 2)
        app = it.home.team.app
    for secret in ("canary", app.bot_token, app.app_token, app.secret, "ticket="):
        assert secret not in caplog.text


async def test_variables_that_bolt_reads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "something-else")
    async with served() as it:
        await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.until(lambda: it.home.texts(it.there.general))


async def test_what_comes_when_all_ends_is_left_for_slack_to_bring_again() -> None:
    async with Loopback().running() as there:
        chat, bot, _ = made(there, settings(there, web=True))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(chat.run(bot.handlers()))
            await chat.ready()
            bot.store.clear()
            await there.home.says(there.owner, there.general, "hello?", wait=False)
            await there.until(lambda: bot.arrived)
            running.cancel()
        told = there.home.deliveries[0]
        await there.until(lambda: told.statuses or there.calling.unreachable)
        assert not told.acknowledged
