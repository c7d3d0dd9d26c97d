"""Discord keeps the contract of chat adapters, under simcord."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.discord import places
from adapters.chat.port import Chat, ChatError, Inbound, Place, nobody_waits
from tests.adapters.chat.contract import CONTROLS, ChatContract, Platform
from tests.adapters.chat.discord.simulated import Core, World, simulated
from tests.adapters.chat.practice import Practice

SILENT: dict[str, list[str]] = {"parse": []}
PING = re.compile(r"@(everyone|here)|<(@[!&]?|/[^<>]*:)\d+>")
IDS = st.integers(1, 2**63)


@dataclass
class Relay(Core):
    """Hands on what is heard to whoever practises."""

    practice: Practice | None = None

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        assert self.practice is not None
        await self.practice.hear(inbound, kept)


class AtDiscord:
    """A server with a member and the bot."""

    def __init__(self, world: World, relay: Relay) -> None:
        self.world = world
        self.relay = relay
        self.chat: Chat = world.chat
        self.place = places.place(guild=world.guild.id, channel=world.channel.id)
        self.author = str(world.ada.id)

    async def talk(self, practice: Practice, *lines: str) -> None:
        self.relay.practice = practice
        for line in lines:
            await self.world.ada.send(self.world.channel, f"{self.world.bot} {line}")

    async def overhear(self, practice: Practice) -> None:
        self.relay.practice = practice
        there = self.world
        await self.chat.say(self.place, f"{there.bot} is anybody there?", turn_id="1", reply_to=None)
        other = there.guild.add_member(there.env.create_user("other", bot=True))
        await other.send(there.channel, f"{there.bot} is anybody there?")
        await there.guild.create_webhook(there.channel).send(f"{there.bot} is anybody there?")
        await there.env.settle()

    async def seen(self, text: str) -> str:
        seen = "\n".join(self._texts())
        assert text in seen
        return seen

    def obeyed(self) -> bytes:
        return b"".join(CONTROLS.findall("\n".join(self._texts()).encode()))

    def pinged(self) -> list[str]:
        sends = [call.json for call in self.world.env.http_requests if call.path.endswith("/messages")]
        loud = [str(sent) for sent in sends if sent is None or sent["allowed_mentions"] != SILENT]
        return loud + [found[0] for text in self._texts() for found in PING.finditer(_folded(text))]

    def shows_work(self) -> bool:
        typing = [task for task in asyncio.all_tasks() if "Discord._type" in repr(task.get_coro())]
        return not all(task.cancelling() for task in typing)

    def _texts(self) -> list[str]:
        texts: list[str | None] = []
        for message in self.world.own():
            texts.append(message.content)
            for embed in message.embeds:
                texts += [embed.title, embed.description, embed.footer.text]
                texts += [text for field in embed.fields for text in (field.name, field.value)]
        return [text for text in texts if text]


def _folded(text: str) -> str:
    """As a platform might read it that looks through letters in other shapes and through what cannot be seen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


class TestAtDiscord(ChatContract):
    @pytest.fixture
    def platform(self) -> AbstractAsyncContextManager[Platform]:
        @asynccontextmanager
        async def opened() -> AsyncGenerator[Platform]:
            relay = Relay()
            async with simulated(relay) as world:
                yield AtDiscord(world, relay)

        return opened()


LONG = (
    *("x" * length + "@everyone" for length in range(1_992, 2_001, 2)),
    *("word " * 398 + "<@123456789012345678> " * times for times in (1, 30)),
)


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
async def test_nothing_pings_where_a_long_text_is_cut(text: str) -> None:
    relay = Relay()
    async with simulated(relay) as world:
        there = AtDiscord(world, relay)
        posted = await there.chat.say(there.place, text, turn_id="1", reply_to=None)
        assert posted.more
        assert there.pinged() == []


@given(guild=st.none() | IDS, channel=IDS, thread=st.none() | IDS)
def test_a_place_of_discord_is_written_down_and_read_back(guild: int | None, channel: int, thread: int | None) -> None:
    place = places.place(guild=guild, channel=channel, thread=thread)
    assert Place.decode(place.encode()) == place
    assert (places.guild_of(place), places.channel_of(place)) == (guild, thread or channel)


def test_a_place_of_another_platform_is_none_of_discord() -> None:
    with pytest.raises(ChatError, match="no place"):
        places.channel_of(Place(workspace="console", channel="terminal"))
