"""Places are written down and read back."""

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
