"""Letters that imitate Latin ones, by Unicode's own list of confusables as `confusable-homoglyphs` ships it."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import regex

_WORD: Final = re.compile(r"\w+")
_BEYOND_ASCII: Final = regex.compile(r"[[\p{L}\p{N}\p{Mn}]--\p{ASCII}]", regex.VERSION1)
_MARKS: Final = regex.compile(r"(?<=[ -~])\p{Mn}+")
"""Strokes, dots and accents on what is typed without any."""

_NUMBER: Final = re.compile(r"[OoIil]*\d[\dOoIil]*")
_AS_DIGITS: Final = str.maketrans("OoIil", "00111")
_SIGNS: Final = frozenset("-/'")
_NEAR: Final = 3


class Lookalikes:
    """Reads a text as somebody does who sees only shapes.

    A word is read anew where it mixes Latin letters or digits with imitations, or is nothing but imitations and has no
    word near it that is plainly of another script: what Russian, Greek or Armenian says among its like stays as it is.
    """

    def __init__(self) -> None:
        confusables = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
        self._letters = dict(_imitated(confusables))
        self._table = str.maketrans(self._letters)
        self._signs = str.maketrans(dict(_signs(confusables)))

    def unmasked(self, text: str) -> str:
        """As Screen.unmasked."""
        typed = text.translate(self._signs)
        if not _BEYOND_ASCII.search(typed):
            return typed
        bare = _MARKS.sub("", unicodedata.normalize("NFD", typed))
        plain = unicodedata.normalize("NFC", bare)
        words = _WORD.findall(plain)
        read = iter(self._read(words))
        return _WORD.sub(lambda _: next(read), plain)

    def _read(self, words: Sequence[str]) -> list[str]:
        foreign = [self._is_foreign(word) for word in words]
        among_its_like = (any(foreign[max(0, place - _NEAR) : place + _NEAR + 1]) for place in range(len(words)))
        return [
            word if among and not _has_ascii(word) else self._folded(word)
            for word, among in zip(words, among_its_like, strict=True)
        ]

    def _folded(self, word: str) -> str:
        if word.isascii():
            return word
        folded = word.translate(self._table)
        return folded.translate(_AS_DIGITS) if _NUMBER.fullmatch(folded) else folded

    def _is_foreign(self, word: str) -> bool:
        """Whether a word has a letter that is neither Latin nor like a Latin one."""
        others = (letter for letter in word if not letter.isascii() and letter not in self._letters)
        return any(not unicodedata.name(letter, "").startswith("LATIN ") for letter in others)


def _imitated(confusables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Letters and digits that look like one of ASCII, each with that one."""
    for letter, like in _single(confusables):
        if letter.isalnum() and like.isalnum():
            yield letter, "I" if like == "l" and letter.isupper() else like  # the list takes l for I, 1 and | as well


def _signs(confusables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Dashes, slashes and apostrophes that look like the one that is typed."""
    for sign, like in _single(confusables):
        if not sign.isalnum() and like in _SIGNS:
            yield sign, like


def _single(confusables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for shape, likes in confusables.items():
        if len(shape) == 1 and not shape.isascii():
            yield from ((shape, like["c"]) for like in likes if len(like["c"]) == 1 and like["c"].isascii())


def _has_ascii(word: str) -> bool:
    return any(letter.isascii() for letter in word)
