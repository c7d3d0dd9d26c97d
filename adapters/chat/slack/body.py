"""The body of a card in as many blocks as it takes: short texts stay whole, long ones are cut to one length. Pure.

Room and lengths are in characters of the JSON that is sent, since that is what Slack has a limit for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from adapters.chat.figures import fit, level
from adapters.chat.slack.blocks import Block, paragraph, run, size
from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import literal

_LINE_FLOOR: Final = 200
_HEADED_FLOOR: Final = 400  # a head has less
"""To what length lines are cut so that more of them fit; rather than below, the last are left out."""

_PAGE: Final = LIMITS.blocks.text - 2 * size(paragraph(()))
"""Characters of a block, without what makes it one."""

_OVERHEAD: Final = size(paragraph(())) + 1
_RUN: Final = size(run("")) + 1
_ESCAPED: Final = '"\\\n'  # in JSON they take two characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line in the making, ready for Slack: `head` is never cut, `tail` is; `apart`: with blank lines around it."""

    head: tuple[Block, ...] = ()
    tail: str
    apart: bool = False

    @property
    def length(self) -> int:
        """With what parts it from the next."""
        return self._fixed + size(self.tail)

    def cut(self, length: int) -> tuple[Block, ...]:
        """The line, cut to a length."""
        room = max(length - self._fixed - len('""'), 0)
        room -= sum(map(self.tail[:room].count, _ESCAPED))
        words = literal(self.tail, limit=room) if room > 0 else ""
        return (*self.head, run(words)) if words else self.head

    @property
    def _fixed(self) -> int:
        return sum(size(part) + 1 for part in self.head) + (_RUN if self.head else 0) + len(r"\n\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The blocks, and how many lines of each part are left out."""

    blocks: tuple[Block, ...]
    left: tuple[int, ...]


def body(parts: Sequence[Sequence[Line]], room: int) -> Body:
    """What fits into `room`: no part of the lines is cut for another that is longer."""
    lengths = [[line.length for line in part] for part in parts]
    free = room - _OVERHEAD * (len(parts) + room // _PAGE)
    share = level([sum(part) for part in lengths], free)
    kept = [_kept(part, sizes, share) for part, sizes in zip(parts, lengths, strict=True)]
    shown = (_blocks(part, lines) for part, lines in zip(parts, kept, strict=True))
    left = (len(part) - len(lines) for part, lines in zip(parts, kept, strict=True))
    return Body(blocks=tuple(chain.from_iterable(shown)), left=tuple(left))


def _kept(part: Sequence[Line], lengths: Sequence[int], room: int) -> list[tuple[Block, ...]]:
    floor = _HEADED_FLOOR if any(line.head for line in part) else _LINE_FLOOR
    kept, cap = fit(lengths, room, floor=floor)
    return [line.cut(min(cap, _PAGE)) for line in part[:kept]]


def _blocks(part: Sequence[Line], cut: Sequence[tuple[Block, ...]]) -> Iterator[Block]:
    """The lines in as few blocks as they take."""
    page, apart = list[Block](), False
    for line, runs in zip(part, cut, strict=False):
        between = run("\n\n" if line.apart or apart else "\n")
        longer = [*page, between, *runs] if page else [*runs]
        if size(paragraph(longer)) > LIMITS.blocks.text:
            yield paragraph(page)
            longer = [*runs]
        page, apart = longer, line.apart
    if page:
        yield paragraph(page)
