"""Every command of the table, in every way in which it can be given, by a member, a moderator and an administrator."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import discord
import pytest

from adapters.chat.discord.interactions import MODERATORS
from adapters.chat.port import Button, Command
from bot.cards import places
from tests.whole.discord_world import ADA, World, world
from tests.whole.giving import Giver, posted
from tests.whole.seeing import pressable, told, words

REFUSAL: Final = f"**{places.moderators_only().title}**\n{places.moderators_only().sentence}"


async def done(there: World) -> object:
    """All that a command may change, and all that everybody sees, but for the cards with the buttons."""
    store, scope = there.life.store, there.life.app.scopes.scope(there.place())
    operations = await store.operations(scope, limit=99)
    posted = [message.content for message in (*there.said(), *there.said(there.room))]
    return operations, await store.assignments(), [text for text in posted if text != "**Press**"]


def rows(there: World, audience: str) -> Sequence[Command]:
    return [row for row in there.life.app.commands if row.audience == audience]


async def opened(there: World) -> tuple[Giver, Giver, Giver]:
    """An answer with an audit, in a server that shows all commands to members too; and who is there to give them."""
    there.allow("safi", there.staff, there.ada)
    there.allow("Audit this reply", there.staff, there.ada, kind=3)
    answer = await there.audited("my canary-one")
    ada, mo, boss = (Giver(there=there, person=each, channel=there.general, answer=answer) for each in there.persons)
    return ada, mo, boss


async def test_a_member_who_gives_a_moderators_command_is_refused_and_nothing_is_done_or_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        before, tried = await done(there), 0
        for row in rows(there, "moderators"):
            async for way, shown in ada.every_way(row):
                assert (shown.content, shown.embeds, pressable(shown)) == (REFUSAL, [], {}), (row.name, way)
                tried += 1
            assert await ada.completed(row) == []
        assert tried >= 2 * len(rows(there, "moderators"))
        assert await done(there) == before


async def test_nobody_but_a_moderator_posts_an_answer_for_all_to_see(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        before = await done(there)
        for row in there.life.app.commands:
            pressed = await posted(there, there.general, Button(label="do", command=row.name, public=True))
            if not row.form:
                assert told(await ada.person.click(pressed, label="do")).content == MODERATORS
        assert await done(there) == before


@pytest.mark.parametrize("who", [1, 2], ids=["moderator", "administrator"])
async def test_a_moderator_and_an_administrator_are_answered_every_command(tmp_path: Path, who: int) -> None:
    async with world(tmp_path) as there:
        giver = (await opened(there))[who]
        for row in there.life.app.commands:
            async for way, shown in giver.every_way(row):
                text = await words(shown)
                assert text, (row.name, way)
                assert REFUSAL not in text, (row.name, way)
            assert bool(await giver.completed(row)) == any(option.choices for option in row.options)


async def test_a_member_is_answered_everything_that_is_for_everyone(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        for row in rows(there, "everyone"):
            async for way, shown in ada.every_way(row):
                assert REFUSAL not in shown.content, (row.name, way)
                assert "Post to channel" not in pressable(shown)


async def test_commands_of_moderators_are_hidden_from_others_until_a_server_shows_them(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        seen = {person.name: set(person.available_commands(there.general)) for person in there.persons}
        everyone = {row.name for row in rows(there, "everyone")}
        assert seen["ada"] == everyone
        assert seen["mo"] == seen["boss"] == everyone | {f"safi {row.name}" for row in rows(there, "moderators")}


async def test_who_may_not_read_the_history_is_shown_no_words_by_any_command(tmp_path: Path) -> None:
    """Not even a moderator is."""
    async with world(tmp_path, profiles=(ADA,)) as there:
        ada, mo, boss = await opened(there)
        allowed = discord.Permissions(view_channel=True, send_messages=True, use_application_commands=True)
        there.env.backend.get_guild(there.home.id).roles[there.home.id].permissions = allowed.value
        for row in there.life.app.commands:
            for giver in (ada, mo):
                async for way, shown in giver.every_way(row):
                    assert "canary" not in await words(shown), (row.name, way)
        assert "canary-one" in await words(told(await boss.person.slash(there.general, "why")))
