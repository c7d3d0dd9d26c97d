"""A small Discord on this machine, gateway and REST under real sockets, and the hand of a test in it."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.adapters.chat.changes import Changes
from tests.adapters.chat.discord.loopback.faults import Fault
from tests.adapters.chat.discord.loopback.gateway import Gateway
from tests.adapters.chat.discord.loopback.guild import Channel, Guild, Payload, Person, Role, Snowflakes
from tests.adapters.chat.discord.loopback.interaction import (
    Interaction,
    Interactions,
    Kind,
    Option,
    command,
    filled,
    menu,
)
from tests.adapters.chat.discord.loopback.rest import Call, Rest, Routes
from tests.adapters.chat.discord.loopback.server import API, Server
from tests.adapters.chat.discord.loopback.webhooks import Webhooks
from tests.adapters.chat.discord.loopback.world import EPHEMERAL, LOADING, World
from tests.adapters.chat.proxying import proxied

TOKEN: Final = "loopback-token"  # opens nothing


@dataclass(slots=True, kw_only=True)
class Loopback:
    """A guild `home` with a channel `general`, an `owner`, and the bot; more is added by hand.

    Whatever the test does takes effect at once; what the client makes of it is awaited with `until`. With a `name`, it
    is reached by that alone, through itself as the environment's proxy.
    """

    base: datetime
    privileged: int = 0
    token: str = TOKEN
    name: str = ""
    changes: Changes = field(default_factory=Changes)
    world: World = field(init=False)
    gateway: Gateway = field(init=False)
    interactions: Interactions = field(init=False)
    server: Server = field(init=False)
    owner: Person = field(init=False)
    home: Guild = field(init=False)
    general: Channel = field(init=False)
    port: int = 0

    def __post_init__(self) -> None:
        ids = Snowflakes(self.base)
        bot = Person(id=ids.take(), name="safi", bot=True)
        self.gateway = Gateway(
            token=self.token,
            bot_id=bot.id,
            changes=self.changes,
            ready=self._ready,
            guilds=lambda: [guild.payload() for guild in self.world.guilds.values()],
            privileged=self.privileged,
        )
        self.world = World(ids=ids, bot=bot, tell=self.gateway.tell)
        self.interactions = Interactions(self.world)
        routes = Routes()
        routes.add(Rest(self.world, lambda: self.gateway_url, self.privileged).table())
        routes.add(Webhooks(self.world, self.interactions).table())
        self.server = Server(self.world, self.gateway, routes, self.changes)
        self.world.people[bot.id] = bot
        self.owner = self.person("owner")
        self.home = self.guild("Home")
        self.general = self.channel("general")

    @asynccontextmanager
    async def running(self) -> AsyncGenerator["Loopback"]:
        """Serve, with discord.py pointed here until the end."""
        async with self.server.listening() as self.port:
            self.world.url = f"http://{self.host}"
            with proxied(f"http://127.0.0.1:{self.port}") if self.name else nullcontext(), pointed_at(self):
                yield self

    @property
    def host(self) -> str:
        return self.name or f"127.0.0.1:{self.port}"

    @property
    def gateway_url(self) -> str:
        return f"ws://{self.host}/gateway"

    @property
    def bot(self) -> Person:
        return self.world.bot

    @property
    def requests(self) -> list[Call]:
        """The journal of all REST calls, in the order they came."""
        return self.server.calls

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what the client is to do; conditions of the test's own are looked at after `changes.tell()`."""
        await self.changes.until(condition)

    # The world

    def person(self, name: str, *roles: Role, bot: bool = False) -> Person:
        """Somebody new, a member of `home` once it stands."""
        made = Person(id=self.world.ids.take(), name=name, bot=bot)
        self.world.people[made.id] = made
        if self.world.guilds:
            self.home.join(made, *roles)
        return made

    def role(self, name: str, permissions: Any, guild: Guild | None = None) -> Role:
        """A new role with these `discord.Permissions`."""
        made = Role(id=self.world.ids.take(), name=name, permissions=permissions)
        (guild or self.home).roles[made.id] = made
        return made

    def guild(self, name: str) -> Guild:
        """One more guild with the bot in it."""
        made = Guild(id=self.world.ids.take(), name=name, owner=self.owner)
        made.join(self.bot)
        self.world.guilds[made.id] = made
        self.gateway.tell("GUILD_CREATE", made.payload())
        return made

    def channel(self, name: str, guild: Guild | None = None) -> Channel:
        return self.world.open(Channel(id=self.world.ids.take(), name=name, guild_id=(guild or self.home).id))

    def thread(self, parent: Channel, name: str) -> Channel:
        made = Channel(id=self.world.ids.take(), name=name, guild_id=parent.guild_id, parent=parent.id)
        return self.world.open(made)

    def dm(self, person: Person) -> Channel:
        return self.world.dm(person)

    # What people do

    def say(
        self,
        channel: Channel,
        author: Person,
        text: str,
        *,
        mentions_bot: bool = True,
        reply_to: int | None = None,
        attachments: Mapping[str, bytes] | None = None,
    ) -> int:
        """Somebody writes; the mention stands in front of the text, a reply pings who it answers. Returns the id."""
        reference: Payload = {} if reply_to is None else {"message_reference": {"message_id": reply_to}}
        fields: Payload = {
            "content": f"<@{self.bot.id}> {text}" if mentions_bot else text,
            "mentions": self._pinged(channel, reply_to, mentions_bot=mentions_bot),
            "attachments": self.world.attach(attachments or {}),
        }
        return int(self.world.post(self.world.draft(channel, author, fields | reference))["id"])

    def _pinged(self, channel: Channel, reply_to: int | None, *, mentions_bot: bool) -> list[Payload]:
        people = {self.bot.id: self.bot} if mentions_bot else {}
        if reply_to is not None:
            answered = self.world.people[int(self.world.message(reply_to)["author"]["id"])]
            people[answered.id] = answered
        return self.world.mentions(self.world.guild_of(channel), list(people.values()))

    def edit(self, message: int, text: str) -> None:
        self.world.change(message, {"content": text})

    def delete(self, message: int) -> None:
        self.world.remove(message)

    def react(self, message: int, emoji: str, person: Person, *, add: bool = True) -> None:
        self.world.react(message, emoji, person, add=add)

    def slash(self, channel: Channel, person: Person, path: str, **options: Option) -> Interaction:
        """Somebody uses a command, with its groups: `slash(general, ada, "safi audit show", turn="1")`."""
        return self.interactions.start(Kind.COMMAND, channel, person, command(self.world, channel, path, options))

    def type_option(self, channel: Channel, person: Person, path: str, **options: Option) -> Interaction:
        """Somebody is typing the last of these options and is shown what an autocomplete offers."""
        data = command(self.world, channel, path, options, typing=list(options)[-1])
        return self.interactions.start(Kind.AUTOCOMPLETE, channel, person, data)

    def menu(self, message: int, name: str, person: Person) -> Interaction:
        """Somebody uses a context menu on a message."""
        target = self.world.message(message)
        data = menu(self.world, name, target)
        return self.interactions.start(Kind.COMMAND, self.world.channel(target["channel_id"]), person, data)

    def press(self, message: int, custom_id: str, person: Person, *chosen: str) -> Interaction:
        """Somebody presses a button, or makes a choice in a select."""
        source = self.world.message(message)
        data: Payload = {"custom_id": custom_id, "component_type": 3 if chosen else 2}
        if chosen:
            data["values"] = list(chosen)
        channel = self.world.channel(source["channel_id"])
        return self.interactions.start(Kind.COMPONENT, channel, person, data, source=source)

    def submit_modal(self, shown: Interaction, **values: str) -> Interaction:
        """The person who was shown a modal sends it, its fields filled in by custom_id."""
        source = None if shown.source is None else self.world.message(shown.source)
        data = filled(shown.modal, values)
        return self.interactions.start(Kind.MODAL, shown.channel, shown.person, data, source=source)

    # What the platform does

    def dispatch(self, event: str, payload: Any) -> None:
        """Any event at all, just so: malformed, twice, unheard of."""
        self.gateway.dispatch(event, payload)

    def again(self, message: int) -> None:
        """MESSAGE_CREATE of an old message once more."""
        self.gateway.tell("MESSAGE_CREATE", self.world.message(message))

    def fail(self, method: str, pattern: str, *faults: Fault) -> None:
        """Let these faults happen to the next calls of a route, one each (`POST`, `/channels/*/messages`)."""
        self.server.faults.add(method, pattern, *faults)

    def expire(self, interaction: Interaction) -> None:
        """A quarter of an hour has passed: the interaction's token is good for nothing now."""
        del self.interactions.by_token[interaction.token]

    def cut(self, code: int | None = None) -> None:
        """End the client's connection, without a word or with a close code; what is said next is missed."""
        self.gateway.cut(code)

    # What the bot did

    def posted(self, channel: Channel) -> list[Payload]:
        """The bot's messages that stand in a channel for all to see, in order."""
        return [
            told
            for told in self.world.messages.values()
            if told["channel_id"] == str(channel.id)
            and told["author"]["id"] == str(self.bot.id)
            and not told["flags"] & (EPHEMERAL | LOADING)
        ]

    def texts(self, channel: Channel) -> list[str]:
        return [told["content"] for told in self.posted(channel)]

    def replies(self, interaction: Interaction) -> list[Payload]:
        """The messages that answered an interaction and still stand, ephemeral ones too."""
        return [self.world.messages[identity] for identity in interaction.replies if identity in self.world.messages]

    def calls(self, method: str, path: str = "") -> list[Call]:
        """The REST calls of a method whose path ends so."""
        return [call for call in self.requests if call.method == method and call.path.endswith(path)]

    def _ready(self, session_id: str) -> Payload:
        return {
            "v": 10,
            "user": self.bot.payload(),
            "guilds": [{"id": str(guild), "unavailable": True} for guild in self.world.guilds],
            "session_id": session_id,
            "resume_gateway_url": self.gateway_url,
            "application": {"id": str(self.bot.id), "flags": 0},
        }


@contextmanager
def pointed_at(loopback: Loopback) -> Generator[None]:
    """Every discord.py client of this process speaks to the loopback, and to Discord again afterwards."""
    rest, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"http://{loopback.host}{API}"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(loopback.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = rest, gateway
