"""The socket of the loopback Discord: reads calls, lets faults happen, writes answers as Discord does."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import BodyPartReader, web

from tests.adapters.chat.changes import Changes
from tests.adapters.chat.cuts import CutAfter, CutBefore, Held
from tests.adapters.chat.discord.loopback.faults import Fault, Faults, Garbled, Limited, Refused
from tests.adapters.chat.discord.loopback.gateway import Gateway
from tests.adapters.chat.discord.loopback.rest import Call, Routes
from tests.adapters.chat.discord.loopback.world import Refusal, World

API: Final = "/api/v10"
_BUCKET: Final = {"X-RateLimit-Bucket": "loopback", "X-RateLimit-Limit": "50", "X-RateLimit-Reset-After": "1"}


@dataclass(slots=True)
class Server:
    """HTTP and websocket on one port of this machine; `calls` is the journal of all REST calls, in their order."""

    world: World
    gateway: Gateway
    routes: Routes
    changes: Changes
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list[Call])

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[int]:
        """Serve on a free port, which is yielded; at the end every connection is closed."""
        app = web.Application(client_max_size=32 * 1_024 * 1_024)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/attachments/{id}/{name}", self._file)
        app.router.add_route("*", API + "/{path:.*}", self._call)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            yield int(runner.addresses[0][1])
        finally:
            self.gateway.close()
            await runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.world.files[int(request.match_info["id"])])

    async def _call(self, request: web.Request) -> web.StreamResponse:
        call = await _read(request)
        self.calls.append(call)
        fault = self.faults.take(call.method, call.path)
        self.changes.tell()
        if isinstance(fault, Held):
            await fault.until.wait()
        response = self._answer(request, call, fault)
        call.status = response.status if not isinstance(fault, CutBefore | CutAfter) else 0
        self.changes.tell()
        return response

    def _answer(self, request: web.Request, call: Call, fault: Fault | None) -> web.Response:
        match fault:
            case Limited():
                return _limited(fault)
            case Refused():
                return _json(fault.body, fault.status)
            case CutBefore():
                return _cut(request)
            case CutAfter():
                self._serve(request, call)
                return _cut(request)
            case Garbled():
                self._serve(request, call)
                return web.Response(body=b'{"id": ', headers={"Content-Type": "application/json"})
            case Held() | None:
                return self._serve(request, call)

    def _serve(self, request: web.Request, call: Call) -> web.Response:
        by_token = call.path.startswith(("/webhooks/", "/interactions/"))
        if not by_token and request.headers.get("Authorization") != f"Bot {self.gateway.token}":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        try:
            return _json(self.routes.answer(call), 200)
        except Refusal as refusal:
            return _json({"message": refusal.message, "code": refusal.code}, refusal.status)


async def _read(request: web.Request) -> Call:
    call = Call(
        method=request.method,
        path=request.rel_url.raw_path.removeprefix(API),
        body=None,
        query=dict(request.query),
    )
    if request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    elif request.can_read_body:
        call.body = json.loads(await request.read())
    return call


async def _read_parts(request: web.Request, call: Call) -> None:
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "Discord knows no nested parts"
        if part.name == "payload_json":
            call.body = json.loads(await part.read(decode=True))
        else:
            call.files[part.filename or "unnamed"] = bytes(await part.read(decode=True))


def _json(body: Any, status: int) -> web.Response:
    if body is None:
        return web.Response(status=204, headers=_BUCKET | {"X-RateLimit-Remaining": "49"})
    kind = {"Content-Type": "application/json"}  # to the letter: discord.py takes nothing else for JSON
    return web.Response(body=json.dumps(body), status=status, headers=_BUCKET | kind | {"X-RateLimit-Remaining": "49"})


def _limited(fault: Limited) -> web.Response:
    body = {"message": "You are being rate limited.", "retry_after": fault.retry_after, "global": fault.everywhere}
    response = _json(body, 429)
    response.headers["X-RateLimit-Remaining"] = "0"
    response.headers["X-RateLimit-Reset-After"] = response.headers["Retry-After"] = str(fault.retry_after)
    response.headers["X-RateLimit-Scope"] = "global" if fault.everywhere else "user"
    response.headers["Via"] = "1.1 google"  # without it discord.py believes itself banned
    if fault.everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
