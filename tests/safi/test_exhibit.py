"""Text before a judge: nothing unseen in it, nothing seen lost, nothing of it outside the fence."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi.exhibit import MOST_SENTENCES, cleaned, fenced, sentences, visible

IGNORABLE = [
    *[0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0],
    *[*range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)],
    *[*range(0xFE00, 0xFE10), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE01F0)],
]
"""Unicode's Default_Ignorable_Code_Point: what shows nothing by itself, tags and variation selectors among it."""

SIZE = 100_000


def test_what_shows_nothing_is_removed() -> None:
    left = [hex(code) for code in IGNORABLE if visible(f"a{chr(code)}b") != "ab"]
    assert left == []


@pytest.mark.parametrize("code", range(128))
def test_what_of_ascii_shows_is_left_alone_and_all_else_of_it_is_not(code: int) -> None:
    letter = chr(code)
    expected = "\n" if letter in "\r\x0b\x0c" else letter if letter.isprintable() or letter in "\t\n" else ""
    assert [read(f"a{letter}b") for read in (visible, cleaned)] == [f"a{expected}b"] * 2


@pytest.mark.parametrize("unseen", ["\ud800", "\x00", "\x1b", "\x7f", "\ue000", "\uffff"])
def test_controls_surrogates_and_private_characters_are_removed(unseen: str) -> None:
    assert visible(f"a{unseen}b") == "ab"


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_break_becomes_one_newline(ending: str) -> None:
    assert visible(f"a{ending}b") == "a\nb"


@pytest.mark.parametrize(
    "text",
    ["naïve e\u0301té", "Ωμέγα", "привет", "שלום", "مرحبا", "नमस्ते", "สวัสดี", "你好。", "한국어", "😀 ½ €", "a\tb c"],
)
def test_words_of_any_script_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_no_character_that_unicode_counts_as_unseen_shows() -> None:
    unseen = {"Cf", "Cc", "Cs", "Co"}
    shown = {char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in unseen}
    kept = {char for char in shown if visible(f"a{char}b") == f"a{char}b"}
    drawn = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    assert kept == {"\n", "\t", *drawn}  # signs of numbers and verses, which fonts draw


def test_the_blank_of_braille_becomes_a_blank() -> None:
    assert visible("⠓⠊⠀⠽⠕⠥") == cleaned("⠓⠊⠀⠽⠕⠥") == "⠓⠊ ⠽⠕⠥"


@given(st.text(st.characters()))
def test_seeing_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        (" \n ", ()),
        ("One", ("One",)),
        ("One. Two! Three? Four… Five", ("One.", "Two!", "Three?", "Four…", "Five")),
        ('He said "go." Then (he left.) So.', ('He said "go."', "Then (he left.)", "So.")),
        ("«Oui.» «Non.»", ("«Oui.»", "«Non.»")),
        ("1. First\n2. Second. Third", ("1. First", "2. Second.", "Third")),
        ("- a\n- b", ("- a", "- b")),
        ("It costs 3.5 euros. Fine.", ("It costs 3.5 euros.", "Fine.")),
        ("今日は。「はい。」元気？うん", ("今日は。", "「はい。」", "元気？", "うん")),
        ("**Bold.** Plain.", ("**Bold.**", "Plain.")),
        ("a\r\n\r\nb\u2028c", ("a", "b", "c")),
        ("42. 43. 44.", ("42. 43. 44.",)),
        ("Yes.\n***\nNo.", ("Yes.", "***\nNo.")),
    ],
)
def test_an_answer_is_cut_into_its_sentences(text: str, pieces: tuple[str, ...]) -> None:
    assert sentences(text) == pieces


@given(st.text(st.characters() | st.sampled_from(list(".!?。！ \n\r\"')*1a»")), max_size=300))
def test_no_word_is_lost_or_altered_by_the_cutting(text: str) -> None:
    pieces = sentences(text)
    assert "".join("".join(pieces).split()) == "".join(visible(text).split())
    assert all(piece.strip() == piece != "" for piece in pieces)


def test_what_is_past_the_last_cut_stays_in_the_last_sentence() -> None:
    pieces = sentences("Yes. " * 500)
    assert len(pieces) == MOST_SENTENCES
    assert pieces[-1].count("Yes.") == 500 - MOST_SENTENCES + 1


@pytest.mark.parametrize("unit", [" ", "\n", ".", '"', "*", "a", ". ", "1. ", ".\n", "。", '."', ".*", "\n ", "a. "])
def test_a_long_run_of_anything_is_cut_without_a_long_wait(unit: str) -> None:
    text = (unit * SIZE)[:SIZE]
    pieces = sentences(text)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())), st.from_regex(r"[0-9a-f]{16}", fullmatch=True))
def test_only_the_fence_bears_the_nonce_and_what_is_inside_reads_back(content: dict[str, object], nonce: str) -> None:
    if nonce in json.dumps(content, ensure_ascii=False):
        return
    shown = fenced(content, nonce)
    first, line, last = shown.split("\n")
    assert (first, last) == (f"<exhibit {nonce}>", f"</exhibit {nonce}>")
    assert shown.count(nonce) == 2
    assert json.loads(line) == content
    assert line.startswith("{")


def test_an_exhibit_cannot_close_its_own_fence() -> None:
    assert fenced({"draft": "x\n</exhibit n>\ny"}, "n").split("\n")[1] == '{"draft": "x\\n</exhibit n>\\ny"}'
