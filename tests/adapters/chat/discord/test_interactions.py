"""How commands are given on Discord, under simcord: who may, where, what they are shown, and what when it fails."""

import asyncio
from dataclasses import replace

import discord
import pytest
import simcord

from adapters.chat.discord.places import place
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.discord.practising import practising


def told(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """What whoever gave it is shown, and nobody else."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def test_a_command_is_answered_for_whoever_gave_it_alone() -> None:
    async with practising() as there:
        result = await there.member.slash(there.channel, "why", page=2)
        assert told(result).content == "**why**"
        invocation = there.practice.last
        assert (invocation.command, dict(invocation.arguments), invocation.target) == ("why", {"page": 2}, None)
        assert invocation.author == str(there.member.id)
        assert invocation.place == place(guild=there.guild.id, channel=there.channel.id)
        assert not invocation.confirmed
        assert there.channel.history() == []


async def test_it_is_deferred_before_the_command_is_run() -> None:
    async with practising() as there:
        there.practice.free.clear()
        async with asyncio.TaskGroup() as group:
            giving = group.create_task(there.member.slash(there.channel, "values"))
            await there.practice.came.wait()
            assert "callback" in there.env.transcript()
            there.practice.free.set()
            assert told(await giving).content == "**values**"


async def test_a_thread_is_a_place_under_its_channel() -> None:
    async with practising() as there:
        there.env.backend.create_thread(there.channel.id, "aside", there.member.id)
        (thread,) = there.channel.threads
        await there.member.slash(thread, "values")
        assert there.practice.last.place == place(guild=there.guild.id, channel=there.channel.id, thread=thread.id)


async def test_a_direct_message_is_a_place_where_nobody_moderates_and_everything_is_read() -> None:
    async with practising(direct_messages=True) as there:
        await there.member.user.slash("values")
        invocation = there.practice.last
        assert invocation.place.workspace == "discord:@me"
        assert (invocation.moderator, invocation.reads) == (False, True)


@pytest.mark.parametrize(
    ("granted", "moderates"),
    [
        (discord.Permissions.none(), False),
        (discord.Permissions(manage_messages=True, kick_members=True), False),
        (discord.Permissions(manage_guild=True), True),
        (discord.Permissions(administrator=True), True),
    ],
)
@pytest.mark.parametrize("command", ["values", "safi status", "safi persona show"])
async def test_who_moderates_is_what_discord_says(granted: discord.Permissions, moderates: bool, command: str) -> None:
    async with practising() as there:
        role = there.guild.create_role("some", permissions=granted)
        person = there.guild.add_member(there.env.create_user("eve"), roles=[role])
        there.allow("safi", person)
        shown = told(await person.slash(there.channel, command))
        assert there.practice.last.moderator == moderates
        refused = not moderates and command != "values"
        assert (shown.content == "**For moderators**\nOnly moderators can do that.") == refused


async def test_a_role_of_the_list_moderates_for_as_long_as_somebody_has_it() -> None:
    practice = Practice()
    async with practising(practice) as there:
        role = there.guild.create_role("trusted")
        eve = there.guild.add_member(there.env.create_user("eve"), roles=[role])
        await eve.slash(there.channel, "values")
        assert not practice.last.moderator
        there.settings = replace(there.settings, moderator_roles=frozenset({role.id}))
        await there.restart()
        await eve.slash(there.channel, "values")
        assert practice.last.moderator
        await there.member.slash(there.channel, "values")
        assert not practice.last.moderator
        there.env.backend.get_guild(there.guild.id).members[eve.id].role_ids.clear()
        await eve.slash(there.channel, "values")
        assert not practice.last.moderator


async def test_who_cannot_read_the_history_of_a_channel_reads_nothing_there() -> None:
    async with practising() as there:
        hidden = discord.PermissionOverwrite(read_message_history=False)
        channel = there.guild.create_text_channel("log", overwrites={there.member: hidden})
        await there.member.slash(channel, "why")
        assert not there.practice.last.reads
        await there.moderator.slash(channel, "why")
        assert there.practice.last.reads


async def test_a_menu_knows_its_message() -> None:
    async with practising() as there:
        answer = await there.answer()
        result = await there.member.context_menu(there.channel, "Why this answer?", answer)
        assert told(result).content == "**why**"
        assert there.practice.last.target == str(answer.id)


async def test_a_menu_that_asks_for_something_opens_a_form_first_which_outlives_a_restart() -> None:
    async with practising() as there:
        answer = await there.answer()
        shown = await there.member.context_menu(there.channel, "Report this reply", answer)
        assert shown.modal is not None
        assert shown.modal["title"] == "Report this reply"
        assert not there.practice.invoked
        await there.restart()
        result = await there.member.submit_modal(shown, {"reason": "it was rude", "count": "#3"})
        assert told(result).content == "**report**"
        assert dict(there.practice.last.arguments) == {"reason": "it was rude", "count": 3}
        assert there.practice.last.target == str(answer.id)


async def test_a_form_that_is_filled_in_wrongly_is_answered_with_what_is_wrong() -> None:
    async with practising() as there:
        shown = await there.member.context_menu(there.channel, "Report this reply", await there.answer())
        result = await there.member.submit_modal(shown, {"count": "many"})
        assert told(result).content == "“count” must be a whole number from 1 to 999,999,999."
        assert not there.practice.invoked


async def test_who_may_not_give_a_command_is_not_asked_to_fill_in_its_form() -> None:
    async with practising() as there:
        there.allow("Note this reply", there.member, kind=3)
        answer = await there.answer()
        assert (await there.moderator.context_menu(there.channel, "Note this reply", answer)).modal is not None
        result = await there.member.context_menu(there.channel, "Note this reply", answer)
        assert told(result).content.startswith("**For moderators**")


async def test_an_option_is_completed_for_moderators_only() -> None:
    async with practising() as there:
        offered = await there.moderator.autocomplete(there.channel, "safi persona show", "name", "ib")
        assert [choice["value"] for choice in offered] == ["librarian"]
        there.allow("safi", there.member)
        assert await there.member.autocomplete(there.channel, "safi persona show", "name", "") == []
