"""The bench runs, and says what it found. No figure is judged here: this machine may be busy."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import CPU, Cell, Results, median, ratio
from tests.bench.racing import FLOOR, OBVIOUS, OURS, Memory, Window
from tests.bench.report import Bench, lines

FIFTY = Cell(at_once=50, pace=0)


def seen(title: str, *cpu: float, broken: str | None = None) -> Results:
    """A contender whose turns took so many milliseconds of CPU, one window each."""
    windows = [Window(turns=10, seconds=1, cpu=each / 100, wait_median=0.05, wait_p95=0.1) for each in cpu]
    memory = Memory(rss=80, pss=None)
    return Results(title=title, calls=2, windows={FIFTY: windows}, starts=[1.0], memory=memory, broken=broken)


def test_a_ratio_is_taken_within_each_repetition_and_then_the_median() -> None:
    ours, other = seen("ours", 2, 40, 3), seen("other", 1, 20, 3)
    assert ratio(ours, other, FIFTY, CPU) == pytest.approx(2)
    assert median(ours, FIFTY, CPU) == pytest.approx(3)


def test_what_was_never_measured_is_no_number() -> None:
    assert median(seen("ours"), FIFTY, CPU) is None
    assert ratio(seen("ours"), seen("other", 1), FIFTY, CPU) is None


def test_the_report_says_what_holds_what_was_missed_and_who_could_not_run() -> None:
    broken = seen("NeMo, IORails", broken="no such module")
    results = [seen(OURS.title, 3.0), seen(OBVIOUS.title, 2.0), broken]
    bench = Bench(machine="here", cells=[FIFTY], results={each.title: each for each in results})
    report = "\n".join(lines(bench))
    assert "CPU a turn, ours / 30 lines                    1.50  at most 1: MISSED" in report
    assert "turns a second at 50, ours / 30 lines          1.00  at least 1: holds" in report
    assert "CPU a turn, most stored / fewest, at 50           –  at most 1.2: not measured" in report
    assert "NeMo, IORails: not measured: no such module" in report


@pytest.mark.slow
def test_the_bench_runs_and_ours_makes_three_calls_a_turn(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    assert main(["--tiny", "--stored", "0", "--repetitions", "1", "--seconds", "0.01", "--json", str(figures)]) == 0
    assert "RATIOS" in capfd.readouterr().out
    found: dict[str, Any] = json.loads(figures.read_text())["results"]
    assert {title: each["broken"] for title, each in found.items()} == dict.fromkeys(found)
    assert {title: each["calls"] for title, each in found.items()} == {
        FLOOR.title: 2,
        OBVIOUS.title: 2,
        OURS.title: 3,
    }
