"""HTTP mode: only what Slack has signed is heard, and nobody who calls can hold the others up."""

import asyncio
from typing import Any

import aiohttp
import pytest

from adapters.chat import office
from adapters.chat.slack import web
from adapters.chat.slack.manifest import PATH
from adapters.chat.supervision import ChatRefused
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.web import Signature
from tests.adapters.chat.slack.serving import PATIENCE, Served, made, served, settings

MENTIONS = ("app_mention",)


def address(it: Served, path: str = PATH) -> str:
    assert it.home.team.app.address is not None
    return it.home.team.app.address.removesuffix(PATH) + path


async def posted(it: Served, **request: Any) -> int:
    """The status of an answer to a request that is not Slack's."""
    async with it.there.calling.session.post(address(it), **request) as response:
        return response.status


@pytest.mark.parametrize("signature", ["wrong", "missing", "stale"])
async def test_a_call_that_slack_did_not_sign_just_now_is_turned_away(signature: Signature) -> None:
    async with served(web=True, there=Loopback(events=MENTIONS)) as it:
        await it.home.says(it.there.owner, it.there.general, "hello?")
        (told,) = it.home.deliveries
        it.home.again(told, signature=signature)
        await it.until(lambda: len(told.statuses) == 2)
        assert told.statuses == [200, 401]
        assert it.bot.arrived == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Request-Timestamp": "noon", "X-Slack-Signature": "v0=0"},
        {"X-Slack-Request-Timestamp": "1" * 5_000, "X-Slack-Signature": "v0=0"},
        {"X-Slack-Request-Timestamp": "1795348800", "X-Slack-Signature": "v0=é"},
    ],
    ids=["no time", "far too late", "no mark"],
)
async def test_a_signature_that_cannot_be_read_is_no_signature(headers: dict[str, str]) -> None:
    async with served(web=True) as it:
        assert await posted(it, data="{}", headers=headers) == 401


async def test_a_wrong_signature_is_told_of_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    async with served(web=True) as it:
        told = it.home.bring("events_api", {"type": "event_callback", "event": {"type": "app_mention"}})
        for signature in ("wrong", "stale"):
            it.home.again(told, signature=signature)
        await it.until(lambda: len(told.statuses) == 3)
    assert [each.levelname for each in caplog.records if "signing secret of slack.home" in each.message] == ["WARNING"]


async def test_what_claims_to_check_the_certificate_brings_nothing_unsigned() -> None:
    async with served(web=True) as it:
        body = {"type": "event_callback", "ssl_check": "1", "event": {"type": "app_home_opened", "user": "U1"}}
        signed = {"X-Slack-Request-Timestamp": "1795348800", "X-Slack-Signature": "v0=0"}
        await posted(it, json=body, headers=signed)
        mention = {"type": "app_mention", "user": "U1", "ts": "1.1", "channel": "C1", "text": "hello?"}
        await posted(it, json=body | {"team_id": it.home.team.id, "event": mention}, headers=signed)
        assert it.bot.arrived == 0


async def test_slack_is_answered_when_it_looks_whether_the_bot_is_there() -> None:
    async with served(web=True) as it:
        told = it.home.bring("events_api", {"type": "url_verification", "challenge": "what it says"})
        await it.until(lambda: told.acknowledged)
        assert told.answers == [{"challenge": "what it says"}]


async def test_whoever_watches_the_bot_is_told_that_it_listens() -> None:
    async with served(web=True) as it, it.there.calling.session.get(address(it, web.HEALTH)) as response:
        assert (response.status, await response.text()) == (200, "ok")


async def test_a_body_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LARGEST", 10)
    async with served(web=True) as it:
        told = it.home.bring("events_api", {"type": "event_callback", "event": {"type": "app_mention"}})
        await it.until(lambda: told.statuses)
        assert told.statuses == [413]


async def test_a_body_that_cannot_be_read_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async with served(web=True, there=Loopback(events=MENTIONS)) as it:
        signed = {"X-Slack-Request-Timestamp": "1795348800", "X-Slack-Signature": "v0=0"}
        assert await posted(it, data=b"{a canary", headers=signed) == 400
        assert await posted(it, data=b"\xff", headers=signed | {"Content-Type": "text/plain; charset=utf-8"}) == 400
        await it.home.says(it.there.owner, it.there.general, "hello?")
    assert "canary" not in caplog.text


async def test_a_slow_caller_holds_nobody_up() -> None:
    async with served(web=True, there=Loopback(events=MENTIONS)) as it:
        _, writer = await asyncio.open_connection(it.line.host, it.line.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: h\r\nX-Slack-Request-Timestamp: 1\r\nContent-Length: 9\r\n\r\n"
        )
        await writer.drain()
        await it.home.says(it.there.owner, it.there.general, "hello?")
        writer.close()
        await writer.wait_closed()


async def test_a_caller_who_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PATIENCE", 0)
    async with served(web=True) as it:
        reader, writer = await asyncio.open_connection(it.line.host, it.line.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: h\r\nX-Slack-Request-Timestamp: 1\r\nContent-Length: 9\r\n\r\n"
        )
        assert b"408" in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_while_too_much_is_in_hand_slack_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "IN_HAND", 1)
    monkeypatch.setattr(web, "_ROOM_WITHIN", 0)
    async with served(web=True, there=Loopback(events=MENTIONS)) as it:
        it.bot.model.clear()
        await it.home.says(it.there.owner, it.there.general, "one")
        await it.home.says(it.there.owner, it.there.general, "two", wait=False)
        late = it.home.deliveries[1]
        await it.until(lambda: late.statuses)
        assert late.statuses == [503]
        it.bot.model.set()
        await it.until(lambda: it.home.texts(it.there.general))
        it.home.lose_patience()
        await it.home.acknowledged()


async def test_an_address_at_which_somebody_else_listens_is_named() -> None:
    async with served(web=True) as it:
        chat, bot, _ = made(it.there, it.settings)
        with pytest.raises(ChatRefused, match=rf"{it.line.host}:{it.line.port}.*slack\.home\.listen") as refused:
            await chat.run(bot.handlers())
        assert str(refused.value).count(str(it.line.port)) == 1


async def test_cancelled_while_somebody_calls_it_ends_soon_and_leaves_nothing_behind() -> None:
    async with Loopback(events=MENTIONS).running() as there:
        chat, bot, _ = made(there, settings(there, web=True))
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(bot.handlers()))
            await chat.ready()
            running.cancel()
        with pytest.raises(aiohttp.ClientConnectionError):
            await there.calling.session.get(f"{there.home.team.app.address}")
