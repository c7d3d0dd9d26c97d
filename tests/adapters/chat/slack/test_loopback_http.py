"""The loopback Slack where it calls the bot: rightly signed, wrongly, late or not at all, and again."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier

from tests.adapters.chat.slack.loopback.deliveries import Delivery, Retry
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Payload
from tests.adapters.chat.slack.loopback.web import Signature


@dataclass
class Listener(Clock):
    """A bot that answers the calls which are signed rightly, with what it is told to say, and keeps their headers."""

    there: Loopback
    says: Payload = field(default_factory=dict[str, object])
    bodies: list[str] = field(default_factory=list[str])
    retries: list[str | None] = field(default_factory=list[str | None])

    def now(self) -> float:
        return self.there.now()

    async def called(self, request: web.Request) -> web.Response:
        body = await request.text()
        headers = dict(request.headers)
        if not SignatureVerifier(self.there.home.team.app.secret, self).is_valid_request(body, headers):
            return web.Response(status=401)
        self.bodies.append(body)
        self.retries.append(headers.get("X-Slack-Retry-Num"))
        return web.json_response(self.says)


@asynccontextmanager
async def called() -> AsyncGenerator[Listener]:
    """A loopback Slack that calls a bot."""
    async with Loopback(events=("app_mention",)).running() as there:
        listener = Listener(there)
        app = web.Application()
        app.router.add_post("/slack", listener.called)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            there.home.team.app.address = f"http://127.0.0.1:{runner.addresses[0][1]}/slack"
            yield listener
        finally:
            await runner.cleanup()


async def test_events_commands_and_forms_come_signed_and_their_answers_count_as_acknowledgements() -> None:
    async with called() as listener:
        there, listener.says = listener.there, {"text": "yes"}
        await there.home.says(there.owner, there.general, "hello?")
        typed = await there.home.types(there.owner, there.general, "/safi status", shown=False)
        assert typed.delivery.answers == [{"text": "yes"}]
        assert [body[:8] for body in listener.bodies] == ['{"token"', "token=un"]


@pytest.mark.parametrize("signature", ["wrong", "missing", "stale"])
async def test_what_is_not_signed_rightly_is_told_from_what_is(signature: Signature) -> None:
    async with called() as listener:
        there = listener.there
        forged = Delivery(id="E", kind="events_api", payload={"type": "event_callback"})
        there.home.again(forged, signature=signature)
        await there.until(lambda: forged.statuses)
        assert (forged.statuses, forged.acknowledged, listener.bodies) == ([401], False, [])
        there.home.again(forged, Retry(number=1))
        await there.until(lambda: forged.acknowledged)
        assert listener.retries == ["1"]


async def test_nobody_at_the_address_is_no_acknowledgement() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        there.home.team.app.address = "http://127.0.0.1:1/slack"
        await there.home.says(there.owner, there.general, "hello?", wait=False)
        await there.until(lambda: there.calling.unreachable)
        assert not there.home.deliveries[0].acknowledged
