"""Cards as Discord shows them: first a line or two that a notification can hold, then embeds, buttons and files. Pure.

Every card fits. What is too much for Discord is cut where it is missed least, and the card says so: a text that goes on
ends with "…", and at the end stands how many lines, fields, buttons and files there are besides.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import discord

from adapters.chat.discord import buttons, places, text
from adapters.chat.discord.body import LINE_FLOOR, NOTHING, Line, body, fit
from adapters.chat.discord.limits import LIMITS
from adapters.chat.port import Bar, Button, Card, File
from adapters.chat.text import one_line

_HALF: Final = 5
_FILL, _TRACK, _MIDDLE = "█", "░", "│"
_UNKNOWN: Final = "unknown"

_RESERVE: Final = 200
"""Room for blank lines, and for saying what is left out."""

_ABOVE: Final = 600
"""A sentence up to this length stands above the embeds, where notifications show it."""

_NAME: Final = 100
_FOOTER: Final = 1_000
_DIM: Final = "-# "


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What Discord is sent of a card. Views and files can be sent only once: they are made anew for each try."""

    content: str
    embeds: tuple[discord.Embed, ...]
    pressable: Mapping[str, Button]
    link: str | None
    attached: tuple[File, ...]

    def view(self) -> discord.ui.View | None:
        """The buttons; None where there are none."""
        items = [buttons.pressable(custom_id, button) for custom_id, button in self.pressable.items()]
        items += [buttons.leading_to(self.link)] if self.link else []
        return buttons.Buttons(items) if items else None

    def files(self) -> list[discord.File]:
        """The files."""
        return [discord.File(io.BytesIO(file.data), filename=file.name) for file in self.attached]


def drawn(card: Card) -> Drawn:
    """A card, ready to be sent."""
    link = places.link(card.about.place, card.about.message_id) if card.about else None
    room = LIMITS.components.rows * LIMITS.components.row_buttons - (link is not None)
    pressable, buttons_left = buttons.fitting(card.buttons, room)
    attached = _attachable(card.files)
    left = {"button": buttons_left, "file": len(card.files) - len(attached)}
    content, embeds = _quiet(card, left) if card.quiet else _plain(card, left)
    return Drawn(content=content, embeds=embeds, pressable=pressable, link=link, attached=attached)


def _plain(card: Card, left: Mapping[str, int]) -> tuple[str, tuple[discord.Embed, ...]]:
    """What it is, in bold; what it says; and all the rest in embeds, if there is any."""
    above, below = (card.sentence, []) if len(card.sentence) <= _ABOVE else ("", [Line(tail=card.sentence)])
    title = text.escaped_line(card.title, limit=LIMITS.embed.title)
    top = [f"**{title}**" if title else "", text.escaped(above, limit=LIMITS.message.content // 2)]
    footer = text.label(card.footer, limit=_FOOTER)
    parts = (below, [Line(tail=line) for line in card.lines], [_bar(bar) for bar in card.bars])
    found = body(parts, card.fields, LIMITS.embed.total - _RESERVE - text.length(footer))
    last = [footer, _note({"line": found.lines_left, "field": found.fields_left, **left})]
    embeds = found.embeds("\n".join(filter(None, last)))
    if not embeds:
        top += [_DIM + text.escaped_line(line) for line in last if line]
    return _written(top) or ("" if embeds else NOTHING), embeds


def _quiet(card: Card, left: Mapping[str, int]) -> tuple[str, tuple[discord.Embed, ...]]:
    """Small and dim, without an embed."""
    named = (Line(head=_bold(name), tail=value) for name, value in card.fields)
    first, lines = Line(head=_bold(card.title), tail=card.sentence), (Line(tail=line) for line in card.lines)
    told = [first, *lines, *named, *map(_bar, card.bars), Line(tail=card.footer)]
    dim = [Line(head=_DIM + line.head, tail=one_line(line.tail)) for line in told if line.head or line.tail.strip()]
    kept, cap = fit([line.length for line in dim], LIMITS.message.content - _RESERVE, floor=LINE_FLOOR)
    note = _note({"line": len(dim) - kept, **left})
    return _written([*(line.cut(cap) for line in dim[:kept]), f"{_DIM}{note}" if note else ""]) or NOTHING, ()


def _written(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line.strip())


def _bold(name: str) -> str:
    shown = text.escaped_line(name, limit=_NAME)
    return f"**{shown}** " if shown else ""


def _bar(bar: Bar) -> Line:
    """The bar first, where it is aligned whatever the script of its name; without a number, words."""
    note = one_line(bar.note)
    number = "" if bar.value is None else _signed(bar.value) + (" · " if note else "")
    return Line(head=f"`{_drawn(bar.value)}` {_bold(bar.label)}{number}", tail=note or ("" if number else _UNKNOWN))


def _drawn(value: float | None) -> str:
    """A line from -1 to 1, filled from its middle."""
    if value is None:
        return _TRACK * (2 * _HALF + 1)
    filled = min(_HALF, round(abs(value) * _HALF))
    fill, rest = _FILL * filled, _TRACK * (_HALF - filled)
    sides = (_TRACK * _HALF, fill + rest) if value >= 0 else (rest + fill, _TRACK * _HALF)
    return _MIDDLE.join(sides)


def _signed(value: float) -> str:
    return f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"


def _note(left: Mapping[str, int]) -> str:
    """What is left out; "" where nothing is."""
    told = [f"{count} {name}" + ("s" if count > 1 else "") for name, count in left.items() if count]
    return f"Not shown, for want of room: {', '.join(told)}." if told else ""


def _attachable(files: tuple[File, ...]) -> tuple[File, ...]:
    """The first files, as many as Discord takes with one message."""
    sizes = accumulate(len(file.data) for file in files[: LIMITS.message.files])
    return tuple(file for file, size in zip(files, sizes, strict=False) if size <= LIMITS.message.file_bytes)
