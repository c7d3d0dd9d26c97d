"""Which earlier exchanges a turn is shown."""

from collections.abc import Iterable

import pytest

from bot.hearing.context import latest, shown
from safi.turn import Exchange, Utterance


def exchange(name: str, size: int = 10) -> Exchange:
    """An exchange of so many characters."""
    words = "x" * (size // 2)
    return Exchange(id=name, message=Utterance(speaker="m", text=words), answer=words)


def exchanges(names: str) -> list[Exchange]:
    return [exchange(name) for name in names]


def named(found: Iterable[Exchange]) -> str:
    return "".join(each.id for each in found)


@pytest.mark.parametrize(("characters", "kept"), [(0, 0), (19, 0), (20, 1), (59, 1), (60, 2), (1_000, 3)])
def test_the_oldest_exchanges_go_first_and_only_whole(characters: int, kept: int) -> None:
    history = [exchange(str(size), 2 * size) for size in (30, 20, 10)]
    assert latest(history, most=5, characters=characters) == tuple(history[3 - kept :])


@pytest.mark.parametrize(("most", "kept"), [(0, ""), (1, "c"), (2, "bc"), (9, "abc")])
def test_no_more_exchanges_are_shown_than_there_may_be(most: int, kept: str) -> None:
    assert named(latest(exchanges("abc"), most=most, characters=1_000)) == kept


@pytest.mark.parametrize(
    ("recent", "chain", "most", "found"),
    [
        ("xyz", "", 9, "xyz"),
        ("", "ab", 9, "ab"),
        ("xyz", "ab", 9, "abxyz"),
        ("bxyz", "ab", 9, "abxyz"),
        ("abc", "abc", 9, "abc"),
        ("wxyz", "abc", 5, "abcyz"),
        ("wxyz", "abc", 2, "bc"),
        ("bwxyz", "ab", 3, "abz"),
        ("xbyz", "ab", 2, "ab"),
        ("xyz", "ab", 0, ""),
    ],
)
def test_what_is_replied_to_comes_before_what_was_said_lately_and_is_kept_first(
    recent: str, chain: str, most: int, found: str
) -> None:
    assert named(shown(exchanges(recent), exchanges(chain), most=most, characters=1_000)) == found


@pytest.mark.parametrize(("characters", "found"), [(9, ""), (10, "b"), (29, "ab"), (30, "abz"), (49, "abyz")])
def test_both_share_the_room_there_is(characters: int, found: str) -> None:
    assert named(shown(exchanges("xyz"), exchanges("ab"), most=9, characters=characters)) == found


def test_a_link_too_large_to_be_shown_leaves_its_room_to_what_was_said_lately() -> None:
    assert named(shown(exchanges("yz"), [exchange("a"), exchange("b", 1_000)], most=9, characters=100)) == "yz"
