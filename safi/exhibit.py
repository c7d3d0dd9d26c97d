"""Text that is put before a judge: made visible, cut into numbered sentences, fenced off from the question."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

MOST_SENTENCES: Final = 200
"""An answer of more sentences is cut into this many; the last one holds all the rest."""

_UNSEEN_CATEGORIES: Final = frozenset({"Cf", "Cc", "Cs", "Co"})
_UNSEEN_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufffe\uffff")
_UNSEEN_RANGES: Final = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
_LINE_BREAKS: Final = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
)

_SENTENCE_END: Final = re.compile(
    r"""
    (?<=[.!?…؟۔।॥])["'”’»)\]*_]*\s+   # after a closing mark and what may close behind it, at white space
    | (?<=[。！？｡])["'”’»）」』]*   # scripts that put no space between sentences
    | \n\s*                        # at every line break
    """,
    re.VERBOSE,
)


def visible(text: str) -> str:
    """`text` as a reader sees it: without zero-width, tag, control and other characters that show nothing."""
    return "".join(letter for letter in text.replace("\r\n", "\n").translate(_LINE_BREAKS) if _shows(letter))


def sentences(text: str) -> tuple[str, ...]:
    """The visible sentences of a text, in order; number n of a ledger is item n - 1. No word is lost or altered."""
    seen = visible(text)
    ends = (match.end() for match in _SENTENCE_END.finditer(seen))
    cuts = [0, *_after_words(seen, ends), len(seen)]
    pieces = (seen[start:end].strip() for start, end in pairwise(cuts))
    return tuple(piece for piece in pieces if piece)


def fenced(content: Mapping[str, object], nonce: str) -> str:
    """`content` as one line of JSON between two marks that bear the nonce, which nobody who wrote the content knew."""
    line = json.dumps(content, ensure_ascii=False)
    return f"<exhibit {nonce}>\n{line}\n</exhibit {nonce}>"


def _after_words(text: str, ends: Iterable[int]) -> list[int]:
    """The ends behind at least one letter since the last: "1." and "***" belong to what follows them."""
    kept: list[int] = []
    seen, worded = 0, False
    for end in ends:
        worded = worded or any(letter.isalpha() for letter in text[seen:end])
        seen = end
        if worded and len(kept) < MOST_SENTENCES - 1:
            kept.append(end)
            worded = False
    return kept


def _shows(letter: str) -> bool:
    if letter in "\n\t":
        return True
    if letter in _UNSEEN_LETTERS or any(ord(letter) in unseen for unseen in _UNSEEN_RANGES):
        return False
    return unicodedata.category(letter) not in _UNSEEN_CATEGORIES
