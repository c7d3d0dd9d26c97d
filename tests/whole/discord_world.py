"""The whole program on a simulated Discord: real store, screen, loop, adapter and desk; only the models are functions.

At its end, everything that the bot sent is held against Discord's limits, and no error may have gone unseen.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

import discord
import pytest
import simcord

from adapters.chat.discord.platform import Discord as DiscordChat
from adapters.chat.port import Place
from adapters.store.sqlite import SQLiteStore
from bot import wiring
from bot.app import App, Parts, assemble
from bot.duty import Duty
from bot.hearing.assigned import Assigned
from bot.hearing.scopes import Scopes
from bot.settings import config
from bot.settings.config import Config
from bot.settings.personas import Catalogue
from bot.wiring.chat import discord_settings
from safi.ports import Landed
from safi.profile import Profile, Rule
from tests.adapters.chat.discord.simulated import SimulatedTime
from tests.doubles import small_profile
from tests.whole.minds import Minds
from tests.whole.seeing import refused_by_discord

PATIENCE: Final = 120.0
"""Seconds until a test that waits in vain gives up."""

FREE, ROOM, STAFF = 1_400_000_000_000_000_000, 1_400_000_000_000_000_001, 1_400_000_000_000_000_002
"""The ids of a free-response channel, the moderators' channel and their role, which the configuration names."""

SETTINGS: Final = config.Discord(moderator_roles=(str(STAFF),), moderators_channels=(str(ROOM),))

TOKEN: Final = {"DISCORD_TOKEN": ".".join(("a" * 24, "b" * 6, "c" * 27))}

CALLING: Final = Rule(id="no-harm", text="Never help to hurt anybody.", notify=True)
ADA: Final = small_profile(rules=(*small_profile().rules, CALLING))
BOB: Final = small_profile(name="bob", worldview="You are Bob, an AI who tends the garden.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching(Duty):
    """Who watches on a platform, and news of every number that was settled."""

    news: asyncio.Queue[Landed]

    async def landed(self, landed: Landed) -> None:
        await Duty.landed(self, landed)
        self.news.put_nowait(landed)


class _Unable(BaseException):
    """The simulation itself has failed: this ends the test."""


@dataclass
class Life:
    """One run of the program."""

    app: App
    chat: DiscordChat
    store: SQLiteStore
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class World:
    """A server with a channel, the moderators' room, and a member, a moderator by role and an administrator in it."""

    config: Config
    profiles: Sequence[Profile]
    minds: Minds
    group: asyncio.TaskGroup
    clock: SimulatedTime = field(default_factory=SimulatedTime)
    news: asyncio.Queue[Landed] = field(default_factory=asyncio.Queue[Landed])
    lives: int = 0
    life: Life = field(init=False)
    env: simcord.Env = field(init=False)
    home: simcord.GuildHandle = field(init=False)
    general: simcord.ChannelHandle = field(init=False)
    room: simcord.ChannelHandle = field(init=False)
    staff: simcord.RoleHandle = field(init=False)
    ada: simcord.MemberActor = field(init=False)
    mo: simcord.MemberActor = field(init=False)
    boss: simcord.MemberActor = field(init=False)

    @property
    def bot(self) -> str:
        """What is written to mention the bot."""
        return f"<@{self.me}>"

    @property
    def me(self) -> int:
        return self.env.backend.bot_user.id

    @property
    def persons(self) -> tuple[simcord.MemberActor, simcord.MemberActor, simcord.MemberActor]:
        return self.ada, self.mo, self.boss

    async def start(self) -> None:
        """Run the program until it is online."""
        started: asyncio.Future[Life] = asyncio.get_running_loop().create_future()
        self.group.create_task(self._live(started))
        self.life = await started
        await self.env.settle()

    async def stop(self) -> None:
        """End it as a signal does."""
        await self.env.settle()
        self.life.app.stop()
        await self.life.done.wait()

    async def restart(self, **settings: Any) -> None:
        """End it and run it again on the same store, perhaps with other settings."""
        await self.stop()
        assert self.config.discord is not None
        self.config = replace(self.config, discord=replace(self.config.discord, **settings))
        await self.start()

    def settle_in(self) -> None:
        """Found the server."""
        self.home = self.env.create_guild("Home")
        self.staff = self.known(STAFF, lambda: self.home.create_role("staff"))
        self.general, self.room = self.home.create_text_channel("general"), self.known(ROOM, self._room)
        boss = self.home.create_role("boss", permissions=discord.Permissions(administrator=True))
        self.ada = self.home.add_member(self.env.create_user("ada"))
        self.mo = self.home.add_member(self.env.create_user("mo"), roles=[self.staff])
        self.boss = self.home.add_member(self.env.create_user("boss"), roles=[boss])
        self.allow("safi", self.staff)
        self.allow("Audit this reply", self.staff, kind=3)

    def known(self, identity: int, make: Callable[[], Any]) -> Any:
        """What `make` makes, with an id that is known beforehand."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.env.backend, "snowflake", lambda: identity)
            return make()

    def allow(self, command: str, *whom: simcord.RoleHandle | simcord.MemberActor, kind: int = 1) -> None:
        """What an administrator of a server can do: show a command that is hidden by default to somebody."""
        found = self.env.backend.find_command(command, self.home.id, type=kind)
        assert found is not None
        self.home.set_command_permissions(int(found["id"]), dict.fromkeys(whom, True))

    def thread(self, name: str = "aside", *, private: bool = False) -> simcord.ChannelHandle:
        """A new thread under `general`, opened by the moderator."""
        kind = discord.ChannelType.private_thread if private else discord.ChannelType.public_thread
        made = self.env.backend.create_thread(self.general.id, name, self.mo.id, type=kind.value)
        return next(thread for thread in self.general.threads if thread.id == made.id)

    def place(self, channel: simcord.ChannelHandle | None = None) -> Place:
        """The place that a channel, or a thread under `general`, is to the bot."""
        channel = channel or self.general
        workspace = f"discord:{channel.guild.id if channel.guild else '@me'}"
        if channel.is_thread:
            return Place(workspace=workspace, channel=str(self.general.id), thread=str(channel.id))
        return Place(workspace=workspace, channel=str(channel.id))

    def said(self, channel: simcord.ChannelHandle | None = None) -> list[discord.Message]:
        """What the bot posted in a channel for all to see, in order."""
        history = (channel or self.general).history()
        return [each for each in history if each.author.id == self.me and not each.flags.ephemeral]

    async def ask(
        self,
        text: str,
        channel: simcord.ChannelHandle | None = None,
        by: simcord.MemberActor | None = None,
        **more: Any,
    ) -> discord.Message:
        """Mention the bot in a channel; returns the first message that it answers with."""
        channel, before = channel or self.general, len(self.said(channel))
        await (by or self.ada).send(channel, f"{self.bot} {text}", **more)
        return self.said(channel)[before]

    async def audited(self, text: str, channel: simcord.ChannelHandle | None = None, **more: Any) -> discord.Message:
        """The same, and wait until the answer's audit has landed."""
        answer = await self.ask(text, channel, **more)
        await self.news.get()
        return answer

    def calls(self, method: str, end: str) -> list[Any]:
        """The bodies of all REST calls of a method to paths with that end, in order."""
        return [call.json for call in self.env.http_requests if call.method == method and call.path.endswith(end)]

    async def _live(self, started: asyncio.Future[Life]) -> None:
        self.lives += 1
        prefix, numbers = f"life-{self.lives}", count()

        async def connect(client: discord.Client) -> None:
            await self._connect(client, lambda: started.set_result(life))

        assert self.config.discord is not None
        settings = discord_settings(self.config.discord, TOKEN)
        async with wiring.open_store(self.config.store) as store:
            chat = DiscordChat(settings, notes=store, clock=self.clock, connect=connect)
            app = assemble(self._parts(store, chat, lambda: f"{prefix}-{next(numbers):04}"))
            life = Life(app=app, chat=chat, store=store)
            await app.run(patient=False)
        life.done.set()

    def _parts(self, store: SQLiteStore, chat: DiscordChat, fresh: Callable[[], str]) -> Parts:
        assert self.config.discord is not None
        return Parts(
            config=self.config,
            scopes=Scopes(
                catalogue=Catalogue(profiles=tuple(self.profiles), default=self.profiles[0]),
                sharing=self.config.memory.scope,
                assigned=Assigned(self.config.discord.personas),
            ),
            models=self.minds.models(),
            screen=wiring.open_screen(),
            store=store,
            chat=chat,
            clock=self.clock,
            fresh=fresh,
            onlooker=Watching(chat=chat, news=self.news),
            version="0",
        )

    async def _connect(self, client: discord.Client, online: Callable[[], None]) -> None:
        if self.clock.env is None:
            self.env = self.clock.env = simcord.Env(client, settle_timeout=PATIENCE)
        self.env.bot = client
        try:
            await self.env.start()
            online()
            await asyncio.Event().wait()
        except Exception as error:  # else the supervisor would try again for ever
            raise _Unable from error
        finally:
            await self.env.shutdown()

    def _room(self) -> simcord.ChannelHandle:
        hidden, shown = (discord.PermissionOverwrite(view_channel=view) for view in (False, True))
        me = self.env.bot.user
        assert me is not None
        return self.home.create_text_channel(
            "room", overwrites={self.home.default_role: hidden, self.staff: shown, me: shown}
        )


@asynccontextmanager
async def world(
    folder: Path,
    *,
    profiles: Sequence[Profile] = (ADA, BOB),
    minds: Minds | None = None,
    sharing: Any = "channel",
    **settings: Any,
) -> AsyncGenerator[World]:
    """A server with the bot in it, its store in `folder`; no coaching is withheld. `settings` are Discord's."""
    chosen = Config(
        store=config.Store(path=folder / "safi.db"),
        memory=config.Memory(scope=sharing),
        coaching=config.Coaching(withhold=0.0),
        discord=replace(SETTINGS, **settings),
    )
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        there = World(config=chosen, profiles=profiles, minds=minds or Minds(), group=group)
        await there.start()
        there.settle_in()
        yield there
        await there.stop()
    assert refused_by_discord(there.env) == []
    there.env.raise_errors()


async def called(there: World, end: str) -> None:
    """Wait until Discord was called at a path with that end."""
    while not there.calls("POST", end):  # noqa: ASYNC110  # the simulation keeps calls, and tells nobody of them
        await asyncio.sleep(0)
