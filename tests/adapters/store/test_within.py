"""The contract of Archive for places that lie together: what is found in those whose keys begin so, and no more."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safi.turn import Outcome
from tests.adapters.store.making import NO, YES, Opening, Store, at, committed, delivered, every_store

AWKWARD = (
    '["w","c",null]',
    '["w","c","1"]',
    '["w","c","%"]',
    '["w","c1",null]',
    '["w","C",null]',
    '["w","%",null]',
    '["w","_","1"]',
    '["w","\\"",null]',
    '["w","\'",null]',
    '["w","ß🎸",null]',
    '["w","ß🎸","é"]',
    '["w","e\u0301",null]',
    '["w","é",null]',
    '["w","\\\\","*"]',
    '["w","c","\uffff"]',
    '["w","c","\U0010fffe"]',
)


@pytest.mark.parametrize(
    ("within", "many"),
    [
        ('["w","c",', 5),
        ('["w","c",null]', 1),
        ('["w","c1",', 1),
        ('["w","C",', 1),
        ('["w","%",', 1),
        ('["w","_",', 1),
        ('["w","\\"",', 1),
        ('["w","\'",', 1),
        ('["w","ß🎸",', 2),
        ('["w","é",', 1),
        ('["w","\\\\",', 1),
        ('["w","d",', 0),
        ('["v","c",', 0),
        ('["w",', len(AWKWARD)),
        ("", len(AWKWARD)),
    ],
)
async def test_turns_are_found_in_the_places_whose_keys_begin_so(store: Store, within: str, many: int) -> None:
    for number, place in enumerate(AWKWARD, start=1):
        await delivered(store, number, scope="friend", place=place, minute=number)
    expected = [number for number, place in enumerate(AWKWARD, start=1) if place.startswith(within)]
    assert len(expected) == many
    found = await store.turns("friend", limit=99, within=within)
    assert [record.turn.id for record in found] == [f"turn-{number}" for number in reversed(expected)]
    for number in range(1, len(AWKWARD) + 1):
        record = await store.posted_within(within, f"posted-{number}")
        assert (record.turn.id if record else None) == (f"turn-{number}" if number in expected else None)


async def test_they_come_in_pages_of_one_scope_newest_first_sent_or_not(store: Store) -> None:
    places = ("lobby/1", "lobby/2", "hall", "lobby/1", "lobby/3")
    for number, place in enumerate(places, start=1):
        await committed(store, number, scope="friend", place=place, minute=number)
    await committed(store, 6, scope="sage", place="lobby/1", minute=6)
    pages = [await store.turns("friend", limit=2, skip=skip, within="lobby/") for skip in (0, 2, 4)]
    assert [[record.turn.id for record in page] for page in pages] == [["turn-5", "turn-4"], ["turn-2", "turn-1"], []]


async def test_a_place_is_named_exactly_and_those_that_begin_like_it_are_not_it(store: Store) -> None:
    await delivered(store, 1, place="lobby")
    await delivered(store, 2, place="lobby/1")
    assert [record.turn.id for record in await store.turns("lobby", limit=9, place="lobby")] == ["turn-1"]
    assert await store.posted("lobby", "posted-2") is None
    assert await store.posted_within("lobby", "posted-2") == await store.turn("turn-2")


@pytest.mark.parametrize("outcome", [YES, NO])
async def test_an_answer_is_found_by_each_of_its_messages_in_places_that_begin_so(
    store: Store, outcome: Outcome
) -> None:
    turn = await committed(store, 1, outcome, place="lobby/1")
    await store.deliver(turn.id, message_id="first", more=("second", "third"), at=at(1))
    for message_id in ("first", "second", "third"):
        assert await store.posted_within("lobby/", message_id) == await store.turn("turn-1")
        assert await store.posted_within("lobby/2", message_id) is None
    assert await store.posted_within("lobby/", "fourth") is None
    assert await store.posted_within("lobby/", "asked-1") is None


async def test_where_messages_of_several_places_bear_one_id_the_latest_is_found(store: Store) -> None:
    for number, place in enumerate(("lobby/1", "lobby/2", "hall"), start=1):
        turn = await committed(store, number, place=place, minute=number)
        await store.deliver(turn.id, message_id="same", at=at(number))
    assert await store.posted_within("lobby/", "same") == await store.turn("turn-2")


keys = st.text(st.sampled_from("ab%_'\"\\é🎸[],"), max_size=4)


@every_store
@given(places=st.lists(keys, max_size=8), within=keys)
@settings(max_examples=15)
async def test_whatever_the_keys_are_they_are_taken_by_the_letter(
    opening: Opening, places: list[str], within: str
) -> None:
    with TemporaryDirectory() as directory:
        async with opening(Path(directory) / "store.db") as store:
            numbers = count(1)
            made = [(await delivered(store, next(numbers), place=place), place) for place in places]
            found = [record.turn.id for record in await store.turns("lobby", limit=9, within=within)]
            assert found == [turn for turn, place in reversed(made) if place.startswith(within)]
