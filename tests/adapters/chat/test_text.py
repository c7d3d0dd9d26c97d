"""Text from others is made plain before it is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.text import clipped, one_line, plain, repaired

ANYTHING = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("tab\tstop", "tab    stop"),
        ("\x9b2J", "\ufffd2J"),
        ("\x7f\x00\x07\x08", "␡␀␇␈"),
        ("a\u202eb\u2066c", "abc"),
        ("\ud83d", "\ufffd"),
        ("نمی‌خواهم, 👩‍🚀, हिन्दी, 日本語", "نمی‌خواهم, 👩‍🚀, हिन्दी, 日本語"),
        ("[red]x[/red]", "[red]x[/red]"),
    ],
)
def test_controls_become_visible_and_scripts_stay(written: str, shown: str) -> None:
    assert plain(written) == shown


@given(ANYTHING)
def test_no_control_is_left_and_all_can_be_encoded(text: str) -> None:
    shown = plain(text)
    assert not [sign for sign in shown if unicodedata.category(sign) in {"Cc", "Cs"} and sign != "\n"]
    shown.encode()
    assert plain(shown) == shown


@pytest.mark.parametrize(
    ("arrived", "meant"),
    [
        ("Zoë \U0001f469", "Zoë \U0001f469"),
        ("Zo\udcc3\udcab", "Zoë"),
        ("\udcff\udcfe", "\ufffd\ufffd"),
        ("\ud800, \udfff", "\ufffd, \ufffd"),
    ],
)
def test_what_arrived_broken_is_repaired(arrived: str, meant: str) -> None:
    assert repaired(arrived) == meant


@given(ANYTHING)
def test_whatever_arrived_can_be_stored_and_sent(text: str) -> None:
    assert repaired(text).encode().decode() == repaired(repaired(text))


@given(ANYTHING)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(ANYTHING, st.integers(2, 60))
def test_a_clipped_text_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(clipped(text, limit)) <= limit


def test_a_short_text_is_not_clipped() -> None:
    assert clipped("short") == "short"
    assert clipped("a" * 41) == "a" * 39 + "…"
