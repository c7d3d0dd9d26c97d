"""Markdown's tables, which no chat platform draws: as columns in a block of code or, where too wide, as lists."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from wcwidth import wcswidth

from adapters.chat.splitting import Line, lines_of

WIDEST: Final = 60
"""Columns that a block of code has room for before a phone breaks its lines."""

_BAR: Final = re.compile(r"(?<!\\)\|")
_RULE: Final = re.compile(r"\s*:?-+:?\s*")
_MARKED: Final = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")
_GRAVE: Final = "\u02cb"  # looks like a backtick, and ends no block of code
_GAP: Final = "  "

Row = Sequence[str]


def laid_out(text: str) -> str:
    """`text` with each table in a form that can be read as it is; all else stays. No word of a table is lost."""
    if "|" not in text:
        return text
    return "\n".join(_lines(list(lines_of(text))))


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        table = _table(lines[at:])
        if table:
            yield from _drawn(table)
            at += len(table) + 1
        else:
            yield lines[at].text
            at += 1


def _table(lines: Sequence[Line]) -> list[Row]:
    """The rows of a table that begins here, without the rule under its head; none where there is no table."""
    if len(lines) < 2 or _in_code(lines[0]) or _in_code(lines[1]) or not _BAR.search(lines[0].text):
        return []
    head, rule = _cells(lines[0].text), _cells(lines[1].text)
    if "|" not in lines[1].text or len(rule) != len(head) or not all(map(_RULE.fullmatch, rule)):
        return []
    rows = [head]
    for line in lines[2:]:
        if _in_code(line) or not _BAR.search(line.text):
            break
        rows.append(_cells(line.text, len(head)))
    return rows


def _cells(line: str, count: int | None = None) -> Row:
    """What stands between the bars; with a `count`, so many: the last holds what is left over."""
    inner = re.sub(r"(?<!\\)\|\s*$", "", line.strip().removeprefix("|"))
    found = [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner, maxsplit=0 if count is None else count - 1)]
    return found + [""] * ((count or 0) - len(found))


def _drawn(rows: Sequence[Row]) -> Iterator[str]:
    plain = [[_unmarked(cell) for cell in row] for row in rows]
    widths = [max(_width(row[column]) for row in plain) for column in range(len(rows[0]))]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDEST:
        yield "```"
        yield _aligned(plain[0], widths)
        yield _GAP.join("─" * width for width in widths)
        yield from (_aligned(row, widths) for row in plain[1:])
        yield "```"
    else:
        yield from (_told(rows[0], row) for row in rows[1:] or rows)


def _unmarked(cell: str) -> str:
    """A cell as it reads where no Markdown is drawn."""
    return _MARKED.sub(lambda marked: marked["bold"] or marked["code"], cell).replace("`", _GRAVE)


def _aligned(row: Row, widths: Sequence[int]) -> str:
    return _GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _told(head: Row, row: Row) -> str:
    """A row as a line of a list: its first cell, then the others, each behind the name of its column."""
    others = (f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=True) if cell)
    return f"- {'; '.join([row[0], *others])}"


def _width(cell: str) -> int:
    """Columns that a text takes; one with signs that have no width is reckoned by their number."""
    width = wcswidth(cell)
    return width if width >= 0 else len(cell)


def _in_code(line: Line) -> bool:
    return line.before is not None or line.opens
