"""Slack as a Chat: whose workspace it is, when something can be posted, the status, beginning and end."""

import asyncio
from datetime import timedelta

import pytest

from adapters.chat.port import Card, ChatError, Place
from adapters.chat.slack import places, socket
from adapters.chat.slack.failures import bot_token_refused
from adapters.chat.slack.platform import WORKING
from adapters.chat.slack.socket import Caller
from adapters.chat.supervision import PAUSES, ChatRefused
from tests.adapters.chat.slack.loopback.faults import Broken, Refused
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Status
from tests.adapters.chat.slack.serving import PATIENCE, Served, made, served, settings

ELSEWHERE = Place(workspace="slack:T0ELSE", channel="C1", thread="1.0")
STATUS_S = 90.0
SET_STATUS = "assistant.threads.setStatus"


async def worked(it: Served, place: Place, times: int) -> None:
    """Work somewhere until a status was set so often, and wait until all is done."""
    async with it.chat.working(place):
        for number in range(1, times + 1):
            await it.asleep(STATUS_S, times=number)
            it.clock.pass_time(STATUS_S if number < times else 0)
    await it.until(lambda: len([call for call in it.there.journal.calls if call.method == SET_STATUS]) > times)


async def failing(it: Served) -> None:
    async with it.chat.working(it.place("1.0")):
        await it.asleep(STATUS_S)
        raise ZeroDivisionError


@pytest.mark.parametrize("web", [False, True], ids=["socket", "http"])
async def test_somebody_who_mentions_the_bot_is_answered_in_a_thread(web: bool) -> None:
    async with served(web=web) as it:
        said = await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.until(lambda: it.home.texts(it.there.general, said.ts))
        assert it.home.texts(it.there.general, said.ts) == ["You said: hello?"]
        assert [each.place for each in it.bot.heard] == [it.place(said.ts)]


@pytest.mark.parametrize("web", [False, True], ids=["socket", "http"])
async def test_behind_a_proxy_slack_is_reached_through_it(web: bool) -> None:
    """No machine has that name: only the proxy knows where it leads."""
    async with served(web=web, there=Loopback(events=("app_mention",), name="slack.test")) as it:
        await it.home.says(it.there.owner, it.there.general, "hello?")
        await it.until(lambda: it.home.texts(it.there.general) == ["You said: hello?"])


async def test_it_serves_its_own_workspace_alone_and_knows_which_once_slack_has_said() -> None:
    async with served(moderators_channel="C0MODS") as it:
        own = places.workspace(it.home.team.id)
        assert [it.chat.serves(each) for each in (own, ELSEWHERE.workspace, "discord:1")] == [True, False, False]
        assert it.chat.moderators(own) == Place(workspace=own, channel="C0MODS")
        assert it.chat.moderators(ELSEWHERE.workspace) is None
        assert it.chat.remembers(own) == timedelta()
        await it.chat.ready(own)
        with pytest.raises(ChatError, match="no such workspace"):
            await it.chat.ready(ELSEWHERE.workspace)
        unborn, _, _ = made(it.there, settings(it.there, moderators_channel="C0MODS"))
        assert unborn.serves(own) is None
        assert unborn.serves("discord:1") is False
        assert unborn.moderators(own) is None
        with pytest.raises(ChatError, match="not said yet"):
            unborn._known()  # pyright: ignore[reportPrivateUsage]  # what is asked where nothing is known yet


async def test_without_a_channel_of_their_own_moderators_are_told_nowhere() -> None:
    async with served() as it:
        assert it.chat.moderators(places.workspace(it.home.team.id)) is None


async def test_a_card_is_posted() -> None:
    async with served() as it:
        posted = await it.chat.show(it.place(), Card(title="Status", sentence="All is well."))
        (message,) = it.home.team.posted(it.there.general.id)
        assert (posted.place, posted.message_id) == (it.place(), message.ts)


async def test_a_status_is_shown_while_the_bot_works_and_taken_away_after() -> None:
    async with served() as it:
        await worked(it, it.place("1.0"), times=3)
        shown = Status(channel=it.there.general.id, thread="1.0", text=WORKING)
        assert it.home.team.statuses == [shown, shown, shown, Status(channel=shown.channel, thread="1.0", text="")]


async def test_a_status_is_taken_away_where_the_work_fails_and_where_all_ends() -> None:
    async with served() as it:
        with pytest.raises(ZeroDivisionError):
            await failing(it)
        await it.until(lambda: it.home.team.statuses and not it.home.still_shown)
        async with it.chat.working(it.place("2.0")):
            await it.asleep(STATUS_S, times=2)
            assert it.home.still_shown
            it.running.cancel()
            await asyncio.wait([it.running])
        assert not it.home.still_shown


async def test_a_status_that_cannot_be_shown_harms_nobody() -> None:
    async with served() as it:
        it.there.fail(SET_STATUS, Refused(error="channel_not_found"), Broken())
        await worked(it, it.place("1.0"), times=1)
        for place in (it.place(), Place(workspace="console", channel="c", thread="1")):
            async with it.chat.working(place):
                pass
        async with made(it.there, settings(it.there))[0].working(it.place("1.0")):
            pass


async def test_a_status_that_waits_for_slack_ends_with_the_work() -> None:
    async with Loopback().running() as there:
        there.fail("auth.test", Broken())
        chat, bot, clock = made(there, settings(there))
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(bot.handlers()))
            await there.until(lambda: PAUSES[0] in clock.slept)
            async with chat.working(ELSEWHERE):
                await asyncio.sleep(0)
            running.cancel()


async def test_where_slack_does_not_say_who_the_bot_is_it_is_asked_again_after_a_pause() -> None:
    async with Loopback().running() as there:
        there.fail("auth.test", Broken())
        chat, bot, clock = made(there, settings(there))
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(bot.handlers()))
            await there.until(lambda: PAUSES[0] in clock.slept)
            assert chat.serves(places.workspace(there.home.team.id)) is None
            clock.pass_time(PAUSES[0])
            await chat.ready()
            running.cancel()
        with pytest.raises(ChatError, match=r"has left Slack \(home\)"):
            await chat.say(ELSEWHERE, "a word", turn_id="t", reply_to=None)


@pytest.mark.parametrize("web", [False, True], ids=["socket", "http"])
@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked"])
async def test_a_token_that_slack_does_not_take_ends_it_and_says_what_to_change(web: bool, error: str) -> None:
    async with Loopback().running() as there:
        there.fail("auth.test", Refused(error=error))
        chat, bot, _ = made(there, settings(there, web=web))
        with pytest.raises(ChatRefused) as refused:
            await chat.run(bot.handlers())
        assert str(refused.value) == bot_token_refused("home")[error]


async def test_a_handler_that_fails_ends_the_run() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        chat, bot, _ = made(there, settings(there))
        bot.chat = None  # so that it fails on the first message
        with pytest.RaisesGroup(AssertionError, flatten_subgroups=True):
            async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
                group.create_task(chat.run(bot.handlers()))
                await chat.ready()
                await there.home.says(there.owner, there.general, "hello?", wait=False)
                await asyncio.Event().wait()
        assert not there.home.deliveries[0].acknowledged


async def test_whatever_ends_a_session_another_one_begins_and_nobody_s_words_are_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(caller: Caller) -> None:
        raise KeyError("a canary")

    async with Loopback().running() as there:
        monkeypatch.setattr(socket, "hold", failing)
        chat, bot, clock = made(there, settings(there))
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(bot.handlers()))
            await there.until(lambda: PAUSES[0] in clock.slept)
            running.cancel()
    assert "the client ended (KeyError)" in caplog.text
    assert "canary" not in caplog.text
