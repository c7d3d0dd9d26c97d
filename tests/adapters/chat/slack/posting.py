"""A sender before the loopback Slack, with a clock on which waiting takes no time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import Place
from adapters.chat.slack import places
from adapters.chat.slack.account import Account, introduced, web_client
from adapters.chat.slack.sending import PATIENCE, Sender
from adapters.chat.slack.settings import Settings, Socket
from tests.adapters.chat.cuts import Held
from tests.adapters.chat.slack.loopback.calls import Call
from tests.adapters.chat.slack.loopback.faults import Fault
from tests.adapters.chat.slack.loopback.interaction import Interaction
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Message
from tests.doubles import NOON

THREAD = "1795348000.000100"


@dataclass
class Wakeful:
    """A clock that passes over whatever is slept, and keeps it."""

    time: datetime = NOON
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class Desk:
    """A sender, the Slack that it sends to, and the client between them."""

    there: Loopback
    client: AsyncWebClient
    account: Account
    clock: Wakeful = field(default_factory=Wakeful)

    def sender(self, *, rating: bool = True, patience: float = PATIENCE) -> Sender:
        async def client() -> AsyncWebClient:
            return self.client

        return Sender(client=client, account=lambda: self.account, clock=self.clock, rating=rating, patience=patience)

    @property
    def here(self) -> Place:
        """A thread of a channel."""
        return self.place(self.there.general.id, THREAD)

    def place(self, channel: str, thread: str | None = None) -> Place:
        return places.place(team=self.there.home.team.id, channel=channel, thread=thread)

    def fail(self, method: str, *faults: Fault) -> None:
        self.there.fail(method, *faults)

    def calls(self, method: str) -> list[Call]:
        """The calls of a method, in order."""
        return [call for call in self.there.journal.calls if call.method == method]

    def posted(self) -> list[Message]:
        """What stands in the thread, or the channel, for all to see."""
        return self.there.home.team.posted(self.there.general.id)

    def interaction(self) -> tuple[Interaction, str]:
        """Something that the owner did, and the address for the answer."""
        team, interactions = self.there.home.team, self.there.interactions
        made = interactions.begin(team, self.there.owner, channel=self.there.general)
        return made, interactions.address(made)


def passing() -> Fault:
    """No fault at all."""
    let = asyncio.Event()
    let.set()
    return Held(until=let)


@asynccontextmanager
async def desk(*, strict: bool = True, scopes: tuple[str, ...] | None = None) -> AsyncGenerator[Desk]:
    """A sender; with `scopes`, those that the bot was granted."""
    there = Loopback(strict=strict) if scopes is None else Loopback(strict=strict, scopes=scopes)
    async with there.running():
        token = there.home.team.app.bot_token
        settings = Settings(name="home", bot_token=token, line=Socket(token="xapp-1"), api=there.api)
        client = web_client(settings)
        yield Desk(there=there, client=client, account=await introduced(client, settings))
