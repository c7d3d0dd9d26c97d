"""A judge's JSON is of exactly the asked form, or unreadable: nothing else happens, whatever it holds."""

import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi.errors import Unreadable
from safi.reading import parse_object, read_choice, read_number, read_optional_text, read_text

UNREADABLE = {
    "nothing": "",
    "prose": "Sure! Here it is.",
    "fenced": '```json\n{"a": 1}\n```',
    "trailing text": '{"a": 1} done',
    "two objects": '{"a": 1}{"a": 1}',
    "cut short": '{"a": 1',
    "a list": '[{"a": 1}]',
    "null": "null",
    "missing": "{}",
    "unknown": '{"a": 1, "b": 2}',
    "doubled": '{"a": 1, "a": 1}',
    "doubled within": '{"a": {"b": 1, "b": 2}}',
    "NaN": '{"a": NaN}',
    "Infinity": '{"a": -Infinity}',
    "deep": '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "huge integer": '{"a": ' + "9" * 5_000 + "}",
    "single quotes": "{'a': 1}",
    "comment": '{"a": 1} // fine',
    "byte order mark": '\ufeff{"a": 1}',
}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
NUMBERS = (-1.0, 0.0, 0.5, 1.0)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_anything_but_the_asked_object_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_object(text, ("a",))


def test_white_space_around_the_object_is_no_fault() -> None:
    assert parse_object(' \n{"a": [1]}\n', ("a",)) == {"a": [1]}


def test_the_message_names_what_is_wrong() -> None:
    for text, message in [
        ('{"b": 1}', "the answer leaves out 'a'"),
        ('{"a": 1, "b": 1}', "the answer holds 'b', which was not asked for"),
        ('{"a": 1, "a": 1}', "'a' is given twice"),
        ("[]", "the answer is not a JSON object"),
        ('{"a": NaN}', "NaN is not a JSON number"),
    ]:
        with pytest.raises(Unreadable) as refused:
            parse_object(text, ("a",))
        assert str(refused.value) == message


def test_many_keys_with_one_doubled_are_refused_without_a_long_wait() -> None:
    many = ",".join([f'"k{number}":0' for number in range(20_000)] + ['"k19999":0'])
    with pytest.raises(Unreadable, match="'k19999' is given twice"):
        parse_object("{" + many + "}", ("a",))


@given(anything)
def test_a_number_is_one_of_its_set_or_null_or_unreadable(found: object) -> None:
    try:
        number = read_number({"n": found}, "n", NUMBERS, "x")
    except Unreadable:
        assert found is not None
        assert isinstance(found, bool) or found not in NUMBERS
    else:
        assert (found is None) if number is None else (type(number) is float and number in NUMBERS and number == found)


@pytest.mark.parametrize("bad", [True, False, "1", 2, 0.3, math.inf, 10**4000, [1], {}])
def test_a_number_outside_its_set_is_never_brought_inside(bad: object) -> None:
    with pytest.raises(Unreadable, match=r"x\.n is "):
        read_number({"n": bad}, "n", NUMBERS, "x")


def test_nesting_of_any_depth_is_refused_by_name() -> None:
    for depth in range(880, 1_010, 5):
        with pytest.raises(Unreadable):
            read_number(parse_object('{"n":' + "[" * depth + "]" * depth + "}", ("n",)), "n", NUMBERS, "x")


@given(anything)
def test_a_text_is_a_text_or_unreadable(found: object) -> None:
    try:
        assert read_optional_text({"t": found}, "t", "x") == found
    except Unreadable:
        assert not isinstance(found, str | None)
    else:
        assert isinstance(found, str | None)


def test_a_choice_is_one_of_its_set() -> None:
    assert read_choice({"c": "a"}, "c", ("a", "b"), "x") == "a"
    for bad in ("A", "c", "", None, ["a"]):
        with pytest.raises(Unreadable, match=r"x\.c is"):
            read_choice({"c": bad}, "c", ("a", "b"), "x")
    with pytest.raises(Unreadable, match=r"x\.t is not a text"):
        read_text({"t": None}, "t", "x")


@given(anything)
def test_any_json_at_all_is_an_object_of_the_asked_form_or_unreadable(found: object) -> None:
    with contextlib.suppress(Unreadable):
        assert set(parse_object(json.dumps(found), ("a",))) == {"a"}
