"""Block Kit's parts as the JSON that Slack takes. What stands in them has been made fit by whoever asks for them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from adapters.chat.slack.text import length

Block = dict[str, Any]
"""A block of a message or a view, or a part of one."""


def plain(text: str) -> Block:
    """Text that is shown as it is."""
    return {"type": "plain_text", "text": text, "emoji": False}


def header(title: str) -> Block:
    """A line in large letters."""
    return {"type": "header", "text": plain(title)}


def context(text: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [plain(text)]}


def actions(elements: Sequence[Block]) -> Block:
    """What can be pressed or chosen."""
    return {"type": "actions", "elements": list(elements)}


def run(text: str, *, style: str = "") -> Block:
    """Text within a paragraph, shown as it is; `style` is "bold", "code" or none."""
    return {"type": "text", "text": text, **({"style": {style: True}} if style else {})}


def paragraph(runs: Iterable[Block]) -> Block:
    """A block of text, its runs without a style as few as can be."""
    joined = list[Block]()
    for each in runs:
        if joined and "style" not in each and "style" not in joined[-1]:
            joined[-1] = run(joined[-1]["text"] + each["text"])
        else:
            joined.append(each)
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": joined}]}


def size(part: object) -> int:
    """Characters that a part takes in what is sent."""
    return length(json.dumps(part, ensure_ascii=False, separators=(",", ":")))
