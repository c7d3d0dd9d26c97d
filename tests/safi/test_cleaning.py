"""Text as it may be posted: nothing hidden in it, and every script and emoji as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi import intellect
from safi.errors import AnswerEmpty
from safi.exhibit import cleaned, hides, visible
from safi.ports import Reply
from tests.safi.making import USAGE

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

NEEDED = {
    "Persian": "می\u200cخواهم",
    "Arabic, ending in a joiner": "ه\u200d",
    "Hindi, both joiners": "क्\u200dष क्\u200cष",
    "Sinhala": "ශ්\u200dරී",
    "Khmer": "ក\u200cី",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ\u180eᠠ ᠨ\u180b",
    "Hebrew beside a name": "כתבתי ב-C++\u200f.",
    "Arabic beside a number": "رقم \u200e12",
    "a heart": "❤\ufe0f",
    "a heart on fire": "❤\ufe0f\u200d🔥",
    "a family": "👨\u200d👩\u200d👧",
    "a nod": "🙂\u200d↕\ufe0f",
    "a skin tone": "👩🏽\u200d🚀",
    "a rainbow flag": "🏳\ufe0f\u200d🌈",
    "a pirate flag": "🏴\u200d☠\ufe0f",
    "England": f"for {ENGLAND}!",
    "England alone": ENGLAND,
    "keycaps": "1\ufe0f⃣ #\ufe0f⃣",
    "information": "ℹ\ufe0f",
    "a variant of an ideograph": "葛\U000e0100城",
    "names written as their families do": "葛\U000e0100城の辻\U000e0101さん",
    "a compatibility ideograph": "神\ufe00",
    "a sign as text": "☎\ufe0e ℹ\ufe0e",
    "a verse": "\u06dd١",
    "a line and a tab": "a\n\tb",
}
"""What changes how its neighbours show, in the words of those who need it."""

NEEDLESS = {
    "zero width in a word": ("pass\u200bword", "password"),
    "a joiner in Latin": ("pass\u200dword\u200c.", "password."),
    "a soft hyphen": ("hy\u00adphen", "hyphen"),
    "a byte order mark": ("\ufeffHello", "Hello"),
    "a direction mark in Latin": ("left\u200f to \u200eright", "left to right"),
    "marks in a row": ("שלום\u200f\u200f\u200f.", "שלום\u200f."),
    "an isolate": ("\u2066שלום\u2069", "שלום"),
    "a variant of a letter": ("a\ufe01b\U000e0121", "ab"),
    "a variant of a digit": ("1\ufe0f2\U000e01212", "122"),
    "a variant of a mark": ("a\ufe0f.\U000e0121+\ufe0f\ufe01", "a.+"),
    "a variant of a syllable": ("か\U000e0100", "か"),
    "an emoji's variant of an ideograph": ("葛\ufe0f", "葛"),
    "an ideograph's variant of an emoji": ("❤\U000e0100", "❤"),
    "a keycap as text": ("1\ufe0e⃣", "1⃣"),
    "a joiner of signs": ("1 +\u200d+ 1", "1 ++ 1"),
    "two variants": ("❤\ufe0f\ufe0f", "❤\ufe0f"),
    "two joiners": ("👨\u200d\u200d👩", "👨\u200d👩"),
    "a joiner at the end": ("👨\u200d", "👨"),
    "a joiner at the start": ("\u200d👨", "👨"),
    "a variant at the start": ("\ufe0fa", "a"),
    "a joiner behind a joiner": ("می\u200c\u200cخ", "می\u200cخ"),
    "a Mongolian selector in Latin": ("a\u180bb", "ab"),
    "a control": ("a\x00b\x1b[31m", "ab[31m"),
    "half a pair": ("a\ud83db", "ab"),
    "a private character": ("a\ue000b", "ab"),
    "other line ends": ("a\r\nb\u2028c", "a\nb\nc"),
}

HIDING = {
    "tag letters": "Fine." + "".join(chr(0xE0000 + ord(letter)) for letter in "pw 1234"),
    "one tag letter": "Fi\U000e0041ne.",
    "another flag's tags": "\U0001f3f4\U000e0070\U000e0077\U000e0031\U000e0032\U000e0033\U000e007f",
    "a flag left open": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067",
    "an override": "Send it to \u202egro.elpmaxe\u202c.",
    "an embedding": "a\u202ab\u202c",
    "bits of no width": "Fine." + "\u200b\u200c" * 4,
    "bytes as variants": "😀" + "".join(chr(0xE0100 + byte) for byte in b"the code"),
    "bytes behind digits": "".join(f"{place}.{chr(0xE0100 + byte)}" for place, byte in enumerate(b"the code")),
    "bytes behind ideographs": "".join(f"葛{chr(0xE0100 + byte)}城" for byte in b"the code"),
    "halves of bytes behind ideographs": "".join(f"神{chr(0xFE00 + byte % 14)}" for byte in b"the code"),
    "invisible operators": "2" + "\u2062\u2063" * 8 + "3",
    "fillers": "a" + "\u3164" * 8 + "b",
}


def reply(text: str) -> Reply:
    return Reply(text=text, usage=USAGE)


@pytest.mark.parametrize("text", NEEDED.values(), ids=NEEDED)
def test_what_a_script_or_an_emoji_needs_stays(text: str) -> None:
    assert cleaned(text) == text
    assert not hides(text)


@pytest.mark.parametrize(("text", "clean"), NEEDLESS.values(), ids=NEEDLESS)
def test_what_shows_nothing_and_serves_nothing_goes_and_is_no_offence(text: str, clean: str) -> None:
    assert cleaned(text) == clean
    assert not hides(text)


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING)
def test_a_text_that_hides_another_is_told(text: str) -> None:
    assert hides(text)
    assert not hides(cleaned(text))


@given(
    st.lists(
        st.characters() | st.sampled_from([ENGLAND, *"\u200c\u200d\u200f\ufe0f\U000e0100\U000e0067\u180b🏴❤م葛⃣1\r\n"])
    ).map("".join)
)
def test_cleaning_twice_changes_no_more_and_what_a_judge_sees_not_at_all(text: str) -> None:
    clean = cleaned(text)
    assert cleaned(clean) == clean
    assert visible(clean) == visible(text)
    assert not hides(clean)
    clean.encode()


@pytest.mark.parametrize(("text", "clean"), NEEDLESS.values(), ids=NEEDLESS)
def test_a_draft_is_what_would_be_posted(text: str, clean: str) -> None:
    assert intellect.read(reply(f" {text}")).draft.text == clean


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING)
def test_a_draft_that_hides_something_stays_as_it_is_for_the_will_to_see(text: str) -> None:
    assert intellect.read(reply(text)).draft.text == text


@pytest.mark.parametrize("text", ["\u200b", "\U000e0041" * 9, " \n\u2800 ", "\x00"])
def test_a_reply_that_shows_nothing_is_no_draft_and_still_costs(text: str) -> None:
    with pytest.raises(AnswerEmpty) as caught:
        intellect.read(reply(text))
    assert caught.value.usage == USAGE
