"""The command table as Discord's commands: what Discord takes, who is shown what, and when it has to be told anew."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from adapters.chat.discord.tree import Given, fingerprint, grown, offered, payloads
from adapters.chat.port import Card, Command, Invocation, Option
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.discord.practising import practising
from tests.adapters.chat.discord.rules import tree_problems


class NoDesk:
    """Nobody gives a command here."""

    async def typed(self, interaction: Given, command: Command, arguments: Mapping[str, str | int]) -> None:
        raise AssertionError

    async def chosen(self, interaction: Given, command: Command, message: discord.Message) -> None:
        raise AssertionError

    async def outdated(self, interaction: Given) -> None:
        raise AssertionError

    def moderates(self, interaction: Given) -> bool:
        raise AssertionError


def synced(commands: Iterable[Command], *, direct_messages: bool = False) -> list[dict[str, Any]]:
    """What Discord is told of a table; it has to be what Discord takes."""
    client = discord.Client(intents=discord.Intents.none())
    made = payloads(grown(client, commands, NoDesk(), direct_messages=direct_messages))
    assert tree_problems(made) == []
    return made


def outline(payload: Mapping[str, Any]) -> list[str]:
    """The commands of a payload with their options."""
    below = [option for option in payload.get("options", []) if option["type"] in (1, 2)]
    if below:
        return [f"{payload['name']} {line}" for option in below for line in outline(option)]
    words = [option["name"] + ("" if option["required"] else "?") for option in payload.get("options", [])]
    return [" ".join([payload["name"], *words])]


TABLE = Practice.commands(Practice.__new__(Practice))


def test_everyones_commands_stand_alone_and_the_moderators_below_one() -> None:
    found = [line for payload in synced(TABLE) if payload["type"] == 1 for line in outline(payload)]
    assert found == snapshot(
        [
            "values",
            "about",
            "why page?",
            "report reason? count?",
            "privacy show",
            "safi panel",
            "safi status",
            "safi audit list page?",
            "safi audit show number",
            "safi persona show name?",
            "safi memory reset",
            "safi export audits",
            "safi note reason?",
        ]
    )


def test_menus_are_named_as_the_table_has_them() -> None:
    menus = {
        payload["name"]: payload["default_member_permissions"] for payload in synced(TABLE) if payload["type"] == 3
    }
    assert menus == snapshot(
        {"Why this answer?": None, "Report this reply": None, "Audit this reply": 32, "Note this reply": 32}
    )


def test_moderators_commands_are_hidden_from_others_by_default_and_live_in_servers_only() -> None:
    shown = {payload["name"]: payload for payload in synced(TABLE, direct_messages=True)}
    assert shown["safi"]["default_member_permissions"] == discord.Permissions(manage_guild=True).value
    assert shown["values"]["default_member_permissions"] is None
    assert (shown["safi"]["contexts"], shown["Audit this reply"]["contexts"]) == ([0], [0])
    assert (shown["values"]["contexts"], shown["Why this answer?"]["contexts"]) == ([0, 1], [0, 1])
    assert {payload["name"] for payload in synced(TABLE) if payload["contexts"] != [0]} == set()
    assert {tuple(payload["integration_types"]) for payload in synced(TABLE)} == {(0,)}


def test_options_have_their_types_bounds_and_completion() -> None:
    (safi,) = (payload for payload in synced(TABLE) if payload["name"] == "safi")
    options = {
        f"{group['name']} {command['name']}": command["options"]
        for group in safi["options"]
        for command in group.get("options", [])
        if group["type"] == 2
    }
    assert options["audit show"] == snapshot(
        [
            {
                "type": 4,
                "name": "number",
                "description": "which audit",
                "required": True,
                "min_value": 1,
                "max_value": 999999999,
            }
        ]
    )
    assert options["persona show"] == snapshot(
        [{"type": 3, "name": "name", "description": "a persona's name", "required": False, "autocomplete": True}]
    )


def test_a_text_has_no_more_characters_than_its_option_takes() -> None:
    options = (Option(name="reason", summary="why", longest=20), Option(name="name", summary="whose"))
    (payload,) = synced([Command(name="report", summary="Tell", audience="everyone", run=nothing, options=options)])
    assert [option.get("max_length") for option in payload["options"]] == [20, None]


def test_a_summary_that_is_too_long_is_cut() -> None:
    option = Option(name="name", summary="which " * 40)
    command = Command(name="values", summary="what " * 40, audience="everyone", run=nothing, options=(option,))
    (payload,) = synced([command])
    assert payload["description"].endswith("…")
    assert payload["options"][0]["description"].endswith("…")


def test_required_options_come_first_whatever_the_table_says() -> None:
    options = (Option(name="page", summary="which"), Option(name="number", summary="which", required=True))
    (payload,) = synced([Command(name="why", summary="Why", audience="everyone", run=nothing, options=options)])
    assert [option["name"] for option in payload["options"]] == ["number", "page"]


def test_a_table_that_discord_would_not_take_is_refused_at_once() -> None:
    menus = [
        Command(name=f"menu{number}", summary="one", audience="everyone", run=nothing, menu=f"Menu {number}")
        for number in range(6)
    ]
    with pytest.raises(discord.app_commands.CommandLimitReached):
        synced(menus)


def test_the_fingerprint_changes_with_the_tree_and_with_nothing_else() -> None:
    first = fingerprint(synced(TABLE))
    assert first == fingerprint(synced(TABLE)) == fingerprint(list(reversed(synced(TABLE))))
    assert len(first) == 64
    changed = [replace(TABLE[0], summary="something else"), *TABLE[1:]]
    assert len({first, fingerprint(synced(changed)), fingerprint(synced(TABLE[1:])), fingerprint([])}) == 4


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ("Ada", "guitar-teacher", "my uncle", "Adrian", "librarian")),
        ("a", ("Ada", "Adrian", "guitar-teacher", "librarian")),
        (" RIAN", ("Adrian", "librarian")),
        ("x", ()),
    ],
)
def test_what_begins_so_is_offered_before_what_has_it_in_it(typed: str, found: tuple[str, ...]) -> None:
    assert offered(("Ada", "guitar-teacher", "my uncle", "Adrian", "librarian"), typed) == found


@given(st.lists(st.text(max_size=120), max_size=60), st.text(max_size=3))
def test_no_more_is_offered_than_discord_takes_and_only_what_there_is(choices: list[str], typed: str) -> None:
    found = offered(choices, typed)
    assert len(found) <= 25
    assert set(found) <= set(choices)
    assert all(choice.strip() and len(choice) <= 100 for choice in found)


async def test_what_is_synced_is_what_the_fingerprint_is_of() -> None:
    async with practising() as there:
        (put,) = (sent for sent in there.env.http_requests if sent.path.endswith("/commands"))
        assert fingerprint(cast("list[dict[str, Any]]", put.json)) == fingerprint(synced(TABLE))


async def nothing(_: Invocation) -> Card:
    raise AssertionError
