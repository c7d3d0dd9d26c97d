"""Cards as Slack shows them: a title, text in which nothing is markup, buttons, and small print. Pure.

Every card fits. What is too much for Slack is cut where it is missed least, and the card says so: a text that goes on
ends with "…", and at the end stands how many lines, fields and buttons there are besides.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from adapters.chat import figures
from adapters.chat.figures import BELOW, BESIDE, LONGEST_NAME, NOTHING, UNKNOWN, fit, left_out, short
from adapters.chat.port import Bar, Card, File, Place, Tone
from adapters.chat.slack import buttons, places
from adapters.chat.slack.blocks import Block, actions, context, header, paragraph, run, size
from adapters.chat.slack.body import Line, body
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import escaped, label, length, literal
from adapters.chat.text import one_line

_SIGNS: Final[Mapping[Tone, str]] = {"plain": "", "warning": "⚠️ ", "alarm": "🚨 "}
"""Stand before the title, by the card's tone: Slack has colours for its old attachments alone."""

_TEXT: Final = 1_000
_FOOTER: Final = 1_000
_QUIET: Final = 2_000
"""Characters of what notifications show, of a footer, and of a quiet card."""

_RESERVE: Final = 300
"""Room for saying what is left out, and for what makes a message of it."""

_QUIET_FLOOR: Final = 200
_LEFT_TO_RIGHT: Final = "\u200e"
"""Keeps a bar where it is, and the number beside it, whatever the direction of the name that follows."""

_TURNED: Final = {"R", "AL"}
"""The directions of signs that are written from right to left, as Unicode calls them."""

_FIGURES: Final = str.maketrans({" ": "\u2007", "-": "\u2212"})
"""Signs as wide as figures are, for where Slack has no type in which all signs are as wide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What Slack is sent of a card. `text` is for notifications, and for whoever is shown no blocks."""

    text: str
    blocks: tuple[Block, ...]
    files: tuple[File, ...] = ()

    @property
    def plain(self) -> str:
        """All that the blocks say, for a message without any: as long as one may be, escaped."""
        shown = "\n\n".join(filter(None, map(_words, self.blocks)))
        return escaped(shown, limit=LIMITS.message.part).strip() or self.text


def drawn(card: Card, *, address: str, place: Place | None = None) -> Drawn:
    """A card, ready to be sent to the workspace at `address`. Its buttons are about `place`, where one is given."""
    link = places.link(address, card.about.place, card.about.message_id) if card.about else None
    pressable, left = buttons.fitting(card.buttons, link, place)
    below = (actions(pressable),) if pressable else ()
    spoken = _spoken(card)
    if card.quiet:
        blocks = _quiet(card, left)
    else:
        blocks = _plain(card, left, LIMITS.message.payload - size(spoken) - size(below) - _RESERVE)
    return Drawn(text=spoken, blocks=(*(blocks or _line(NOTHING)), *below), files=card.files)


def told(line: str, *below: Block) -> Drawn:
    """A plain line, with blocks below it, ready to be sent."""
    return Drawn(text=_sayable(line), blocks=(*_line(line or NOTHING), *below))


def _line(text: str) -> tuple[Block, ...]:
    return (paragraph([run(literal(text, limit=LIMITS.blocks.text // 2))]),)


def _spoken(card: Card) -> str:
    """What it is and what it says."""
    title = f"{_SIGNS[card.tone]}{one_line(card.title)}".strip()
    return _sayable("\n".join(filter(None, [title, card.sentence.strip()])))


def _sayable(text: str) -> str:
    """A text for notifications: never without a visible sign."""
    return escaped(text, limit=_TEXT).strip() or NOTHING


def _plain(card: Card, buttons_left: int, room: int) -> tuple[Block, ...]:
    sign = _SIGNS[card.tone]
    title = label(card.title, limit=LIMITS.blocks.header - length(sign))
    top = [header(sign + title)] if title else []
    footer = literal(card.footer.strip(), limit=_FOOTER)
    parts = (
        [Line(tail=literal(line)) for line in (card.sentence.strip(),) if line],
        [Line(tail=literal(line)) for line in card.lines],
        [_field(field) for field in card.fields],
        [_bar(bar) for bar in card.bars],
    )
    found = body(parts, room - size(top) - size(context(footer)))
    _, lines, fields_left, bars = found.left
    note = left_out({"line": lines + bars, "field": fields_left, "button": buttons_left})
    return (*top, *found.blocks, *(context(line) for line in (footer, note) if line))


def _quiet(card: Card, buttons_left: int) -> tuple[Block, ...]:
    """Small and dim."""
    top = " · ".join(filter(None, map(one_line, (card.title, card.sentence))))
    fields = (f"{one_line(name)} {one_line(value) or NOTHING}".strip() for name, value in card.fields)
    lines = [top, *map(one_line, card.lines), *fields, *map(_figured, card.bars), one_line(card.footer)]
    told = [literal(line) for line in lines if line]
    kept, cap = fit([length(line) + 1 for line in told], _QUIET, floor=_QUIET_FLOOR)
    note = left_out({"line": len(told) - kept, "button": buttons_left})
    shown = "\n".join(filter(None, [*(literal(line, limit=cap - 1) for line in told[:kept]), note]))
    first = _LEFT_TO_RIGHT if card.bars and _turned(shown) else ""
    return (context(first + shown),) if shown else ()


def _field(field: tuple[str, str]) -> Line:
    """A field on one line if it is short, else as a paragraph below its name."""
    name, value = label(field[0], limit=LONGEST_NAME) or NOTHING, literal(field[1].strip()) or NOTHING
    bold = run(name, style="bold")
    if short(field, length(f"{name} {value}")):
        return Line(head=(bold,), tail=f" {value}")
    return Line(head=(bold, run("\n")), tail=value, apart=True)


def _bar(bar: Bar) -> Line:
    """The bar and its number first, in code: aligned whatever the script of the name, and never turned round by it."""
    note, name = label(bar.note), label(bar.label, limit=LONGEST_NAME)
    first = [run(_LEFT_TO_RIGHT)] if _turned(name + note) else []
    head = [*first, run(figures.bar(bar.value), style="code")]
    head += [run(f" {_isolated(name)}", style="bold")] if name else []
    words = note or (UNKNOWN if bar.value is None else "")
    below = length(note) > BESIDE
    return Line(head=tuple(head), tail=f"\n{BELOW}{words}" if below else f" {words}" if words else "")


def _figured(bar: Bar) -> str:
    """A bar in ordinary letters, in which the middle of a line is not as wide as the rest of it: each has one."""
    words = one_line(bar.note) or (UNKNOWN if bar.value is None else "")
    shown = f"{figures.line(bar.value or 0.0)} {figures.number(bar.value).translate(_FIGURES)}"
    return f"{shown} {' · '.join(filter(None, [one_line(bar.label), words]))}"


def _turned(text: str) -> bool:
    """Whether some of it is written from right to left."""
    return any(unicodedata.bidirectional(sign) in _TURNED for sign in text)


def _isolated(name: str) -> str:
    return f"\u2068{name}\u2069" if _turned(name) else name


def _words(block: Block) -> str:
    """What a block says."""
    match block["type"]:
        case "header":
            return str(block["text"]["text"])
        case "context":
            return "\n".join(element["text"] for element in block["elements"])
        case "rich_text":
            return "".join(part["text"] for section in block["elements"] for part in section["elements"])
        case _:
            return ""
