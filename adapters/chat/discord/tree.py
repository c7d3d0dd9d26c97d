"""The one command table as Discord's commands: everyone's by themselves, the moderators' below /safi, and menus.

Discord hides the moderators' commands from others by default. That is a courtesy: who may give a command is decided
each time it is given, by the table.
"""

import hashlib
import inspect
import json
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import discord
from discord import app_commands

from adapters.chat.asking import HIGHEST
from adapters.chat.discord import text
from adapters.chat.discord.limits import LIMITS
from adapters.chat.port import Command, Option

_log = logging.getLogger(__name__)

ROOT: Final = "safi"
"""The command above all those of moderators."""

_SUMMARY: Final = "For moderators: how the persona stands, its audits, its memory"
_GUILD: Final = app_commands.AppCommandContext(guild=True)
_ANYWHERE: Final = app_commands.AppCommandContext(guild=True, dm_channel=True)
_INSTALLED: Final = app_commands.AppInstallationType(guild=True)
_HIDDEN: Final = discord.Permissions(manage_guild=True)

Given = discord.Interaction[Any]


class Desk(Protocol):
    """Who takes the commands that people give. Nothing here raises."""

    async def typed(self, interaction: Given, command: Command, arguments: Mapping[str, str | int]) -> None:
        """A command was typed."""
        ...

    async def chosen(self, interaction: Given, command: Command, message: discord.Message) -> None:
        """A command was chosen from the menu of a message."""
        ...

    async def outdated(self, interaction: Given) -> None:
        """A command was given that there is no longer, or not in this form."""
        ...

    def moderates(self, interaction: Given) -> bool:
        """Whether whoever gives it may give moderators' commands there."""
        ...


class Tree(app_commands.CommandTree[Any]):
    """Tells people plainly of a command that has changed since Discord was told of it."""

    def __init__(self, client: discord.Client, desk: Desk) -> None:
        super().__init__(client, allowed_contexts=_GUILD, allowed_installs=_INSTALLED)
        self._desk = desk

    async def on_error(self, interaction: Given, error: app_commands.AppCommandError, /) -> None:
        """The desk raises nothing: what comes here is a misunderstanding between Discord and the tree."""
        _log.warning("Discord gave a command that the tree does not have: %s", type(error).__name__)
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            self.client.dispatch("outdated_command")
        await self._desk.outdated(interaction)


def grown(client: discord.Client, commands: Iterable[Command], desk: Desk, *, direct_messages: bool) -> Tree:
    """The tree of a client. What everyone may give can be given in direct messages too, where these are on.

    Raises discord.py's errors for a table that Discord would not take.
    """
    tree = Tree(client, desk)
    for command in commands:
        open_to_all = command.audience == "everyone"
        contexts = _ANYWHERE if open_to_all and direct_messages else _GUILD
        path = command.name.split() if open_to_all else [ROOT, *command.name.split()]
        parent = _group(tree, path[:-1], contexts)
        made = _command(command, path[-1], desk, contexts)
        tree.add_command(made) if parent is None else parent.add_command(made)
        if command.menu:
            tree.add_command(_menu(command, desk, contexts))
    return tree


def payloads(tree: Tree) -> list[dict[str, Any]]:
    """What a sync sends to Discord."""
    return [command.to_dict(tree) for command in tree.get_commands()]


def fingerprint(payloads: Sequence[Mapping[str, Any]]) -> str:
    """The same for the same payloads in any order, another for others."""
    lines = sorted(json.dumps(payload, sort_keys=True) for payload in payloads)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def offered(choices: Iterable[str], typed: str) -> tuple[str, ...]:
    """What may stand where somebody has begun to type: what begins so first, then what has it in it."""
    sought = typed.strip().casefold()
    fit = [choice for choice in choices if choice.strip() and len(choice) <= LIMITS.commands.choice_value]
    found = [choice for choice in fit if sought in choice.casefold()]
    return tuple(sorted(found, key=lambda choice: not choice.casefold().startswith(sought)))[
        : LIMITS.commands.autocomplete
    ]


def _group(tree: Tree, path: Sequence[str], contexts: app_commands.AppCommandContext) -> app_commands.Group | None:
    """The group of that path, made where it is missing."""
    parent: app_commands.Group | None = None
    for name in path:
        found = tree.get_command(name) if parent is None else parent.get_command(name)
        if not isinstance(found, app_commands.Group):
            found = app_commands.Group(
                name=name,
                description=_SUMMARY if name == ROOT else f"About {name}",
                parent=parent,
                allowed_contexts=contexts,
                default_permissions=_HIDDEN if name == ROOT else None,
            )
            if parent is None:
                tree.add_command(found)
        parent = found
    return parent


def _command(
    command: Command, name: str, desk: Desk, contexts: app_commands.AppCommandContext
) -> app_commands.Command[Any, ..., None]:
    async def give(interaction: Given, **options: str | int | None) -> None:
        given = {option: value for option, value in options.items() if value is not None}
        await desk.typed(interaction, command, given)

    give.__signature__ = _signature(command.options)  # pyright: ignore[reportFunctionMemberAccess]  # what discord.py reads
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=name, description=_summary(command.summary), callback=give, allowed_contexts=contexts
    )
    app_commands.describe(**{option.name: _summary(option.summary) for option in command.options})(made)
    for option in command.options:
        if option.choices is not None:
            made.autocomplete(option.name)(_completion(command, option.choices, desk))
    return made


def _signature(options: Sequence[Option]) -> inspect.Signature:
    """The signature that discord.py would find, had the command been written by hand."""
    parameters = [
        inspect.Parameter(
            option.name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=_kind(option),
            default=inspect.Parameter.empty if option.required else None,
        )
        for option in options
    ]
    first = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY, annotation=Given)
    return inspect.Signature([first, *parameters])


def _kind(option: Option) -> Any:  # noqa: ANN401  # what discord.py takes for a type
    if option.kind == "number":
        return app_commands.Range[int, 1, HIGHEST]
    return str if option.longest is None else app_commands.Range[str, 1, option.longest]


def _completion(
    command: Command, choices: Callable[[], tuple[str, ...]], desk: Desk
) -> Callable[[Given, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(interaction: Given, typed: str) -> list[app_commands.Choice[str]]:
        if command.audience == "moderators" and not desk.moderates(interaction):
            return []
        limit = LIMITS.commands.choice_name
        return [
            app_commands.Choice(name=text.label(choice, limit=limit) or choice, value=choice)
            for choice in offered(choices(), typed)
        ]

    return complete


def _menu(command: Command, desk: Desk, contexts: app_commands.AppCommandContext) -> app_commands.ContextMenu:
    async def choose(interaction: Given, message: discord.Message) -> None:
        await desk.chosen(interaction, command, message)

    menu = app_commands.ContextMenu(name=command.menu, callback=choose, allowed_contexts=contexts)
    if command.audience == "moderators":
        app_commands.default_permissions(_HIDDEN)(menu)
    return menu


def _summary(summary: str) -> str:
    return text.label(summary, limit=LIMITS.commands.description) or "…"
