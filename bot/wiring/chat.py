"""The chat platforms: the console, and those that the configuration names."""

import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Discord
from bot.errors import ConfigError
from bot.tokens import discord_token
from safi.ports import Clock, Notes

if TYPE_CHECKING:
    from adapters.chat.console import Console
    from adapters.chat.discord.checkup import Facts
    from adapters.chat.discord.platform import Discord as DiscordChat
    from adapters.chat.discord.settings import Settings


def open_console(clock: Clock, fresh: Callable[[], str], folder: Path) -> "Console":
    """The console on this process's own streams, with its files in `folder`. Raises ConfigError without an output."""
    from adapters.chat.console import Console

    if getattr(sys, "stdout", None) is None:
        raise ConfigError(["standard output is closed, so there is nobody to talk to"])
    return Console(author="you", clock=clock, ids=fresh, stdin=sys.stdin, stdout=sys.stdout, folder=folder)


def open_discord(config: Discord, environ: Mapping[str, str], *, notes: Notes, clock: Clock) -> "DiscordChat":
    """Discord, which nobody speaks to yet. Raises ConfigError if there is no token."""
    from adapters.chat.discord.platform import Discord as DiscordChat

    return DiscordChat(discord_settings(config, environ), notes=notes, clock=clock)


async def look_at_discord(
    config: Discord, environ: Mapping[str, str], channels: Collection[int] = (), *, patience: float
) -> "Facts":
    """What Discord says of the account, of these channels and of the moderators' roles, in so many seconds.

    Raises ConfigError if there is no token.
    """
    from adapters.chat.discord.checkup import look

    return await look(discord_settings(config, environ), channels, patience=patience)


def discord_settings(config: Discord, environ: Mapping[str, str]) -> "Settings":
    """What the configuration decides, with the token. Raises ConfigError if there is none."""
    from adapters.chat.discord.settings import Settings

    return Settings(
        token=discord_token(config, environ),
        direct_messages=config.direct_messages,
        free_response=frozenset(map(int, config.free_response_channels)),
        moderator_roles=frozenset(map(int, config.moderator_roles)),
        moderators=frozenset(map(int, config.moderators_channels)),
        rating_buttons=config.rating_buttons,
    )
