"""The record as files for other tools: a row a turn, or a row a value and turn, as CSV or as lines of JSON. Pure.

Words stand only in the rows of turns that were said where whoever asks may read. What is not known is empty.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from safi.ports import TurnRecord, Votes
from safi.turn import said

Cell = str | int | float | None
Row = Mapping[str, Cell]
Format = Literal["csv", "jsonl"]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)

TURNS: Final = 10_000
"""Turns that a file holds at most."""

BYTES: Final = 8 * 1024 * 1024
"""Bytes that a file holds at most: platforms take files of 10 MiB."""

AUDITS: Final = (
    "number",
    "time",
    "persona",
    "digest",
    "outcome",
    "delivery",
    "audit",
    "coherence",
    "confidence",
    "drift",
    "fate",
    "votes_up",
    "votes_down",
    "words",
    "asked",
    "said",
)
"""Columns of a row for each turn. `words` says whether they are "here", said "elsewhere", "deleted", or "expired"."""

LEDGER: Final = ("number", "value", "share", "score", "confidence", "sentence", "words", "reason")
"""Columns of a row for each value and turn. `share` is the value's weight in the score; all of them make 1."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so is a formula to a spreadsheet, in full width too; with an apostrophe before it, it is text."""


def audit(record: TurnRecord, votes: Votes, *, within: str) -> Row:
    """One turn's row, by AUDITS; with words from places whose keys begin so."""
    reading, words = record.reading, _words(record, within)
    cells: tuple[Cell, ...] = (
        record.number,
        record.at.isoformat(),
        record.turn.persona,
        record.turn.digest,
        type(record.turn.outcome).__name__.lower(),
        record.delivery,
        record.audit,
        reading and reading.coherence,
        reading and reading.confidence,
        reading and reading.drift,
        record.fate,
        votes.up,
        votes.down,
        words,
        record.turn.prompt.message.text if words == "here" else None,
        said(record.profile, record.turn.outcome) if words == "here" else None,
    )
    return dict(zip(AUDITS, cells, strict=True))


def findings(record: TurnRecord, *, within: str) -> Iterator[Row]:
    """The rows of a turn's ledger, by LEDGER; none where it has no ledger."""
    shares = dict(zip(record.profile.value_names, record.profile.weights, strict=True))
    words = _words(record, within)
    for entry in record.ledger.entries if record.ledger else ():
        cells: tuple[Cell, ...] = (
            record.number,
            entry.value,
            shares.get(entry.value),
            entry.score,
            entry.confidence,
            entry.sentence,
            words,
            entry.reason if words == "here" else None,
        )
        yield dict(zip(LEDGER, cells, strict=True))


def format_of(text: str) -> Format | None:
    """The format that is meant; None for any other."""
    return text if text in FORMATS else None


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A file in the making, of so many `bytes` at most."""

    format: Format
    columns: tuple[str, ...]
    most: int = BYTES
    _parts: list[bytes] = field(default_factory=list[bytes])
    _size: int = 0

    def __post_init__(self) -> None:
        if self.format == "csv":
            self._put(b"\xef\xbb\xbf" + _encoded(_csv(self.columns)))  # spreadsheets know UTF-8 by this mark alone

    def add(self, rows: Iterable[Row]) -> bool:
        """Take in these rows, all of them or, where that were too much, none: then False."""
        line = _csv_row if self.format == "csv" else _json_row
        part = _encoded("".join(line(self.columns, row) for row in rows))
        if self._size + len(part) > self.most:
            return False
        self._put(part)
        return True

    @property
    def data(self) -> bytes:
        """All of it, in UTF-8."""
        return b"".join(self._parts)

    def _put(self, part: bytes) -> None:
        self._parts.append(part)
        self._size += len(part)


def _words(record: TurnRecord, within: str) -> Literal["here", "elsewhere", "deleted", "expired"]:
    if not record.event.author:  # who said it goes with what was said
        return "expired"
    if record.withdrawn:
        return "deleted"
    return "here" if record.event.place.startswith(within) else "elsewhere"


def _csv_row(columns: tuple[str, ...], row: Row) -> str:
    return _csv(_harmless(row[column]) for column in columns)


def _csv(cells: Iterable[Cell]) -> str:
    """One line by RFC 4180."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _json_row(columns: tuple[str, ...], row: Row) -> str:
    """One line in ASCII: there are signs beyond it that some readers take for the end of a line."""
    return json.dumps({column: row[column] for column in columns}) + "\n"


def _encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate becomes the escape that JSON has for it."""
    return text.encode(errors="backslashreplace")
