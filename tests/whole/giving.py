"""Commands of the table, given on a simulated Discord in every way there is: typed, by menu, by button, with a form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import simcord
from simcord.results import to_discord_message

from adapters.chat.port import Button, Card, Command
from tests.whole.discord_world import World
from tests.whole.seeing import told


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Somebody who gives commands in a channel, where an answer stands that menus can be opened on."""

    there: World
    person: simcord.MemberActor
    channel: simcord.ChannelHandle
    answer: discord.Message

    async def every_way(self, row: Command) -> AsyncIterator[tuple[str, simcord.ResponseMessage]]:
        """The command in every way there is for it, and what was shown."""
        arguments = needed(row)
        yield "slash", told(await self.person.slash(self.channel, typed(row), **arguments))
        if row.menu:
            yield "menu", await self._filled(row, await self.person.context_menu(self.channel, row.menu, self.answer))
            aimed = Button(label="do", command=row.name, target=str(self.answer.id))
            yield "button about a message", await self.pressed(row, aimed)
        yield (
            "button",
            await self.pressed(row, Button(label="do", command=row.name, arguments=arguments, confirmed=True)),
        )

    async def pressed(self, row: Command, button: Button) -> simcord.ResponseMessage:
        """What is shown after a button on a card for all."""
        card = await posted(self.there, self.channel, button)
        return await self._filled(row, await self.person.click(card, label=button.label))

    async def completed(self, row: Command) -> list[str]:
        """All that is offered for the options of the command."""
        options = [option.name for option in row.options if option.choices is not None]
        found = [await self.person.autocomplete(self.channel, typed(row), option, "") for option in options]
        return [str(choice["value"]) for choices in found for choice in choices]

    async def _filled(self, row: Command, result: simcord.InteractionResult) -> simcord.ResponseMessage:
        """What is shown in the end, after a form where the command has one."""
        if result.modal is None:
            return told(result)
        return told(await self.person.submit_modal(result, dict.fromkeys(row.form, "because")))


def typed(row: Command) -> str:
    """How a command is called where it is typed."""
    return row.name if row.audience == "everyone" else f"safi {row.name}"


def needed(row: Command) -> dict[str, str | int]:
    """What a command cannot be given without."""
    return {
        option.name: 1 if option.kind == "number" else option.choices()[-1] if option.choices else "words"
        for option in row.options
        if option.required
    }


async def posted(there: World, channel: simcord.ChannelHandle, button: Button) -> discord.Message:
    """A card with that button, for all to see."""
    card = Card(title="Press", buttons=(button,))
    shown = await there.life.chat.show(there.place(channel), card)
    return to_discord_message(there.env, there.env.backend.get_message(channel.id, int(shown.message_id)))
