"""Models' Markdown made ready for a chat platform: tables laid out, code blocks fenced one way, links shown. Pure."""

import re
from collections.abc import Callable
from typing import Final

from adapters.chat.splitting import CODE_SPAN, Line, lines_of
from adapters.chat.tables import laid_out
from adapters.chat.visible import visible

SCHEME: Final = r"[A-Za-z][A-Za-z0-9+.-]*:"
"""How an address begins."""

CODE: Final = CODE_SPAN.pattern.replace("1", "2")
"""Code within a line, as the first named group of a pattern of alternatives."""

_GRAVE: Final = "\u02cb"
"""Looks like a backtick, and ends no code block."""

_URL: Final = r"https?://(?>[^\s<>()]|\([^\s<>()]*\))+"
_CODE_OR_LINK: Final = re.compile(
    rf"""(?P<code>{CODE})
    |!?\[(?P<text>[^\[\]\n]*)\]\(\s*<?(?P<url>{_URL})>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\s*\)""",
    re.VERBOSE,
)
_TRAILING_FENCE: Final = re.compile(r"^([^`\n]*[^`\s])[ ]*(?=```[\w+.#-]*[ ]*$)", re.MULTILINE)


def prepared(text: str, prose: Callable[[str], str]) -> str:
    """A model's words without anything invisible, in the Markdown that every platform reads.

    Tables become columns or lists. Three backticks stand round a block of code, which is left as it is. Every line
    outside of one is what `prose` makes of it.
    """
    written = _TRAILING_FENCE.sub(r"\1\n", laid_out(visible(text)))
    return "\n".join(_fenced(line, prose) for line in lines_of(written))


def unmasked(line: str, shown: Callable[[str, str], str]) -> str:
    """A line of Markdown with each link as `shown` puts its words and its address; code within the line stays."""
    return _CODE_OR_LINK.sub(
        lambda found: found["code"] if found["code"] is not None else shown(found["text"].strip(), found["url"]), line
    )


def _fenced(line: Line, prose: Callable[[str], str]) -> str:
    if line.opens or line.closes:
        before, after = re.split("`{3,}|~{3,}", line.text, maxsplit=1)
        return f"{before}```{after.replace('`', _GRAVE)}"
    if line.before is not None:
        return re.sub("`{3,}", lambda run: _GRAVE * len(run[0]), line.text)
    return prose(line.text)
