"""What can be pressed, chosen or filled in: found in blocks by what it says, and what Slack tells of it then. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.adapters.chat.slack.loopback.team import Payload

_BUTTONS: Final = ("button",)
_SELECTS: Final = ("static_select", "radio_buttons", "overflow")
_TEXTS: Final = ("plain_text_input", "number_input")

Values = Mapping[str, str]
"""What somebody fills in, by the field's label, its action id or its block id."""


def elements(blocks: Sequence[Payload]) -> Iterator[tuple[str, Payload]]:
    """Everything in blocks that does something, with the id of its block."""
    for block in blocks:
        inside = [*block.get("elements", ()), *(block[key] for key in ("accessory", "element") if key in block)]
        yield from ((block["block_id"], each) for each in inside if "action_id" in each)


def buttons(blocks: Sequence[Payload]) -> dict[str, tuple[Payload, str]]:
    """What can be pressed, by its label: what Slack tells when it is, or else the address to which it leads."""
    found = dict[str, tuple[Payload, str]]()
    for block_id, each in elements(blocks):
        if each["type"] == "feedback_buttons":
            for side in ("positive_button", "negative_button"):
                label = each[side]["text"]["text"]
                found[label] = (_done(block_id, each, text=each[side]["text"], value=each[side]["value"]), "")
        elif each["type"] in _BUTTONS:
            told = {key: each[key] for key in ("text", "value") if key in each}
            found[each["text"]["text"]] = (_done(block_id, each, **told), each.get("url", ""))
    return found


def selects(blocks: Sequence[Payload]) -> Iterator[tuple[str, Payload, list[Payload]]]:
    """What can be chosen from: the id of its block, the select and its options."""
    for block_id, each in elements(blocks):
        if each["type"] in _SELECTS:
            groups = each.get("option_groups", ())
            yield block_id, each, [*each.get("options", ()), *(one for group in groups for one in group["options"])]


def chosen(blocks: Sequence[Payload], label: str) -> Payload:
    """What Slack tells when the option with this label, or this value, is chosen; channels go by their ids."""
    for block_id, each in elements(blocks):
        if each["type"] == "conversations_select":
            return _done(block_id, each, selected_conversation=label)
    for block_id, select, options in selects(blocks):
        for option in options:
            if label in {option["text"]["text"], option.get("value")}:
                return _done(block_id, select, selected_option=option)
    raise AssertionError(f"nothing like {label!r} can be chosen")


def _done(block_id: str, element: Payload, **more: Any) -> Payload:
    return {"type": element["type"], "action_id": element["action_id"], "block_id": block_id, **more}


def filled(blocks: Sequence[Payload], values: Values) -> Payload:
    """The state of a form with these values; what is left out keeps what stood there, and must if it is required."""
    state, left = dict[str, Payload](), dict(values)
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            names = (block["label"]["text"], element["action_id"], block["block_id"])
            given = next((left.pop(name) for name in names if name in left), None)
            told = _value(element, given)
            assert block.get("optional") or any(told.get(key) for key in ("value", "selected_option")), names
            state[block["block_id"]] = {element["action_id"]: {"type": element["type"], **told}}
    assert not left, f"the form has no field {sorted(left)}"
    return state


def _value(element: Payload, given: str | None) -> Payload:
    if element["type"] in _TEXTS:
        text = element.get("initial_value") if given is None else given
        assert len(text or "") <= element.get("max_length", 3_000), "Slack would not let so much be typed"
        return {"value": text or None}
    options: list[Payload] = element.get("options", [])
    picked = [each for each in options if given in {each["text"]["text"], each.get("value")}]
    return {"selected_option": picked[0] if picked else element.get("initial_option")}
