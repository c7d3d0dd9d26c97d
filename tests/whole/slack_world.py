"""The whole program on a loopback Slack: real store, screen, loop, Bolt, SDK and desk; only the models are functions.

At its end every call that the bot made has been held against Slack's rules, and nothing may hang about as "thinking".
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

from adapters.chat.port import Place
from adapters.chat.several import Member, Several
from adapters.chat.slack import manifest
from adapters.chat.slack.manifest import PATH
from adapters.chat.slack.platform import Slack as SlackChat
from adapters.chat.slack.settings import Settings
from adapters.store.sqlite import SQLiteStore
from bot import wiring
from bot.app import App, Parts, assemble
from bot.duty import Duty
from bot.hearing.assigned import Assigned
from bot.hearing.scopes import Scopes
from bot.settings import config
from bot.settings.config import Config
from bot.settings.personas import Catalogue
from bot.settings.platforms import Slack as Table
from bot.settings.tokens import Secrets
from bot.wiring.chat import slack_settings
from safi.ports import Landed
from safi.profile import Profile, Rule
from safi.turn import Turn
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Channel, Message, Person
from tests.adapters.chat.slack.loopback.workspace import Workspace
from tests.adapters.chat.slack.serving import Watched, free_port
from tests.doubles import small_profile
from tests.whole.minds import Minds

PATIENCE: Final = 120.0
"""Seconds until a test that waits in vain gives up."""

Mode = Literal["socket", "http"]

CALLING: Final = Rule(id="no-harm", text="Never help to hurt anybody.", notify=True)
ADA: Final = small_profile(rules=(*small_profile().rules, CALLING))
BOB: Final = small_profile(name="bob", worldview="You are Bob, an AI who tends the garden.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching(Duty):
    """Who watches on a platform, news of every number that was settled, and of every turn that ended."""

    news: asyncio.Queue[Landed]
    turns: list[Turn]
    tell: Callable[[], None]

    async def turned(self, place: Place, turn: Turn) -> None:
        await Duty.turned(self, place, turn)
        self.turns.append(turn)
        self.tell()

    async def landed(self, landed: Landed) -> None:
        await Duty.landed(self, landed)
        self.news.put_nowait(landed)


@dataclass(repr=False)
class Life:
    """One run of the program."""

    app: App
    chats: list[SlackChat]
    store: SQLiteStore
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(repr=False)
class Site:
    """A workspace with a channel, the moderators' room, and a member, a moderator by id and one by user group in it."""

    space: Workspace
    table: Table = field(default_factory=Table)
    general: Channel = field(init=False)
    room: Channel = field(init=False)
    ada: Person = field(init=False)
    mo: Person = field(init=False)
    lee: Person = field(init=False)

    def __post_init__(self) -> None:
        self.ada, self.mo, self.lee = map(self.space.person, ("ada", "mo", "lee"))
        self.general = self.space.channel("general", *self.persons)
        self.room = self.space.channel("room", self.mo, self.lee, private=True)
        self.table = replace(
            self.table,
            moderators=(self.mo.id,),
            moderator_groups=(self.space.group(self.lee),),
            moderators_channel=self.room.id,
        )

    @property
    def persons(self) -> tuple[Person, Person, Person]:
        return self.ada, self.mo, self.lee

    @property
    def name(self) -> str:
        return self.space.team.name.lower()

    def settings(self, api: str) -> Settings:
        """What the adapter is told; the app is granted what its manifest asks for, and no more."""
        app = self.space.team.app
        line = app.app_token if self.table.mode == "socket" else app.secret
        made = replace(slack_settings(self.name, self.table, Secrets(bot=app.bot_token, line=line)), api=api)
        app.scopes, app.events = tuple(sorted(manifest.scopes(made))), manifest.events(made)
        app.address = None if self.table.mode == "socket" else f"http://{self.table.listen}{PATH}"
        return made

    def place(self, channel: Channel | None = None, thread: str | None = None) -> Place:
        """The place that a channel, or a thread of it, is to the bot."""
        return Place(workspace=f"slack:{self.space.team.id}", channel=(channel or self.general).id, thread=thread)


@dataclass(repr=False)
class World:
    """One site or more; what is said without naming one is said at the first, `home`."""

    config: Config
    profiles: Sequence[Profile]
    minds: Minds
    group: asyncio.TaskGroup
    slack: Loopback
    clock: Watched
    sites: list[Site]
    others: Callable[[SQLiteStore], Sequence[Member]] = lambda _: ()
    news: asyncio.Queue[Landed] = field(default_factory=asyncio.Queue[Landed])
    turns: list[Turn] = field(default_factory=list[Turn])
    opened: Callable[[SQLiteStore], SQLiteStore] = lambda store: store
    lives: int = 0
    life: Life = field(init=False)

    @property
    def home(self) -> Site:
        return self.sites[0]

    async def start(self) -> None:
        """Run the program until it can be spoken to."""
        started: asyncio.Future[Life] = asyncio.get_running_loop().create_future()
        self.group.create_task(self._live(started))
        self.life = await started
        for site in self.sites:
            await self.life.app.chat.ready(site.place().workspace)

    async def stop(self) -> None:
        """End it as a signal does."""
        self.life.app.stop()
        await self.life.done.wait()

    async def restart(self, **settings: Any) -> None:
        """End it and run it again on the same store, perhaps with other settings at home."""
        await self.stop()
        self.home.table = replace(self.home.table, **settings)
        await self.start()

    async def until(self, condition: Callable[[], object]) -> None:
        await self.slack.until(condition)

    async def recorded(self, condition: Callable[[], object]) -> None:
        """Wait for what stands in the store only, which tells nobody."""
        while not condition():
            await self.life.store.noted("a look at the store")

    async def sleep_out(self, seconds: float) -> None:
        """Wait until somebody sleeps for so long, and let that pass."""
        await self.until(lambda: seconds in self.clock.slept)
        self.clock.slept.remove(seconds)
        self.clock.pass_time(seconds)

    def outcomes(self) -> list[tuple[str, str | None, str | None]]:
        """Every event in the record: its id, what became of it, and why; in their order."""
        with closing(sqlite3.connect(self.config.store.path)) as record:
            return record.execute("select id, outcome, reason from events order by message_id").fetchall()

    async def ask(
        self,
        text: str,
        *,
        site: Site | None = None,
        channel: Channel | None = None,
        by: Person | None = None,
        **more: Any,
    ) -> Message:
        """Mention the bot; returns the last message of its answer, once that turn has ended."""
        here, turns = site or self.home, len(self.turns)
        channel = channel or here.general
        question = await here.space.says(by or here.ada, channel, text, **more)
        await self.until(lambda: len(self.turns) > turns)
        return here.space.team.posted(channel.id, question.thread or question.ts)[-1]

    async def audited(self, text: str, **more: Any) -> Message:
        """The same, and wait until the answer's audit has landed."""
        answer = await self.ask(text, **more)
        await self.news.get()
        return answer

    async def _live(self, started: asyncio.Future[Life]) -> None:
        self.lives += 1
        prefix, numbers = f"life-{self.lives}", count()
        async with wiring.open_store(self.config.store) as opened:
            store = self.opened(opened)
            settings = [site.settings(self.slack.api) for site in self.sites]
            chats = [SlackChat(each, clock=self.clock) for each in settings]
            app = assemble(self._parts(store, [*chats, *self.others(store)], lambda: f"{prefix}-{next(numbers):04}"))
            life = Life(app=app, chats=chats, store=store)
            started.set_result(life)
            await app.run(patient=False)
        life.done.set()

    def _parts(self, store: SQLiteStore, chats: Sequence[Member], fresh: Callable[[], str]) -> Parts:
        chat = chats[0] if len(chats) == 1 else Several(chats)
        personas = {channel: name for site in self.sites for channel, name in site.table.personas.items()}
        return Parts(
            config=self.config,
            scopes=Scopes(
                catalogue=Catalogue(profiles=tuple(self.profiles), default=self.profiles[0]),
                sharing=self.config.memory.scope,
                assigned=Assigned(personas),
            ),
            models=self.minds.models(),
            screen=wiring.open_screen(),
            store=store,
            chat=chat,
            clock=self.clock,
            fresh=fresh,
            onlooker=Watching(chat=chat, news=self.news, turns=self.turns, tell=self.slack.changes.tell),
            version="0",
        )


@asynccontextmanager
async def world(
    folder: Path,
    *,
    profiles: Sequence[Profile] = (ADA, BOB),
    minds: Minds | None = None,
    sharing: Any = "channel",
    mode: Mode = "socket",
    names: Sequence[str] = ("Home",),
    others: Callable[[SQLiteStore], Sequence[Member]] = lambda _: (),
    opened: Callable[[SQLiteStore], SQLiteStore] = lambda store: store,
    **settings: Any,
) -> AsyncGenerator[World]:
    """Workspaces with the bot in them, its store in `folder`; no coaching is withheld. `settings` are those of each."""
    chosen = Config(
        store=config.Store(path=folder / "safi.db"),
        memory=config.Memory(scope=sharing),
        coaching=config.Coaching(withhold=0.0),
    )
    clock = Watched()
    slack = Loopback(now=lambda: clock.now().timestamp())
    clock.tell = slack.changes.tell
    spaces = [slack.home, *map(slack.found, names[1:])]
    async with asyncio.timeout(PATIENCE), slack.running(), asyncio.TaskGroup() as group:
        there = World(
            config=chosen,
            profiles=profiles,
            minds=minds or Minds(),
            group=group,
            slack=slack,
            clock=clock,
            sites=[Site(each, Table(mode=mode, listen=f"127.0.0.1:{free_port()}", **settings)) for each in spaces],
            others=others,
            opened=opened,
        )
        await there.start()
        yield there
        await there.stop()
    assert [status for space in spaces for status in space.still_shown] == []
