"""Socket Mode: one line at a time, renewed where Slack asks for it, replaced where it is cut, deaf or turned away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from adapters.chat import office
from adapters.chat.office import Office
from adapters.chat.port import ChatError
from adapters.chat.slack.failures import app_token_refused
from adapters.chat.slack.socket import BRIEF, DEAF, DEAF_AFTER
from adapters.chat.supervision import PAUSES, ChatRefused
from tests.adapters.chat.cuts import CutBefore, Held
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.lines import Lines, Reason
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.serving import PATIENCE, Served, made, served, settings

DEAF_S = DEAF_AFTER.total_seconds()
OPEN = "apps.connections.open"


PARTINGS: list[tuple[Callable[[Lines], None], str]] = [
    (lambda lines: lines.part("refresh_requested"), "refresh_requested"),
    (lambda lines: lines.part("link_disabled"), "Socket Mode was switched off"),
    (lambda lines: lines.part("too_many_websockets"), "the app has as many lines as Slack allows: other programs"),
    (lambda lines: lines.say({"type": "disconnect"}), "Slack took leave"),
    (lambda lines: lines.say({"type": "disconnect", "reason": "a <canary>"}), "Slack took leave"),
    (lambda lines: lines.close(), "its line was closed, code 1000"),
    (lambda lines: lines.cut(), "its line was cut"),
]


async def answered(it: Served) -> None:
    """Say something, and wait until it is answered."""
    said = await it.home.says(it.there.owner, it.there.general, "hello?")
    await it.until(lambda: it.home.texts(it.there.general, said.ts))


async def paused(it: Served, pause: float) -> None:
    """Wait until the next line is waited for, and let that time pass."""
    await it.asleep(pause)
    it.clock.pass_time(pause)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_where_slack_asks_for_it_a_line_is_closed_and_the_next_one_follows_at_once(reason: Reason) -> None:
    async with served() as it:
        it.clock.time += BRIEF
        it.home.lines.part(reason, close=False)
        await it.until(lambda: it.home.lines.greeted == 2)
        assert len(it.home.lines.live) == 1
        assert not set(it.clock.slept) & set(PAUSES)
        await answered(it)


@pytest.mark.parametrize(
    ("part", "words"), PARTINGS, ids=["soon", "off", "many", "no reason", "odd reason", "closed", "cut"]
)
async def test_a_line_that_ends_otherwise_is_replaced_after_a_pause(
    part: Callable[[Lines], None], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with served() as it:
        part(it.home.lines)
        await paused(it, PAUSES[0])
        await it.until(lambda: it.home.lines.greeted == 2)
        await answered(it)
    assert f"Slack (home): the client ended ({words}" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize("health", ["silent", "dead"])
async def test_a_deaf_line_is_noticed_and_replaced_ever_more_slowly(
    health: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async with served() as it:
        lines = it.home.lines
        lines.ghosts.extend([health, health])
        lines.haunt(health)
        for opened, pause in enumerate(PAUSES[:3], start=1):
            await it.until(lambda opened=opened: lines.opened == opened)
            await it.asleep(DEAF_S, times=opened)
            it.clock.pass_time(DEAF_S)
            await paused(it, pause)
        await it.until(lambda: lines.greeted == 2)
        await answered(it)
    assert caplog.text.count(DEAF) == 3


async def test_a_line_that_is_pinged_is_not_deaf_and_answers() -> None:
    async with served() as it:
        (line,) = it.home.lines.live
        await it.asleep(DEAF_S)
        it.clock.time += DEAF_AFTER / 2
        await line.socket.pong()
        it.home.lines.say(b"ping")
        await it.until(lambda: line.pongs)
        it.clock.pass_time(DEAF_S / 2)
        await it.asleep(DEAF_S / 2)
        assert it.home.lines.opened == 1
        await answered(it)


@pytest.mark.parametrize(
    "fault",
    [Limited(), Broken(), Html(), CutBefore(), Refused(error="fatal_error"), None],
    ids=["limited", "broken", "page", "cut", "refused", "turned away"],
)
async def test_a_line_that_cannot_be_had_is_asked_for_again_after_a_pause(fault: Fault | None) -> None:
    async with Loopback().running() as there:
        if fault is None:
            there.home.lines.absent = 1
        else:
            there.fail(OPEN, fault)
        chat, bot, clock = made(there, settings(there))
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(bot.handlers()))
            await there.until(lambda: PAUSES[0] in clock.slept)
            clock.pass_time(PAUSES[0])
            await chat.ready()
            running.cancel()


@pytest.mark.parametrize("error", ["invalid_auth", "missing_scope", "socket_mode_not_enabled"])
async def test_a_token_that_cannot_hold_a_line_ends_it_and_says_what_to_change(error: str) -> None:
    async with Loopback().running() as there:
        there.fail(OPEN, Refused(error=error))
        chat, bot, _ = made(there, settings(there))
        with pytest.raises(ChatRefused) as refused:
            await chat.run(bot.handlers())
        assert str(refused.value) == app_token_refused("home")[error]
        with pytest.raises(ChatError, match="has left"):
            await chat.ready()


@pytest.mark.parametrize("method", ["auth.test", OPEN])
async def test_cancelled_in_the_middle_of_connecting_it_leaves_nothing_behind(method: str) -> None:
    async with Loopback().running() as there:
        until = asyncio.Event()
        there.fail(method, Held(until=until))
        chat, bot, _ = made(there, settings(there))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(chat.run(bot.handlers()))
            await there.until(lambda: [call for call in there.journal.calls if call.method == method])
            running.cancel()
        until.set()
        assert not [task for task in asyncio.all_tasks() if "_Line" in repr(task) or "SocketMode" in repr(task)]


async def test_while_too_much_is_in_hand_nothing_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    there, asked, free = Loopback(events=("app_mention",)), list[Office](), Office.free

    async def counted(self: Office) -> None:
        asked.append(self)
        there.changes.tell()
        await free(self)

    monkeypatch.setattr(office, "IN_HAND", 1)
    monkeypatch.setattr(Office, "free", counted)
    async with served(there=there) as it:
        it.bot.model.clear()
        await it.home.says(it.there.owner, it.there.general, "one")
        before = len(asked)
        await it.home.says(it.there.owner, it.there.general, "two", wait=False)
        await it.until(lambda: len(asked) > before)
        it.clock.pass_time(DEAF_S)
        await it.asleep(DEAF_S, times=2)  # it is not taken for deaf
        first, second = it.home.deliveries
        assert (first.acknowledged, second.acknowledged) == (True, False)
        it.bot.model.set()
        await it.home.acknowledged()
        assert it.home.lines.opened == 1


@pytest.mark.parametrize("frame", ["{", '"a canary"', "{}", '{"type": "events_api"}'])
async def test_a_frame_that_cannot_be_read_is_passed_over(frame: str, caplog: pytest.LogCaptureFixture) -> None:
    async with served() as it:
        await it.home.lines.live[0].socket.send_str(frame)
        await answered(it)
    assert "a frame that cannot be read" in caplog.text
    assert "canary" not in caplog.text


async def test_an_envelope_that_cannot_be_read_is_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as it:
        it.home.lines.say({"type": "events_api", "envelope_id": "E1", "payload": ["a canary"]})
        await it.until(lambda: it.home.lines.strange)
        assert it.home.lines.strange == [{"envelope_id": "E1"}]
    assert "something that cannot be read (" in caplog.text
    assert "canary" not in caplog.text


async def test_what_is_kept_when_its_line_is_gone_is_acknowledged_when_it_comes_again() -> None:
    async with served(there=Loopback(events=("app_mention",))) as it:
        it.bot.store.clear()
        said = await it.home.says(it.there.owner, it.there.general, "hello?", wait=False)
        await it.until(lambda: it.bot.arrived)
        it.home.lines.cut()
        await paused(it, PAUSES[0])
        await it.until(lambda: it.home.lines.greeted == 2)
        it.bot.store.set()
        await it.until(lambda: it.home.texts(it.there.general))
        it.home.lose_patience()
        await it.home.acknowledged()
        assert it.home.texts(it.there.general, said.ts) == ["You said: hello?"]
