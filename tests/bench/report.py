"""The bench's report: ratios first, then what was to be reached, then figures, then where the time goes. Pure."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.bench.figures import CPU, RATE, Cell, Figure, Results, added_ms, first_known, median, middle, ratio, ratios
from tests.bench.racing import OBVIOUS, OURS, PEER_SPECS

ONE: Final = Cell(at_once=1, pace=0)
FIFTY: Final = Cell(at_once=50, pace=0)
TWO_HUNDRED: Final = Cell(at_once=200, pace=0)
_LONG: Final = 26


@dataclass(slots=True, kw_only=True)
class Bench:
    """Everything that one run found out. `notes` are facts about the run, each a sentence."""

    machine: str
    notes: list[str] = field(default_factory=list[str])
    cells: Sequence[Cell] = ()
    results: Mapping[str, Results] = field(default_factory=dict[str, Results])
    imports: Mapping[str, float] = field(default_factory=dict[str, float])
    stores: Mapping[str, Results] = field(default_factory=dict[str, Results])
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])


def lines(bench: Bench) -> Iterator[str]:
    """The whole report."""
    yield bench.machine
    yield from bench.notes
    for title, part in (
        ("RATIOS (ours divided by theirs, medians of interleaved repetitions; ours makes three calls)", _ratios),
        ("TO BE REACHED", _reached),
        ("CPU milliseconds a turn, all settled", _cpu),
        ("TURNS A SECOND, all settled", _rates),
        ("ADDED WAIT in milliseconds over the two model calls, median and 95th percentile", _waits),
        ("THE MODEL SERVER, percent of a core meanwhile: near 100 it would be what is measured", _server),
        ("START AND MEMORY (process start to first answer; the most held at work)", _starts),
        ("WITH MANY AUDITS STORED (ours)", _stored),
        ("WHERE OUR CPU GOES (shares, under a profiler)", _profile),
    ):
        found = list(part(bench))
        if found:
            yield ""
            yield title
            yield from found


def _ratios(bench: Bench) -> Iterator[str]:
    ours = bench.results.get(OURS.title)
    if ours is None:
        return
    fifty, many = first_known(bench.cells, FIFTY), first_known(bench.cells, TWO_HUNDRED)
    yield _row("ours /", ["CPU", "turns/s", f"at {many.at_once}", "memory", "start"])
    for title, other in bench.results.items():
        if title != OURS.title and not other.broken:
            cells = [
                ratio(ours, other, fifty, CPU),
                ratio(ours, other, fifty, RATE),
                ratio(ours, other, many, RATE),
                _over(_pss(ours), _pss(other)),
                _over(middle(ours.starts), middle(other.starts)),
            ]
            yield _row(title, [_shown(cell, "{:.2f}") for cell in cells])
    yield from (f"{title}: not measured: {each.broken}" for title, each in bench.results.items() if each.broken)


def _reached(bench: Bench) -> Iterator[str]:
    ours, plain = bench.results.get(OURS.title), bench.results.get(OBVIOUS.title)
    if ours is None or plain is None or FIFTY not in bench.cells:
        return
    yield _goal("CPU a turn, ours / 30 lines", ratio(ours, plain, FIFTY, CPU), 1.0, most=True)
    yield _goal("turns a second at 50, ours / 30 lines", ratio(ours, plain, FIFTY, RATE), 1.0, most=False)
    yield _goal("turns a second, ours at 200 / at 50", _spread(ours), 1.0, most=False)
    yield _goal("memory above 30 lines, MiB", _less(_pss(ours), _pss(plain)), 25.0, most=True)
    above = _less(bench.imports.get("safi"), bench.imports.get("numpy"))
    yield _goal("import of safi above numpy, ms", above, 300, most=True, form="{:.0f}")
    yield _goal("CPU a turn, most stored / fewest, at 50", _growth(bench, CPU), 1.2, most=True)
    yield _goal("CPU a turn, most stored / fewest, at 1", _growth(bench, CPU, ONE), 1.2, most=True)
    rival = bench.results.get(PEER_SPECS[0].title)
    yield _goal("CPU milliseconds a turn (the aim)", median(ours, FIFTY, CPU), 4.0, most=True)
    if rival is not None and not rival.broken:
        yield _goal("CPU a turn, ours / IORails", ratio(ours, rival, FIFTY, CPU), 1.0, most=True)
        yield _goal("turns a second at 50, ours / IORails", ratio(ours, rival, FIFTY, RATE), 1.0, most=False)


def _cpu(bench: Bench) -> Iterator[str]:
    yield from _grid(bench.results, bench.cells, CPU, "{:.2f}")


def _rates(bench: Bench) -> Iterator[str]:
    yield from _grid(bench.results, bench.cells, RATE, "{:.0f}")


def _grid(results: Mapping[str, Results], cells: Sequence[Cell], figure: Figure, form: str) -> Iterator[str]:
    if results:
        yield _row("at once / model time", [f"{cell.at_once} / {cell.pace}" for cell in cells])
    for title, each in results.items():
        if each.windows:
            yield _row(title, [_shown(median(each, cell, figure), form) for cell in cells])


def _waits(bench: Bench) -> Iterator[str]:
    if bench.results:
        yield _row("at once / model time", [f"{cell.at_once} / {cell.pace}" for cell in bench.cells])
    for title, each in bench.results.items():
        if each.windows:
            yield _row(title, [_wait(each, cell) for cell in bench.cells])


def _wait(results: Results, cell: Cell) -> str:
    middle_wait = added_ms(results, cell, lambda window: window.wait_median)
    late_wait = added_ms(results, cell, lambda window: window.wait_p95)
    return f"{_shown(middle_wait, '{:.0f}')}, {_shown(late_wait, '{:.0f}')}"


def _server(bench: Bench) -> Iterator[str]:
    if bench.results:
        yield _row("at once / model time", [f"{cell.at_once} / {cell.pace}" for cell in bench.cells])
    for title, each in bench.results.items():
        if each.server:
            yield _row(title, [_shown(middle(each.server.get(cell, ())), "{:.0%}") for cell in bench.cells])


def _starts(bench: Bench) -> Iterator[str]:
    if bench.results:
        yield _row("", ["start, s", "PSS, MiB", "RSS, MiB", "calls"])
    for title, each in bench.results.items():
        if each.memory:
            cells = [
                _shown(middle(each.starts), "{:.2f}"),
                _shown(each.memory.pss, "{:.0f}"),
                _shown(each.memory.rss, "{:.0f}"),
                _shown(middle(each.calls_seen), "{:.2f}"),
            ]
            yield _row(title, cells)
    if bench.imports:
        yield "imports: " + ", ".join(f"{name} {found:.0f} ms" for name, found in bench.imports.items())


def _stored(bench: Bench) -> Iterator[str]:
    for name, each in bench.stores.items():
        for cell in each.windows:
            cpu, rate = median(each, cell, CPU), median(each, cell, RATE)
            figures = f"{_shown(cpu, '{:.2f}')} ms CPU, {_shown(rate, '{:.0f}')} turns/s, wait {_wait(each, cell)} ms"
            yield f"{name:<{_LONG}} {cell}: {figures}"
    sizes = list(bench.stores.values())
    for cell in sizes[0].windows if sizes else ():
        found = ratios(sizes[-1], sizes[0], cell, CPU)
        if len(found) > 1:
            low, middle_one, high = statistics.quantiles(found, n=4)
            yield (
                f"most / fewest, {cell}: CPU {middle_one:.3f}, half of {len(found)} rounds {low:.3f} to {high:.3f}, "
                f"all of them {min(found):.2f} to {max(found):.2f}"
            )


def _profile(bench: Bench) -> Iterator[str]:
    for part, share in bench.profile.get("shares", {}).items():
        yield f"{share:6.1%}  {part}"
    if own := bench.profile.get("own"):
        yield "most of it, by function (ms a turn of its own, slowed by the profiler; calls a turn):"
        yield from (f"{each['ms']:8.3f} {each['calls']:8.1f}  {each['function']}" for each in own[:15])


def _goal(what: str, found: float | None, bound: float, *, most: bool, form: str = "{:.2f}") -> str:
    kept = found is not None and (found <= bound if most else found >= bound)
    word = "not measured" if found is None else "holds" if kept else "MISSED"
    return f"{what:<42} {_shown(found, form):>8}  {'at most' if most else 'at least'} {bound:g}: {word}"


def _growth(bench: Bench, figure: Figure, cell: Cell = FIFTY) -> float | None:
    sizes = list(bench.stores.values())
    return ratio(sizes[-1], sizes[0], cell, figure) if len(sizes) > 1 else None


def _spread(ours: Results) -> float | None:
    return _over(median(ours, TWO_HUNDRED, RATE), median(ours, FIFTY, RATE))


def _pss(results: Results) -> float | None:
    memory = results.memory
    return None if memory is None else memory.rss if memory.pss is None else memory.pss


def _over(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _shown(figure: float | None, form: str) -> str:
    return "–" if figure is None else form.format(figure)


def _row(title: str, cells: Sequence[str]) -> str:
    return f"{title:<{_LONG}}" + "".join(f"{cell:>13}" for cell in cells)
