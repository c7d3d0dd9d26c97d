"""Two workspaces at Slack and a server at Discord in one process: what is told in one place stays there."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from adapters.chat.discord.platform import Discord as DiscordChat
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Button, Command, Invocation
from adapters.chat.several import Member
from adapters.chat.supervision import PAUSES
from adapters.store.sqlite import SQLiteStore
from bot.cards import places
from bot.commands.desk import Desk
from safi.ports import TurnRecord
from tests.adapters.chat.discord.simulated import SimulatedTime
from tests.adapters.chat.slack.loopback.team import Channel, Message, Person
from tests.whole.minds import CANARY, words_of
from tests.whole.slack_giving import Giver, needed
from tests.whole.slack_seeing import words
from tests.whole.slack_world import ADA, PATIENCE, Site, World, world
from tests.whole.test_isolation import listen, logged

NUMBERS = range(1, 7)
"""The numbers that audits have in these tests."""


@dataclass
class Server:
    """A server at Discord with a channel and a member, once it is `online`."""

    clock: SimulatedTime = field(default_factory=SimulatedTime)
    online: asyncio.Event = field(default_factory=asyncio.Event)
    env: simcord.Env = field(init=False)
    general: simcord.ChannelHandle = field(init=False)
    boss: simcord.MemberActor = field(init=False)

    def members(self, store: SQLiteStore) -> Sequence[Member]:
        return [DiscordChat(Settings(token="unused"), notes=store, clock=self.clock, connect=self._connect)]

    async def _connect(self, client: discord.Client) -> None:
        self.env = self.clock.env = simcord.Env(client, settle_timeout=PATIENCE)
        try:
            await self.env.start()
            home = self.env.create_guild("Home")
            role = home.create_role("boss", permissions=discord.Permissions(administrator=True))
            self.general = home.create_text_channel("general")
            self.boss = home.add_member(self.env.create_user("boss"), roles=[role])
            self.online.set()
            await asyncio.Event().wait()
        finally:
            await self.env.shutdown()

    @property
    def bot(self) -> str:
        return f"<@{self.env.backend.bot_user.id}>"

    def texts(self) -> list[str]:
        me = self.env.backend.bot_user.id
        return [each.content for each in self.general.history() if each.author.id == me]


@asynccontextmanager
async def together(folder: Path, **settings: Any) -> AsyncGenerator[tuple[World, Site, Site, Server]]:
    """The program in both workspaces and on the server."""
    server = Server()
    async with world(folder, names=("Home", "Other"), others=server.members, **settings) as there:
        await server.online.wait()
        home, other = there.sites
        yield there, home, other, server


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Spot:
    """A channel in whose threads canaries were told, and a moderator there."""

    canaries: frozenset[str]
    giver: Giver


async def spot(there: World, site: Site, channel: Channel, *canaries: str) -> Spot:
    """Each canary in a thread of its own."""
    answers = [await there.audited(f"{one} is my secret", site=site, channel=channel, by=site.mo) for one in canaries]
    giver = Giver(there=there, site=site, person=site.mo, channel=channel, answer=answers[-1])
    return Spot(canaries=frozenset(canaries), giver=giver)


async def everything(here: Spot, elsewhere: Spot) -> None:
    """All that a moderator can do in a place, also with the numbers of all others and a message of one of them."""
    giver = here.giver
    for row in giver.there.life.app.commands:
        given = [row.name, *map(str, needed(row).values())]
        for typed in (given, *([row.name, str(number)] for number in numbered(row))):
            await giver.types(" ".join(typed))
        await giver.presses_at_home(Button(label="do", command=row.name, arguments=needed(row), confirmed=True))
        for answer in (giver.answer, elsewhere.giver.answer):
            if row.menu:
                await giver.presses(Button(label="do", command=row.name, target=answer.ts))
    for form in ("csv", "jsonl"):
        for what in ("audits", "ledger"):
            await giver.types(f"export {what} {form}")


def numbered(row: Command) -> Iterator[int]:
    """Every number, where a command takes that of an audit."""
    return iter(NUMBERS if any(option.name == "number" for option in row.options) else ())


def leaks(there: World, spots: Sequence[Spot]) -> list[str]:
    """Every canary where it must not be: posted, shown to one person, in a file, or asked of a model."""
    channels = {each.giver.channel.id: each.canaries for each in spots}
    sets = [*channels.values(), frozenset[str]()]
    found = list[str]()
    for site in there.sites:
        for message in site.space.team.messages.values():
            text = json.dumps([message.text, message.blocks, message.files], ensure_ascii=False)
            if message.bot and not seen(text) <= channels.get(message.channel, frozenset()):
                found.append(f"{seen(text)} in {message.channel}")
        views = (*site.space.team.views.values(), *site.space.team.homes.values())
        texts = [json.dumps(view.payload, ensure_ascii=False) for view in views]
        texts += [content.decode("utf-8", "replace") for content in site.space.team.contents.values()]
        found += [f"{seen(text)} together" for text in texts if not any(seen(text) <= one for one in sets)]
    for made in there.slack.interactions.known.values():
        shown = json.dumps([each for each in made.shown if not isinstance(each, Message)], ensure_ascii=False)
        found += [f"{seen(shown)} in a view"] * (not any(seen(shown) <= one for one in sets))
    prompts = (seen(words_of(request)) for request in there.minds.asked)
    return found + [f"{canaries} in a prompt" for canaries in prompts if len(canaries) > 1]


def seen(text: str) -> frozenset[str]:
    return frozenset(CANARY.findall(text))


@pytest.mark.slow
async def test_what_is_told_in_a_place_stays_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Though all share the persona, and each workspace its memory."""
    listen(caplog)
    settings: dict[str, Any] = {"sharing": "persona", "direct_messages": True}
    async with together(tmp_path, profiles=(ADA,), **settings) as (there, home, other, server):
        private = home.space.channel("staff", home.mo, private=True)
        spots = [
            await spot(there, home, home.general, "canary-one", "canary-two"),
            await spot(there, home, private, "canary-private"),
            await spot(there, home, home.space.dm(home.mo), "canary-direct"),
            await spot(there, other, other.general, "canary-other"),
        ]
        await server.boss.send(server.general, f"{server.bot} canary-discord is my secret")
        await there.news.get()
        for number, here in enumerate(spots):
            await everything(here, spots[number - 1])
            canary = min(here.canaries)
            for text in (f"{canary}: who told you?", f"{canary}: how to harm?"):
                await there.ask(text, site=here.giver.site, channel=here.giver.channel, by=here.giver.person)
        status = await server.boss.slash(server.general, "safi audit list")
        assert status.response is not None
        assert seen(json.dumps(server.texts())) <= {"canary-discord"}
        assert leaks(there, spots) == []
        assert not seen(logged(caplog))


async def test_threads_are_read_from_their_channel_and_direct_messages_from_nowhere_else(tmp_path: Path) -> None:
    async with world(tmp_path, profiles=(ADA,), sharing="persona", direct_messages=True) as there:
        home = there.home
        here = await spot(there, home, home.general, "canary-one")
        await spot(there, home, home.space.dm(home.mo), "canary-direct")
        ada = replace(here.giver, person=home.ada)
        assert "canary-one" in words(await here.giver.types("audit list"))
        assert "canary-one" in words(await ada.types("why 1"))
        for number in (1, 2):
            assert "canary-direct" not in words(await here.giver.types(f"audit show {number}"))
        at_home = await home.space.selects(home.mo, (await home.space.opens_home(home.mo)).modal, home.general.id)
        assert "canary" not in words(at_home.modal)


async def test_a_moderator_of_one_workspace_is_none_in_the_other(tmp_path: Path) -> None:
    async with together(tmp_path) as (there, home, other, _):
        other.space.team.people[home.mo.id] = Person(id=home.mo.id, name="mo", team=other.space.team.id)
        other.general.members.add(home.mo.id)
        here = (await spot(there, other, other.general, "canary-other")).giver
        mo = replace(here, person=other.space.team.people[home.mo.id])
        for row in there.life.app.commands:
            if row.audience == "moderators":
                given = " ".join([row.name, *map(str, needed(row).values())])
                assert places.moderators_only().title in words(await mo.types(given)), row.name


async def test_one_and_the_same_channel_in_two_workspaces_is_two_places(tmp_path: Path) -> None:
    """As channels are that two organizations share, each with this bot in it: each is answered, paused, remembered."""
    async with together(tmp_path, shared_channels=True, guests=True) as (there, home, other, _):
        shared = Channel(id=home.general.id, name="shared", members={other.space.bot, other.ada.id}, shared=True)
        other.space.team.channels[shared.id] = shared
        await home.space.types(home.mo, home.general, "/safi persona assign bob")
        first = await there.ask("who are you?")
        twin = Message(ts=str(first.thread), channel=shared.id, author=other.ada.id, team=other.space.team.id)
        twin.text = f"<@{other.space.bot}> who are you?"
        turns = len(there.turns)
        other.space.tell(other.space.team.keep(twin))
        await there.until(lambda: len(there.turns) > turns)
        assert ["Bob" in request.system[0] for request in there.minds.drafting] == [True, False]
        assert len(other.space.team.posted(shared.id)) == 1


async def test_every_platform_is_answered_while_another_is_away(tmp_path: Path) -> None:
    async with together(tmp_path) as (there, home, other, server):
        home.space.lines.cut()
        assert (await there.ask("hello?", site=other)).text == "An answer to “hello?”"
        await server.boss.send(server.general, f"{server.bot} hello?")
        assert server.texts() == ["An answer to “hello?”"]
        await there.sleep_out(PAUSES[0])
        assert (await there.ask("hello?")).text == "An answer to “hello?”"


async def test_a_leak_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, a number finds the turns of every place that shares a memory."""

    async def anywhere(desk: Desk, invocation: Invocation, number: int) -> TurnRecord | None:
        return await desk.archive.numbered(desk.scopes.scope(invocation.place), number)

    monkeypatch.setattr(Desk, "numbered", anywhere)
    async with world(tmp_path, profiles=(ADA,), sharing="persona") as there:
        home = there.home
        here = await spot(there, home, home.general, "canary-one")
        aside = await spot(there, home, home.space.channel("aside", *home.persons), "canary-aside")
        await here.giver.types("why 2")
        assert leaks(there, [here, aside]) == [f"{frozenset({'canary-aside'})} in {home.general.id}"]
