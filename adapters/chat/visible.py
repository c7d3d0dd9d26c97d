"""Texts as people see them: what is invisible goes, save what scripts and emoji need, and cuts fall between signs."""

import re
import unicodedata
from typing import Final

from wcwidth import grapheme_boundary_before

from adapters.chat.text import plain

HAIR: Final = "\u200a"
"""A space as thin as a hair: it takes the meaning out of signs and is not noticed. It is no invisible character."""

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_SHAPING: Final = "\u200c\u200d\ufe0e\ufe0f\u180b\u180c\u180d\u180f"
_SHAPE: Final = re.compile("[\ufe0e\ufe0f\u180b-\u180d\u180f]?[\u200c\u200d]?")  # as scripts and emoji need them
_FLAG: Final = re.compile("[\U000e0020-\U000e007e]{1,6}\U000e007f")
_EMOJI_BASES: Final = "0123456789#*ℹ™Ⓜ"


def visible(text: str) -> str:
    """`text` made plain (see `adapters.chat.text`), and without what nobody sees in it."""
    return _UNSEEN.sub(_kept, plain(text))


def length(text: str) -> int:
    """How long a text is, in UTF-16 units.

    Platforms do not agree on what a character is, nor do a platform's API and its clients: some count code points, some
    UTF-16 units. What keeps to a limit by these does by both.
    """
    return len(text.encode("utf-16-le")) // 2


def shortened(text: str, limit: int) -> str:
    """What of `text` has at most that `length`, cut between signs and without its ending "…"; all of it if it fits."""
    if length(text) <= limit:
        return text
    room = len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))
    return text[: grapheme_boundary_before(text[: room + 1], room + 1) or room]


def _kept(run: re.Match[str]) -> str:
    """What scripts and emoji need of a run of invisible characters."""
    before = run.string[run.start() - 1 : run.start()]
    if before == "🏴" and _FLAG.fullmatch(run[0]):
        return run[0]
    if before and before in _EMOJI_BASES:
        return "\ufe0f" if run[0].startswith("\ufe0f") else ""
    if unicodedata.normalize("NFKC", before).isascii():  # as it is where nothing stands before
        return ""
    shape = _SHAPE.match("".join(sign for sign in run[0] if sign in _SHAPING))
    return shape[0] if shape else ""
