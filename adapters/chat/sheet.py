"""A sheet of rows for commands that print and end: set and coloured at a terminal, one plain line a row elsewhere."""

import io
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Literal, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.chat.text import one_line

WIDEST: Final = 110
NARROW: Final = 72
"""Columns beyond which rows are not set, and below which name and sentence share one column."""

Tone = Literal["good", "doubtful", "bad", "quiet"]

_STYLES: Final[Mapping[Tone, str]] = {"good": "green", "doubtful": "yellow", "bad": "bold red", "quiet": "dim"}


class Sheet:
    """Rows with a mark, a name, a sentence and what to do. Colour only at a terminal, and none where NO_COLOR is set.

    `mark` and `name` are the widths of these columns. Every text is one plain line: it can be neither markup nor a
    control sequence.
    """

    def __init__(self, stdout: TextIO, *, mark: int, name: int) -> None:
        _replace_unwritable(stdout)
        self._console = Console(file=stdout, markup=False, highlight=False, emoji=False)
        self._mark, self._name = mark, name

    def row(self, mark: str, tone: Tone, name: str, sentence: str, remedy: str = "") -> None:
        """Print a row. What to do stands under the sentence at a terminal, and behind it elsewhere."""
        name, sentence, remedy = one_line(name), one_line(sentence), one_line(remedy)
        if self._console.is_terminal:
            self._console.print(self._set(Text(mark, style=_STYLES[tone]), name, sentence, remedy))
        else:
            to_do = f"  To do: {remedy}" if remedy else ""
            self._console.print(Text(f"{mark:<{self._mark}}  {name:<{self._name}}  {sentence}{to_do}"), soft_wrap=True)

    def line(self, text: str = "") -> None:
        """Print a line."""
        self._console.print(Text(one_line(text), style="bold"), soft_wrap=True)

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show at a terminal that something takes its time."""
        return self._console.status(Text(text)) if self._console.is_terminal else nullcontext()

    def _set(self, mark: Text, name: str, sentence: str, remedy: str) -> Table:
        width = min(self._console.width, WIDEST)
        wide = width >= NARROW
        head, said = Text(name, style="bold"), Text(sentence)
        table = Table.grid(padding=(0, 2, 0, 0))
        table.width = width
        table.add_column(width=self._mark)
        if wide:
            table.add_column(width=self._name)
        table.add_column(ratio=1)
        table.add_row(mark, *([head, said] if wide else [Text.assemble(head, "  ", said)]))
        if remedy:
            table.add_row(*([""] * (1 + wide)), Text(f"To do: {remedy}", style="cyan"))
        return table


def _replace_unwritable(stdout: TextIO) -> None:
    """Have characters that the output's encoding does not know written as question marks."""
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")
