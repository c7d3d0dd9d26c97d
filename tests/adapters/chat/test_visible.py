"""What can be seen of a text, how long it is, and where it may be cut."""

import pytest

from adapters.chat.visible import length, shortened, visible

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("\u202eabc\u202c", "abc"),
        (f"a {SCOTLAND} b", f"a {SCOTLAND} b"),
        ("a\U000e0067\U000e007fb", "ab"),
        ("👩\u200d🚀 1\ufe0f\u20e3", "👩\u200d🚀 1\ufe0f\u20e3"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("1\u200d2", "12"),
        ("a\r\nb\x1b[31m", "a\nb␛[31m"),
    ],
)
def test_what_nobody_sees_goes_and_what_scripts_and_emoji_need_stays(written: str, seen: str) -> None:
    assert visible(written) == seen


def test_length_counts_what_clients_count() -> None:
    assert [length(text) for text in ("abc", "日本", "👩\u200d🚀", "")] == [3, 2, 5, 0]


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("abc", 3, "abc"),
        ("abc", 2, "ab"),
        ("👩\u200d🚀👩\u200d🚀", 9, "👩\u200d🚀"),
        ("é" + "\u0301" * 9, 4, "é" + "\u0301" * 3),
        ("𝒜𝒜", 3, "𝒜"),
    ],
)
def test_a_cut_falls_between_signs_where_it_can(text: str, limit: int, kept: str) -> None:
    assert shortened(text, limit) == kept
