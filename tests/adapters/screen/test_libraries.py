"""Patterns in bounded time: found, not found, or honestly unknown."""

import pytest

from adapters.screen.libraries import LibraryScreen
from safi.ports import Matches

ENDLESS = r"(?:a|a?)+$"
"""Doubles its steps with every letter of a text of a's that ends otherwise."""

ROPE = "a" * 100_000 + "!"


def test_the_keys_of_which_a_pattern_is_found_are_told_in_order(screen: LibraryScreen) -> None:
    patterns = {"one": ["moss", "fern"], "two": ["oak"], "three": ["FERN$"], "none": []}
    assert screen.matches(patterns, ["nothing", "A Fern"]) == Matches(found=("one", "three"))


def test_a_pattern_that_never_ends_is_given_up_and_the_others_are_still_searched(screen: LibraryScreen) -> None:
    patterns = {"slow": [ENDLESS], "quick": ["a!"]}
    assert screen.matches(patterns, [ROPE]) == Matches(found=("quick",), unknown=("slow",))


def test_many_slow_patterns_take_no_longer_than_all_may(screen: LibraryScreen) -> None:
    patterns = {f"r{number}": [ENDLESS] for number in range(20_000)}  # at a tenth of a second each, half an hour
    assert screen.matches(patterns, [ROPE]) == Matches(unknown=tuple(patterns))


def test_a_pattern_that_is_found_before_a_slow_one_of_its_rule_counts(screen: LibraryScreen) -> None:
    assert screen.matches({"both": ["a!", ENDLESS]}, [ROPE]) == Matches(found=("both",))


@pytest.mark.parametrize("pattern", [r"\bcode is \d+", r"(?<!no )moss", r"[^.]{0,40}?x", "(?i)x", r"\p{Lu}x"])
def test_a_pattern_that_can_be_searched_for_has_no_problem(screen: LibraryScreen, pattern: str) -> None:
    assert screen.problem(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(", "is not a regular expression that can be searched for: missing ) at position 1"),
        (
            r"(?:moss){e}",
            "is found even in an empty text, so it would suppress every answer",
        ),  # fuzzy, where re reads {e}
        (r"[[:moss:]]", "is not a regular expression that can be searched for"),
    ],
)
def test_a_pattern_that_only_the_profile_takes_is_told_before_it_is_used(
    screen: LibraryScreen, pattern: str, problem: str
) -> None:
    assert (screen.problem(pattern) or "").startswith(problem)
