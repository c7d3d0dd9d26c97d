"""What a form asks of a person before a command is run, and how what was filled in joins the order. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from adapters.chat.orders import Order
from adapters.chat.port import Command, Option

HIGHEST: Final = 999_999_999
"""The highest number that an option takes; the lowest is 1."""


class Unfit(Exception):
    """What was filled in cannot be taken; the words say why, for whoever filled it in."""


def asked(command: Command, order: Order) -> tuple[Option, ...]:
    """What a form has to ask for: nothing where all is given."""
    return tuple(
        option
        for option in command.options
        if (option.required or option.name in command.form) and option.name not in order.arguments
    )


def joined(command: Command, order: Order, filled: Mapping[str, str]) -> Order:
    """The order with what was filled in, by option. What is empty, or no option's, is not given. Raises Unfit."""
    given = {option: filled[option.name].strip() for option in command.options if option.name in filled}
    values = {option.name: value(option, typed) for option, typed in given.items() if typed}
    return replace(order, arguments={**order.arguments, **values})


def value(option: Option, typed: str) -> str | int:
    """What was typed, as the option's kind. Raises Unfit."""
    if option.kind == "text":
        return typed
    digits = typed.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= HIGHEST):
        raise Unfit(f"“{option.name}” must be a whole number from 1 to {HIGHEST:,}.")
    return int(digits)


def longest(option: Option, most: int) -> int:
    """Characters that can be filled in where a field takes `most`; a number may have a # before it."""
    return min(option.longest or most, most) if option.kind == "text" else len(str(HIGHEST)) + 1
