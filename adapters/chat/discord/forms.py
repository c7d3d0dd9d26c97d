"""Forms: what is asked of a person before a command from a menu or a button is run. They outlive a restart. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import discord

from adapters.chat.discord import buttons, text
from adapters.chat.discord.buttons import Order
from adapters.chat.discord.limits import LIMITS
from adapters.chat.port import Command, Option

HIGHEST: Final = 999_999_999
"""The highest number that an option takes; the lowest is 1."""


class Unfit(Exception):
    """What was filled in cannot be taken; the words say why, for whoever filled it in."""


def asked(command: Command, order: Order) -> tuple[Option, ...]:
    """What a form has to ask for: nothing where all is given."""
    return tuple(
        option for option in command.options if option.name in command.form and option.name not in order.arguments
    )


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
    options = {option.name: option for option in command.options}
    given = {name: value.strip() for name, value in _values(data.get("components", ())) if name in options}
    arguments = {name: _value(options[name], value) for name, value in given.items() if value}
    return Order(
        command=order.command,
        arguments={**order.arguments, **arguments},
        target=order.target,
        confirmed=order.confirmed,
        public=order.public,
    )


def _field(option: Option) -> discord.ui.Label[Any]:
    limits = LIMITS.modal
    asked_for: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=option.name,
        style=discord.TextStyle.long if option.long else discord.TextStyle.short,
        required=option.required,
        max_length=_longest(option),
    )
    return discord.ui.Label(
        text=text.label(option.name.capitalize(), limit=limits.input_label),
        description=text.label(option.summary[:1].upper() + option.summary[1:], limit=limits.input_placeholder),
        component=asked_for,
    )


def _longest(option: Option) -> int:
    """Characters that can be filled in; a number may have a # before it."""
    most = LIMITS.modal.input_value
    return min(option.longest or most, most) if option.kind == "text" else len(str(HIGHEST)) + 1


def _values(components: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Custom ids and values, wherever they lie: in rows, in labels, or bare."""
    for component in components:
        yield from _values([component["component"]] if "component" in component else component.get("components", ()))
        if isinstance(component.get("value"), str):
            yield component["custom_id"], component["value"]


def _value(option: Option, typed: str) -> str | int:
    if option.kind == "text":
        return typed
    digits = typed.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= HIGHEST):
        raise Unfit(f"“{option.name}” must be a whole number from 1 to {HIGHEST:,}.")
    return int(digits)
