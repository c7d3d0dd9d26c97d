"""What people do with commands, menus, buttons and forms is acknowledged at once, and then seen to by the desk."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.office import Office
from adapters.chat.slack.client import Service, app
from adapters.chat.slack.people import People
from adapters.chat.slack.settings import Settings, Socket
from tests.adapters.chat.slack.serving import Bot
from tests.adapters.chat.slack.test_inbound import ACCOUNT
from tests.doubles import HandClock

Start = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None] | None]


@dataclass
class Desk:
    """A desk that keeps what it is brought, and takes its time over it."""

    brought: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    at_leisure: asyncio.Event = field(default_factory=asyncio.Event)
    said: dict[str, Any] = field(default_factory=dict[str, Any])

    async def _keep(self, kind: str, body: dict[str, Any]) -> None:
        await self.at_leisure.wait()
        self.brought.append((kind, body))

    async def typed(self, body: dict[str, Any]) -> None:
        await self._keep("typed", body)

    async def chosen(self, body: dict[str, Any]) -> None:
        await self._keep("chosen", body)

    async def pressed(self, body: dict[str, Any]) -> None:
        await self._keep("pressed", body)

    def filling(self, body: dict[str, Any]) -> dict[str, Any]:
        return self.said

    async def filled(self, body: dict[str, Any]) -> None:
        await self._keep("filled", body)

    async def opened(self, event: dict[str, Any]) -> None:
        await self._keep("opened", event)


WHO: dict[str, Any] = {"team": {"id": "T1"}, "user": {"id": "U1"}}
DONE: list[tuple[str, dict[str, Any]]] = [
    ("typed", {"command": "/safi", "text": "status", "team_id": "T1", "user_id": "U1"}),
    ("chosen", WHO | {"type": "message_action", "callback_id": "why", "message_ts": "1.0"}),
    ("pressed", WHO | {"type": "block_actions", "actions": [{"type": "button", "action_id": "a", "block_id": "b"}]}),
    (
        "pressed",
        WHO | {"type": "block_actions", "actions": [{"type": "static_select", "action_id": "", "block_id": ""}]},
    ),
    ("filled", WHO | {"type": "view_submission", "view": {"type": "modal", "callback_id": "form"}}),
]


def service(desk: Desk, start: Start) -> Service:
    """What the Bolt app stands on, as `start` owns it."""
    clock = HandClock()
    here = Settings(name="home", bot_token="xoxb", line=Socket(token="xapp"))

    async def online() -> AsyncWebClient:
        raise AssertionError

    return Service(
        office=Office(handlers=Bot(lambda: None).handlers(), start=start, patience=0),
        desk=desk,
        people=People(online, here, clock, account=lambda: ACCOUNT),
        settings=here,
        account=lambda: ACCOUNT,
        clock=clock,
        start=start,
    )


async def dispatched(desk: Desk, body: dict[str, Any]) -> BoltResponse:
    """What Bolt answers, before the desk is done."""
    async with asyncio.TaskGroup() as group:
        bolt = app(service(desk, group.create_task))
        answer = await bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert not desk.brought
        desk.at_leisure.set()
    return answer


@pytest.mark.parametrize(("kind", "body"), DONE)
async def test_what_people_do_is_acknowledged_at_once_and_seen_to_after(kind: str, body: dict[str, Any]) -> None:
    desk = Desk()
    answer = await dispatched(desk, body)
    assert (answer.status, answer.body) == (200, "")
    assert desk.brought == [(kind, body)]


async def test_a_form_is_acknowledged_with_what_the_desk_says_to_it() -> None:
    desk = Desk(said={"response_action": "errors", "errors": {"b": "too long"}})
    answer = await dispatched(desk, DONE[-1][1])
    assert (answer.status, json.loads(answer.body)) == (200, desk.said)
    assert desk.brought == [DONE[-1]]


async def test_where_nothing_is_begun_any_more_nothing_is_acknowledged() -> None:
    def none(job: Coroutine[Any, Any, None]) -> None:
        job.close()

    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.0", "text": "hello?"}
    body = {"type": "event_callback", "team_id": ACCOUNT.team, "event": event}
    bolt = app(service(Desk(), none))
    assert (await bolt.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))).status == 500
