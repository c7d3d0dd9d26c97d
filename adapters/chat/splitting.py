"""Long texts cut into messages where a reader would cut them, with each code block closed. Pure, for any platform."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from wcwidth import grapheme_boundary_before

ATTACHED: Final = "(This answer goes on: the whole of it is in the attached file.)"
"""What ends the last part where the whole text is attached."""

UNATTACHED: Final = "(This answer goes on, but the rest could not be attached.)"
"""What stands there instead where no file can be attached; it is no longer than that."""

_ENDING: Final = f"\n\n{ATTACHED}"
_FILLS: Final = (0.5, 0.8, 0.95)
"""How much of a part a paragraph's end must at least fill: pretty cuts first, tighter ones where parts run out."""

_SHARES: Final = {"paragraphs": 1.0, "lines": 0.7, "sentences": 0.7, "words": 0.3}
"""What other units must fill of that."""

_INDENT: Final = 40  # what a line keeps at most of its indentation where a part begins

_FENCE: Final = re.compile(
    r"""(?P<indent>[ \t>]{0,20})(?P<item>(?:[-*+]|\d{1,9}[.)])[ ]+)?
    (?P<mark>`{3,20}(?![^\n]*`)|~{3,20}(?!~))[ \t]*(?P<language>[^\s`]{0,30}(?!\S))?""",
    re.VERBOSE,
)
CODE_SPAN: Final = re.compile(r"(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
"""Code within a line."""

_EMPHASIS: Final = re.compile(r"(\*\*|__|\|\||~~)(?=\S)[^\n]{1,200}?\1")
_LIST_MARK: Final = re.compile(r"^[ \t>]*(?:[-*+]|#{1,6}|\d{1,9}[.)])[ ]+\S", re.MULTILINE)  # with what it marks

_SENTENCE: Final = re.compile(r"""(?:[.!?…؟۔।]+["'”’»)\]]*[ ]+|[。！？]+[」』）]*[ ]*)(?=[^\s])""")
_WORD: Final = re.compile(r"(?<=\S)[^\S\n]+(?=\S)")
_WHOLE: Final = (CODE_SPAN, _EMPHASIS, _LIST_MARK)
_BLANK_LINES: Final = re.compile(r"(?:[^\S\n]*\n)+")
_BLANKS: Final = re.compile(r"[^\S\n]*")
_LEADS: Final = re.compile(r"[ >]*#{1,6} |[^\n]*[:：][*_]*[^\S\n]*$")  # a heading, or a line that announces the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A text as messages, in order. `rest` is the whole text where they do not hold all of it: it is to be attached."""

    parts: tuple[str, ...]
    rest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """An open code block: what opened it, and what closes it."""

    indent: str
    mark: str
    language: str

    @property
    def opening(self) -> str:
        """What opens it again in another part."""
        return f"{self.indent}{self.mark}{self.language}\n"

    @property
    def closing(self) -> str:
        """What closes it at a part's end."""
        return f"\n{self.indent}{self.mark}"

    def closed_by(self, line: str) -> bool:
        """Whether `line`, within the block, ends it."""
        mark = line.strip(" \t>")
        return len(mark) >= len(self.mark) and not mark.strip(self.mark[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line and its line feed, from `start` to `end`, with the code block that is open before it and after it."""

    start: int
    end: int
    text: str
    before: Fence | None
    after: Fence | None
    leads: bool

    @property
    def opens(self) -> bool:
        """Whether a code block begins with it."""
        return self.before is None and self.after is not None

    @property
    def closes(self) -> bool:
        """Whether a code block ends with it."""
        return self.before is not None and self.after is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cutter:
    """A text being cut. Offsets are in characters of it; `limit` is what a part may hold, by `count`."""

    text: str
    limit: int
    count: Callable[[str], int]
    fill: float

    @property
    def stop(self) -> int:
        """Where the text ends, but for white space."""
        return len(self.text.rstrip())

    def part(self, start: int, end: int, fence: Fence | None, ending: str = "") -> tuple[str, Fence | None]:
        """The text from `start` to `end` as a part, and the code block that it had to close."""
        body = (fence.opening if fence else "") + self.text[start:end].rstrip()
        left_open = _open_after(body)
        return body + (left_open.closing if left_open else "") + ending, left_open

    def fits(self, start: int, end: int, fence: Fence | None, ending: str = "") -> bool:
        """Whether that part holds. What has more characters than the limit never does."""
        return end - start <= self.limit and self.count(self.part(start, end, fence, ending)[0]) <= self.limit

    def furthest(self, start: int, fence: Fence | None, ending: str) -> int:
        """An offset up to which the text fits, though no character more might. Never less than one character on."""
        low, high = start + 1, min(self.stop, start + self.limit)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.fits(start, middle, fence, ending) else (low, middle - 1)
        return low

    def end(self, start: int, fence: Fence | None, ending: str) -> int:
        """Where a part that begins at `start` had best end, if what is left is too much for it."""
        furthest = self.furthest(start, fence, ending)
        window = self.text[start : furthest + self.limit]
        for unit, offsets in _cuts(window, list(lines_of(window, fence))):
            lowest = (furthest - start) * self.fill * _SHARES[unit]
            best = max((offset for offset in offsets if lowest <= offset <= furthest - start), default=None)
            if best is not None and self.fits(start, start + best, fence, ending):
                return start + best
        offset = start + _anywhere(self.text[start : furthest + 1])
        return offset if offset > start and self.fits(start, offset, fence, ending) else furthest

    def resume(self, end: int, fence: Fence | None) -> tuple[int, Fence | None]:
        """Where the next part begins after a cut at `end`, and the code block that it must open again."""
        start = self._past_blanks(end)
        line = self.text[start:].partition("\n")[0] if fence else ""
        if fence and fence.closed_by(line):
            return self._past_blanks(start + len(line)), None
        return start, fence

    def _past_blanks(self, offset: int) -> int:
        if offset and self.text[offset - 1] != "\n":
            offset = _matched(_BLANKS, self.text, offset)
        offset = _matched(_BLANK_LINES, self.text, offset)
        indented = _matched(_BLANKS, self.text, offset)
        return offset if indented - offset <= _INDENT else indented


def split(text: str, *, limit: int, parts: int, count: Callable[[str], int] = len) -> Split:
    """`text` as at most `parts` messages of at most `limit` by `count` each. `limit` is at least 200.

    Nothing is lost save white space at the cuts; a code block that is cut is closed and opened again with its language,
    and one that `text` leaves open is closed. `count` tells a text's length, at least 1 for each character. No part is
    empty, and a blank text has none. Where the parts do not suffice, the last one says so and `rest` is the whole text.
    """
    loosest, *tighter = (_Cutter(text=text, limit=limit, count=count, fill=fill) for fill in _FILLS)
    first = _cut(loosest, parts)
    if first.rest is None or len(text) > limit * parts:
        return first
    return next((made for cutter in tighter if (made := _cut(cutter, parts)).rest is None), first)


def _cut(cutter: _Cutter, parts: int) -> Split:
    made: list[str] = []
    start, fence = cutter.resume(0, None)
    while start < (end := cutter.stop):
        ending = ""
        if not cutter.fits(start, end, fence):
            ending = _ENDING if len(made) == parts - 1 else ""
            end = cutter.end(start, fence, ending)
        part, left_open = cutter.part(start, end, fence, ending)
        made.append(part)
        if ending:
            return Split(parts=tuple(made), rest=cutter.text)
        start, fence = cutter.resume(end, left_open)
    return Split(parts=tuple(made))


def lines_of(text: str, fence: Fence | None = None) -> Iterator[Line]:
    """The lines of a text, in order, if `fence` is open before it."""
    start, leads = 0, False
    for line in text.split("\n"):
        after = _after(line, fence)
        end = min(start + len(line) + 1, len(text))
        leads = bool(_LEADS.match(line)) if line.strip() else leads
        yield Line(start=start, end=end, text=line, before=fence, after=after, leads=leads)
        start, fence = end, after


def _after(line: str, fence: Fence | None) -> Fence | None:
    """The code block that is open after `line`, if `fence` is open before it."""
    if fence is not None:
        return None if fence.closed_by(line) else fence
    found = _FENCE.match(line)
    if found is None:
        return None
    indent = found["indent"] + " " * len(found["item"] or "")
    return Fence(indent=indent, mark=found["mark"], language=found["language"] or "")


def _open_after(text: str) -> Fence | None:
    if "```" not in text and "~~~" not in text:
        return None
    fence = None
    for line in text.split("\n"):
        fence = _after(line, fence)
    return fence


def _cuts(window: str, lines: list[Line]) -> Iterator[tuple[str, list[int]]]:
    """Where `window` may be cut, and at the end of what units: the best first."""
    ends = [line for line, after in pairwise(lines) if not line.opens and not after.closes]
    opening = {line.start for line in lines if line.opens}
    kept = [line for line in ends if not line.leads]
    paragraphs = [line for line in kept if line.after is None]
    yield "paragraphs", [line.end for line in paragraphs if _ends_paragraph(line) or line.end in opening]
    yield "lines", [line.end for line in kept]
    yield "lines", [line.end for line in ends]
    fences = _held((line.start, line.end) for line in lines if line.opens or line.closes)
    spans = fences | _held(found.span() for span in _WHOLE for found in span.finditer(window))
    yield "sentences", _outside(spans, window, _SENTENCE)
    yield "words", _outside(spans, window, _WORD)
    yield "words", _outside(fences, window, _WORD)


def _ends_paragraph(line: Line) -> bool:
    return line.closes or not line.text.strip()


def _held(spans: Iterable[tuple[int, int]]) -> set[int]:
    return {offset for first, last in spans for offset in range(first + 1, last)}


def _outside(held: set[int], window: str, unit: re.Pattern[str]) -> list[int]:
    """Where units of `window` end, save where it is held together and before what would be taken for a fence."""
    ends = [match.end() for match in unit.finditer(window)]
    return [end for end in ends if end not in held and not _FENCE.match(window, end)]


def _anywhere(window: str) -> int:
    """The last offset in `window` at which nothing that is read as one sign is cut in half; 0 if there is none."""
    offset = grapheme_boundary_before(window, len(window))
    while offset > 0 and (window[offset - 1] == "\\" or window[offset - 1 : offset + 1] in {"``", "~~"}):
        offset -= 1
    return offset


def _matched(blank: re.Pattern[str], text: str, offset: int) -> int:
    found = blank.match(text, offset)
    return found.end() if found else offset
