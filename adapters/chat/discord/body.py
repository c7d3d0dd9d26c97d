"""The body of a card in as many embeds as it takes: short texts stay whole, long ones are cut to one length. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import discord

from adapters.chat.discord import text
from adapters.chat.discord.limits import LIMITS
from adapters.chat.figures import NOTHING, fit, level

LINE_FLOOR: Final = 200
_FIELD_FLOOR: Final = 60
"""To what length lines, and fields, are cut so that more of them fit; rather than below, the last are left out."""

_MOST_FIELDS: Final = LIMITS.embed.fields * (LIMITS.message.embeds - 2)  # at most two embeds hold nothing but lines

_Field = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line in the making: `head` is ready for Discord and never cut, `tail` is as the card has it."""

    head: str = ""
    tail: str

    @property
    def length(self) -> int:
        """With its line feed."""
        return text.length(self.head + text.escaped(self.tail)) + 1

    def cut(self, length: int) -> str:
        """The line, cut to a length with its line feed."""
        room = length - 1 - text.length(self.head)
        return self.head + (text.escaped(self.tail, limit=room) if room > 0 else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What embeds hold: their descriptions, the fields below the last of them, and how much is left out."""

    pages: tuple[str, ...]
    fields: tuple[_Field, ...]
    lines_left: int
    fields_left: int

    def embeds(self, footer: str, *, colour: int) -> tuple[discord.Embed, ...]:
        """The embeds, with a footer under the last; none where there is nothing else."""
        made = [discord.Embed(colour=colour, description=page) for page in self.pages]
        for number, (name, value) in enumerate(self.fields):
            if not made or (number and number % LIMITS.embed.fields == 0):
                made.append(discord.Embed(colour=colour))
            made[-1].add_field(name=name, value=value, inline=False)
        if made and footer:
            made[-1].set_footer(text=footer)
        return tuple(made)


def body(parts: Sequence[Sequence[Line]], fields: Sequence[_Field], room: int) -> Body:
    """What fits into `room`: no part of the lines, nor the fields, are cut for another that is longer."""
    named = [_field(field, LIMITS.embed.total) for field in fields[:_MOST_FIELDS]]
    lengths = [[line.length for line in part] for part in parts]
    lengths.append([text.length(name) + text.length(value) for name, value in named])
    share = level([sum(part) for part in lengths], room)
    kept = [_cut(part, sizes, share) for part, sizes in zip(parts, lengths, strict=False)]
    count, cap = fit(lengths[-1], share, floor=_FIELD_FLOOR)
    return Body(
        pages=tuple(page for page in _pages(kept) if page.strip()),
        fields=tuple(_field(field, cap) for field in fields[:count]),
        lines_left=sum(map(len, parts)) - sum(map(len, kept)),
        fields_left=len(fields) - count,
    )


def _cut(part: Sequence[Line], lengths: Sequence[int], room: int) -> list[str]:
    kept, cap = fit(lengths, room, floor=LINE_FLOOR)
    return [line.cut(min(cap, LIMITS.embed.description)) for line in part[:kept]]


def _field(field: _Field, length: int) -> _Field:
    """A field as Discord takes it, cut to a length of name and value together."""
    name = text.escaped_line(field[0], limit=min(LIMITS.embed.field_name, length // 2)).strip() or NOTHING
    room = min(LIMITS.embed.field_value, length - text.length(name))
    return name, text.escaped(field[1], limit=room).strip() or NOTHING


def _pages(parts: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines on as few pages as they take, a blank line before each part."""
    page = ""
    for line in (f"\n{line}" if not number else line for part in parts for number, line in enumerate(part)):
        longer = f"{page}\n{line}" if page else line.lstrip("\n")
        if text.length(longer) > LIMITS.embed.description:
            yield page
            longer = line.lstrip("\n")
        page = longer
    yield page
