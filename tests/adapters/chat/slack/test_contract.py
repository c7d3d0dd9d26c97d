"""Slack keeps the contract of chat adapters, under real sockets on the loopback Slack."""

import asyncio
import json
import re
import unicodedata
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.port import Button, Card, Chat, ChatError, Handlers, Inbound, Place, nobody_waits
from adapters.chat.slack import places
from tests.adapters.chat.contract import CONTROLS, ChatContract, Platform
from tests.adapters.chat.practice import Practice
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Message
from tests.adapters.chat.slack.serving import PATIENCE, made, settings

LIVE = re.compile(r"[<＜﹤][\\*_~`]*([!@#]|[a-z]+://|[^\s<>|]+\|)")
IDS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=12)


@dataclass
class Relay:
    """Hands on what is heard to whoever practises, once, as the record has it; and counts what was heard to the end."""

    tell: Callable[[], None]
    practice: Practice | None = None
    known: set[str] = field(default_factory=set[str])
    ended: int = 0

    async def hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        assert self.practice is not None
        if inbound.event_id in self.known:
            kept()
            return
        self.known.add(inbound.event_id)
        await self.practice.hear(inbound, kept)
        self.ended += 1
        self.tell()

    def handlers(self, chat: Chat) -> Handlers:
        return replace(Practice(chat).handlers(), hear=self.hear)


class AtSlack:
    """A thread in a channel, with a member and the bot."""

    def __init__(self, there: Loopback, chat: Chat, relay: Relay, root: Message) -> None:
        self.there = there
        self.chat: Chat = chat
        self.relay = relay
        self.place = places.place(team=there.home.team.id, channel=there.general.id, thread=root.ts)
        self.author = there.owner.id

    async def talk(self, practice: Practice, *lines: str) -> None:
        self.relay.practice = practice
        before = self.relay.ended
        for line in lines:
            await self.there.home.says(self.there.owner, self.there.general, line, thread=self.place.thread)
        await self.there.until(lambda: self.relay.ended == before + len(lines))

    async def overhear(self, practice: Practice) -> None:
        self.relay.practice = practice
        home, general = self.there.home, self.there.general
        call = f"<@{home.bot}> is anybody there?"
        await self.chat.say(self.place, call, turn_id="1", reply_to=None)
        itself, other = home.team.people[home.bot], home.person("other", bot=True)
        general.members.add(other.id)
        for person in (itself, other):
            await home.says(person, general, "is anybody there?", thread=self.place.thread)
        await home.acknowledged()

    async def seen(self, text: str) -> str:
        seen = "\n".join(self._texts())
        assert text in seen
        return seen

    def obeyed(self) -> bytes:
        return b"".join(CONTROLS.findall("\n".join(self._texts()).encode()))

    def pinged(self) -> list[str]:
        return [found[0] for text in self._live() for found in LIVE.finditer(text)] + self.there.breaches

    def shows_work(self) -> bool:
        tasks = [task for task in asyncio.all_tasks() if "_show_status" in repr(task.get_coro())]
        return not all(task.cancelling() for task in tasks)

    def _posted(self) -> list[Message]:
        return self.there.home.team.posted(self.there.general.id)

    def _texts(self) -> list[str]:
        return [text for message in self._posted() for text in (_plain(message.text), *_words(message.blocks))]

    def _live(self) -> Iterator[str]:
        """All texts as Slack would read them: once as they stand, once looking through what cannot be seen."""
        for message in self._posted():
            for text in (message.text, json.dumps(message.blocks, ensure_ascii=False)):
                yield text
                yield _folded(text)


def _plain(text: str) -> str:
    """A message's text as Slack shows it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for each in cast("list[object]", node):
            yield from _words(each)
    elif isinstance(node, dict):
        for name, value in cast("dict[str, Any]", node).items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _words(value)


def _folded(text: str) -> str:
    """As a platform might read it that looks through letters in other shapes and through what cannot be seen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Cf")


@asynccontextmanager
async def at_slack() -> AsyncGenerator[AtSlack]:
    """The platform, ready, until the end."""
    async with Loopback(strict=False).running() as there, asyncio.TaskGroup() as group:
        chat, _, _ = made(there, settings(there))
        relay = Relay(there.changes.tell)
        running = group.create_task(chat.run(relay.handlers(chat)))
        async with asyncio.timeout(PATIENCE):
            await chat.ready()
        root = await there.home.says(there.owner, there.general, "Let us begin.", mention=False)
        yield AtSlack(there, chat, relay, root)
        running.cancel()


class TestAtSlack(ChatContract):
    @pytest.fixture
    def platform(self) -> AbstractAsyncContextManager[Platform]:
        return at_slack()


LIVELY = (
    *("<!channel>", "<!here|here>", "<@U123>", "<#C123|general>", "<https://example.org|you>", "<!subteam^S123>"),
    *("&lt;!channel&gt;", "&amp;lt;@U123&amp;gt;", "<\u200b!channel>", "＜!channel＞", "*<!channel>*", "<*!channel>"),
    *("`<!channel>`", "```\n<@U123>\n```", "| a |\n|---|\n| <!here> |", "[x](<https://example.org|you>)"),
)


@pytest.mark.parametrize("text", LIVELY)
async def test_what_slack_would_read_as_a_mention_or_a_link_is_dead_wherever_it_stands(text: str) -> None:
    async with at_slack() as there:
        card = Card(
            title=text,
            sentence=text,
            fields=((text, text),),
            lines=(text,),
            footer=text,
            buttons=(Button(label=text, command="values"),),
        )
        await there.chat.say(there.place, text, turn_id="1", reply_to=None)
        await there.chat.show(there.place, card)
        assert there.pinged() == []


@pytest.mark.parametrize("length", range(2_985, 3_005, 3))
async def test_nothing_comes_alive_where_a_long_text_is_cut(length: int) -> None:
    async with at_slack() as there:
        await there.chat.say(there.place, "x" * length + " <!channel> <@U123> " * 3, turn_id="1", reply_to=None)
        assert there.pinged() == []


@given(team=IDS, channel=IDS, thread=st.none() | IDS)
def test_a_place_of_slack_is_written_down_and_read_back(team: str, channel: str, thread: str | None) -> None:
    place = places.place(team=team, channel=channel, thread=thread)
    assert Place.decode(place.encode()) == place
    assert places.team_of(place) == team


def test_a_place_of_another_platform_is_none_of_slack() -> None:
    with pytest.raises(ChatError, match="no place"):
        places.team_of(Place(workspace="console", channel="terminal"))
