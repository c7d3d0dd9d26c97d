"""Text that people and judges are shown: what of it shows at all, its numbered sentences, the fence round it."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

MOST_SENTENCES: Final = 200
"""An answer of more sentences is cut into this many; the last one holds all the rest."""

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
"""What shows nothing by itself: controls, formats, fillers, variation selectors, tags, surrogates, private characters.

Written out, because to ask Unicode's tables letter by letter takes ten times as long, and every text is asked often.
"""

_BLANKS: Final = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\u2800": " "}
)

_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_DIRECTION_MARKS: Final = frozenset("\u061c\u200e\u200f")
_JOINING_SCRIPTS: Final = (
    *(range(0x0600, 0x0860), range(0x08A0, 0x0E00)),  # Arabic, Syriac, N'Ko, Mandaic; Devanagari to Sinhala
    *(range(0x1780, 0x18B0), range(0x1B00, 0x1C00), range(0xA980, 0xA9E0)),  # Khmer, Mongolian, Balinese to Javanese
)
_MONGOLIAN: Final = range(0x1800, 0x18B0)
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_IDEOGRAPHS: Final = (range(0x3007, 0x3008), range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x40000))
_EMOJI: Final = re.compile(
    "[©®‼⁉™ℹ↔-↙↩↪⌚⌛⌨⏏⏩-⏳⏸-⏺Ⓜ▪▫▶◀◻-◾☀-➿⤴⤵⬅-⬇⬛⬜⭐⭕〰〽㊗㊙\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
)
"""The signs that are drawn in colour or as text; tones of skin are none by themselves."""

_COLOUR: Final = "\ufe0f"
_KEYS: Final = frozenset("0123456789#*")
_KEYCAP: Final = "\u20e3"
_OF_EMOJI: Final = frozenset(f"\ufe0e{_COLOUR}")
_OF_IDEOGRAPHS: Final = re.compile("[\ufe00-\ufe0d\U000e0100-\U000e01ef]")
"""Selectors of an ideograph's variants. There are 254, so each could hold a byte."""

_MOST_VARIANTS: Final = 7
"""More selectors of ideographs than a few names need spell a message, however far apart they stand."""

_FLAGS: Final = ("gbeng", "gbsct", "gbwls")
_SPELT: Final = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in name) for name in _FLAGS)
_FLAG: Final = re.compile(f"\U0001f3f4(?:{_SPELT})\U000e007f")
"""The flags that are spelt in tag letters: England, Scotland, Wales. Other tag letters spell what nobody sees."""

_HIDING: Final = re.compile(
    "[\u202a-\u202e\U000e0000-\U000e007f]|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0080-\U000e0fff]{8}"
)
"""Reordering, tag letters, and more characters in a row that have no width than any script or emoji needs."""

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
    return text if _is_plain(text) else _UNSEEN.sub("", _with_plain_blanks(text))


def cleaned(text: str) -> str:
    """`text` as it may be posted: of what shows nothing, only what a script or an emoji needs where it stands.

    What a judge is shown of it is the same as before: `visible(cleaned(text)) == visible(text)`.
    """
    if _is_plain(text):
        return text
    plain = _with_plain_blanks(text)
    if _is_spelt_in_variants(plain):
        plain = _OF_IDEOGRAPHS.sub("", plain)
    if not _UNSEEN.search(plain):
        return plain
    pieces = _FLAG.split(plain)
    flags = _FLAG.findall(plain)
    return "".join(_cleaned(piece) + flag for piece, flag in zip(pieces, [*flags, ""], strict=True))


def hides(text: str) -> bool:
    """Whether a text holds what no reader sees or reads in that order.

    Tag letters, overrides, long unseen runs, and many selectors of variants, wherever they stand.
    """
    if _is_plain(text):
        return False
    return _HIDING.search(_FLAG.sub("", text)) is not None or _is_spelt_in_variants(text)


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


def shelved(texts: Mapping[str, str], frame: str) -> str:
    """Texts by name as the `documents` of a frame; nothing where there are none.

    Each is a line of JSON: whatever stands in it, it ends where its line ends.
    """
    documents = "\n".join(json.dumps({name: visible(text)}, ensure_ascii=False) for name, text in texts.items())
    return frame.format(documents=documents) if texts else ""


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


def _is_plain(text: str) -> bool:
    """Whether a text is nothing but ASCII that shows, and line feeds, as most are: in such a one nothing is unseen."""
    return text.isascii() and text.replace("\n", "").isprintable()


def _with_plain_blanks(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_BLANKS)


def _shows(letter: str) -> bool:
    return not _UNSEEN.match(letter)


def _cleaned(text: str) -> str:
    leftward = any(letter.isalpha() and unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)
    kept: list[str] = []
    for letter, after in zip(text, f"{text[1:]} ", strict=False):
        before = kept[-1] if kept else " "
        steers = leftward and letter in _DIRECTION_MARKS and _shows(before)
        if _shows(letter) or steers or _needed(before, letter, after):
            kept.append(letter)
    return "".join(kept)


def _needed(before: str, letter: str, after: str) -> bool:
    """Whether what shows nothing by itself changes how its neighbours show. `before` is the last that was kept."""
    if letter == _ZWJ and _EMOJI.match(after):
        return before == _COLOUR or _EMOJI.match(before) is not None or _within(before, (_SKIN_TONES,))
    if not _shows(before):
        return False
    if letter in {_ZWJ, _ZWNJ}:
        return _within(before, _JOINING_SCRIPTS)
    if _within(letter, (_MONGOLIAN,)):
        return _within(before, (_MONGOLIAN,))
    if letter in _OF_EMOJI:
        return _EMOJI.match(before) is not None or (before in _KEYS and letter + after == _COLOUR + _KEYCAP)
    return _OF_IDEOGRAPHS.match(letter) is not None and _within(before, _IDEOGRAPHS)


def _is_spelt_in_variants(text: str) -> bool:
    return len(_OF_IDEOGRAPHS.findall(text)) > _MOST_VARIANTS


def _within(letter: str, ranges: Iterable[range]) -> bool:
    return any(ord(letter) in each for each in ranges)
