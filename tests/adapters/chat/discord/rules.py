"""What Discord refuses of a message or of a set of commands, as its documentation has it, by the table of limits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from discord.http import handle_message_parameters

from adapters.chat.discord.drawing import Drawn
from adapters.chat.discord.limits import LIMITS
from adapters.chat.discord.text import length


def payload(drawn: Drawn) -> dict[str, Any]:
    """What discord.py sends for a card."""
    with handle_message_parameters(content=drawn.content, embeds=drawn.embeds, view=drawn.view()) as made:
        assert made.payload is not None
        return {**made.payload, "files": [(file.name, len(file.data)) for file in drawn.attached]}


def payload_problems(payload: Mapping[str, Any]) -> list[str]:
    """All that Discord would refuse a message for; nothing for one that it takes."""
    limits = LIMITS.message
    embeds, files = payload.get("embeds", []), payload.get("files", [])
    problems = [
        *_too_long("content", payload.get("content") or "", limits.content),
        *_too_many("embeds", embeds, limits.embeds),
        *_too_many("files", files, limits.files),
        *(problem for number, embed in enumerate(embeds) for problem in _embed(f"embed {number}", embed)),
        *_components(payload.get("components", [])),
    ]
    if not ((payload.get("content") or "").strip() or embeds or files):
        problems.append("an empty message")
    if sum(map(_texts, embeds)) > LIMITS.embed.total:
        problems.append("all embeds together are too long")
    if sum(size for _, size in files) > limits.file_bytes:
        problems.append("the files are too large")
    return problems


def tree_problems(payloads: Sequence[Mapping[str, Any]]) -> list[str]:
    """All that Discord would refuse a set of commands for."""
    limits, problems = LIMITS.commands, list[str]()
    for kind, most in ((1, limits.top_level), (3, limits.context_menus)):
        problems += _too_many(f"commands of type {kind}", [each for each in payloads if each["type"] == kind], most)
    for command in payloads:
        if sum(map(length, _words(command))) > limits.tree:
            problems.append(f"{command['name']} is too long in all")
        problems += _command(command)
    return problems


def _embed(name: str, embed: Mapping[str, Any]) -> Iterator[str]:
    limits = LIMITS.embed
    yield from _too_long(f"{name}'s title", embed.get("title", ""), limits.title)
    yield from _too_long(f"{name}'s description", embed.get("description", ""), limits.description)
    yield from _too_long(f"{name}'s footer", embed.get("footer", {}).get("text", ""), limits.footer)
    yield from _too_many(f"{name}'s fields", embed.get("fields", []), limits.fields)
    for field in embed.get("fields", []):
        yield from _needed(f"{name}'s field name", field["name"], limits.field_name)
        yield from _needed(f"{name}'s field value", field["value"], limits.field_value)
    if not (embed.get("description", "").strip() or embed.get("fields")):
        yield f"{name} is empty"


def _texts(embed: Mapping[str, Any]) -> int:
    fields = [text for field in embed.get("fields", []) for text in (field["name"], field["value"])]
    return sum(map(length, (embed.get("description", ""), embed.get("footer", {}).get("text", ""), *fields)))


def _components(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    limits, ids = LIMITS.components, list[str]()
    yield from _too_many("rows", rows, limits.rows)
    for row in rows:
        yield from _too_many("buttons of a row", row["components"], limits.row_buttons)
        for button in row["components"]:
            if "emoji" not in button:
                yield from _needed("label", button["label"], limits.button_label)
            if ("custom_id" in button) == ("url" in button):
                yield "a button that does nothing, or two things"
            if "custom_id" in button:
                yield from _needed("custom id", button["custom_id"], limits.custom_id)
                ids.append(button["custom_id"])
    if len(set(ids)) < len(ids):
        yield "two buttons with the same custom id"


def _command(command: Mapping[str, Any]) -> Iterator[str]:
    limits = LIMITS.commands
    yield from _needed(f"name of {command['name']}", command["name"], limits.name)
    if command.get("type") == 3:
        return
    yield from _needed(f"description of {command['name']}", command["description"], limits.description)
    options = command.get("options", [])
    yield from _too_many(f"options of {command['name']}", options, limits.options)
    required = [option.get("required", False) for option in options]
    if required != sorted(required, reverse=True):
        yield f"{command['name']}: an option that is required after one that is not"
    for option in options:
        yield from _command(option)


def _words(node: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(node[key]) for key in ("name", "description", "value") if node.get(key))
    for below in (*node.get("options", ()), *node.get("choices", ())):
        yield from _words(below)


def _needed(name: str, text: str, most: int) -> Iterator[str]:
    if not text.strip():
        yield f"{name} is empty"
    yield from _too_long(name, text, most)


def _too_long(name: str, text: str, most: int) -> list[str]:
    return [f"{name} has {length(text)} characters of {most}"] if length(text) > most else []


def _too_many(name: str, things: Sequence[object], most: int) -> list[str]:
    return [f"{len(things)} {name} of {most}"] if len(things) > most else []
