"""Letters that imitate Latin ones are read as those, and what other scripts say stays what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.screen.libraries import LibraryScreen
from bot.settings.config import Personas
from bot.settings.personas import catalogue

MASKED = [
    ("cоde is 12З", "code is 123"),  # Cyrillic о, З
    ("соԁе is 12", "code is 12"),  # nothing but Cyrillic, among Latin words
    ("ԁооr соԁе іѕ 12", "door code is 12"),
    ("Тhe CОDE is 1О2", "The CODE is 102"),
    ("kіll yоursеlf", "kill yourself"),
    ("cοde", "code"),  # Greek ο
    ("сᴏdе", "code"),  # small capital ᴏ
    ("yօu", "you"),  # Armenian օ
    ("c̶o̶d̶e̶ is 1̷2̷", "code is 12"),
    ("çödé", "code"),
    ("rm –rf ∕", "rm -rf /"),
    ("I’m human", "I'm human"),
]

OTHER_SCRIPTS = [
    "Привет! У нас есть хор, оса и сор; а у Сары роса.",
    "Код не указан: спросите у дежурного, он рядом с вами.",
    "Це українське речення, і в ньому є слова про все на світі.",
    "Оце код від дверей, а не від серця.",
    "Ο κωδικός είναι μυστικός και δεν τον λέω.",
    "Το ποτάμι ρέει ήρεμα προς τη θάλασσα.",
    "Սա հայերեն նախադասություն է։",
    "これは日本語の文です。コードは言えません。",
    "هذه جملة عربية قصيرة.",
    "यह हिन्दी का एक वाक्य है।",
    "นี่คือประโยคภาษาไทย",
    "이것은 한국어 문장입니다.",
]


@pytest.mark.parametrize(("text", "read"), MASKED)
def test_what_imitates_is_read_as_what_it_imitates(screen: LibraryScreen, text: str, read: str) -> None:
    assert screen.unmasked(text) == read


@pytest.mark.parametrize("text", OTHER_SCRIPTS)
def test_a_sentence_of_another_script_stays_as_it_is(screen: LibraryScreen, text: str) -> None:
    assert screen.unmasked(text) == text


@pytest.mark.parametrize("text", OTHER_SCRIPTS)
def test_no_shipped_pattern_is_found_in_a_sentence_of_another_script(screen: LibraryScreen, text: str) -> None:
    for profile in catalogue(Personas()).profiles:
        patterns = {rule.id: (*rule.patterns, *rule.message_patterns) for rule in profile.rules}
        assert screen.matches(patterns, [text, screen.unmasked(text)]).found == ()


def test_a_word_that_only_looks_latin_is_left_where_its_neighbour_is_plainly_of_its_script(
    screen: LibraryScreen,
) -> None:
    assert screen.unmasked("раса") == "paca"
    assert screen.unmasked("новая раса") == "новая раса"
    assert screen.unmasked("раса людей") == "раса людей"


@given(st.text(st.characters()))
def test_any_text_can_be_read_and_plain_text_is_as_it_was(screen: LibraryScreen, text: str) -> None:
    read = screen.unmasked(text)
    assert not text.isascii() or read == text
