"""Buttons, and the custom ids that say all that they do: they need no memory of ours, so they work after any restart.

`read` takes what `written` wrote. What it cannot read is of an older version of this program, or rubbish.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal, cast

import discord

from adapters.chat.discord import text
from adapters.chat.discord.limits import LIMITS
from adapters.chat.port import Button

_VERSION: Final = "safi1"
"""To be changed with the form of the custom ids, so that older ones are known as such."""

_VOTES: Final[Mapping[str, Literal["up", "down"] | None]] = {"up": "up", "down": "down", "none": None}
_FACES: Final = {"up": "👍", "down": "👎"}
_FLAGS: Final = {"confirmed": "c", "public": "p"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command as a button, a form, a menu or a typed line gives it; the words are those of `port.Button`."""

    command: str
    arguments: Mapping[str, str | int] = field(default_factory=dict[str, str | int], hash=False)
    target: str | None = None
    confirmed: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a member thinks of an answer: of `message_id`, or of the message that the button stands under."""

    vote: Literal["up", "down"] | None
    message_id: str | None = None


class Buttons(discord.ui.View):
    """Buttons under a message. The client keeps none of them: whoever takes its interactions reads their ids."""

    def __init__(self, items: Iterable[discord.ui.Item[Any]]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)

    def is_finished(self) -> bool:
        """Always, for the client: no message costs memory for as long as the program runs."""
        return True


def written(order: Order) -> str | None:
    """The custom id of an order, unlike that of any other; None where Discord would not take it."""
    flags = "".join(sign for name, sign in _FLAGS.items() if getattr(order, name))
    parts = (order.command, dict(order.arguments), order.target, flags)
    body = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    custom_id = f"{_VERSION}:do:{body.encode('utf-8', 'backslashreplace').decode()}"
    return custom_id if text.length(custom_id) <= LIMITS.components.custom_id else None


def read(custom_id: str) -> Order | Vote | None:
    """What a button or a form does; None where that cannot be told any more."""
    version, _, rest = custom_id.partition(":")
    kind, _, body = rest.partition(":")
    if version != _VERSION:
        return None
    if kind == "do":
        return _order(body)
    if kind == "vote":
        vote, _, message_id = body.partition(":")
        return Vote(vote=_VOTES[vote], message_id=message_id or None) if vote in _VOTES else None
    return None


def fitting(buttons: Iterable[Button], room: int) -> tuple[dict[str, Button], int]:
    """The first `room` buttons by custom id, of those that do the same one, and how many more there are.

    A button whose order does not fit into a custom id is one of those more.
    """
    ids = [(written(_ordered(button)), button) for button in buttons]
    distinct: dict[str, Button] = {}
    for custom_id, button in ids:
        if custom_id is not None:
            distinct.setdefault(custom_id, button)
    too_long = sum(custom_id is None for custom_id, _ in ids)
    fit = dict(islice(distinct.items(), room))
    return fit, len(distinct) - len(fit) + too_long


def pressable(custom_id: str, button: Button) -> discord.ui.Button[Any]:
    """A button as Discord draws it."""
    style = discord.ButtonStyle.danger if button.dangerous else discord.ButtonStyle.secondary
    label = text.label(button.label, limit=LIMITS.components.button_label) or "…"
    return discord.ui.Button(style=style, label=label, custom_id=custom_id)


def leading_to(link: str) -> discord.ui.Button[Any]:
    """A button that leads to a message."""
    return discord.ui.Button(label="Go to message", url=link)


def rating_view() -> discord.ui.View:
    """The buttons under an answer. They say the vote only: which answer it is about, their message tells."""
    return Buttons(discord.ui.Button(emoji=face, custom_id=f"{_VERSION}:vote:{vote}") for vote, face in _FACES.items())


def rated_view(message_id: str) -> discord.ui.View:
    """The button with which whoever rated an answer takes that back."""
    return Buttons([discord.ui.Button(label="Take it back", custom_id=f"{_VERSION}:vote:none:{message_id}")])


def _ordered(button: Button) -> Order:
    return Order(
        command=button.command,
        arguments=button.arguments,
        target=button.target,
        confirmed=button.confirmed,
        public=button.public,
    )


def _order(body: str) -> Order | None:
    try:
        parts = json.loads(body)
    except ValueError:
        return None
    match parts:
        case [str(command), dict(), str() | None as target, str(flags)] if not set(flags) - set(_FLAGS.values()):
            arguments = cast("dict[str, object]", parts[1])
        case _:
            return None
    values = {name: value for name, value in arguments.items() if type(value) in (str, int)}
    if values != arguments:
        return None
    on = {name: sign in flags for name, sign in _FLAGS.items()}
    return Order(command=command, arguments=cast("dict[str, str | int]", values), target=target, **on)
