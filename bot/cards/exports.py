"""Cards that hand over a file."""

from collections.abc import Sequence
from typing import Final

from adapters.chat.port import Card, File
from bot.export import BYTES, TURNS

WORDS: Final = "It has the words of what may be read here, and of nothing else."


def exported(what: str, file: File, turns: int, *, cut: bool) -> Card:
    """The file, how many turns it is of, and whether older ones are left out."""
    many = "1 turn" if turns == 1 else f"{turns:,} turns"
    left = (f"Older ones are left out: a file holds {TURNS:,} turns or {BYTES // 2**20} MiB at most.",) if cut else ()
    sentence = f"{file.name} holds the {what} of {many}, newest first."
    return Card(title="Exported", sentence=sentence, lines=(WORDS, *left), files=(file,))


def unknown_format(text: str, formats: Sequence[str]) -> Card:
    """There is no such format."""
    return Card(title=f"There is no format “{text}”", sentence=f"There are: {', '.join(formats)}.")
