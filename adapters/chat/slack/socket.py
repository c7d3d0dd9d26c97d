"""Socket Mode: the bot calls Slack and holds one line, which is closed before there is another."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Never, cast

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import ChatError
from adapters.chat.slack.account import quiet
from adapters.chat.slack.failures import app_token_refused, translated
from safi.ports import Clock

_log = logging.getLogger(__name__)

DEAF_AFTER: Final = timedelta(seconds=75)
"""How long a line may bring nothing, not even one of Slack's pings, which come at least twice a minute."""

BRIEF: Final = timedelta(minutes=1)
"""How long a line must have lasted for the next one to follow at once where Slack asks for it."""

DEAF: Final = f"nothing came over its line for {DEAF_AFTER.seconds} seconds, not even a ping"

_HEARTBEAT: Final = 30.0  # seconds between pings of our own, by which a connection that was cut is noticed
_ENDS: Final = frozenset({"CLOSE", "CLOSING", "CLOSED", "ERROR"})
_PATIENCE: Final = 30.0  # seconds for connecting
_CUT: Final = 1006  # how a connection that ended without a word is told

_RENEWED: Final = frozenset({"warning", "refresh_requested"})
"""Why Slack asks for a new line in the ordinary course of things."""

_FAREWELLS: Final = {
    "link_disabled": "Socket Mode was switched off for the app",
    "too_many_websockets": "the app has as many lines as Slack allows: other programs use its token",
}
"""What Slack's other reasons for taking leave mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What calls Slack. `name` is what the configuration calls the workspace, `client` asks for each line.

    `free` returns once one more message can be taken; `start` owns what is done with each; `connected` is called once
    Slack has said hello.
    """

    app: AsyncApp
    client: AsyncWebClient
    name: str
    token: str
    clock: Clock
    free: Callable[[], Awaitable[None]]
    start: Callable[[Coroutine[Any, Any, None]], object]
    connected: Callable[[], None]


async def hold(caller: Caller) -> Never:
    """Hold one line after the other. Raises ChatError where one ends that should not; ChatRefused."""
    while True:
        began = caller.clock.now()
        why = await _one(caller)
        if why not in _RENEWED or caller.clock.now() - began < BRIEF:
            raise ChatError(_FAREWELLS.get(why, why))
        _log.info("Slack asked for a new line (%s)", why)


async def _one(caller: Caller) -> str:
    """Why a line ended."""
    await caller.free()
    line = _Line(caller)
    try:
        await line.connect()
        return await line.lasted()
    finally:
        await line.close()


class _Line(SocketModeClient):
    """slack_sdk's client for one line. Nothing of it runs without an owner, and it ends where that would call again."""

    def __init__(self, caller: Caller) -> None:
        super().__init__(
            app_token=caller.token,
            logger=quiet(),
            web_client=caller.client,
            auto_reconnect_enabled=False,
            ping_interval=_HEARTBEAT,
        )
        self.proxy = caller.client.proxy
        self._caller = caller
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._seen = caller.clock.now()
        self._held = False

    async def connect(self) -> None:
        """Ask for a line and take it, once. Raises ChatError."""
        with translated(app_token_refused(self._caller.name)):
            async with asyncio.timeout(_PATIENCE):
                answer = await self.web_client.apps_connections_open(app_token=self.app_token)  # pyright: ignore[reportUnknownMemberType]  # its extras have no types
                self.wss_uri = cast("str", answer["url"])
                self.current_session = await self.aiohttp_client_session.ws_connect(
                    self.wss_uri, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy
                )

    async def lasted(self) -> str:
        """Serve the line to its end, and say why it ended: in Slack's word where it has said one."""
        async with asyncio.TaskGroup() as tasks:
            jobs = [tasks.create_task(self.receive_messages()), tasks.create_task(self._watch())]
            why = await self._ended
            for job in jobs:
                job.cancel()
        return why

    async def close(self) -> None:
        """Close the line and all that belongs to it."""
        await super().close()
        await asyncio.wait([cast("asyncio.Future[None]", self.message_processor)])  # pyright: ignore[reportUnknownMemberType]  # nor this

    async def process_messages(self) -> None:
        """Nothing: each message is handed on as it comes."""

    async def receive_messages(self) -> None:
        """Hand on what comes, until the line ends; while too much is in hand, nothing is read."""
        session = cast("Any", self.current_session)  # aiohttp's
        while not self._ended.done():
            self._held = True
            await self._caller.free()
            self._held = False
            frame = await session.receive()
            match frame.type.name:
                case "TEXT":
                    self._seen = self._caller.clock.now()
                    self._take(frame.data)
                case "PING":
                    self._seen = self._caller.clock.now()
                    with suppress(ConnectionError):
                        await session.pong(frame.data)
                case kind if kind in _ENDS:
                    cut = session.close_code in {None, _CUT}
                    self._end("its line was cut" if cut else f"its line was closed, code {session.close_code}")
                case _:  # an answer to a ping of ours says only that something is there
                    pass

    async def _watch(self) -> None:
        """End a line over which nothing comes any more, though it may look well."""
        clock = self._caller.clock
        while self._held or clock.now() - self._seen < DEAF_AFTER:
            await clock.sleep((DEAF_AFTER if self._held else self._seen + DEAF_AFTER - clock.now()).total_seconds())
        self._end(DEAF)

    def _end(self, why: str) -> None:
        with suppress(asyncio.InvalidStateError):  # what has ended it first counts
            self._ended.set_result(why)

    def _take(self, frame: str) -> None:
        try:
            said: object = json.loads(frame)
        except ValueError:
            said = None
        match said:
            case {"type": "hello"}:
                self._caller.connected()
            case {"type": "disconnect", "reason": str(reason)} if reason.replace("_", "").isalpha():
                self._end(reason)
            case {"type": "disconnect"}:
                self._end("Slack took leave")
            case {"type": str(), "envelope_id": str(envelope)}:
                self._caller.start(self._answer(cast("dict[str, Any]", said), envelope))
            case _:
                _log.warning("Slack sent a frame that cannot be read; it is passed over")

    async def _answer(self, said: dict[str, Any], envelope: str) -> None:
        """Have Bolt deal with what an envelope holds, and acknowledge it where that is due."""
        try:
            request = SocketModeRequest(
                type=said["type"],
                envelope_id=envelope,
                payload=said["payload"],
                retry_attempt=said.get("retry_attempt"),
                retry_reason=said.get("retry_reason"),
            )
            response = await run_async_bolt_app(self._caller.app, request)
        except Exception as error:  # noqa: BLE001  # a vendor's reader, on what it did not expect
            _log.warning("Slack sent something that cannot be read (%s); it is passed over", type(error).__name__)
            request = SocketModeRequest(type="", envelope_id=envelope, payload={})
            response = BoltResponse(status=200)
        with suppress(ChatError), translated():  # what is not acknowledged comes again
            await send_async_response(self, request, response, 0)
