"""The lines of places: order, length, and what is kept in mind of them."""

import asyncio
import gc

import pytest

from bot.turns.lines import Lately, Lines


def channel(place: str) -> str:
    """Threads stand behind a slash."""
    return place.partition("/")[0]


def test_a_line_is_full_when_so_many_wait_behind_the_first() -> None:
    line = Lines(channel).of("here")
    with line.joined("a"):
        assert not line.full(1)
        with line.joined("b"):
            assert line.full(1)
            assert not line.full(2)
        assert not line.full(1)


def test_who_waits_in_a_thread_counts_for_its_channel_and_for_no_other() -> None:
    lines = Lines(channel)
    first, second, elsewhere = lines.of("here/1"), lines.of("here/2"), lines.of("there")
    with first.joined("a"), second.joined("b"):
        assert first.full(1)
        assert second.full(1)
        assert not elsewhere.full(1)
        assert (first.busy, elsewhere.busy) == (True, False)
    assert not lines.of("here").full(0)


async def test_turns_are_had_one_by_one_in_the_order_in_which_they_were_asked_for() -> None:
    line, had = Lines(channel).of("here"), list[str]()

    async def have(name: str) -> None:
        async with line.turn():
            had.append(f"{name} begins")
            await asyncio.sleep(0)
            had.append(f"{name} ends")

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(have(name))
    assert had == [f"{name} {step}" for name in "abc" for step in ("begins", "ends")]


def test_a_place_has_one_line_as_long_as_somebody_is_in_it() -> None:
    lines = Lines(channel)
    line = lines.of("here")
    assert line.crowd.tell("here", "ann")
    assert not line.crowd.tell("there", "ann")
    assert lines.of("here") is line
    assert lines.of("there") is not line
    del line
    gc.collect()
    assert not lines.of("here").crowd.told


def test_a_failure_in_the_line_leaves_it() -> None:
    line = Lines(channel).of("here")
    with pytest.raises(ZeroDivisionError), line.joined("a"):
        raise ZeroDivisionError
    assert not line.full(0)


def test_a_deletion_is_kept_in_mind_while_its_message_is_in_the_line_however_often() -> None:
    line = Lines(channel).of("here")
    line.delete("a")
    with line.joined("a", "b"):
        assert not line.deleted("a")
        line.delete("a")
        with line.joined("a"):
            assert line.full(2)
        assert [line.deleted(each) for each in "abc"] == [True, False, False]
    assert not line.deleted("a")
    assert not line.full(0)


def test_only_the_latest_keys_are_kept_in_mind() -> None:
    lately = Lately(most=2)
    assert [lately.add(("p", key)) for key in ("a", "a", "b", "c")] == [True, False, True, True]
    assert [("p", key) in lately for key in ("a", "b", "c")] == [False, True, True]
