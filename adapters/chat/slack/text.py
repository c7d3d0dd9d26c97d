"""Text for Slack: what a persona says keeps its Markdown, and nothing in any text can mention, call or hide an address.

Slack reads `<…>` as a mention or a link in nearly every text. So it is taken apart everywhere, even where Slack's
documentation says that a text is shown as it is.
"""

import re
from typing import Final

from adapters.chat.markdown import CODE, SCHEME, prepared, unmasked
from adapters.chat.text import one_line
from adapters.chat.visible import HAIR, length, shortened, visible

__all__ = ["escaped", "label", "length", "literal", "spoken", "unescaped"]

_AMPERSAND: Final = r"[&＆﹠](?:(?:amp|AMP|#0*38|#[xX]0*26);)*"
_OPENING: Final = rf"[<＜﹤]|{_AMPERSAND}(?:lt|LT|#0*60|#[xX]0*3[cC]);?"
_MENTION: Final = r"[!！﹗︕@＠﹫#＃﹟](?![-\[=\s])"  # a comment of HTML, <!-- so -->, is none
_ADDRESS: Final = rf"(?:{SCHEME}//|mailto:|tel:)"
_RENAMED: Final = r"(?:[^\s<>|｜&]|&(?!lt|LT|#)){1,2000}+[|｜]"
_ARMED: Final = re.compile(rf"({_OPENING})(?=[\\*_~`]*(?:{_MENTION}|[&＆﹠]|{_ADDRESS}|{_RENAMED}))")
"""The sign that opens a mention or a link, however it is written, where one follows."""

_MASK: Final = re.compile(rf"(?<=\])(?=[(:]\s*(?:<\s*)?{SCHEME})")
_ANGLED_OR_BRACKET: Final = re.compile(
    rf"""(?P<code>{CODE})
    |(?P<glued>(?<=\w))?<(?P<address>{_ADDRESS}[^\s<>|]+)(?:\|(?P<words>[^<>\n]*))?>(?P<close>(?![\w/#<&]))?
    |(?P<bracket>\])(?=[(:])""",
    re.VERBOSE,
)

_ESCAPES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_HALF_ESCAPE: Final = re.compile("&[a-z]*$")


def spoken(text: str) -> str:
    """A persona's words, for a block of Markdown, each link with its address in view. Doing it twice changes nothing.

    Tables, which not all of Slack draws, become columns or lists. Splitting the result cannot bring anything to life.
    """
    shown = prepared(text, lambda line: _ANGLED_OR_BRACKET.sub(_bare, unmasked(line, _with_address)))
    return _disarmed(_MASK.sub(HAIR, shown))


def escaped(text: str, limit: int | None = None) -> str:
    """Any text for where Slack reads `&`, `<` and `>`: a message's `text`, and what is of the type mrkdwn.

    With a `limit` in `length`, what is longer is cut and ends with "…".
    """
    whole = _disarmed(visible(text)).translate(_ESCAPES)
    if limit is None or length(whole) <= limit:
        return whole
    return _HALF_ESCAPE.sub("", shortened(whole, limit - 1)).rstrip() + "…"


def unescaped(text: str) -> str:
    """What Slack hands back escaped, as it was typed or sent."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def label(text: str, limit: int | None = None) -> str:
    """Any text on one line, for what is of the type plain_text: titles, buttons, options, forms."""
    return _clipped(_disarmed(one_line(visible(text))), limit)


def literal(text: str, limit: int | None = None) -> str:
    """Any text, its lines kept, for the text of a rich_text element, in which Slack reads no markup."""
    return _clipped(_disarmed(visible(text)), limit)


def _disarmed(text: str) -> str:
    return _ARMED.sub(rf"\1{HAIR}", text)


def _bare(found: re.Match[str]) -> str:
    """An address without the brackets round it; a bracket that can begin no link."""
    if found["code"] is not None:
        return found["code"]
    if found["bracket"] is not None:
        return f"]{HAIR}"
    shown = _with_address((found["words"] or "").strip(), found["address"])
    return f"{' ' * (found['glued'] is not None)}{shown}{' ' * (found['close'] is None)}"


def _with_address(words: str, address: str) -> str:
    return address if words in {"", address} else f"{words} ({address})"


def _clipped(text: str, limit: int | None) -> str:
    return text if limit is None or length(text) <= limit else shortened(text, limit - 1).rstrip() + "…"
