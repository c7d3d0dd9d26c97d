"""Text made plain: what somebody else wrote can neither steer a terminal nor reorder the lines around it."""

import re
from typing import Final

_LINE_ENDS: Final = dict.fromkeys(map(ord, "\r\v\f\x85\u2028\u2029"), "\n")
_CONTROLS: Final = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_C1_CONTROLS: Final = dict.fromkeys(range(0x80, 0xA0), "\ufffd")
_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_REORDERING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

_PLAIN: Final[dict[int, str | None]] = (
    {**_CONTROLS, **_C1_CONTROLS, **_SURROGATES, **_REORDERING} | _LINE_ENDS | {ord("\n"): "\n", ord("\t"): "    "}
)
"""Controls become visible signs, all line ends one kind; bidirectional overrides go; joiners that scripts need stay."""

_LOST: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # lone surrogates, other than those that stand for a byte


def repaired(text: str) -> str:
    """`text` as valid Unicode: bytes that arrived as surrogates are read as UTF-8, and what is none becomes U+FFFD."""
    return _LOST.sub("\ufffd", text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def plain(text: str) -> str:
    """`text` without anything that a terminal would obey, its lines ended by line feeds. Always encodable as UTF-8."""
    return text.replace("\r\n", "\n").translate(_PLAIN)


def one_line(text: str) -> str:
    """`text` made plain on a single line, runs of white space as one blank."""
    return " ".join(plain(text).split())


def clipped(text: str, limit: int = 40) -> str:
    """`text` on one line of at most `limit` characters, for repeating in a message what somebody typed."""
    line = one_line(text[: 4 * limit])
    return line if len(line) <= limit else line[: limit - 1] + "…"
