"""Places are written down and read back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.port import Place

PLACES = st.builds(Place, workspace=st.text(), channel=st.text(), thread=st.none() | st.text())


@given(PLACES)
def test_a_place_survives_being_written_down(place: Place) -> None:
    assert Place.decode(place.encode()) == place
    assert "\n" not in place.encode()


@given(PLACES, PLACES)
def test_distinct_places_are_written_differently(one: Place, other: Place) -> None:
    assert (one.encode() == other.encode()) == (one == other)


@given(PLACES, PLACES)
def test_what_a_place_begins_with_is_what_every_place_of_its_channel_begins_with_and_no_other(
    one: Place, other: Place
) -> None:
    for place in (other, replace(other, workspace=one.workspace), replace(one, thread=other.thread)):
        same = (place.workspace, place.channel) == (one.workspace, one.channel)
        assert place.encode().startswith(one.beginning()) == same


@pytest.mark.parametrize(
    "channel", ["c", "c1", "", 'c"', 'c",', 'c",null]', "c\\", 'c\\"', "c%", "c_", "ć", "c\n", "c\0"]
)
def test_a_channel_whose_name_begins_like_another_has_no_place_in_it(channel: str) -> None:
    mine = Place(workspace="w", channel="c")
    for thread in (None, "", "1", '1"]'):
        place = Place(workspace="w", channel=channel, thread=thread)
        assert place.encode().startswith(mine.beginning()) == (channel == "c")
        assert place.encode().startswith(place.beginning())
        assert mine.encode().startswith(place.beginning()) == (channel == "c")


@given(PLACES, PLACES)
def test_no_place_is_written_as_the_beginning_of_another(one: Place, other: Place) -> None:
    assert other.encode().startswith(one.encode()) == (one == other)
