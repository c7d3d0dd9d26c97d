"""The Socket Mode lines of one app: hello, envelopes and acknowledgements, pings, goodbyes, and ghosts."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

from aiohttp import WSMessage, WSMsgType, web

from tests.adapters.chat.slack.loopback.deliveries import Delivery, Journal, Retry
from tests.adapters.chat.slack.loopback.team import App, Payload

MOST: Final = 10
"""How many lines an app may hold."""

Health = Literal["well", "silent", "dead"]
"""A silent line answers pings and brings nothing; a dead one does not even that."""

Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(slots=True)
class Line:
    """One websocket: frames leave in the order they were put, None closes it."""

    socket: web.WebSocketResponse
    request: web.Request
    health: Health = "well"
    pongs: int = 0
    pings: int = 0
    leaving: asyncio.Queue[Payload | bytes | None] = field(default_factory=asyncio.Queue[Payload | bytes | None])

    async def pump(self) -> None:
        """Send what is put, until the end; a ping is bytes."""
        while (frame := await self.leaving.get()) is not None:
            try:
                await (self.socket.ping(frame) if isinstance(frame, bytes) else self.socket.send_str(json.dumps(frame)))
            except ConnectionError:
                return  # it was cut
        await self.socket.close()

    def cut(self) -> None:
        """End the TCP connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


@dataclass(slots=True, repr=False)
class Lines:
    """The lines that an app holds now. What is brought while there is none waits for the next one."""

    app: App
    journal: Journal
    live: list[Line] = field(default_factory=list[Line])
    opened: int = 0
    greeted: int = 0
    ghosts: deque[Health] = field(default_factory=deque[Health])  # what the next lines are like from the start
    absent: int = 0  # how many more are turned away at the door
    waiting: deque[Payload] = field(default_factory=deque[Payload])
    brought: dict[str, Delivery] = field(default_factory=dict[str, Delivery])
    strange: list[Payload] = field(default_factory=list[Payload])  # acknowledgements of what was never brought

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One line from hello to its end."""
        if self.absent:
            self.absent -= 1
            return web.Response(status=503)
        line = Line(web.WebSocketResponse(autoping=False), request, self.ghosts.popleft() if self.ghosts else "well")
        await line.socket.prepare(request)
        self.opened += 1
        async with asyncio.TaskGroup() as tasks:
            pumping = tasks.create_task(line.pump())
            self._greet(line)
            async for frame in line.socket:
                await self._hear(line, frame)
            pumping.cancel()
        self._forget(line)
        return line.socket

    def _greet(self, line: Line) -> None:
        if len(self.live) >= MOST:
            line.leaving.put_nowait(goodbye("too_many_websockets"))
            line.leaving.put_nowait(None)
            return
        self.live.append(line)
        if line.health == "well":
            line.leaving.put_nowait(hello(self.app, len(self.live)))
            self.greeted += 1
            while self.waiting:
                line.leaving.put_nowait(self.waiting.popleft())
        self.journal.tell()

    async def _hear(self, line: Line, frame: WSMessage) -> None:
        if frame.type is WSMsgType.PING:
            line.pings += 1
            if line.health != "dead":
                await line.socket.pong(frame.data)
        elif frame.type is WSMsgType.PONG:
            line.pongs += 1
        elif frame.type is WSMsgType.TEXT:
            self._acknowledged(json.loads(frame.data))
        self.journal.tell()

    def _acknowledged(self, said: Payload) -> None:
        found = self.brought.get(said.get("envelope_id", ""))
        if found is None:
            self.strange.append(said)
        else:
            self.journal.acknowledge(found, said.get("payload") or {})

    def bring(self, delivery: Delivery, retry: Retry | None = None) -> None:
        """Bring it on one line, each in its turn; on a ghost it is lost."""
        delivery.sent += 1
        self.brought[delivery.id] = delivery
        told = envelope(delivery, retry)
        if not self.live:
            self.waiting.append(told)
        else:
            line = self.live.pop(0)
            self.live.append(line)
            if line.health == "well":
                line.leaving.put_nowait(told)
        self.journal.add("brought", delivery)

    def say(self, frame: Payload | bytes) -> None:
        """Say anything at all on every line; bytes are a ping."""
        for line in self.live:
            line.leaving.put_nowait(frame)

    def part(self, reason: Reason, *, close: bool = True) -> None:
        """Take leave on every line, as Slack does every few hours; a warning, or without `close`, leaves it open."""
        self.say(goodbye(reason))
        for line in tuple(self.live):
            if close and reason != "warning":
                line.leaving.put_nowait(None)
                self._forget(line)

    def haunt(self, health: Health = "silent") -> None:
        """Make ghosts of all lines there are."""
        for line in self.live:
            line.health = health

    def cut(self) -> None:
        """End every connection without a word."""
        for line in tuple(self.live):
            self._forget(line)
            line.cut()

    def close(self) -> None:
        for line in self.live:
            line.leaving.put_nowait(None)

    def _forget(self, line: Line) -> None:
        if line in self.live:
            self.live.remove(line)
        self.journal.tell()


def hello(app: App, lines: int) -> Payload:
    return {
        "type": "hello",
        "num_connections": lines,
        "connection_info": {"app_id": app.id},
        "debug_info": {"host": "applink-loopback", "approximate_connection_time": 18_060},
    }


def goodbye(reason: Reason) -> Payload:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-loopback"}}


def envelope(delivery: Delivery, retry: Retry | None = None) -> Payload:
    """What goes over the line; an event's says how often it was brought before."""
    told: Payload = {"envelope_id": delivery.id, "type": delivery.kind, "payload": delivery.payload}
    told["accepts_response_payload"] = delivery.kind == "slash_commands" or _is_form(delivery)
    if delivery.kind == "events_api":
        told |= {"retry_attempt": retry.number if retry else 0, "retry_reason": retry.reason if retry else ""}
    return told


def _is_form(delivery: Delivery) -> bool:
    return delivery.payload.get("type") == "view_submission"
