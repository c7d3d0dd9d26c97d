"""Text for Discord: what a persona says keeps its Markdown, everything else shows none, and nothing can ping or call.

Discord is also told with each message that nothing in it may ping. This is the second wall.
"""

import re
import unicodedata
from typing import Final

from wcwidth import grapheme_boundary_before

from adapters.chat.splitting import CODE_SPAN, Line, lines_of
from adapters.chat.tables import laid_out
from adapters.chat.text import one_line, plain

_HAIR: Final = "\u200a"
"""A space as thin as a hair: it takes the meaning out of signs and is not noticed. It is no invisible character."""

_GRAVE: Final = "\u02cb"
"""Looks like a backtick, and ends no code block."""

_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_SHAPING: Final = "\u200c\u200d\ufe0e\ufe0f\u180b\u180c\u180d\u180f"
_SHAPE: Final = re.compile("[\ufe0e\ufe0f\u180b-\u180d\u180f]?[\u200c\u200d]?")  # as scripts and emoji need them
_FLAG: Final = re.compile("[\U000e0020-\U000e007e]{1,6}\U000e007f")
_EMOJI_BASES: Final = "0123456789#*ℹ™Ⓜ"

_AT: Final = re.compile("[@＠﹫]")
_COMMAND: Final = re.compile(r"(?<=[<＜﹤])(?=[/／][^<>\n]*[:：]\d)")

_URL: Final = r"https?://(?>[^\s<>()]|\([^\s<>()]*\))+"
_CODE_OR_LINK: Final = re.compile(
    rf"""(?P<code>{CODE_SPAN.pattern.replace("1", "2")})
    |!?\[(?P<text>[^\[\]\n]*)\]\(\s*<?(?P<url>{_URL})>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)""",
    re.VERBOSE,
)
_MASK: Final = re.compile(r"(?<=\])(?=\(\s*<?\s*[a-z][a-z0-9+.-]*:)", re.IGNORECASE)
_TRAILING_FENCE: Final = re.compile(r"^([^`\n]*[^`\s])[ ]*(?=```[\w+.#-]*[ ]*$)", re.MULTILINE)

_MARKUP: Final = re.compile(r"[\\*_~`|<\[\]]|:(?=//|[\w+-]+:)")
_LINE_MARKUP: Final = re.compile(r"^([ ]*\d*)(?=[-+#>.)])", re.MULTILINE)


def length(text: str) -> int:
    """How long a text is for Discord's limits, in UTF-16 units.

    Discord's API counts code points, its clients count UTF-16 units: what keeps to a limit by these does by both.
    """
    return len(text.encode("utf-16-le")) // 2


def spoken(text: str) -> str:
    """A persona's words: Discord's Markdown, with the address of every link in view. Doing it twice changes nothing.

    Tables, which Discord does not draw, become columns or lists.
    Code blocks get the only fences that Discord knows. Splitting the result cannot make it ping.
    """
    written = _TRAILING_FENCE.sub(r"\1\n", laid_out(_visible(plain(text))))
    shown = "\n".join(_for_discord(line) for line in lines_of(written))
    return _disarmed(_MASK.sub(_HAIR, shown))


def escaped(text: str, *, limit: int | None = None) -> str:
    """Any text, to be read exactly as it is where Discord renders Markdown: no markup, no links, its lines kept.

    With a `limit` in `length`, what is longer is cut and ends with "…".
    """
    return _clipped(_escaped(_visible(plain(text))), limit)


def escaped_line(text: str, *, limit: int | None = None) -> str:
    """The same on a single line: for titles and names."""
    return _clipped(_escaped(one_line(_visible(plain(text)))), limit)


def label(text: str, *, limit: int | None = None) -> str:
    """Any text on one line, for where Discord renders no Markdown: footers, buttons, menus, forms, choices."""
    return _clipped(_disarmed(one_line(_visible(plain(text)))), limit)


def _escaped(text: str) -> str:
    return _LINE_MARKUP.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", _disarmed(text)))


def _visible(text: str) -> str:
    return _UNSEEN.sub(_kept, text)


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


def _disarmed(text: str) -> str:
    """`text` with nothing in it that names everybody, somebody, a role or a command to Discord."""
    return _COMMAND.sub(_HAIR, _AT.sub(_harmless, text))


def _harmless(at: re.Match[str]) -> str:
    """The sign, and a hair space where a name follows, in whatever letters it is written."""
    return at[0] + _HAIR * (_aims_at_one(at.string, at.start()) or _aims_at_all(at.string, at.end()))


def _aims_at_one(text: str, at: int) -> bool:
    return text[at - 1 : at] in {"<", "＜", "﹤"} and text[at + 1 : at + 2].strip() != ""


def _aims_at_all(text: str, start: int) -> bool:
    if _folded(text[start : start + 1])[:1] not in {"e", "h"}:
        return False
    return "".join(map(_folded, text[start : start + 8])).startswith(("everyone", "here"))


def _folded(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def _for_discord(line: Line) -> str:
    """A line as Discord understands it: three backticks round a block of code, links with their address, code as is."""
    if line.opens or line.closes:
        before, after = re.split("`{3,}|~{3,}", line.text, maxsplit=1)
        return f"{before}```{after.replace('`', _GRAVE)}"
    if line.before is not None:
        return re.sub("`{3,}", lambda run: _GRAVE * len(run[0]), line.text)
    return _CODE_OR_LINK.sub(_unmasked, line.text)


def _unmasked(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return found["code"]
    words, address = found["text"].strip(), f"<{found['url']}>"
    return address if words in {"", found["url"]} else f"{words} ({address})"


def _clipped(text: str, limit: int | None) -> str:
    if limit is None or length(text) <= limit:
        return text
    room = text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    whole = text[: grapheme_boundary_before(text[: len(room) + 1], len(room) + 1) or len(room)]
    escapes = len(whole) - len(whole.rstrip("\\"))
    return whole[: len(whole) - escapes % 2].rstrip() + "…"
