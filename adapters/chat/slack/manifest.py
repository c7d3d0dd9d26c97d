"""The manifest from which Slack makes the app, out of the command table and the settings. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from adapters.chat.port import Command
from adapters.chat.slack.settings import Settings, Web

NOWHERE: Final = "https://YOUR-HOST"
"""Stands for the address at which Slack reaches the bot, until somebody fills it in."""

PATH: Final = "/slack/events"
"""Where Slack calls the bot, for events, commands and all that is pressed."""

SHORTCUT: Final = "safi1:"
"""What stands before a command's name in the callback id of its message shortcut."""

COMMAND: Final = "/safi"

_NAME: Final = "SAFi"
_DESCRIPTION: Final = "An AI teammate that is held to declared values, and shows how well it keeps them."
_ABOUT: Final = (
    "Mention SAFi in a channel, and a language model drafts an answer. A gate checks each draft against the persona's "
    "rules, and what breaks one is never sent. An auditor then scores what was sent, value by value; the scores are "
    "remembered, show whether the persona drifts, and coach its next answers. Everyone can look: /safi values says "
    "what it stands for, /safi why explains an answer."
)
_COLOUR: Final = "#3c3c50"
_PROMPTS: Final = (
    ("What do you stand for?", "Which values and which rules do you keep to?"),
    ("What can you help with?", "What can you help me with, and what will you not do?"),
)
"""A model answers them: they ask for nothing that it would have to invent, for it knows its profile alone."""

_ALWAYS: Final = frozenset(
    {
        "app_mentions:read",  # to hear those who mention the bot
        "channels:read",  # to know which channels are shared with other organizations, and who reads there
        "chat:write",
        "commands",
        "files:write",  # for what is too long, and for exports
        "groups:read",
        "im:write",  # exports are handed over in direct messages
        "users:read",  # to know guests
    }
)


def scopes(settings: Settings) -> frozenset[str]:
    """What the bot's token has to be good for, and no more."""
    wanted = set(_ALWAYS)
    if settings.direct_messages:
        wanted |= {"assistant:write", "im:history"}
    if _overhears(settings):
        wanted |= {"channels:history", "groups:history"}
    if settings.moderator_groups:
        wanted.add("usergroups:read")
    if settings.read_files:
        wanted.add("files:read")
    return frozenset(wanted)


def events(settings: Settings) -> tuple[str, ...]:
    """What Slack is to tell the bot of."""
    direct = ("message.im",) if settings.direct_messages else ()
    overheard = ("message.channels", "message.groups") if _overhears(settings) else ()
    return ("app_home_opened", "app_mention", *overheard, *direct)


def manifest(commands: Iterable[Command], settings: Settings, *, url: str | None = None) -> dict[str, Any]:
    """The manifest, as JSON has it. Where Slack calls the bot, `url` is the address at which it reaches it."""
    calls = f"{(url or NOWHERE).rstrip('/')}{PATH}" if isinstance(settings.line, Web) else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "long_description": _ABOUT,
            "background_color": _COLOUR,
        },
        "features": _features(tuple(commands), settings, calls),
        "oauth_config": {"scopes": {"bot": sorted(scopes(settings))}},
        "settings": {
            "event_subscriptions": _called(calls) | {"bot_events": list(events(settings))},
            "interactivity": {"is_enabled": True} | _called(calls),
            "org_deploy_enabled": False,
            "socket_mode_enabled": calls is None,
            "token_rotation_enabled": False,
        },
    }


def _features(commands: Sequence[Command], settings: Settings, calls: str | None) -> dict[str, Any]:
    slash = {"command": COMMAND, "description": "Values, reasons, audits: all that the bot can show"}
    slash |= {"usage_hint": _hint(commands), "should_escape": False}
    features: dict[str, Any] = {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": not settings.direct_messages,
        },
        "bot_user": {"display_name": _NAME.lower(), "always_online": True},
        "shortcuts": [_shortcut(row) for row in commands if row.menu],
        "slash_commands": [slash | _called(calls, "url")],
    }
    if settings.direct_messages:
        prompts = [{"title": title, "message": message} for title, message in _PROMPTS]
        features["agent_view"] = {"agent_description": _DESCRIPTION, "suggested_prompts": prompts}
    return features


def _shortcut(row: Command) -> dict[str, str]:
    return {
        "name": row.menu,
        "type": "message",
        "callback_id": f"{SHORTCUT}{row.name}",
        "description": row.summary,
    }


def _hint(commands: Iterable[Command]) -> str:
    """What everyone may type behind the command."""
    return " | ".join(row.name for row in commands if row.audience == "everyone")


def _overhears(settings: Settings) -> bool:
    """Whether it hears messages that do not mention it."""
    return bool(settings.free_response) or settings.follow_threads


def _called(address: str | None, key: str = "request_url") -> dict[str, Any]:
    return {} if address is None else {key: address}
