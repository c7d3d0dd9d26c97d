"""Buttons and menus as Slack draws them. Their values say all that they do, so they work after any restart. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, cast

from adapters.chat import orders
from adapters.chat.orders import Order, Vote
from adapters.chat.port import Button, Command, Place
from adapters.chat.slack.blocks import Block, actions, paragraph, plain, run, size
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import label, length, literal

LINK: Final = "safi1:link"
"""The action of a button that leads to a message. Slack tells of it all the same, and there is nothing to do."""

CHANNEL: Final = "safi1:channel"
"""The action of choosing a channel on the bot's home."""

_ROOM: Final = 6_000
"""Characters that all buttons of a card may take in what is sent; the rest is for what it says."""

_PICKER: Final = 9_000
"""Characters that the commands of a picker may take."""

_ESCAPED: Final = {ord(sign): rf"\u{ord(sign):04x}" for sign in "&<>"}
"""As JSON may write them too. What is no JSON in an order's text has none of them."""

_AUDIENCES: Final = {"everyone": "For everyone", "moderators": "For moderators"}


def fitting(given: Iterable[Button], link: str | None, place: Place | None) -> tuple[tuple[Block, ...], int]:
    """The first buttons as elements, with the one that leads to `link` last, and how many more there are.

    Where a `place` is given, they are about it, wherever they are pressed.
    """
    most = LIMITS.blocks.actions - (link is not None)
    chosen, left = orders.fitting(given, most, fits=_fits, place=place, as_text=written)
    made = [_pressable(number, value, button) for number, (value, button) in enumerate(chosen.items())]
    kept = _first(made, _ROOM)
    leading = [_leading(link)] if link else []
    return (*kept, *leading), left + len(made) - len(kept)


def written(order: Order | Vote) -> str:
    """What is meant as text, without the signs that Slack escapes in whatever it hands back."""
    return orders.written(order).translate(_ESCAPED)


def meant(action: Mapping[str, Any]) -> Order | Vote | None:
    """What an action of an interaction says that is to be done; None where that cannot be told any more."""
    option: object = action.get("selected_option")
    holder = cast("Mapping[str, Any]", option) if isinstance(option, dict) else action
    value: object = holder.get("value")
    return orders.read(value) if isinstance(value, str) else None


def rating_block() -> Block:
    """What stands under an answer. It says the vote only: which answer it is about, its message tells."""
    good = _feedback("Good answer", "This is a good answer", Vote(vote="up"))
    bad = _feedback("Not a good answer", "This is not a good answer", Vote(vote="down"))
    element = {
        "type": "feedback_buttons",
        "action_id": "safi1:rate",
        "positive_button": good,
        "negative_button": bad,
    }
    return {"type": "context_actions", "elements": [element]}


def rated_blocks(message_id: str) -> tuple[Block, ...]:
    """The button with which whoever rated an answer takes that back."""
    value = written(Vote(vote=None, message_id=message_id))
    return (actions([_button(0, "Take it back", value)]),)


def picker(commands: Sequence[Command], line: str) -> tuple[Block, ...]:
    """What is shown for a command that was not understood: why, in a line, and all commands to choose from."""
    in_order = sorted(commands, key=lambda command: command.audience)
    offered = in_order[: len(_first([_option(command) for command in in_order], _PICKER))]
    groups = [_group(offered, audience, name) for audience, name in _AUDIENCES.items()]
    select = {
        "type": "static_select",
        "action_id": "safi1:pick",
        "placeholder": plain("Choose a command"),
        "option_groups": [group for group in groups if group["options"]],
    }
    return paragraph([run(literal(line, limit=LIMITS.blocks.text // 2))]), actions([select])


def _group(commands: Sequence[Command], audience: str, name: str) -> Block:
    options = [_option(command) for command in commands if command.audience == audience]
    return {"label": plain(name), "options": options[: LIMITS.elements.options]}


def _option(command: Command) -> Block:
    shown = label(f"{command.name} – {command.summary}", limit=LIMITS.elements.option_text)
    return {"text": plain(shown), "value": written(Order(command=command.name))}


def _first(parts: Sequence[Block], room: int) -> list[Block]:
    """The first of them, as many as there is room for in what is sent."""
    sizes = accumulate(size(part) + 1 for part in parts)
    return [part for part, total in zip(parts, sizes, strict=True) if total <= room]


def _fits(value: str) -> bool:
    return length(value) <= LIMITS.elements.button_value


def _pressable(number: int, value: str, button: Button) -> Block:
    made = _button(number, label(button.label, limit=LIMITS.elements.button_text) or "…", value)
    return {**made, "style": "danger"} if button.dangerous else made


def _button(number: int, name: str, value: str) -> Block:
    return {"type": "button", "action_id": f"safi1:{number}", "text": plain(name), "value": value}


def _leading(link: str) -> Block:
    return {"type": "button", "action_id": LINK, "text": plain("Go to message"), "url": link}


def _feedback(name: str, spoken: str, vote: Vote) -> Block:
    return {"text": plain(name), "accessibility_label": spoken, "value": written(vote)}
