"""What a TOML parser complains of, in plain words with line and column. It reads no file."""

import re
from collections.abc import Mapping
from typing import Final

_PLACE: Final = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL
)
_TABLE: Final = re.compile(r"\((?P<names>'[^']*'(?:, '[^']*')*),?\)")
_PART: Final = re.compile("'([^']*)'")
_HINTS: Final[Mapping[str, str]] = {
    "invalid value": "text stands in quotes, and true and false are written small",
    "expected newline or end of document after a statement": "each key has its own line, and text stands in quotes",
    "cannot overwrite a value": "it, or a table of its name, is given above",
    "unescaped '\\' in a string": "between single quotes, every character stands for itself",
    "illegal character '\\n'": "a quote is missing here, or three of them around text of several lines",
}
"""What to do, by the parser's words."""


def complaint(message: str, text: str) -> str:
    """The parser's message with its place in front; one at the end of the file gets the place of that end."""
    found = _PLACE.fullmatch(message)
    if not found:
        return f"is not valid TOML: {message.partition(';')[0]}"  # behind it stands advice to programmers
    line, column = (int(found["line"]), int(found["column"])) if found["line"] else place(text)
    what = f"{found['what'][0].lower()}{found['what'][1:]}"
    hint = _HINTS.get(what)
    return f"line {line}, column {column}: is not valid TOML: {_TABLE.sub(_written, what)}{f'; {hint}' if hint else ''}"


def place(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what follows this text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _written(table: re.Match[str]) -> str:
    """A table's name as it stands in a file; the parser shows the parts of it as Python does."""
    return f"[{'.'.join(_PART.findall(table['names']))}]"
