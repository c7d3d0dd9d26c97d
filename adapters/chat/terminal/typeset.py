"""Typesetting for the terminal: answers and cards as lines of styled text, for a width. Nothing is printed here."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console as Ruler
from rich.text import Text

from adapters.chat.parsing import quoted
from adapters.chat.port import Bar, Button, Card
from adapters.chat.text import one_line, plain

WIDEST: Final = 96
"""Columns beyond which lines are not set, however wide the terminal: longer ones are hard to read."""

_NARROW: Final = 64
_INDENT: Final = 2
_NUMBER: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The signs drawn: before an answer, a card and a quiet card, in a bar, for no number, and in the prompt.

    `track`, `fill` and `middle` make a bar; `spinner` holds the pictures of one, in turn.
    """

    answer: str
    card: str
    quiet: str
    track: str
    fill: str
    middle: str
    nothing: str
    prompt: str
    spinner: str


UNICODE: Final = Marks(
    answer="●",
    card="◆",
    quiet="○",
    track="─",
    fill="━",
    middle="┼",
    nothing="–",
    prompt="›",
    spinner="⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏",
)
ASCII: Final = Marks(
    answer="*", card="#", quiet="o", track=".", fill="=", middle="|", nothing="-", prompt=">", spinner="|/-\\"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is set for: a width in columns, and the signs that the terminal can show."""

    width: int
    marks: Marks


def marks_for(encoding: str | None) -> Marks:
    """The signs that can be written in an encoding."""
    try:
        "".join(astuple(UNICODE)).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def answer(text: str, page: Page) -> list[Text]:
    """The persona's words, literally, hanging from a mark."""
    lines = _wrapped(Text(plain(text).strip("\n")), page.width - _INDENT)
    return _tidied(_hung(Text(f"{page.marks.answer} ", style="cyan"), lines))


def note(text: str, page: Page) -> list[Text]:
    """A short word of the console itself."""
    return _indented(_wrapped(Text(one_line(text), style="yellow"), page.width - _INDENT))


def card(card: Card, page: Page) -> list[Text]:
    """A card: its parts apart from each other, or close together and dim if it is quiet."""
    inner = Page(width=page.width - _INDENT, marks=page.marks)
    parts = [
        [hung for text in card.lines for line in plain(text).split("\n") for hung in _hanging(line, inner.width)],
        _fields(card.fields, inner),
        _bars(card.bars, inner, half=5 if card.quiet or page.width < _NARROW else 10),
        _wrapped(Text(one_line(card.footer), style="dim"), inner.width) if card.footer else [],
        _typed(card.buttons, inner),
    ]
    if card.quiet:
        lines = [*_quiet_head(card, inner), *_indented(line for part in parts for line in part)]
        return _tidied(Text("", style="dim").append_text(line) for line in lines)
    return _tidied([*_head(card, inner), *(line for part in parts if part for line in (Text(), *_indented(part)))])


def _head(card: Card, page: Page) -> list[Text]:
    title = _wrapped(Text(one_line(card.title), style="bold"), page.width)
    sentence = _wrapped(Text(one_line(card.sentence)), page.width) if card.sentence else []
    return _hung(Text(f"{page.marks.card} ", style="cyan"), [*title, *sentence])


def _quiet_head(card: Card, page: Page) -> list[Text]:
    text = "  ".join(part for part in (one_line(card.title), one_line(card.sentence)) if part)
    return _hung(Text(f"{page.marks.quiet} "), _wrapped(Text(text), page.width))


def _typed(buttons: Sequence[Button], page: Page) -> list[Text]:
    """What to type in place of pressing a button; nothing for one that goes with a message, a yes or a wider public."""
    typed = [
        f"{one_line(button.label)}: {one_line(_command(button))}"
        for button in buttons
        if not (_pointed(button) or button.confirmed or button.public)
    ]
    return _wrapped(Text(" · ".join(typed), style="dim"), page.width) if typed else []


def _pointed(button: Button) -> bool:
    """Whether the message is all that says what a button is about: nobody can type that."""
    return button.target is not None and not button.arguments


def _command(button: Button) -> str:
    """The command as it is typed; arguments stand in the order of its options."""
    return " ".join([f"/{button.command}", *(quoted(str(value)) for value in button.arguments.values())])


def _fields(fields: Sequence[tuple[str, str]], page: Page) -> list[Text]:
    """Two aligned columns; in a third of the width at most for the names, else each name on a line of its own."""
    names = [one_line(name) for name, _ in fields]
    longest = max(map(cell_len, names), default=0)
    aligned = longest <= page.width // 3
    left = longest + 2 if aligned else _INDENT
    lines: list[Text] = []
    for name, (_, value) in zip(names, fields, strict=True):
        head = Text(name, style="dim")
        values = _wrapped(Text(plain(value)), page.width - left)
        if aligned:
            head.pad_right(left - head.cell_len)
            lines += _hung(head, values)
        else:
            lines += [*_wrapped(head, page.width), *_indented(values)]
    return lines


def _bars(bars: Sequence[Bar], page: Page, *, half: int) -> list[Text]:
    """One bar a line, names before them; where the names are too long for that, each on a line of its own."""
    labels = [one_line(bar.label) for bar in bars]
    longest = max(map(cell_len, labels), default=0)
    aligned = longest + 2 + 2 * half + 1 + 1 + _NUMBER <= page.width
    lines: list[Text] = []
    for label, bar in zip(labels, bars, strict=True):
        head = Text(label)
        if aligned:
            head.pad_right(longest + 2 - head.cell_len)
        else:
            lines += _wrapped(head, page.width)
            head = Text(" " * _INDENT)
        lines += _with_note(head, _drawn(bar.value, page.marks, half), one_line(bar.note), page.width)
    return lines


def _with_note(head: Text, drawn: Text, note: str, width: int) -> list[Text]:
    line = Text.assemble(head, drawn)
    if not note:
        return [line]
    if line.cell_len + 2 + cell_len(note) <= width:
        return [line.append(f"  {note}", style="dim")]
    below = _wrapped(Text(note, style="dim"), max(width - head.cell_len, width // 2))
    left = min(head.cell_len, width - width // 2)
    return [line, *(Text(" " * left).append_text(text) for text in below)]


def _drawn(value: float | None, marks: Marks, half: int) -> Text:
    """A line from -1 to 1, filled from its middle, and the number with its sign."""
    if value is None:
        empty = f"{marks.track * half}{marks.middle}{marks.track * half} {marks.nothing:>{_NUMBER}}"
        return Text(empty, style="dim")
    filled = min(half, round(abs(value) * half))
    fill = Text(marks.fill * filled, style="green" if value > 0 else "red")
    rest, whole = Text(marks.track * (half - filled), style="dim"), Text(marks.track * half, style="dim")
    middle = Text(marks.middle, style="dim")
    sides = (whole, middle, fill, rest) if value >= 0 else (rest, fill, middle, whole)
    return Text.assemble(*sides, f" {_signed(value):>{_NUMBER}}")


def _signed(value: float) -> str:
    text = f"{value:+.2f}"
    return "0.00" if text in {"+0.00", "-0.00"} else text


def _wrapped(text: Text, width: int) -> list[Text]:
    return _tidied(text.wrap(Ruler(), max(width, 1))) or [Text()]


def _tidied(lines: Iterable[Text]) -> list[Text]:
    """The lines without blanks at their ends."""
    tidied = list(lines)
    for line in tidied:
        line.rstrip()
    return tidied


def _hanging(line: str, width: int) -> list[Text]:
    """One line; where it has to go on below, two columns further in than it begins."""
    first = _wrapped(Text(line), width)[0]
    rest = line[len(first.plain) :].strip()
    if not rest:
        return [first]
    left = min(len(line) - len(line.lstrip()) + _INDENT, width // 2)
    return [first, *_indented(_wrapped(Text(rest), width - left), by=left)]


def _hung(head: Text, lines: Sequence[Text]) -> list[Text]:
    """The first line after `head`, the others indented by its width."""
    first, *others = lines
    return [Text.assemble(head, first), *_indented(others, by=head.cell_len)]


def _indented(lines: Iterable[Text], by: int = _INDENT) -> list[Text]:
    return [Text(" " * by).append_text(line) if line else line for line in lines]
