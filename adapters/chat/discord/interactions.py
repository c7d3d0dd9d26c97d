"""What people do with commands, menus, buttons and forms: each becomes an invocation, and its card their answer.

Discord waits three seconds for a first answer, so that is given before anything is run. Whatever fails ends in a line
of the log and a plain one for whoever waits. Who somebody is to a place is read from what Discord says with each
interaction, and kept nowhere.
"""

from collections.abc import Coroutine, Mapping
from functools import partial
from typing import Any, Final, cast

import discord

from adapters.chat import asking, orders
from adapters.chat.attending import DEADLINE, MODERATORS, NOTED, NOWHERE, OUTDATED, UNRATED, Attendant, Refused
from adapters.chat.discord import buttons, drawing, forms, inbound
from adapters.chat.discord.drawing import Drawn
from adapters.chat.discord.failures import DISCORDS, reason
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.tree import ROOT, Given
from adapters.chat.orders import Order, Vote
from adapters.chat.port import Command, Handlers, Invocation, Place, Rating

_GONE: Final = frozenset({10008, 10015, 10062, 40060, 50027})
"""Discord's codes where nobody can be answered any more: expired, answered by somebody else, or taken away."""

_SILENT: Final = discord.AllowedMentions.none()
_TYPES: Final = (discord.InteractionType.component, discord.InteractionType.modal_submit)


class Interactions:
    """The desk at which all interactions arrive; one serves every client. `deadline` is in seconds."""

    def __init__(self, handlers: Handlers, settings: Settings, *, deadline: float = DEADLINE) -> None:
        self._rate = handlers.rate
        self._commands = {command.name: command for command in handlers.commands}
        self._settings = settings
        self._attendant = Attendant(reason=_cause, final=_final, deadline=deadline)

    async def typed(self, interaction: Given, command: Command, arguments: Mapping[str, str | int]) -> None:
        """Run a command that was typed."""
        await self._answer(interaction, self._run(interaction, Order(command=command.name, arguments=arguments)))

    async def chosen(self, interaction: Given, command: Command, message: discord.Message) -> None:
        """Run a command about a message, or ask for what it needs first."""
        await self._answer(interaction, self._begin(interaction, Order(command=command.name, target=str(message.id))))

    async def outdated(self, interaction: Given) -> None:
        """Say that Discord showed a command that is not there any more."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._answer(interaction, interaction.response.autocomplete([]))
        else:
            await self._answer(interaction, _tell(interaction, OUTDATED))

    async def pressed(self, interaction: Given) -> None:
        """Do what a button or a filled-in form says; nothing for interactions of other kinds."""
        if interaction.type in _TYPES:
            await self._answer(interaction, self._press(interaction))

    def moderates(self, interaction: Given) -> bool:
        """Whether Discord says that this person may manage this server, or has a role that moderates here."""
        user, granted = interaction.user, interaction.permissions
        if interaction.guild_id is None or not isinstance(user, discord.Member):
            return False
        roles = {role.id for role in user.roles}
        return granted.manage_guild or granted.administrator or bool(roles & self._settings.moderator_roles)

    async def _press(self, interaction: Given) -> None:
        match orders.read(interaction.custom_id or ""):
            case Order() as order if order.command in self._commands:
                await self._ordered(interaction, order)
            case Vote() as vote:
                await self._vote(interaction, vote)
            case _:
                raise Refused(OUTDATED)

    async def _ordered(self, interaction: Given, order: Order) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            await self._run(interaction, self._filled(interaction, order))
        else:
            await self._begin(interaction, order)

    def _filled(self, interaction: Given, order: Order) -> Order:
        """The order with what was filled in."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        try:
            return forms.filled(self._commands[order.command], order, data)
        except asking.Unfit as unfit:
            raise Refused(str(unfit)) from None

    async def _begin(self, interaction: Given, order: Order) -> None:
        """Ask for what is missing, if whoever is asked may give the command; else run it. A form is a first answer."""
        command = self._commands[order.command]
        may = command.audience == "everyone" or self.moderates(interaction)
        if may and asking.asked(command, order):
            await interaction.response.send_modal(forms.form(command, order))
        else:
            await self._run(interaction, order)

    async def _run(self, interaction: Given, order: Order) -> None:
        """Answer first that the card is on its way; on a card that one person is shown, in its place."""
        invocation = self._invocation(interaction, order)
        if order.public and not invocation.moderator:
            raise Refused(MODERATORS)
        in_place = order.public or _private(interaction.message)
        await interaction.response.defer(ephemeral=True, thinking=not in_place)
        card = await self._commands[order.command].run(invocation)
        if order.public:
            await _publish(interaction, drawing.drawn(orders.posted(card)))
        else:
            await _show(interaction, drawing.drawn(card))

    async def _vote(self, interaction: Given, vote: Vote) -> None:
        message, place = interaction.message, _place(interaction)
        rated = vote.message_id or str(message.id if message else "")
        await interaction.response.defer(ephemeral=True, thinking=not _private(message))
        rating = Rating(place=place, message_id=rated, author=str(interaction.user.id), vote=vote.vote)
        told = NOTED[vote.vote] if (counts := await self._rate(rating)) else UNRATED
        view = buttons.rated_view(rated) if vote.vote and counts else None
        await interaction.edit_original_response(content=told, view=view, allowed_mentions=_SILENT)

    def _invocation(self, interaction: Given, order: Order) -> Invocation:
        return Invocation(
            command=order.command,
            arguments=order.arguments,
            place=_place(interaction),
            author=str(interaction.user.id),
            target=order.target,
            moderator=self.moderates(interaction),
            reads=_reads(interaction),
            confirmed=order.confirmed,
            prefixes=("/", f"/{ROOT} "),
        )

    async def _answer(self, interaction: Given, act: Coroutine[Any, Any, object]) -> None:
        """See an interaction through: whatever goes wrong, whoever waits is told, if Discord still lets us."""
        await self._attendant.see_through(act, name=_name(interaction), tell=partial(_tell, interaction))


def _place(interaction: Given) -> Place:
    place = inbound.place_of(interaction.channel) if interaction.channel is not None else None
    if place is None:
        raise Refused(NOWHERE)
    return place


def _reads(interaction: Given) -> bool:
    """Whether Discord says that this person may read what was said there; what it does not say is a no."""
    if interaction.guild_id is None:
        return interaction.context.dm_channel
    return interaction.permissions.view_channel and interaction.permissions.read_message_history


def _private(message: discord.Message | None) -> bool:
    """Whether one person alone is shown a message."""
    return message is not None and message.flags.ephemeral


async def _show(interaction: Given, drawn: Drawn) -> None:
    """Put a card where its place is kept."""
    await interaction.edit_original_response(
        content=drawn.content,
        embeds=drawn.embeds,
        attachments=drawn.files(),
        view=drawn.view(),
        allowed_mentions=_SILENT,
    )


async def _publish(interaction: Given, drawn: Drawn) -> None:
    """Post a card for all."""
    await interaction.followup.send(
        drawn.content,
        embeds=drawn.embeds,
        files=drawn.files(),
        view=drawn.view() or discord.utils.MISSING,
        allowed_mentions=_SILENT,
    )


async def _tell(interaction: Given, line: str) -> None:
    """A plain line for whoever waits, where the waiting is shown."""
    response = interaction.response
    if not response.is_done():
        await response.send_message(line, ephemeral=True)
    elif response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=line, embeds=[], attachments=[], view=None)
    else:
        await interaction.followup.send(line, ephemeral=True)


def _cause(problem: Exception) -> str | None:
    """Why Discord did not take something; None for what is not Discord's."""
    return reason(problem) if isinstance(problem, DISCORDS) else None


def _final(problem: Exception) -> bool:
    """Whether nobody can be told anything any more."""
    return getattr(problem, "code", None) in _GONE


def _name(interaction: Given) -> str:
    """What somebody did, without what they said with it."""
    if interaction.command is not None:
        return f"the command {interaction.command.qualified_name}"
    found = orders.read(interaction.custom_id or "")
    return f"a button or form for {found.command}" if isinstance(found, Order) else "a button"
