"""The bench's order of events: who starts when, who runs which window when, and everything interleaved."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.figures import Cell, Results
from tests.bench.racing import ROOT, Broken, ModelServer, Racer, Spec, racing, working_folder

WARM_UP: Final = 300
SLACK: Final = 0.005
"""Seconds that a turn takes besides the model's time, as a first guess of how many fit into a window."""

IMPORTS: Final = {
    "numpy": "import numpy",
    "safi": "import numpy, safi.loop, safi.record, safi.spirit, safi.ports",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured: cells, repetitions, and about how many seconds a window takes.

    `tell` is told what comes next, for whoever waits.
    """

    cells: Sequence[Cell]
    repetitions: int
    seconds: float
    warm_up: int = WARM_UP
    tell: Callable[[str], None] = field(default=lambda _: None)


def race_all(specs: Sequence[Spec], server: ModelServer, plan: Plan) -> dict[str, Results]:
    """Every cell of every contender. One that breaks keeps what it has, and says why."""
    results = {spec.title: Results(title=spec.title, calls=spec.calls) for spec in specs}
    with ExitStack() as stack, working_folder() as folder:
        racers = _started(specs, server, Path(folder), results, stack)
        rates = {title: _warm(racer, results[title], plan) for title, racer in racers.items()}
        for cell in plan.cells:
            server.pace(cell.pace)
            plan.tell(f"{cell} of model time")
            for _ in range(plan.repetitions):
                _round(racers, server, cell, results, _turns(rates, cell, plan))
        server.pace(0)
        _weigh(racers, results, plan)
    return results


def _started(
    specs: Iterable[Spec], server: ModelServer, folder: Path, results: Mapping[str, Results], stack: ExitStack
) -> dict[str, Racer]:
    racers: dict[str, Racer] = {}
    for number, spec in enumerate(specs):
        try:
            racers[spec.title] = stack.enter_context(racing(spec, server.url, folder / str(number)))
        except (Broken, OSError) as problem:
            results[spec.title].broken = str(problem)
    return racers


def _warm(racer: Racer, results: Results, plan: Plan) -> float:
    """Turns a second in the second half of the warm-up."""
    at_once = max(cell.at_once for cell in plan.cells)
    try:
        racer.run(turns=max(plan.warm_up // 2, at_once), at_once=min(at_once, 50))
        return racer.run(turns=plan.warm_up // 2, at_once=min(at_once, 50)).rate
    except Broken as problem:
        results.broken = str(problem)
        return 1.0


def _turns(rates: Mapping[str, float], cell: Cell, plan: Plan) -> dict[str, int]:
    """How many turns of each fill a window, and at least one for each lane."""
    most = cell.at_once / (2 * cell.pace / 1_000 + SLACK) if cell.pace else float("inf")
    return {title: max(int(min(rate, most) * plan.seconds), cell.at_once, 4) for title, rate in rates.items()}


def _round(
    racers: Mapping[str, Racer],
    server: ModelServer,
    cell: Cell,
    results: Mapping[str, Results],
    turns: Mapping[str, int],
) -> None:
    """One window of each, one after the other."""
    for title, racer in racers.items():
        found = results[title]
        if found.broken:
            continue
        before, busy = server.calls(), server.cpu()
        try:
            window = racer.run(turns=turns[title], at_once=cell.at_once)
        except Broken as problem:
            found.broken = str(problem)
            continue
        found.windows.setdefault(cell, []).append(window)
        found.server.setdefault(cell, []).append((server.cpu() - busy) / window.seconds)
        found.calls_seen.append((server.calls() - before) / window.turns)


def _weigh(racers: Mapping[str, Racer], results: Mapping[str, Results], plan: Plan) -> None:
    """What each holds at most while it works, long after its warm-up."""
    at_once = max(cell.at_once for cell in plan.cells)
    for title, racer in racers.items():
        if not results[title].broken:
            racer.run(turns=2 * at_once, at_once=at_once, watch=True)
            results[title].memory = racer.most


def start_all(specs: Sequence[Spec], server: ModelServer, results: Mapping[str, Results], repetitions: int) -> None:
    """Cold starts, interleaved: seconds from the start of the process to its first answer."""
    for _ in range(repetitions):
        for spec in specs:
            if not results[spec.title].broken:
                results[spec.title].starts.append(_start(spec, server))


def _start(spec: Spec, server: ModelServer) -> float:
    with working_folder() as folder:
        began = time.perf_counter()
        with racing(spec, server.url, Path(folder)) as racer:
            racer.run(turns=1, at_once=1)
            return time.perf_counter() - began


def import_times(repetitions: int) -> dict[str, float]:
    """Milliseconds that a fresh Python takes with each of these imports, interleaved."""
    found: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(repetitions):
        for name, statement in IMPORTS.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], cwd=ROOT, check=True)
            found[name].append((time.perf_counter() - began) * 1e3)
    return {name: statistics.median(each) for name, each in found.items()}


def race_stores(folders: Mapping[str, Path], spec: Spec, server: ModelServer, plan: Plan) -> dict[str, Results]:
    """Ours on stores of several sizes, interleaved, every other round the other way about; as many turns on each."""
    results = {name: Results(title=name, calls=spec.calls) for name in folders}
    with ExitStack() as stack:
        racers = {name: stack.enter_context(racing(spec, server.url, folder)) for name, folder in folders.items()}
        rates = {name: _warm(racer, results[name], plan) for name, racer in racers.items()}
        same = dict.fromkeys(rates, min(rates.values()))
        for cell in plan.cells:
            server.pace(cell.pace)
            plan.tell(f"{cell} of model time, on {len(folders)} stores")
            for number in range(plan.repetitions):
                order = dict(reversed(racers.items())) if number % 2 else racers
                _round(order, server, cell, results, _turns(same, cell, plan))
        server.pace(0)
    return results
