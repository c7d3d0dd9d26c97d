"""The manifest of Slack's app: what it asks for by the settings, and that Slack takes it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, cast

import pytest

from adapters.chat.port import Command
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.manifest import COMMAND, events, manifest, scopes
from adapters.chat.slack.settings import Settings, Socket, Web
from bot.commands.table import command_table

LEAST: Final = Settings(name="acme", bot_token="", line=Socket(token=""))
TABLE: Final[tuple[Command, ...]] = command_table(cast("Any", None))

ALWAYS: Final = {
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:write",
    "users:read",
}


def every_settings() -> Iterator[Settings]:
    """Every combination of what the manifest depends on."""
    lines = (Socket(token=""), Web(host="127.0.0.1", port=3000, secret=""))
    for line, direct, threads, files in itertools.product(lines, *[(False, True)] * 3):
        yield replace(LEAST, line=line, direct_messages=direct, follow_threads=threads, read_files=files)


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, set[str]()),
        ({"direct_messages": True}, {"assistant:write", "im:history"}),
        ({"follow_threads": True}, {"channels:history", "groups:history"}),
        ({"free_response": frozenset({"C0123456789"})}, {"channels:history", "groups:history"}),
        ({"moderator_groups": frozenset({"S0123456789"})}, {"usergroups:read"}),
        ({"read_files": True}, {"files:read"}),
        ({"moderators": frozenset({"U0123456789"}), "shared_channels": True, "guests": True}, set[str]()),
    ],
)
def test_no_scope_is_asked_for_that_nothing_needs(changes: dict[str, Any], more: set[str]) -> None:
    assert scopes(replace(LEAST, **changes)) == ALWAYS | more


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({}, ()),
        ({"direct_messages": True}, ("message.im",)),
        ({"follow_threads": True}, ("message.channels", "message.groups")),
        ({"free_response": frozenset({"C0123456789"})}, ("message.channels", "message.groups")),
    ],
)
def test_no_event_is_asked_for_that_nothing_needs(changes: dict[str, Any], more: tuple[str, ...]) -> None:
    assert events(replace(LEAST, **changes)) == ("app_home_opened", "app_mention", *more)


def test_the_shortcuts_are_the_menus_of_the_command_table() -> None:
    shortcuts = manifest(TABLE, LEAST)["features"]["shortcuts"]
    assert [(each["name"], each["callback_id"], each["type"]) for each in shortcuts] == [
        (row.menu, f"safi1:{row.name}", "message") for row in TABLE if row.menu
    ]


def test_the_one_slash_command_hints_at_what_everyone_may_type() -> None:
    (slash,) = manifest(TABLE, LEAST)["features"]["slash_commands"]
    assert slash["command"] == COMMAND
    assert slash["usage_hint"] == "values | why | report | about"


def test_by_socket_there_is_no_address_anywhere() -> None:
    made = manifest(TABLE, LEAST, url="https://bot.example.org")
    assert made["settings"]["socket_mode_enabled"] is True
    assert "example.org" not in str(made)
    assert "YOUR-HOST" not in str(made)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (None, "https://YOUR-HOST/slack/events"),
        ("https://bot.example.org/", "https://bot.example.org/slack/events"),
        ("https://example.org/bots/safi", "https://example.org/bots/safi/slack/events"),
    ],
)
def test_by_http_everything_is_called_at_one_address(url: str | None, address: str) -> None:
    made = manifest(TABLE, replace(LEAST, line=Web(host="127.0.0.1", port=3000, secret="")), url=url)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert made["features"]["slash_commands"][0]["url"] == address


def test_without_direct_messages_nobody_can_write_one_and_there_is_no_agent() -> None:
    off, on = (manifest(TABLE, replace(LEAST, direct_messages=each))["features"] for each in (False, True))
    assert off["app_home"]["home_tab_enabled"] is on["app_home"]["home_tab_enabled"] is True
    assert off["app_home"]["messages_tab_read_only_enabled"] is True
    assert on["app_home"]["messages_tab_read_only_enabled"] is False
    assert "agent_view" not in off
    assert on["agent_view"]["agent_description"]


def test_no_suggested_prompt_asks_a_model_for_what_only_the_program_knows() -> None:
    agent = manifest(TABLE, replace(LEAST, direct_messages=True))["features"]["agent_view"]
    for prompt in agent["suggested_prompts"]:
        said = f"{prompt['title']} {prompt['message']}".lower()
        assert not [word for word in ("audit", "check", "kept", "store", "how long", "my words") if word in said]


@pytest.mark.parametrize("settings", list(every_settings()))
def test_slack_takes_it_whatever_is_set(settings: Settings) -> None:
    limits, made = LIMITS.manifest, manifest(TABLE, settings)
    display, features = made["display_information"], made["features"]
    assert len(display["name"]) <= limits.name
    assert len(display["description"]) <= limits.description
    assert limits.long_description_least <= len(display["long_description"]) <= limits.long_description
    assert len(features["bot_user"]["display_name"]) <= limits.bot_name
    shortcuts, (slash,) = features["shortcuts"], features["slash_commands"]
    assert len(shortcuts) <= 5
    assert all(len(each["name"]) <= limits.shortcut_name for each in shortcuts)
    assert all(len(each["description"]) <= limits.shortcut_description for each in shortcuts)
    assert all(len(each["callback_id"]) <= LIMITS.view.callback_id for each in shortcuts)
    assert len(slash["command"]) <= limits.command
    assert len(slash["description"]) <= limits.command_description
    assert len(slash["usage_hint"]) <= limits.usage_hint
    assert len(made["oauth_config"]["scopes"]["bot"]) <= limits.scopes
    assert len(made["settings"]["event_subscriptions"]["bot_events"]) <= limits.events
    agent = features.get("agent_view", {"agent_description": "", "suggested_prompts": []})
    assert len(agent["agent_description"]) <= limits.agent_description
    assert len(agent["suggested_prompts"]) <= limits.prompts
    assert all(each["title"] and each["message"] for each in agent["suggested_prompts"])
