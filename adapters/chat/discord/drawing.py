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
from adapters.chat.port import Bar, Button, Card, File, Tone
from adapters.chat.text import one_line

_HALF: Final = 5
_FILL, _TRACK, _MIDDLE = "█", "░", "│"
_NUMBER: Final = len("+0.00")
_UNKNOWN: Final = "unknown"

_SHORT: Final = 160
"""Where each field is one line of this length at most, name and value together, they are drawn as a list."""

_BESIDE: Final = 24
"""A note up to this length stands beside its bar; a longer one below it."""

_RESERVE: Final = 200
"""Room for blank lines, and for saying what is left out."""

_ABOVE: Final = 600
"""A sentence up to this length stands above the embeds, where notifications show it."""

_COLOURS: Final[Mapping[Tone, int]] = {"plain": 0x4F6D9A, "warning": 0xC98A1B, "alarm": 0xC23B3B}
"""The edge of an embed, by the card's tone. The plain one is a quiet blue, which says neither good nor bad."""

_NAME: Final = 100
_FOOTER: Final = 1_000
_DIM: Final = "-# "
_BELOW: Final = "↳ "


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
    listed, fields = (card.fields, ()) if _short(card.fields) else ((), card.fields)
    parts = (below, [Line(tail=line) for line in card.lines], [*map(_named, listed)], [_bar(bar) for bar in card.bars])
    found = body(parts, fields, LIMITS.embed.total - _RESERVE - text.length(footer))
    last = [footer, _note({"line": found.lines_left, "field": found.fields_left, **left})]
    embeds = found.embeds("\n".join(filter(None, last)), colour=_COLOURS[card.tone])
    if not embeds:
        top += [_DIM + text.escaped_line(line) for line in last if line]
    return _written(top) or ("" if embeds else NOTHING), embeds


def _quiet(card: Card, left: Mapping[str, int]) -> tuple[str, tuple[discord.Embed, ...]]:
    """Small and dim, without an embed."""
    first, lines = Line(head=_bold(card.title), tail=card.sentence), (Line(tail=line) for line in card.lines)
    bars = (_bar(bar, beside=LIMITS.message.content) for bar in card.bars)
    told = [first, *lines, *map(_named, card.fields), *bars, Line(tail=card.footer)]
    dim = [Line(head=_DIM + line.head, tail=one_line(line.tail)) for line in told if line.head or line.tail.strip()]
    kept, cap = fit([line.length for line in dim], LIMITS.message.content - _RESERVE, floor=LINE_FLOOR)
    note = _note({"line": len(dim) - kept, **left})
    return _written([*(line.cut(cap) for line in dim[:kept]), f"{_DIM}{note}" if note else ""]) or NOTHING, ()


def _written(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line.strip())


def _bold(name: str) -> str:
    shown = text.escaped_line(name, limit=_NAME)
    return f"**{shown}** " if shown else ""


def _named(field: tuple[str, str]) -> Line:
    return Line(head=_bold(field[0]), tail=field[1].strip() or NOTHING)


def _short(fields: tuple[tuple[str, str], ...]) -> bool:
    return all("\n" not in field[1].strip() and _named(field).length <= _SHORT for field in fields)


def _bar(bar: Bar, *, beside: int = _BESIDE) -> Line:
    """The bar and its number first, in code: aligned whatever the script of the name, and never turned round by it."""
    note = one_line(bar.note)
    number = "–" if bar.value is None else _signed(bar.value)
    head = f"`{_drawn(bar.value)} {number:>{_NUMBER}}` {_bold(bar.label)}"
    if text.length(note) > beside:
        return Line(head=f"{head.rstrip()}\n{_BELOW}", tail=note)
    words = note or (_UNKNOWN if bar.value is None else "")
    return Line(head=head if words else head.rstrip(), tail=words)


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
