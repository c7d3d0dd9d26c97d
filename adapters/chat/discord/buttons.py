"""Buttons as Discord draws them. Their custom ids say all that they do."""

from collections.abc import Iterable
from typing import Any, Final

import discord

from adapters.chat import orders
from adapters.chat.discord import text
from adapters.chat.discord.limits import LIMITS
from adapters.chat.orders import Order, Vote
from adapters.chat.port import Button

_FACES: Final = ((Vote(vote="up"), "👍"), (Vote(vote="down"), "👎"))


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
    """The custom id of an order; None where Discord would not take it."""
    custom_id = orders.written(order)
    return custom_id if fits(custom_id) else None


def fits(custom_id: str) -> bool:
    """Whether Discord takes a custom id."""
    return text.length(custom_id) <= LIMITS.components.custom_id


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
    return Buttons(discord.ui.Button(emoji=face, custom_id=orders.written(vote)) for vote, face in _FACES)


def rated_view(message_id: str) -> discord.ui.View:
    """The button with which whoever rated an answer takes that back."""
    back = Vote(vote=None, message_id=message_id)
    return Buttons([discord.ui.Button(label="Take it back", custom_id=orders.written(back))])
