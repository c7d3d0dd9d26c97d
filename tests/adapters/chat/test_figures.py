"""What cards have in common: texts share too small a room fairly, and what is left out is counted."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.figures import bar, fit, left_out, level, short

LENGTHS = st.lists(st.integers(0, 500), max_size=30)


@given(LENGTHS, st.integers(0, 3_000))
def test_texts_cut_to_one_length_fit_and_one_more_character_each_would_not(lengths: list[int], room: int) -> None:
    cap = level(lengths, room)
    assert sum(min(length, cap) for length in lengths) <= room
    assert cap == room or sum(min(length, cap + 1) for length in lengths) > room


@given(LENGTHS, st.integers(0, 3_000), st.integers(1, 300))
def test_the_last_texts_go_before_any_is_cut_below_the_floor(lengths: list[int], room: int, floor: int) -> None:
    kept, cap = fit(lengths, room, floor=floor)
    assert sum(min(length, cap) for length in lengths[:kept]) <= room
    assert cap >= min(floor, max(lengths[:kept], default=0))
    assert kept == len(lengths) or sum(min(length, floor) for length in lengths[: kept + 1]) > room


@given(st.none() | st.floats(-1, 1))
def test_every_bar_is_as_wide_as_any_other(value: float | None) -> None:
    assert len(bar(value)) == 17


def test_a_field_is_short_on_one_line() -> None:
    assert short(("a", " b\n"), 160)
    assert not short(("a", "b\nc"), 5)
    assert not short(("a", "b"), 161)


def test_what_is_left_out_is_counted() -> None:
    assert left_out({"line": 0}) == ""
    assert left_out({"line": 2, "field": 0, "button": 1}) == "Not shown, for want of room: 2 lines, 1 button."
