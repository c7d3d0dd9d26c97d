"""What Slack is sent of every card that there is, to the last character. After --inline-snapshot=fix, look at it."""

import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from inline_snapshot import external_file

from adapters.chat.port import Card
from adapters.chat.slack.drawing import drawn
from bot.cards import exports, hearing, memories, notices, personas, places, reports, turns
from tests.adapters.chat.slack.every_card import ADDRESS, every_card
from tests.adapters.chat.slack.rules import broken

CARDS = every_card()
MODULES = (exports, hearing, memories, notices, personas, places, reports, turns)


def sent(card: Card) -> dict[str, Any]:
    """What Slack is sent; it has to be what Slack takes."""
    made = drawn(card, address=ADDRESS)
    body: dict[str, Any] = {"channel": "C1", "text": made.text, "blocks": list(made.blocks)}
    assert broken("chat.postMessage", body) == []
    return {"text": made.text, "blocks": list(made.blocks), "files": [file.name for file in made.files]}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_drawn_as_it_was_approved(name: str) -> None:
    assert json.loads(json.dumps(sent(CARDS[name]))) == external_file(f"golden/{file(name)}")


def test_every_approved_card_is_still_there() -> None:
    approved = {path.name for path in (Path(__file__).parent / "golden").iterdir()}
    assert approved == {file(name) for name in CARDS}


def test_every_function_that_makes_a_card_has_one_here() -> None:
    made = {name.split()[0] for name in CARDS}
    assert [name for module in MODULES for name in makers(module) if name not in made] == []


def file(name: str) -> str:
    return f"{name.replace(' ', '_')}.json"


def makers(module: ModuleType) -> list[str]:
    """The public functions of a module that return a card, with the module's last name before them."""
    last = module.__name__.rsplit(".", maxsplit=1)[-1]
    found = inspect.getmembers(module, inspect.isfunction)
    ours = [(name, each) for name, each in found if each.__module__ == module.__name__ and not name.startswith("_")]
    return [f"{last}.{name}" for name, each in ours if each.__annotations__.get("return") in (Card, Card | None)]
