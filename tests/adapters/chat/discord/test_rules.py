"""The checks that cards and commands are held against see what Discord would refuse."""

from typing import Any

import pytest

from tests.adapters.chat.discord.rules import payload_problems, tree_problems

FIELD = {"name": "n", "value": "v"}
BUTTON = {"label": "l", "custom_id": "i"}
COMMAND: dict[str, Any] = {"name": "values", "description": "what", "type": 1}


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"content": "c", "components": [{"components": list(buttons)}]}


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"content": " \n", "embeds": [], "components": []},
        {"content": "c" * 2_001},
        {"content": "𝒜" * 1_001},
        {"embeds": [{"description": "d"}] * 11},
        {"embeds": [{"description": ""}], "content": "c"},
        {"embeds": [{"title": "t" * 257, "description": "d"}]},
        {"embeds": [{"description": "d" * 4_097}]},
        {"embeds": [{"description": "d", "footer": {"text": "f" * 2_049}}]},
        {"embeds": [{"fields": [FIELD] * 26}]},
        {"embeds": [{"fields": [FIELD | {"value": " "}]}]},
        {"embeds": [{"fields": [FIELD | {"name": "n" * 257}]}]},
        {"embeds": [{"fields": [FIELD | {"value": "v" * 1_025}]}]},
        {"embeds": [{"description": "d" * 4_000}, {"fields": [FIELD | {"value": "v" * 1_000}] * 2}]},
        {"content": "c", "components": [{"components": [BUTTON]}] * 6},
        row(*(BUTTON | {"custom_id": str(number)} for number in range(6))),
        row(BUTTON, BUTTON),
        row(BUTTON | {"label": ""}),
        row(BUTTON | {"label": "l" * 81}),
        row(BUTTON | {"custom_id": "i" * 101}),
        row(BUTTON | {"url": "https://example.org"}),
        row({"label": "l"}),
        {"content": "c", "files": [("a", 1)] * 11},
        {"content": "c", "files": [("a", 11 * 1024 * 1024)]},
    ],
)
def test_a_message_that_discord_would_refuse_is_seen(payload: dict[str, Any]) -> None:
    assert payload_problems(payload)


def test_a_message_that_discord_takes_has_no_problem() -> None:
    assert payload_problems({"embeds": [{"fields": [FIELD] * 25}], **row(BUTTON, {"label": "l", "url": "u"})}) == []


@pytest.mark.parametrize(
    "commands",
    [
        [COMMAND | {"name": f"c{number}"} for number in range(101)],
        [{"name": f"m{number}", "type": 3} for number in range(6)],
        [COMMAND | {"name": "n" * 33}],
        [COMMAND | {"description": ""}],
        [COMMAND | {"description": "d" * 101}],
        [COMMAND | {"options": [COMMAND] * 26}],
        [COMMAND | {"options": [COMMAND | {"required": False}, COMMAND | {"required": True}]}],
        [COMMAND | {"options": [COMMAND | {"options": [COMMAND | {"description": "d" * 99}] * 25}] * 4}],
    ],
)
def test_commands_that_discord_would_refuse_are_seen(commands: list[dict[str, Any]]) -> None:
    assert tree_problems(commands)


def test_commands_that_discord_takes_have_no_problem() -> None:
    assert tree_problems([COMMAND, {"name": "Why this answer?", "type": 3}]) == []
