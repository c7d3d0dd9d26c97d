"""The program under a seeded storm: no invariant is violated, one seed is one story, and planted mistakes are found."""

import re
from pathlib import Path

import pytest

from tests.simulation.planted import PLANTED
from tests.simulation.run import Violation, simulate

TURNS = 3_000
SEEDS = (2, 3, 4)
"""Each planted mistake is found within so many turns of one of these."""


def test_a_short_storm_violates_nothing(tmp_path: Path) -> None:
    run = simulate(4, 150, tmp_path)

    assert run.killed
    assert run.faults["event twice"]


@pytest.mark.slow
def test_one_seed_is_one_story(tmp_path: Path) -> None:
    first, second, other = (tmp_path / name for name in ("first", "second", "other"))

    assert simulate(2, 60, first) == simulate(2, 60, second) != simulate(3, 60, other)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(101, 121))
def test_a_hundred_thousand_turns_violate_nothing(seed: int, tmp_path: Path) -> None:
    simulate(seed, 5_000, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_found_and_replayed_from_its_seed(mistake: str, tmp_path: Path) -> None:
    plant, invariant = PLANTED[mistake]

    def broken(seed: int, folder: Path) -> Violation | None:
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            try:
                simulate(seed, TURNS, folder)
            except Violation as violation:
                return violation
        return None

    first = next(found for seed in SEEDS if (found := broken(seed, tmp_path / str(seed))))
    again = broken(first.seed, tmp_path / "again")

    assert re.search(invariant, str(first))
    assert again
    assert (again.step, str(again)) == (first.step, str(first))
