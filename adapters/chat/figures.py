"""What cards have in common wherever they are drawn: bars, numbers, and how texts share too small a room. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

NOTHING: Final = "—"
"""Stands where there is nothing to show and something has to be shown."""

UNKNOWN: Final = "unknown"
"""Stands beside a bar without a number, where its card says no more."""

BESIDE: Final = 24
"""A note up to this length stands beside its bar; a longer one below it, after BELOW."""

BELOW: Final = "↳ "

SHORT: Final = 160
"""A field up to this length, name and value together, is drawn on one line."""

LONGEST_NAME: Final = 100
"""To this length the names of fields and bars are cut."""

_HALF: Final = 5
_FILL, _TRACK, _MIDDLE = "█", "░", "│"
_NUMBER: Final = len("+0.00")


def bar(value: float | None) -> str:
    """A bar and its number: as wide as any other where all signs are as wide."""
    return f"{line(value)} {number(value)}"


def line(value: float | None) -> str:
    """A line from -1 to 1, filled from its middle; one without a middle where there is no number."""
    if value is None:
        return _TRACK * (2 * _HALF + 1)
    filled = min(_HALF, round(abs(value) * _HALF))
    fill, rest = _FILL * filled, _TRACK * (_HALF - filled)
    sides = (_TRACK * _HALF, fill + rest) if value >= 0 else (rest + fill, _TRACK * _HALF)
    return _MIDDLE.join(sides)


def number(value: float | None) -> str:
    """The number beside it, with its sign, and zero without one."""
    shown = "–" if value is None else f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"
    return f"{shown:>{_NUMBER}}"


def left_out(left: Mapping[str, int]) -> str:
    """How many things of each kind are left out; "" where none are."""
    told = [f"{count} {name}" + ("s" if count > 1 else "") for name, count in left.items() if count]
    return f"Not shown, for want of room: {', '.join(told)}." if told else ""


def short(field: tuple[str, str], length: int) -> bool:
    """Whether a field that has this length on one line, name and value together, is drawn so."""
    return "\n" not in field[1].strip() and length <= SHORT


def fit(lengths: Sequence[int], room: int, *, floor: int) -> tuple[int, int]:
    """How many texts fit into `room`, the first ones, and the length to which each of them is cut.

    They are cut to `floor` so that more of them fit; rather than below, the last are left out.
    """
    kept = bisect_right(list(accumulate(min(length, floor) for length in lengths)), room)
    return kept, level(lengths[:kept], room)


def level(lengths: Sequence[int], room: int) -> int:
    """The largest length to which all can be cut so that together they fit into `room`: the short ones stay whole."""
    choices = range(max(room, 0) + 1)
    return bisect_right(choices, room, key=lambda cap: sum(min(length, cap) for length in lengths)) - 1
