"""What Slack refuses of a message, a view or a quick answer, as its documentation has it; written apart from drawing.

And what this bot never asks for: that names become mentions, that links unfold, that anybody is called.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import length

Json: TypeAlias = Mapping[str, Any]
Problems: TypeAlias = Iterator[str]

ALIVE: Final = re.compile(r"<(?:[!@#]\w|[^\s<>|]+\|)")
"""What Slack takes for a mention or for a link with other words in its place."""

_NEEDED: Final = {
    "chat.postMessage": ("channel",),
    "chat.postEphemeral": ("channel", "user"),
    "chat.update": ("channel", "ts"),
    "response_url": (),
}
_VIEWS: Final = {"views.open": "modal", "views.push": "modal", "views.update": "modal", "views.publish": "home"}
_NEVER: Final = ("link_names", "parse", "reply_broadcast", "unfurl_links", "unfurl_media")
_MESSAGES_ONLY: Final = {"markdown", "context_actions"}


def broken(method: str, body: Json) -> list[str]:
    """All that Slack would refuse a call for; nothing for one that it takes.

    `method` is a Web API method, such as "chat.postMessage", or "response_url"; `body` is what it is called with, its
    JSON read.
    """
    if method in _NEEDED:
        return list(_message(method, body))
    return list(_view(_VIEWS[method], body.get("view", {}))) if method in _VIEWS else []


def _message(method: str, body: Json) -> Problems:
    text: str = body.get("text") or ""
    blocks: Sequence[Json] = body.get("blocks") or ()
    yield from (f"no {name}" for name in _NEEDED[method] if not body.get(name))
    yield from (f"{name} is asked for" for name in _NEVER if body.get(name))
    yield from _needed("text", text, LIMITS.message.text)
    yield from _read("text", text)
    yield from _blocks(blocks, LIMITS.message.blocks, frozenset())
    if blocks and length(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > LIMITS.message.payload:
        yield "all blocks together are too long"
    if sum(length(str(block.get("text"))) for block in blocks if block["type"] == "markdown") > LIMITS.message.markdown:
        yield "all Markdown together is too long"


def _view(kind: str, view: Json) -> Problems:
    limits = LIMITS.view
    blocks: Sequence[Json] = view.get("blocks") or ()
    if view.get("type") != kind:
        yield f"a view of the type {view.get('type')} for {kind}"
    yield from _texts(view, {"private_metadata": limits.private_metadata, "callback_id": limits.callback_id})
    yield from _texts(view, {"external_id": limits.external_id})
    if len(json.dumps(view).encode()) > limits.payload_bytes:
        yield "the view is too large"
    if not blocks:
        yield "a view without blocks"
    yield from _blocks(blocks, limits.blocks, _MESSAGES_ONLY)
    if kind == "modal":
        yield from _modal(view, [block["type"] for block in blocks])


def _modal(view: Json, kinds: Sequence[str]) -> Problems:
    yield from _object("title", view.get("title"), LIMITS.view.title, plain=True)
    for name, most in (("submit", LIMITS.view.submit), ("close", LIMITS.view.close)):
        if view.get(name) is not None:
            yield from _object(name, view[name], most, plain=True)
    if "input" in kinds and not view.get("submit"):
        yield "fields, and no button to send them with"


def _blocks(blocks: Sequence[Json], most: int, elsewhere: frozenset[str] | set[str]) -> Problems:
    yield from _few("blocks", blocks, most, least=0)
    yield from _once("block_id", blocks)
    for number, block in enumerate(blocks):
        name = f"block {number} ({block['type']})"
        yield from (f"{name}: {problem}" for problem in _block(block))
        if block["type"] in elsewhere:
            yield f"{name} has its place in messages alone"


def _block(block: Json) -> Problems:
    yield from _texts(block, {"block_id": LIMITS.blocks.block_id})
    kinds: Mapping[str, Callable[[Json], Problems]] = {
        "actions": lambda block: _elements(block["elements"], LIMITS.blocks.actions, _ACTIONS),
        "context": lambda block: _context(block["elements"]),
        "context_actions": lambda block: _elements(block["elements"], LIMITS.blocks.context_actions, _CONTEXT_ACTIONS),
        "divider": lambda _: iter(()),
        "header": lambda block: _object("text", block.get("text"), LIMITS.blocks.header, plain=True),
        "input": _input,
        "markdown": lambda block: _markdown(block["text"]),
        "rich_text": lambda block: _rich(block["elements"]),
        "section": _section,
    }
    kind = kinds.get(block["type"])
    yield from kind(block) if kind else ("of no kind known here",)


def _markdown(words: str) -> Problems:
    yield from _needed("text", words, LIMITS.message.markdown)
    yield from _read("text", words)


def _section(block: Json) -> Problems:
    fields: Sequence[Json] = block.get("fields") or ()
    if block.get("text") is None and not fields:
        yield "neither text nor fields"
    if block.get("text") is not None:
        yield from _object("text", block["text"], LIMITS.blocks.text)
    yield from _few("fields", fields, LIMITS.blocks.fields, least=0)
    for field in fields:
        yield from _object("field", field, LIMITS.blocks.field)
    if "accessory" in block:
        yield from _element(block["accessory"], _ACTIONS)


def _context(elements: Sequence[Json]) -> Problems:
    yield from _few("elements", elements, LIMITS.blocks.context)
    for element in elements:
        yield from _object("element", element, LIMITS.blocks.text)


def _input(block: Json) -> Problems:
    yield from _object("label", block.get("label"), LIMITS.blocks.input_label, plain=True)
    if block.get("hint") is not None:
        yield from _object("hint", block["hint"], LIMITS.blocks.input_hint, plain=True)
    yield from _element(block["element"], _INPUTS)


def _rich(sections: Sequence[Json]) -> Problems:
    yield from _few("sections", sections, 1_000)
    for section in sections:
        if section["type"] not in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
            yield f"a {section['type']}, which is of no kind known here"
        yield from _few("runs", section["elements"], 1_000)
        for run in section["elements"]:
            if run["type"] != "text":
                yield f"a run of the type {run['type']}"
            elif not run["text"]:
                yield "an empty run"


def _elements(elements: Sequence[Json], most: int, allowed: Mapping[str, Callable[[Json], Problems]]) -> Problems:
    yield from _few("elements", elements, most)
    yield from _once("action_id", elements)
    for element in elements:
        yield from _element(element, allowed)


def _element(element: Json, allowed: Mapping[str, Callable[[Json], Problems]]) -> Problems:
    yield from _texts(element, {"action_id": LIMITS.elements.action_id})
    if element.get("placeholder") is not None:
        yield from _object("placeholder", element["placeholder"], LIMITS.elements.placeholder, plain=True)
    kind = allowed.get(element["type"])
    yield from kind(element) if kind else (f"a {element['type']}, which has no place there",)


def _button(button: Json) -> Problems:
    limits = LIMITS.elements
    yield from _object("text", button.get("text"), limits.button_text, plain=True)
    most = {"value": limits.button_value, "url": limits.button_url, "accessibility_label": limits.accessibility_label}
    yield from _texts(button, most)
    if button.get("style") not in {None, "primary", "danger"}:
        yield f"a button in the style {button['style']}"


def _feedback(element: Json) -> Problems:
    for name in ("positive_button", "negative_button"):
        yield from _button(element[name])
        yield from _needed("value", element[name].get("value", ""), LIMITS.elements.button_value)


def _select(select: Json) -> Problems:
    limits = LIMITS.elements
    groups: Sequence[Json] = select.get("option_groups") or []
    options: list[Json] = [*(select.get("options") or [])]
    if bool(groups) == bool(options):
        yield "options and groups of options, or neither"
    yield from _few("groups", groups, limits.option_groups, least=0)
    for several in (options, *(group["options"] for group in groups)):
        yield from _few("options", several, limits.options, least=0 if groups else 1)
        yield from _once("value", several)
    for group in groups:
        yield from _object("label", group.get("label"), limits.group_label, plain=True)
        options += group["options"]
    for option in options:
        yield from _object("text", option.get("text"), limits.option_text, plain=True)
        yield from _needed("value", option.get("value", ""), limits.option_value)


def _field(field: Json) -> Problems:
    most = LIMITS.elements.input_value
    if not 1 <= field.get("max_length", most) <= most or not 0 <= field.get("min_length", 0) <= most:
        yield "a field of a length that Slack does not have"
    if length(field.get("initial_value", "")) > field.get("max_length", most):
        yield "a field with more in it than it takes"


def _anyone(_: Json) -> Problems:
    return iter(())


_CHOICES: Final = {
    "static_select": _select,
    "channels_select": _anyone,
    "conversations_select": _anyone,
    "users_select": _anyone,
}
_ACTIONS: Final = {"button": _button, **_CHOICES}
_INPUTS: Final = {"plain_text_input": _field, **_CHOICES}
_CONTEXT_ACTIONS: Final = {"feedback_buttons": _feedback}


def _object(name: str, found: object, most: int, *, plain: bool = False) -> Problems:
    """What is wrong with an object of text."""
    if not isinstance(found, dict):
        yield f"{name} is no object of text"
        return
    given = cast("Json", found)
    kinds = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if given.get("type") not in kinds:
        yield f"{name} is of the type {given.get('type')}"
    yield from _needed(name, given.get("text", ""), most)
    yield from _read(name, given.get("text", ""))


def _read(name: str, text: str) -> Problems:
    if found := ALIVE.search(text):
        yield f"{name} has {found[0]} in it"


def _needed(name: str, text: str, most: int) -> Problems:
    if not text.strip():
        yield f"{name} is empty"
    yield from _texts({name: text}, {name: most})


def _texts(holder: Json, most: Mapping[str, int]) -> Problems:
    for name, limit in most.items():
        if length(holder.get(name) or "") > limit:
            yield f"{name} has {length(holder[name])} characters of {limit}"


def _few(name: str, things: Sequence[object], most: int, *, least: int = 1) -> Problems:
    if not least <= len(things) <= most:
        yield f"{len(things)} {name} of {most}"


def _once(name: str, things: Sequence[Json]) -> Problems:
    given = [thing[name] for thing in things if thing.get(name)]
    if len(set(given)) < len(given):
        yield f"the same {name} twice"
