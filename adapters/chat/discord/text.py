"""Text for Discord: what a persona says keeps its Markdown, everything else shows none, and nothing can ping or call.

Discord is also told with each message that nothing in it may ping. This is the second wall.
"""

import re
import unicodedata
from typing import Final

from adapters.chat.markdown import SCHEME, prepared, unmasked
from adapters.chat.text import one_line
from adapters.chat.visible import HAIR, length, shortened, visible

__all__ = ["escaped", "escaped_line", "label", "length", "spoken"]

_AT: Final = re.compile("[@＠﹫]")
_COMMAND: Final = re.compile(r"(?<=[<＜﹤])(?=[/／][^<>\n]*[:：]\d)")

_MASK: Final = re.compile(rf"(?<=\])(?=\(\s*(?:<\s*)?{SCHEME})")

_MARKUP: Final = re.compile(r"[\\*_~`|<\[\]]|:(?=//|[\w+-]+:)")
_LINE_MARKUP: Final = re.compile(r"^([ ]*\d*)(?=[-+#>.)])", re.MULTILINE)


def spoken(text: str) -> str:
    """A persona's words: Discord's Markdown, with the address of every link in view. Doing it twice changes nothing.

    Tables, which Discord does not draw, become columns or lists.
    Code blocks get the only fences that Discord knows. Splitting the result cannot make it ping.
    """
    shown = prepared(text, lambda line: unmasked(line, _with_address))
    return _disarmed(_MASK.sub(HAIR, shown))


def escaped(text: str, *, limit: int | None = None) -> str:
    """Any text, to be read exactly as it is where Discord renders Markdown: no markup, no links, its lines kept.

    With a `limit` in `length`, what is longer is cut and ends with "…".
    """
    return _clipped(_escaped(visible(text)), limit)


def escaped_line(text: str, *, limit: int | None = None) -> str:
    """The same on a single line: for titles and names."""
    return _clipped(_escaped(one_line(visible(text))), limit)


def label(text: str, *, limit: int | None = None) -> str:
    """Any text on one line, for where Discord renders no Markdown: footers, buttons, menus, forms, choices."""
    return _clipped(_disarmed(one_line(visible(text))), limit)


def _escaped(text: str) -> str:
    return _LINE_MARKUP.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", _disarmed(text)))


def _disarmed(text: str) -> str:
    """`text` with nothing in it that names everybody, somebody, a role or a command to Discord."""
    return _COMMAND.sub(HAIR, _AT.sub(_harmless, text))


def _harmless(at: re.Match[str]) -> str:
    """The sign, and a hair space where a name follows, in whatever letters it is written."""
    return at[0] + HAIR * (_aims_at_one(at.string, at.start()) or _aims_at_all(at.string, at.end()))


def _aims_at_one(text: str, at: int) -> bool:
    return text[at - 1 : at] in {"<", "＜", "﹤"} and text[at + 1 : at + 2].strip() != ""


def _aims_at_all(text: str, start: int) -> bool:
    if _folded(text[start : start + 1])[:1] not in {"e", "h"}:
        return False
    return "".join(map(_folded, text[start : start + 8])).startswith(("everyone", "here"))


def _folded(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def _with_address(words: str, address: str) -> str:
    return f"<{address}>" if words in {"", address} else f"{words} (<{address}>)"


def _clipped(text: str, limit: int | None) -> str:
    if limit is None or length(text) <= limit:
        return text
    whole = shortened(text, limit - 1)
    escapes = len(whole) - len(whole.rstrip("\\"))
    return whole[: len(whole) - escapes % 2].rstrip() + "…"
