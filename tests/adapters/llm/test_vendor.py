"""What the formats of all vendors have in common."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.vendor import Forms, accepted, count, line
from safi.ports import Schema

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)


@given(before=st.text(max_size=300), key=KEYS, after=st.text(max_size=300))
def test_a_line_is_short_and_one_line_and_never_holds_the_key(before: str, key: str, after: str) -> None:
    shown = line(before + key + after, key=key)
    assert len(shown) <= 200
    assert shown.splitlines() == [shown] or shown == ""
    assert key not in shown


def test_a_word_of_the_vendor_that_only_looks_like_a_key_is_kept() -> None:
    words = "The model gpt-6.1-sol-2026-10-01 does not exist; ask-me-anything might."
    assert line(words, key="none") == words


def test_only_a_whole_number_from_zero_on_counts_tokens() -> None:
    assert [count(number) for number in (0, 12, -1, True, 1.5, "3", None, 10**30)] == [0, 12, *[None] * 6]


def test_a_schema_is_left_as_it_was() -> None:
    schema = {"properties": {"uniqueItems": {"type": "array", "uniqueItems": True, "items": {"enum": [1, None]}}}}
    assert accepted(schema) == {"properties": {"uniqueItems": {"type": "array", "items": {"enum": [1, None]}}}}
    assert schema["properties"]["uniqueItems"]["uniqueItems"] is True


def test_a_form_is_made_anew_only_for_another_schema() -> None:
    forms = Forms()
    first, same, other = (Schema(name=name, body={"type": "string", "maxLength": 9}) for name in "aab")
    assert forms.of(first) is forms.of(same) is not forms.of(other)
    assert forms.of(other) == {"type": "string"}
