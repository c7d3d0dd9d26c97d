"""The loopback Discord is proved with discord.py itself: commands, menus, buttons, selects and modals."""

from typing import Any

import discord
import pytest
from discord import app_commands, ui

from tests.adapters.chat.discord.loopback.bare import Bare, online
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.doubles import NOON

Interaction = discord.Interaction[Bare]


class Note(ui.Modal, title="Report"):
    """A modal of one field, kept in the form Discord asks for now."""

    reason = ui.Label(text="Why", component=ui.TextInput[Any](custom_id="reason"))

    async def on_submit(self, interaction: Interaction, /) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # a narrower client
        assert isinstance(self.reason.component, ui.TextInput)
        await interaction.response.send_message(f"noted: {self.reason.component.value}", ephemeral=True)


class Panel(ui.View):
    """A button for each way to answer one, and a select."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Report", custom_id="report")
    async def report(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.send_modal(Note(custom_id="note"))

    @ui.button(label="Tick", custom_id="tick")
    async def tick(self, interaction: Interaction, _: ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="ticked", view=None)

    @ui.select(custom_id="pick", options=[discord.SelectOption(label=name) for name in ("a", "b")])
    async def pick(self, interaction: Interaction, chosen: ui.Select[Any]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"picked {chosen.values[0]}")


@pytest.fixture
def loopback() -> Loopback:
    return Loopback(base=NOON)


def speaking(loopback: Loopback) -> Bare:
    """A client with a command of each kind."""
    client = Bare(loopback)
    safi = app_commands.Group(name="safi", description="for moderators")
    audit = app_commands.Group(name="audit", description="audits", parent=safi)

    @audit.command(name="show", description="one audit")
    async def show(interaction: Interaction, turn: str, of: discord.Member) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"{turn} of {of.name}, {interaction.permissions.manage_guild}")
        await interaction.followup.send("and more", ephemeral=True)

    @show.autocomplete("turn")
    async def turns(_: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in ("t-1", "t-2", "x-1") if name.startswith(typed)]

    @client.tree.context_menu(name="Why this answer?")
    async def why(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"because of {message.id}")

    @client.tree.command(name="panel", description="buttons")
    async def panel(interaction: Interaction) -> None:
        await interaction.response.send_message("panel", view=Panel())

    del turns, why, panel  # the tree has them
    client.tree.add_command(safi)
    return client


async def panel_in(loopback: Loopback) -> int:
    shown = loopback.slash(loopback.general, loopback.owner, "panel")
    await loopback.until(lambda: shown.replies)
    return shown.replies[0]


async def test_a_command_tree_is_synced_as_a_whole(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)) as client:
        assert [command.name for command in await client.tree.sync()] == ["panel", "safi", "Why this answer?"]
        assert len(await client.tree.fetch_commands()) == 3


async def test_a_command_is_deferred_and_followed_up(loopback: Loopback) -> None:
    moderators = loopback.role("moderators", discord.Permissions(manage_guild=True))
    ada, bob = loopback.person("ada", moderators), loopback.person("bob")
    async with online(loopback, speaking(loopback)):
        shown = loopback.slash(loopback.general, ada, "safi audit show", turn="t-1", of=bob)
        await loopback.until(lambda: len(shown.replies) == 2)
        assert [told["content"] for told in loopback.replies(shown)] == ["t-1 of bob, True", "and more"]
        assert [told["flags"] for told in loopback.replies(shown)] == [64, 64]
        assert loopback.posted(loopback.general) == []


async def test_an_option_is_completed_while_it_is_typed(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        typed = loopback.type_option(loopback.general, loopback.owner, "safi audit show", turn="t")
        await loopback.until(lambda: typed.response)
        assert typed.choices == ["t-1", "t-2"]


async def test_a_menu_knows_its_message(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        said = loopback.say(loopback.general, loopback.owner, "hello")
        loopback.menu(said, "Why this answer?", loopback.owner)
        await loopback.until(lambda: loopback.texts(loopback.general))
        assert loopback.texts(loopback.general) == [f"because of {said}"]


async def test_a_button_edits_the_message_it_stands_under(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        panel = await panel_in(loopback)
        pressed = loopback.press(panel, "tick", loopback.owner)
        await loopback.until(lambda: pressed.response)
        assert (loopback.texts(loopback.general), loopback.world.message(panel)["components"]) == (["ticked"], [])


async def test_a_choice_is_deferred_and_edits_the_message_later(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        loopback.press(await panel_in(loopback), "pick", loopback.owner, "b")
        await loopback.until(lambda: loopback.texts(loopback.general) == ["picked b"])


async def test_a_modal_is_shown_filled_in_and_sent(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        pressed = loopback.press(await panel_in(loopback), "report", loopback.owner)
        await loopback.until(lambda: pressed.response)
        assert pressed.modal["title"] == "Report"
        sent = loopback.submit_modal(pressed, reason="it was wrong")
        await loopback.until(lambda: sent.replies)
        assert loopback.replies(sent)[0]["content"] == "noted: it was wrong"


async def test_an_old_button_is_heard_by_a_client_that_starts_later(loopback: Loopback) -> None:
    async with online(loopback, speaking(loopback)):
        panel = await panel_in(loopback)
    later = Bare(loopback)
    later.add_view(Panel())
    async with online(loopback, later):
        loopback.press(panel, "tick", loopback.owner)
        await loopback.until(lambda: loopback.texts(loopback.general) == ["ticked"])


async def test_an_interaction_is_answered_once(loopback: Loopback) -> None:
    async with online(loopback, client := Bare(loopback)):

        @client.event
        async def on_interaction(interaction: Interaction) -> None:
            await interaction.response.send_message("first")
            again: discord.InteractionResponse[Bare] = discord.InteractionResponse(interaction)  # it knows of no first
            with pytest.raises(discord.HTTPException, match="already been acknowledged"):
                await again.send_message("second")
            await interaction.followup.send("third")

        made = loopback.slash(loopback.general, loopback.owner, "anything")
        await loopback.until(lambda: len(made.replies) == 2)
        assert loopback.texts(loopback.general) == ["first", "third"]


async def test_an_interaction_expires(loopback: Loopback) -> None:
    outcomes: list[Exception] = []
    async with online(loopback, client := Bare(loopback)):

        @client.event
        async def on_interaction(interaction: Interaction) -> None:
            await interaction.response.defer()
            loopback.expire(made)
            try:
                await interaction.followup.send("too late")
            except discord.NotFound as error:
                outcomes.append(error)
            loopback.changes.tell()

        made = loopback.slash(loopback.general, loopback.owner, "anything")
        await loopback.until(lambda: outcomes)
        assert loopback.texts(loopback.general) == []


async def test_threads_dms_and_other_guilds_are_places_of_their_own(loopback: Loopback) -> None:
    away = loopback.guild("Away")
    far = loopback.channel("far", away)
    async with online(loopback, client := Bare(loopback)):
        thread = loopback.thread(loopback.general, "aside")
        for place in (thread, far, loopback.dm(loopback.owner)):
            loopback.say(place, loopback.owner, "hello")
        await loopback.until(lambda: len(client.heard) == 3)
        for message in client.heard:
            await message.reply(type(message.channel).__name__)
        assert loopback.texts(thread) == ["Thread"]
        assert loopback.texts(far) == ["TextChannel"]
        assert loopback.texts(loopback.dm(loopback.owner)) == ["DMChannel"]
        assert isinstance(client.heard[0].channel, discord.Thread)
        assert client.heard[0].channel.parent_id == loopback.general.id


async def test_the_bot_opens_dms_and_threads(loopback: Loopback) -> None:
    async with online(loopback, client := Bare(loopback)):
        said = loopback.say(loopback.general, loopback.owner, "hello")
        await loopback.until(lambda: client.heard)
        await client.heard[0].author.send("privately")
        thread = await client.heard[0].create_thread(name="aside")
        await thread.send("here")
        assert loopback.texts(loopback.dm(loopback.owner)) == ["privately"]
        assert (thread.id, loopback.texts(loopback.world.channel(said))) == (said, ["here"])
        assert [message.content async for message in thread.history()] == ["here"]
