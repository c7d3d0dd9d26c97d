"""Views over the screen: what is asked of a person before a command is run, and what they are shown then. Pure.

A form's private metadata are its order, with the place that it is about: it outlives a restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.chat import orders
from adapters.chat.asking import Unfit, asked, joined, longest
from adapters.chat.orders import Order
from adapters.chat.port import Command, Option
from adapters.chat.slack import buttons
from adapters.chat.slack.blocks import Block, paragraph, plain, run
from adapters.chat.slack.drawing import Drawn
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import label, length, unescaped

_CALLBACK: Final = "safi1:form"
_WAIT: Final = "One moment…"
_LABEL: Final = 48
_HINT: Final = 150
"""Characters of a field's name and of what stands below it; Slack takes more, and nobody reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistakes:
    """What was filled in cannot be taken: why, for each field."""

    told: Mapping[str, str] = field(hash=False)

    def response(self) -> dict[str, Any]:
        """What a submission is acknowledged with, so that the form stays open and says so."""
        return {"response_action": "errors", "errors": dict(self.told)}


def form(command: Command, order: Order) -> Block:
    """The form for what is `asked`. Raises ValueError where the order is too long for it."""
    metadata = buttons.written(order)
    if length(metadata) > LIMITS.view.private_metadata:
        raise ValueError(f"{command.name}: the order does not fit into a form's metadata")
    view = _view(title(command), [_asked_for(option) for option in asked(command, order)], close="Cancel")
    return {**view, "callback_id": _CALLBACK, "private_metadata": metadata, "submit": plain("Send")}


def ordered(view: Mapping[str, Any]) -> Order | None:
    """The order of a form that was filled in; None where that cannot be told any more."""
    metadata: object = view.get("private_metadata")
    found = orders.read(metadata) if isinstance(metadata, str) else None
    return found if isinstance(found, Order) else None


def filled(command: Command, order: Order, view: Mapping[str, Any]) -> Order | Mistakes:
    """The order with what was filled in. `view` is a submission's."""
    values, told = _values(view), dict[str, str]()
    for name, typed in values.items():
        try:
            order = joined(command, order, {name: typed})
        except Unfit as unfit:
            told[name] = str(unfit)
    missing = (option.name for option in asked(command, order) if option.required and option.name not in told)
    told.update((name, "This is needed.") for name in missing)
    return Mistakes(told=told) if told else order


def waiting(name: str) -> Block:
    """The view that stands for an answer until it is there."""
    return _view(name, [paragraph([run(_WAIT)])], close="Close")


def shown(name: str, drawn: Drawn) -> Block:
    """An answer as a view."""
    return _view(name, drawn.blocks, close="Close")


def title(command: Command) -> str:
    """What a command's views are called."""
    return label(command.menu or command.name.capitalize(), limit=LIMITS.view.title)


def _view(name: str, blocks: Sequence[Block], *, close: str) -> Block:
    return {"type": "modal", "title": plain(name), "blocks": list(blocks), "close": plain(close)}


def _asked_for(option: Option) -> Block:
    hint = option.summary[:1].upper() + option.summary[1:]
    return {
        "type": "input",
        "block_id": option.name,
        "label": plain(label(option.name.capitalize(), limit=_LABEL)),
        "hint": plain(label(hint, limit=_HINT) or "…"),
        "optional": not option.required,
        "element": {**(_choice(option) or _field(option)), "action_id": option.name},
    }


def _field(option: Option) -> Block:
    most = longest(option, LIMITS.elements.input_value)
    return {"type": "plain_text_input", "multiline": option.long, "max_length": most}


def _choice(option: Option) -> Block | None:
    """A menu of what may stand there, where that fits into one."""
    choices = option.choices() if option.choices else ()
    limits = LIMITS.elements
    fit = all(choice.strip() and length(choice) <= limits.option_value for choice in choices)
    if not fit or not 0 < len(choices) <= limits.options:
        return None
    options = [{"text": plain(label(choice, limit=limits.option_text) or "…"), "value": choice} for choice in choices]
    return {"type": "static_select", "options": options}


def _values(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by option."""
    blocks: Mapping[str, Mapping[str, Mapping[str, Any]]] = view.get("state", {}).get("values", {})
    fields = {name: given for block in blocks.values() for name, given in block.items()}
    found = {name: _value(given) for name, given in fields.items()}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _value(given: Mapping[str, Any]) -> object:
    """What was typed; or what was chosen, of which Slack escapes the value."""
    chosen: Mapping[str, Any] | None = given.get("selected_option")
    return unescaped(str(chosen["value"])) if chosen else given.get("value")
