"""A small Slack on this machine, Web API and both modes under real sockets, and the hand of a test in it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web

from tests.adapters.chat.changes import Changes
from tests.adapters.chat.proxying import proxied
from tests.adapters.chat.slack.loopback.calls import Call, Refusal, read
from tests.adapters.chat.slack.loopback.deliveries import Journal
from tests.adapters.chat.slack.loopback.faults import Fault
from tests.adapters.chat.slack.loopback.interaction import Interactions
from tests.adapters.chat.slack.loopback.lines import Lines
from tests.adapters.chat.slack.loopback.methods import table
from tests.adapters.chat.slack.loopback.server import Server, unfolding
from tests.adapters.chat.slack.loopback.team import EVENTS, SCOPES, App, Channel, Ids, Message, Person, Team
from tests.adapters.chat.slack.loopback.uploads import Uploads
from tests.adapters.chat.slack.loopback.views import Views
from tests.adapters.chat.slack.loopback.web import Calling
from tests.adapters.chat.slack.loopback.workspace import Workspace
from tests.adapters.chat.slack.rules import broken

BEGINNING: Final = 1_795_348_800
"""When the first message is posted: noon of the tests' day, in seconds."""


@dataclass(slots=True, kw_only=True, repr=False)
class Loopback:
    """A workspace `home` with a channel `general` and a member `owner` in it; more is added by hand.

    `now` is the time in seconds with which Slack signs its calls. At the end of `running`, every call is held against
    Slack's rules and the bot's own (`breaches`), if it is `strict`. With a `name`, it is reached by that alone, through
    itself as the environment's proxy. Neither this nor what it is made of has a repr: where a test fails, pytest would
    write out the whole world.
    """

    now: Callable[[], float] = lambda: float(BEGINNING)
    strict: bool = True
    name: str = ""
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = EVENTS
    changes: Changes = field(default_factory=Changes)
    workspaces: list[Workspace] = field(default_factory=list[Workspace])
    journal: Journal = field(init=False)
    interactions: Interactions = field(default_factory=Interactions)
    server: Server = field(init=False)
    calling: Calling = field(init=False)
    uploads: Uploads = field(init=False)
    views: Views = field(init=False)
    ids: Ids = field(default_factory=lambda: Ids(BEGINNING))
    home: Workspace = field(init=False)
    general: Channel = field(init=False)
    owner: Person = field(init=False)
    _tasks: asyncio.TaskGroup = field(init=False)

    def __post_init__(self) -> None:
        teams = list[Team]()
        self.journal = Journal(self.changes.tell)
        self.calling = Calling(journal=self.journal, now=self.now)
        self.uploads = Uploads(teams, self._kept)
        self.views = Views(self.interactions)
        self.server = Server(
            teams=teams,
            methods={**table(), **self.uploads.table(), **self.views.table()},
            journal=self.journal,
            lines=lambda team: self.of(team.id).lines,
            routes=self._routes,
            done=self._done,
            name=self.name,
        )
        self.home = self.found("Home")
        self.owner = self.home.person("owner")
        self.general = self.home.channel("general", self.owner)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Loopback"]:
        """Serve until the end."""
        async with self.server.listening(), aiohttp.ClientSession() as self.calling.session:
            self.uploads.url = self.interactions.url = f"http://{self.server.host}"
            proxy = proxied(f"http://127.0.0.1:{self.server.port}") if self.name else nullcontext()
            with proxy:
                async with asyncio.TaskGroup() as self._tasks:
                    yield self
        assert not (self.strict and self.breaches), self.breaches

    @property
    def api(self) -> str:
        """The address of the Web API, as the SDK wants it."""
        return f"http://{self.server.host}/api/"

    @property
    def breaches(self) -> list[str]:
        """What the bot asked for and must not, and what Slack refuses."""
        calls = [(call.method, call.args) for call in self.journal.calls]
        deliveries = [each for space in self.workspaces for each in space.deliveries]
        views = [answer for each in deliveries for answer in each.answers if "view" in answer]
        calls += [("views.update", view) for view in views]  # what a form is acknowledged with
        return [*unfolding(self.journal.calls), *(problem for call in calls for problem in broken(*call))]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what the bot is to do; conditions of the test's own are looked at after `changes.tell()`."""
        await self.changes.until(condition)

    def found(self, name: str) -> Workspace:
        """One more workspace, with an app of its own."""
        ids, number = self.ids, len(self.workspaces) + 1
        app = App(
            id=ids.take("A"),
            user=ids.take("U"),
            bot=ids.take("B"),
            bot_token=f"xoxb-loopback-{number}",
            app_token=f"xapp-loopback-{number}",
            secret=f"secret-{number}",
            scopes=self.scopes,
            events=self.events,
        )
        team = Team(id=ids.take("T"), name=name, ids=ids, app=app)
        self.server.teams.append(team)
        made = Workspace(
            team=team,
            lines=Lines(app, self.journal),
            calling=self.calling,
            journal=self.journal,
            interactions=self.interactions,
            views=self.views,
            uploads=self.uploads,
            until=self.until,
            tasks=lambda: self._tasks,
        )
        self.workspaces.append(made)
        made.team.people[app.user] = Person(id=app.user, name="safi", team=team.id, bot=True)
        return made

    def of(self, team: str) -> Workspace:
        """A workspace by the id of its team."""
        return next(each for each in self.workspaces if each.team.id == team)

    def fail(self, method: str, *faults: Fault) -> None:
        """Let these faults happen to the next calls of a method, one each; that of an address is `response_url`."""
        self.server.faults.add(method, *faults)

    def _routes(self, app: web.Application) -> None:
        app.router.add_post("/response/{id}", self._response)
        app.router.add_post("/upload/{team}/{file}", self.uploads.take)
        app.router.add_get("/files-pri/{file}/{name}", self.uploads.give)

    async def _response(self, request: web.Request) -> web.StreamResponse:
        call = await read(request, "response_url")
        made = self.interactions.known[request.match_info["id"]]
        call.team = made.team.id

        def answered() -> web.Response:
            try:
                message = made.respond(call.args)
            except Refusal as refusal:
                call.answer = {"ok": False, "error": refusal.error}
                return web.json_response(call.answer, status=404)
            call.answer = {"ok": True}
            if message is not None and message.whom is None and message is not made.source:
                self._kept(made.team, message)
            return web.Response(text="ok")

        return await self.server.met(request, call, answered)

    def _kept(self, team: Team, message: Message) -> None:
        """The app is told of its own messages too."""
        self.of(team.id).tell(message)

    def _done(self, team: Team, call: Call) -> None:
        answer: dict[str, Any] = call.answer or {}
        if call.method == "chat.postMessage":
            self._kept(team, team.messages[answer["ts"]])
