"""One test for every number that comes in from outside: it lies within its bounds or is refused, never clamped."""

from typing import TypeGuard


def is_within(number: object, least: float, most: float) -> TypeGuard[float]:
    """Whether `number` is an int or float, neither a bool nor NaN, from `least` to `most`. Both must be finite."""
    return isinstance(number, int | float) and not isinstance(number, bool) and least <= number <= most
