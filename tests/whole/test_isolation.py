"""What is told in one place stays there: a canary in each, and everything that anybody can do in all the others."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.results import to_discord_message

from adapters.chat.port import Button, Command, Invocation
from bot.commands.desk import Desk
from safi.errors import AnswerRefused
from safi.ports import TurnRecord
from tests.whole.discord_world import ADA, FREE, World, world
from tests.whole.giving import Giver, needed, typed
from tests.whole.minds import CANARY, Minds, words_of
from tests.whole.seeing import body_of, told, words

NUMBERS = range(1, 8)
"""The numbers that audits have in these tests."""

OURS = ("bot", "adapters", "safi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in which a canary of its own was told, and whoever gives commands there."""

    canary: str
    giver: Giver

    @property
    def channel(self) -> simcord.ChannelHandle:
        return self.giver.channel


async def told_everywhere(there: World) -> list[Spot]:
    """A channel, two threads under it, a channel for the staff, a free one, and one of another server."""
    home, boss, me = there.home, there.boss, there.env.bot.user
    assert me is not None
    hidden, shown = (discord.PermissionOverwrite(view_channel=view) for view in (False, True))
    abroad = there.env.create_guild("Abroad")
    role = abroad.create_role("boss", permissions=discord.Permissions(administrator=True))
    stranger = abroad.add_member(there.env.create_user("stranger"), roles=[role])
    staff = home.create_text_channel("staff", overwrites={home.default_role: hidden, there.staff: shown, me: shown})
    places = (
        ("canary-general", there.general, boss),
        ("canary-thread", there.thread("public"), boss),
        ("canary-private", there.thread("private", private=True), boss),
        ("canary-staff", staff, boss),
        ("canary-free", there.known(FREE, lambda: home.create_text_channel("free")), boss),
        ("canary-abroad", abroad.create_text_channel("general"), stranger),
    )
    return [await spot(there, *place) for place in places]


async def spot(there: World, canary: str, channel: simcord.ChannelHandle, person: simcord.MemberActor) -> Spot:
    answer = await there.audited(f"{canary} is my secret", channel, by=person)
    return Spot(canary=canary, giver=Giver(there=there, person=person, channel=channel, answer=answer))


async def everything(spot: Spot, other: Spot) -> None:
    """All that a moderator can do in a place, also with the numbers of all others and a message of one of them."""
    for row in spot.giver.there.life.app.commands:
        async for _ in spot.giver.every_way(row):
            pass
        assert not CANARY.search(" ".join(await spot.giver.completed(row)))
        for arguments in numbered(row):
            await spot.giver.person.slash(spot.channel, typed(row), **needed(row) | arguments)
        if row.menu:
            target = str(other.giver.answer.id)
            await spot.giver.pressed(row, Button(label="do", command=row.name, target=target))
    for form in ("csv", "jsonl"):
        for what in ("audits", "ledger"):
            shown = told(await spot.giver.person.slash(spot.channel, f"safi export {what}", format=form))
            assert spot.canary in await words(shown)


def numbered(row: Command) -> Iterator[dict[str, int]]:
    """Every number, where a command takes that of an audit."""
    if any(option.name == "number" for option in row.options):
        yield from ({"number": number} for number in NUMBERS)


async def leaks(there: World, allowed: Mapping[int, str]) -> list[str]:
    """Every canary where it must not be: in what was posted or shown, sent over the wire, or asked of a model."""
    found = list[str]()
    for channel, messages in there.env.backend.messages.items():
        for message in messages.values():  # those for one person too
            text = await words(to_discord_message(there.env, message))
            found += [f"{one} in {channel}" for one in seen(text) - {allowed.get(channel, "")}]
    for call in there.env.http_requests:
        text, form_or_choices = json.dumps(call.json), body_of(call).get("type") in (8, 9)
        if len(seen(text)) > 1 or (form_or_choices and seen(text)):
            found.append(f"{seen(text)} in {call.path}")
    found += [
        f"{seen(words_of(request))} in a prompt" for request in there.minds.asked if len(seen(words_of(request))) > 1
    ]
    return found


def seen(text: str) -> set[str]:
    return set(CANARY.findall(text))


def listen(caplog: pytest.LogCaptureFixture) -> None:
    """Have all logged that this program can log."""
    for name in OURS:
        caplog.set_level(logging.DEBUG, logger=name)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """All that this program logged."""
    ours = [record for record in caplog.records if record.name.partition(".")[0] in OURS]
    assert ours
    return "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in ours)


@pytest.mark.slow
@pytest.mark.parametrize("sharing", ["channel", "persona"])
async def test_what_is_told_in_a_place_stays_there(
    tmp_path: Path, sharing: str, caplog: pytest.LogCaptureFixture
) -> None:
    listen(caplog)
    settings: dict[str, Any] = {"direct_messages": True, "free_response_channels": (str(FREE),)}
    async with world(tmp_path, profiles=(ADA,), sharing=sharing, **settings) as there:
        spots = await told_everywhere(there)
        await there.ada.send_dm("canary-direct is my secret")
        await there.news.get()
        allowed = {each.channel.id: each.canary for each in spots} | {there.ada.user.dm_channel.id: "canary-direct"}
        for number, each in enumerate(spots):
            await everything(each, spots[number - 1])
            await there.ask(f"{each.canary}: who told you?", each.channel, by=each.giver.person)
            await there.ask(f"{each.canary}: how to harm?", each.channel, by=each.giver.person)
        for user in (there.ada.user, there.mo.user):
            for number in NUMBERS:
                await user.slash("why", number=number)
        await there.mo.send_dm("what did ada tell you?")
        assert await leaks(there, allowed) == []
        assert len(there.said(there.room)) >= 2 * (len(spots) - 1)
        assert not seen(logged(caplog))


async def test_a_leak_would_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here, a number finds the turns of every place that shares a memory."""

    async def anywhere(desk: Desk, invocation: Invocation, number: int) -> TurnRecord | None:
        return await desk.archive.numbered(desk.scopes.scope(invocation.place), number)

    monkeypatch.setattr(Desk, "numbered", anywhere)
    async with world(tmp_path, profiles=(ADA,), sharing="persona") as there:
        one = await spot(there, "canary-general", there.general, there.boss)
        two = await spot(there, "canary-thread", there.thread(), there.boss)
        await there.boss.slash(there.general, "why", number=2)
        allowed = {each.channel.id: each.canary for each in (one, two)}
        assert await leaks(there, allowed) == [f"canary-thread in {there.general.id}"]


class Quoting(Minds):
    """Models whose failures quote what they were shown."""

    def _judged(self, request: object) -> str:
        return json.dumps({"verdict": "canary-judged", "reason": "so"})

    def _audited(self, request: object) -> str:
        return json.dumps({"canary-audited": "so"})


async def test_failures_are_logged_without_the_words_that_they_quote(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listen(caplog)
    async with world(tmp_path, minds=Quoting(draft=lambda _: AnswerRefused("I will not say canary-drafted"))) as there:
        await there.ask("canary-asked?")
        there.minds.draft = lambda _: "canary-draft"
        await there.ask("canary-asked?")
        there.env.inject_error("POST", f"/channels/{there.general.id}/messages", status=403, code=50013)
        await there.ada.send(there.general, f"{there.bot} canary-asked?")
        assert "answer_refused" in logged(caplog)
        assert "unreadable" in logged(caplog)
        assert "the bot lacks" in logged(caplog)
        assert not seen(logged(caplog))


async def test_an_audit_that_cannot_be_read_is_logged_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Auditor(Minds):
        def _audited(self, request: object) -> str:
            return json.dumps({"canary-audited": "so"})

    listen(caplog)
    async with world(tmp_path, minds=Auditor()) as there:
        await there.audited("canary-asked?")
        assert "cannot be read" in logged(caplog)
        assert not seen(logged(caplog))


async def test_a_message_of_another_place_is_no_context(tmp_path: Path) -> None:
    """Neither by replying to it, which Discord does not allow, nor by forwarding it to the bot."""
    async with world(tmp_path, direct_messages=True) as there:
        elsewhere = there.home.create_text_channel("elsewhere")
        said = await there.ada.send(elsewhere, "my secret is canary-elsewhere")
        await there.ada.forward(said, there.ada.user.dm_channel)
        await there.ada.send_dm("what was that?")
        assert [request for request in there.minds.asked if seen(words_of(request))] == []
