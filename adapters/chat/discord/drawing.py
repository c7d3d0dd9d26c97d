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

from adapters.chat import figures, orders
from adapters.chat.discord import buttons, places, text
from adapters.chat.discord.body import LINE_FLOOR, Line, body
from adapters.chat.discord.limits import LIMITS
from adapters.chat.figures import BELOW, BESIDE, LONGEST_NAME, NOTHING, UNKNOWN, fit, left_out, short
from adapters.chat.port import Bar, Button, Card, File, Tone
from adapters.chat.text import one_line

_RESERVE: Final = 200
"""Room for blank lines, and for saying what is left out."""

_ABOVE: Final = 600
"""A sentence up to this length stands above the embeds, where notifications show it."""

_COLOURS: Final[Mapping[Tone, int]] = {"plain": 0x4F6D9A, "warning": 0xC98A1B, "alarm": 0xC23B3B}
"""The edge of an embed, by the card's tone. The plain one is a quiet blue, which says neither good nor bad."""

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
    pressable, buttons_left = orders.fitting(card.buttons, room, fits=buttons.fits)
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
    all_short = all(short(field, _named(field).length) for field in card.fields)
    listed, fields = (card.fields, ()) if all_short else ((), card.fields)
    parts = (below, [Line(tail=line) for line in card.lines], [*map(_named, listed)], [_bar(bar) for bar in card.bars])
    found = body(parts, fields, LIMITS.embed.total - _RESERVE - text.length(footer))
    last = [footer, left_out({"line": found.lines_left, "field": found.fields_left, **left})]
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
    note = left_out({"line": len(dim) - kept, **left})
    return _written([*(line.cut(cap) for line in dim[:kept]), f"{_DIM}{note}" if note else ""]) or NOTHING, ()


def _written(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line.strip())


def _bold(name: str) -> str:
    shown = text.escaped_line(name, limit=LONGEST_NAME)
    return f"**{shown}** " if shown else ""


def _named(field: tuple[str, str]) -> Line:
    return Line(head=_bold(field[0]), tail=field[1].strip() or NOTHING)


def _bar(bar: Bar, *, beside: int = BESIDE) -> Line:
    """The bar and its number first, in code: aligned whatever the script of the name, and never turned round by it."""
    note = one_line(bar.note)
    head = f"`{figures.bar(bar.value)}` {_bold(bar.label)}"
    if text.length(note) > beside:
        return Line(head=f"{head.rstrip()}\n{BELOW}", tail=note)
    words = note or (UNKNOWN if bar.value is None else "")
    return Line(head=head if words else head.rstrip(), tail=words)


def _attachable(files: tuple[File, ...]) -> tuple[File, ...]:
    """The first files, as many as Discord takes with one message."""
    sizes = accumulate(len(file.data) for file in files[: LIMITS.message.files])
    return tuple(file for file, size in zip(files, sizes, strict=False) if size <= LIMITS.message.file_bytes)
