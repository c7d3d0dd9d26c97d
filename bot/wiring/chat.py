"""The chat platforms: the console, and those that the configuration names."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError
from bot.settings.platforms import Discord, Slack
from bot.settings.tokens import Secrets, discord_token, slack_secrets
from safi.ports import Clock, Notes

if TYPE_CHECKING:
    from adapters.chat.discord.checkup import Facts
    from adapters.chat.discord.platform import Discord as DiscordChat
    from adapters.chat.discord.settings import Settings
    from adapters.chat.port import Command
    from adapters.chat.slack.checkup import Facts as SlackFacts
    from adapters.chat.slack.platform import Slack as SlackChat
    from adapters.chat.slack.settings import Settings as SlackSettings
    from adapters.chat.terminal.console import Console


def open_console(clock: Clock, fresh: Callable[[], str], folder: Path) -> "Console":
    """The console on this process's own streams, with its files in `folder`. Raises ConfigError without an output."""
    from adapters.chat.terminal.console import Console

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


def open_slack(name: str, config: Slack, environ: Mapping[str, str], *, clock: Clock) -> "SlackChat":
    """A workspace at Slack, which nobody speaks to yet. Raises ConfigError if a token or the secret is missing."""
    from adapters.chat.slack.platform import Slack as SlackChat

    return SlackChat(slack_settings(name, config, slack_secrets(name, config, environ)), clock=clock)


async def look_at_slack(
    name: str, config: Slack, environ: Mapping[str, str], channels: Collection[str] = (), *, patience: float
) -> "SlackFacts":
    """What Slack says of the app, of these channels and of the moderators' groups, in so many seconds.

    Raises ConfigError if a token or the secret is missing.
    """
    from adapters.chat.slack.checkup import look

    settings = slack_settings(name, config, slack_secrets(name, config, environ))
    return await look(settings, channels, patience=patience)


def slack_manifest(name: str, config: Slack, commands: Iterable["Command"], *, url: str | None) -> dict[str, Any]:
    """What Slack makes the app of: a manifest, as JSON has it. `url` is where Slack reaches the bot."""
    from adapters.chat.slack.manifest import manifest

    return manifest(commands, slack_settings(name, config, Secrets(bot="", line="")), url=url)


def slack_settings(name: str, config: Slack, secrets: Secrets) -> "SlackSettings":
    """What the configuration decides, with the secrets."""
    from adapters.chat.slack import settings

    host, _, port = config.listen.rpartition(":")
    web = settings.Web(host=host.removeprefix("[").removesuffix("]"), port=int(port), secret=secrets.line)
    return settings.Settings(
        name=name,
        bot_token=secrets.bot,
        line=settings.Socket(token=secrets.line) if config.mode == "socket" else web,
        direct_messages=config.direct_messages,
        follow_threads=config.follow_threads,
        free_response=frozenset(config.free_response_channels),
        moderators=frozenset(config.moderators),
        moderator_groups=frozenset(config.moderator_groups),
        moderators_channel=config.moderators_channel,
        shared_channels=config.shared_channels,
        guests=config.guests,
        read_files=config.read_files,
        rating_buttons=config.rating_buttons,
        api=settings.API,
    )
