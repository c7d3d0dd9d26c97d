"""The websocket side of the loopback Discord: sessions that can be resumed, and connections that come and go."""

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.adapters.chat.changes import Changes
from tests.adapters.chat.discord.loopback.guild import Payload
from tests.adapters.chat.discord.loopback.sight import PRIVILEGED, seen


class Op(IntEnum):
    """What a frame is for, as far as the stand-in speaks."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """End the connection with this code instead of sending."""

    code: int


@dataclass(slots=True)
class Session:
    """What one IDENTIFY began: every event is kept under its number, so that a RESUME can hear what it missed."""

    id: str
    intents: int
    log: list[str] = field(default_factory=list[str])

    def add(self, event: str, payload: Any) -> str:
        self.log.append(json.dumps({"op": Op.DISPATCH, "s": len(self.log) + 1, "t": event, "d": payload}))
        return self.log[-1]


@dataclass(slots=True)
class Connection:
    """One websocket: frames leave in the order they were put, packed as the client asked."""

    socket: web.WebSocketResponse
    request: web.Request
    packer: Any
    session: Session | None = None
    stalled: bool = False
    _leaving: asyncio.Queue[str | Close | None] = field(default_factory=asyncio.Queue[str | Close | None])

    def put(self, frame: Payload | str | Close) -> None:
        """A text goes out as it is, be it JSON or not."""
        if not self.stalled:
            self._leaving.put_nowait(json.dumps(frame) if isinstance(frame, dict) else frame)

    def cut(self) -> None:
        """End the TCP connection without a word."""
        self.session = None
        if self.request.transport is not None:
            self.request.transport.abort()

    async def pump(self) -> None:
        while (frame := await self._leaving.get()) is not None:
            if isinstance(frame, Close):
                await self.socket.close(code=frame.code)
                return
            await self._send(frame)

    async def _send(self, text: str) -> None:
        try:
            if self.packer is None:
                await self.socket.send_str(text)
            else:
                await self.socket.send_bytes(self.packer.compress(text.encode()) + self.packer.flush(zlib.Z_SYNC_FLUSH))
        except ConnectionError:
            return  # it was cut; the session keeps what was not heard

    def end(self) -> None:
        self.session = None
        self._leaving.put_nowait(None)


@dataclass(slots=True)
class Gateway:
    """Sessions and connections. `ready` makes the payload of READY, `guilds` those of GUILD_CREATE."""

    token: str
    bot_id: int
    changes: Changes
    ready: Callable[[str], Payload]
    guilds: Callable[[], list[Payload]]
    privileged: int = 0
    heartbeat_s: float = 41.25
    sessions: dict[str, Session] = field(default_factory=dict[str, Session])
    connections: list[Connection] = field(default_factory=list[Connection])
    heard: list[Payload] = field(default_factory=list[Payload])
    refusals: deque[int] = field(default_factory=deque[int])  # close codes for the next times of IDENTIFY
    absent: int = 0  # how many connections more are turned away at the door
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def live(self) -> list[Connection]:
        """The connections that have a session."""
        return [connection for connection in self.connections if connection.session is not None]

    def received(self, op: Op) -> list[Payload]:
        """The frames of one kind the client has sent so far."""
        return [frame for frame in self.heard if frame["op"] == op]

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        """Dispatch an event as far as the session may see it."""
        for session in tuple(self.sessions.values()):
            visible = seen(event, payload, intents=session.intents, bot_id=self.bot_id)
            if visible is not None:
                self.dispatch(event, visible)

    def dispatch(self, event: str, payload: Any) -> None:
        """Dispatch anything as it is; a session without a connection hears it on RESUME."""
        for session in self.sessions.values():
            frame = session.add(event, payload)
            for connection in self.connections:
                if connection.session is session:
                    connection.put(frame)
        self.changes.tell()

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One connection from HELLO to its end."""
        if self.absent:
            self.absent -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        packer = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None
        connection = Connection(socket=socket, request=request, packer=packer)
        self.connections.append(connection)
        connection.put({"op": Op.HELLO, "d": {"heartbeat_interval": int(self.heartbeat_s * 1_000)}})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(connection.pump())
            await self._listen(connection)
            connection.end()
        self.connections.remove(connection)
        self.changes.tell()
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is WSMsgType.TEXT:
                said: Payload = json.loads(frame.data)
                self.heard.append(said)
                self._answer(connection, said)
                self.changes.tell()

    def _answer(self, connection: Connection, said: Payload) -> None:
        match said["op"]:
            case Op.HEARTBEAT:
                connection.put({"op": Op.HEARTBEAT_ACK})
            case Op.IDENTIFY:
                self._identify(connection, said["d"])
            case Op.RESUME:
                self._resume(connection, said["d"])
            case _:
                pass

    def _identify(self, connection: Connection, said: Payload) -> None:
        refused = self._refusal(said)
        if refused is not None:
            connection.put(Close(code=refused))
            return
        session = Session(id=f"session-{next(self._names)}", intents=said["intents"])
        self.sessions = {session.id: session}  # one bot, one shard: a new session ends the old one
        connection.session = session
        connection.put(session.add("READY", self.ready(session.id)))
        for guild in self.guilds():
            connection.put(session.add("GUILD_CREATE", guild))

    def _refusal(self, said: Payload) -> int | None:
        if self.refusals:
            return self.refusals.popleft()
        if said["token"] != self.token:
            return 4004
        return 4014 if said["intents"] & PRIVILEGED & ~self.privileged else None

    def _resume(self, connection: Connection, said: Payload) -> None:
        session = self.sessions.get(said["session_id"])
        if session is None or said["token"] != self.token:
            connection.put({"op": Op.INVALID_SESSION, "d": False})
            return
        for frame in session.log[said["seq"] :]:
            connection.put(frame)
        connection.session = session
        connection.put(session.add("RESUMED", {}))

    def cut(self, code: int | None = None) -> None:
        """End every connection: without a word, or with a close code."""
        for connection in tuple(self.connections):
            connection.session = None  # from now on nothing reaches it
            if code is None:
                connection.cut()
            else:
                connection.put(Close(code=code))

    def reconnect(self) -> None:
        """Ask the client to come again (op 7)."""
        for connection in self.live:
            connection.put({"op": Op.RECONNECT})
            connection.session = None

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell the client that its session is over (op 9); it may resume or must begin anew."""
        for connection in self.live:
            connection.put({"op": Op.INVALID_SESSION, "d": resumable})
            connection.session = None
        if not resumable:
            self.sessions.clear()

    def stall(self) -> None:
        """Say nothing more on connections that stay open: no events, no answers to heartbeats."""
        for connection in self.live:
            connection.stalled = True
            connection.session = None

    def forget(self) -> None:
        """Lose all sessions, as after an outage: the next RESUME is answered with INVALID_SESSION."""
        self.sessions.clear()

    def close(self) -> None:
        """End all connections for good."""
        for connection in tuple(self.connections):
            connection.end()
            connection.cut()
