"""What somebody sees of what the bot posted or showed on Slack: every word, button and choice of it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from tests.adapters.chat.slack.loopback import elements
from tests.adapters.chat.slack.loopback.interaction import Interaction
from tests.adapters.chat.slack.loopback.team import Message, Payload

Seen = Message | Payload
"""A message, or a view."""

_SHOWN: Final = ("text", "label", "title", "hint", "placeholder", "url", "alt_text")
"""Where blocks hold what people read."""

DEAD: Final = re.compile(r"<[!@#][^>]*>|<[^>|]+\|[^>]*>")
"""What would ping, call or lead somewhere, in Slack's own markup."""


def blocks_of(seen: Seen) -> list[Payload]:
    return seen.blocks if isinstance(seen, Message) else seen["blocks"]


def shown(interaction: Interaction) -> Seen:
    """What whoever gave a command sees last, and nobody else."""
    last = interaction.shown[-1]
    if isinstance(last, Message):
        assert last.whom == interaction.person.id, "everybody sees it"
    return last


def words(seen: Seen) -> str:
    """All that can be read in a message or a view."""
    first = [seen.text] if isinstance(seen, Message) else [seen["title"]["text"]] if "title" in seen else []
    return "\n".join([*first, *_texts(blocks_of(seen))])


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for each in cast("list[object]", node):
            yield from _texts(each)
    elif isinstance(node, dict):
        for name, value in cast("Mapping[str, Any]", node).items():
            if name in _SHOWN and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def read(seen: Seen) -> str:
    """What a card says as a person reads it: the runs of its rich text joined, block by block."""
    lines = list[str]()
    for block in blocks_of(seen):
        lines += _lines(block) if block["type"] == "rich_text" else _texts(block)
    return "\n".join(lines)


def _lines(block: Payload) -> Iterator[str]:
    """A line for each section of a rich text, and for each item of a list."""
    for section in block["elements"]:
        parts: list[Payload] = section["elements"] if section["type"] == "rich_text_list" else [section]
        for part in parts:
            runs: list[Payload] = part["elements"]
            yield "".join(str(run.get("text") or run.get("url") or "") for run in runs)


def pressable(seen: Seen) -> dict[str, str]:
    """The buttons of a message or a view: for each label, what it leads to, or else its value."""
    found = elements.buttons(blocks_of(seen))
    return {label: address or done.get("value", "") for label, (done, address) in found.items()}


def choosable(seen: Seen) -> list[str]:
    """All that can be chosen from selects."""
    return [option["text"]["text"] for _, _, options in elements.selects(blocks_of(seen)) for option in options]
