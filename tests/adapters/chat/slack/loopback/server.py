"""The socket of the loopback Slack: reads calls, lets faults happen, answers as Slack does."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from tests.adapters.chat.cuts import CutAfter, CutBefore, Held
from tests.adapters.chat.slack.loopback.calls import Call, Refusal, Table, read
from tests.adapters.chat.slack.loopback.deliveries import Journal
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Faults, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.lines import Lines
from tests.adapters.chat.slack.loopback.methods import granted
from tests.adapters.chat.slack.loopback.team import App, Payload, Team

OPEN: Final = "apps.connections.open"
_PAGE: Final = "<!DOCTYPE html><title>Slack</title><p>Something went wrong, and this is a page.</p>"
_UNFOLDING: Final = ("unfurl_links", "unfurl_media")


@dataclass(slots=True, kw_only=True, repr=False)
class Server:
    """HTTP and websockets on one port of this machine; with a `name`, that is how its addresses call it."""

    teams: list[Team]
    methods: Table
    journal: Journal
    lines: Callable[[Team], Lines]
    routes: Callable[[web.Application], None]
    done: Callable[[Team, Call], None]  # told of every call that was carried out, with its answer
    faults: Faults = field(default_factory=Faults)
    name: str = ""
    port: int = 0

    @property
    def host(self) -> str:
        return self.name or f"127.0.0.1:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Serve on a free port; at the end every connection is closed."""
        app = web.Application(client_max_size=64 * 1_024 * 1_024)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/line/{team}", self._line)
        self.routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.port = int(runner.addresses[0][1])
            yield
        finally:
            for team in self.teams:
                self.lines(team).close()
            await runner.cleanup()

    async def _line(self, request: web.Request) -> web.StreamResponse:
        team = next(team for team in self.teams if team.id == request.match_info["team"])
        return await self.lines(team).connect(request)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        call = await read(request, request.match_info["method"])
        return await self.met(request, call, lambda: self._answered(call))

    async def met(self, request: web.Request, call: Call, answered: Callable[[], web.Response]) -> web.StreamResponse:
        """A call with the fault that waits for it, if any."""
        fault = self.faults.take(call.method)
        self.journal.add("called", call)
        if isinstance(fault, Held):
            await fault.until.wait()
        if isinstance(fault, CutAfter) or (isinstance(fault, Broken) and fault.done):
            answered()
        response = failed(fault) or answered()
        if isinstance(fault, CutBefore | CutAfter) and request.transport is not None:
            request.transport.abort()
        self.journal.tell()
        return response

    def _answered(self, call: Call) -> web.Response:
        try:
            team = self._team(call)
            call.team, call.answer = team.id, {"ok": True, **self._done(team, call)}
        except Refusal as refusal:
            call.answer = {"ok": False, "error": refusal.error, **refusal.more}
            return told(call.answer)
        self.done(team, call)
        return told(call.answer, team.app)

    def _done(self, team: Team, call: Call) -> Payload:
        if call.method == OPEN:
            granted(team.app.app_scopes, ("connections:write",))
            return {"url": f"ws://{self.host}/line/{team.id}?ticket={team.ids.take('t')}"}
        if call.method not in self.methods:
            raise Refusal("unknown_method", {"req_method": call.method})
        method, scopes = self.methods[call.method]
        granted(team.app.scopes, scopes)
        return method(team, call)

    def _team(self, call: Call) -> Team:
        """Whose token it is. A line takes the app's token, all else the bot's."""
        if not call.token:
            raise Refusal("not_authed")
        for team in self.teams:
            right, wrong = team.app.bot_token, team.app.app_token
            if call.method == OPEN:
                right, wrong = wrong, right
            if call.token == right:
                return team
            if call.token == wrong:
                raise Refusal("not_allowed_token_type")
        raise Refusal("invalid_auth")


def told(body: Payload, app: App | None = None) -> web.Response:
    """JSON with status 200, and the scopes of the token, where it has some."""
    scopes = {} if app is None else {"x-oauth-scopes": ",".join(app.scopes)}
    return web.json_response(body, headers=scopes)


def failed(fault: Fault | None) -> web.Response | None:
    """What a fault answers; None where the call is answered as ever."""
    match fault:
        case Limited():
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        case Refused():
            return told({"ok": False, "error": fault.error, **fault.more})
        case Broken():
            return web.Response(status=fault.status, text=_PAGE, content_type="text/html")
        case Html():
            return web.Response(text=_PAGE, content_type="text/html")
        case CutBefore() | CutAfter():
            return web.Response()
        case Held() | None:
            return None


def unfolding(calls: Iterable[Call]) -> list[str]:
    """The messages of which Slack is left to decide whether it draws out their links."""
    posted = [call.args for call in calls if call.method == "chat.postMessage"]
    return [f"a message says nothing of {name}" for said in posted for name in _UNFOLDING if name not in said]
