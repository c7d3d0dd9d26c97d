"""Forms: what is asked of a person before a command from a menu or a button is run. They outlive a restart. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord

from adapters.chat.asking import asked, joined, longest
from adapters.chat.discord import buttons, text
from adapters.chat.discord.limits import LIMITS
from adapters.chat.orders import Order
from adapters.chat.port import Command, Option


def form(command: Command, order: Order) -> discord.ui.Modal:
    """The form for what is `asked`. Its custom id is the order. Raises ValueError where that is too long."""
    custom_id = buttons.written(order)
    if custom_id is None:
        raise ValueError(f"/{command.name}: the order does not fit into a form's custom id")
    title = text.label(command.menu or command.summary, limit=LIMITS.modal.title)
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    for option in asked(command, order)[: LIMITS.modal.inputs]:
        modal.add_item(_field(option))
    modal.stop()  # nobody waits for it in memory: what is filled in finds its way by the custom id
    return modal


def filled(command: Command, order: Order, data: Mapping[str, Any]) -> Order:
    """The order with what was filled in. `data` is an interaction's. Raises Unfit."""
    return joined(command, order, dict(_values(data.get("components", ()))))


def _field(option: Option) -> discord.ui.Label[Any]:
    limits = LIMITS.modal
    asked_for: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=option.name,
        style=discord.TextStyle.long if option.long else discord.TextStyle.short,
        required=option.required,
        max_length=longest(option, LIMITS.modal.input_value),
    )
    return discord.ui.Label(
        text=text.label(option.name.capitalize(), limit=limits.input_label),
        description=text.label(option.summary[:1].upper() + option.summary[1:], limit=limits.input_placeholder),
        component=asked_for,
    )


def _values(components: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Custom ids and values, wherever they lie: in rows, in labels, or bare."""
    for component in components:
        yield from _values([component["component"]] if "component" in component else component.get("components", ()))
        if isinstance(component.get("value"), str):
            yield component["custom_id"], component["value"]
