"""What the bench measures, and how it is boiled down: medians of interleaved repetitions, ratios within each. Pure."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.bench.racing import Memory, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A way to load a contender: turns at once, and the model's time in milliseconds."""

    at_once: int
    pace: int

    def __str__(self) -> str:
        return f"{self.at_once} at once, {self.pace} ms"


CELLS: Final = tuple(Cell(at_once=at_once, pace=pace) for pace in (0, 20) for at_once in (1, 50, 200))
QUICK_CELLS: Final = (Cell(at_once=1, pace=20), Cell(at_once=4, pace=0))


@dataclass(slots=True, kw_only=True)
class Results:
    """All that was seen of one contender. Windows by cell, one a repetition; `broken` says why there are no more.

    `server` is the share of a core that the model server took meanwhile, by cell.
    """

    title: str
    calls: int
    windows: dict[Cell, list[Window]] = field(default_factory=dict[Cell, list[Window]])
    calls_seen: list[float] = field(default_factory=list[float])
    starts: list[float] = field(default_factory=list[float])
    server: dict[Cell, list[float]] = field(default_factory=dict[Cell, list[float]])
    memory: Memory | None = None
    broken: str | None = None


Figure = Callable[[Window], float]
CPU: Final[Figure] = lambda window: window.cpu_ms  # noqa: E731  # a table of figures, each a name
RATE: Final[Figure] = lambda window: window.rate  # noqa: E731  # as above


def median(results: Results, cell: Cell, figure: Figure) -> float | None:
    """The median over repetitions; None where there was none."""
    found = [figure(window) for window in results.windows.get(cell, ())]
    return statistics.median(found) if found else None


def ratio(ours: Results, other: Results, cell: Cell, figure: Figure) -> float | None:
    """The median over repetitions of ours divided by the other's in the same one."""
    found = ratios(ours, other, cell, figure)
    return statistics.median(found) if found else None


def ratios(ours: Results, other: Results, cell: Cell, figure: Figure) -> list[float]:
    """Ours divided by the other's, repetition by repetition."""
    pairs = zip(ours.windows.get(cell, ()), other.windows.get(cell, ()), strict=False)
    return [figure(mine) / figure(theirs) for mine, theirs in pairs]


def added_ms(results: Results, cell: Cell, figure: Figure) -> float | None:
    """Milliseconds that a person waits beyond the model's own time in the two calls that are waited for."""
    waited = median(results, cell, figure)
    return None if waited is None else waited * 1e3 - 2 * cell.pace


def middle(found: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return statistics.median(found) if found else None


def first_known(cells: Iterable[Cell], wanted: Cell) -> Cell:
    """The wanted cell if it is among these, else the last of them."""
    there = list(cells)
    return wanted if wanted in there else there[-1]


def as_json(results: Mapping[str, Results]) -> dict[str, object]:
    """Every window of everybody."""
    return {
        name: {
            "title": each.title,
            "calls": middle(each.calls_seen),
            "starts": each.starts,
            "memory": None if each.memory is None else {"rss": each.memory.rss, "pss": each.memory.pss},
            "broken": each.broken,
            "server": {str(cell): shares for cell, shares in each.server.items()},
            "cells": {str(cell): [_window(window) for window in windows] for cell, windows in each.windows.items()},
        }
        for name, each in results.items()
    }


def _window(window: Window) -> dict[str, float]:
    waits = {"wait_median_ms": window.wait_median * 1e3, "wait_p95_ms": window.wait_p95 * 1e3}
    return {"turns": window.turns, "cpu_ms": window.cpu_ms, "rate": window.rate} | waits
