"""What a message's words are for the loop: what it quotes, says and brings along, as one text of a stable form. Pure.

The form is a quote, the member's own words, then what came with them, each behind a mark on a line of its own:

    [replying to: member-abcde]
    > the quoted words, each line behind its sign; where the platform does not show them, [not shown: its words]

    The member's own words.

    [attached: notes.txt]
    the words of a file

    [picture: cat.png]

Nothing that somebody else wrote reads as a mark: what would has round brackets. So the form can be read back from the
record, and a file can claim neither another file nor words of anybody. To models it is all one member's message.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Inbound
from bot.hearing.scopes import speaker
from safi.exhibit import visible

QUOTE: Final = "replying to"
HIDDEN: Final = "not shown"
FILE: Final = "attached"
PICTURE: Final = "picture"
UNSEEN: Final = "picture not seen"
UNREAD: Final = "not taken"
CUT: Final = "cut"

_KINDS: Final = "|".join((QUOTE, HIDDEN, FILE, UNSEEN, PICTURE, UNREAD, CUT))
_MARK: Final = re.compile(rf"^\[({_KINDS}): ([^\[\]\n]*)\]$", re.MULTILINE)
_QUOTED: Final = re.compile(rf"\A\[{QUOTE}: [^\[\]\n]*\](?:\n\[{HIDDEN}: [^\[\]\n]*\]|(?:\n>[^\n]*)*)(?:\n\n|\Z)")
_BRACKETED: Final = re.compile(r"[\[［﹇](?P<within>[^\[\]［］﹇﹈]*)(?P<end>[\]］﹈]?)")
_CLAIM: Final = re.compile(rf"(?:{_KINDS}) ?:")
_ROUND: Final = str.maketrans("[]", "()")
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of a message is taken, in characters: of its own words, and of all that it quotes and brings along."""

    own: int
    attached: int


def words(inbound: Inbound, room: Room, *, sees: bool) -> str:
    """The words of a message. `sees`: pictures are shown to whoever answers.

    Of a message whose own words are too long, only these are kept, and no more of them than shows it.
    """
    said = _unmarked(inbound.text[: room.own + 1])
    if len(said) > room.own:
        return said
    shelf = _Shelf(room.attached)
    quote = _quote(inbound, shelf)
    files = [f"{_mark(FILE, file.name)}\n{shelf.taken(file.text)}" for file in inbound.files]
    pictures = [_mark(PICTURE if sees else UNSEEN, image.name) for image in inbound.images]
    pictures += [_mark(UNSEEN, name) for name in inbound.unseen]
    unread = [_mark(UNREAD, name) for name in inbound.unread]
    return "\n\n".join(part for part in (quote, said, *files, *pictures, *unread) if part)


def own(text: str) -> str:
    """What the member wrote, of a text that `words` made."""
    rest = _QUOTED.sub("", text)
    mark = _MARK.search(rest)
    return rest if mark is None else rest[: mark.start()].removesuffix("\n\n")


def named(text: str, kind: str) -> tuple[str, ...]:
    """The names behind the marks of a kind, of a text that `words` made."""
    return tuple(mark[2] for mark in _MARK.finditer(text) if mark[1] == kind)


def says_nothing(text: str) -> bool:
    """Whether there is nothing in it to be read: no words, and no quote or file."""
    quotes = named(text, QUOTE) and not named(text, HIDDEN)
    return not (visible(own(text)).strip() or quotes or named(text, FILE))


class _Shelf:
    """Takes texts while there is room, in characters, and says where one was cut."""

    def __init__(self, room: int) -> None:
        self._left = room

    def taken(self, text: str) -> str:
        kept = _unmarked(text[: self._left])
        self._left -= len(kept)
        missing = len(text) - len(kept)
        cut = f"[{CUT}: {missing:,} characters]" if missing else ""
        return "\n".join(part for part in (kept, cut) if part)


def _quote(inbound: Inbound, shelf: _Shelf) -> str:
    if inbound.quoted is None:
        return ""
    mark = _mark(QUOTE, speaker(inbound.place, inbound.quoted.author))
    if not inbound.quoted.text:
        return f"{mark}\n{_mark(HIDDEN, 'its words')}"
    lines = shelf.taken(inbound.quoted.text).splitlines()
    return "\n".join([mark, *(f"> {line}" for line in lines)])


def _mark(kind: str, name: str) -> str:
    plain = " ".join(visible(name).split()).translate(_ROUND)
    return f"[{kind}: {plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 1] + '…'}]"


def _unmarked(text: str) -> str:
    """`text` with round brackets where something reads as a mark. It stays as long as it is."""

    def replaced(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKC", visible(found["within"])).casefold()
        claims = _CLAIM.match(" ".join(plain.split()))
        return f"({found['within']}{')' if found['end'] else ''}" if claims else found[0]

    return _BRACKETED.sub(replaced, text)
