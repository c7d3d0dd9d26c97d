"""The simulator's command: what it says of a run, and of a violation."""

import pytest

from tests.simulation.__main__ import main
from tests.simulation.planted import PLANTED


def test_a_run_is_told_in_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1..2", "--turns", "20"]) == 0

    said = capsys.readouterr().out
    assert said.count("20 turns") == 2
    assert "digest" in said


def test_a_violation_is_told_with_what_replays_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, invariant = PLANTED["words sent ahead of their record"]
    plant(monkeypatch)

    assert main(["--seed", "5", "--turns", "20"]) == 1

    said = capsys.readouterr().out
    assert invariant in said
    assert said.endswith("python -m tests.simulation --seed 5 --turns 20\n")
