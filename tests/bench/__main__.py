"""`python -m tests.bench`: what a turn costs, beside the obvious thing, the floor, and peers that are installed."""

import argparse
import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any, Final

import psutil

from bot.clock import SystemClock
from tests.bench.contenders.ours import AUDITS_AT_ONCE, CALLS_AT_ONCE
from tests.bench.figures import CELLS, QUICK_CELLS, as_json
from tests.bench.racing import (
    FLOOR,
    OBVIOUS,
    OURS,
    OURS_ON_ASYNCIO,
    PEER_SPECS,
    PEERS,
    ROOT,
    ModelServer,
    Spec,
    model_server,
    working_folder,
)
from tests.bench.report import FIFTY, ONE, Bench, lines
from tests.bench.rounds import WARM_UP, Plan, import_times, race_all, race_stores, start_all
from tests.bench.stored import is_kept, made, read_through

FEWEST: Final = 1_000
MANY: Final = 100_000
MOST: Final = 1_000_000
SECONDS_AN_AUDIT: Final = 0.0002
"""What making a stored audit takes, for the forecast."""

ROOM: Final = 12 * 2**30
"""Bytes that must be free on the disk for a million audits to be made: about six, and as much again to be safe."""

STORE_ROUNDS: Final = 21
IMPORTS: Final = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it all and print it."""
    asked = _asked(arguments)
    specs = _specs(asked)
    print(_forecast(asked, specs), flush=True)  # noqa: T201  # the bench's output is the bench
    bench = measured(asked, specs)
    print("\n".join(lines(bench)))  # noqa: T201  # as above
    if asked.json:
        Path(asked.json).write_text(json.dumps(_whole(bench), indent=1), encoding="utf-8")
    return 0


def measured(asked: argparse.Namespace, specs: Sequence[Spec]) -> Bench:
    """Everything that was asked for."""
    cells = QUICK_CELLS if asked.tiny else CELLS
    warm_up = 8 if asked.tiny else WARM_UP
    plan = Plan(cells=cells, repetitions=asked.repetitions, seconds=asked.seconds, warm_up=warm_up, tell=_tell)
    bench = Bench(machine=_machine(asked.date), cells=cells)
    with model_server() as server:
        bench.results = race_all(specs, server, plan)
        start_all(specs, server, bench.results, asked.repetitions)
        bench.imports = import_times(IMPORTS)
        if asked.stored:
            _with_many(asked.stored, server, plan, bench)
        bench.profile = _profile(server)
        bench.notes += [*_how(), *_versions(specs), _served(server)]
    return bench


def _tell(what: str) -> None:
    print(f"{SystemClock().now():%H:%M:%S} {what} ...", file=sys.stderr, flush=True)  # noqa: T201  # so that one sees it go on


def _with_many(stored: int, server: ModelServer, plan: Plan, bench: Bench) -> None:
    _tell(f"a store with {stored:,} audits")
    few, many = made(FEWEST), made(stored)
    read_through(many)
    bench.notes += [
        f"Store with {stored:,} audits: {many.mib:,.0f} MiB, made in {many.seconds:,.0f} s: {FEWEST:,} were lived, "
        "the others are copies of them; what runs add stays. The system had the file in memory."
    ]
    with working_folder() as folder:
        copy = Path(folder) / "few"
        shutil.copytree(few.folder, copy)
        folders = {f"{FEWEST:,} audits": copy, f"{stored:,} audits": many.folder}
        within = Plan(cells=(ONE, FIFTY), repetitions=STORE_ROUNDS, seconds=plan.seconds, tell=_tell)
        bench.stores = race_stores(folders, OURS, server, within)


def _profile(server: ModelServer) -> dict[str, Any]:
    with working_folder() as folder:
        command = [sys.executable, "-m", "tests.bench.profiling", OURS.module, server.url, folder]
        return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def _most() -> int:
    """A million, where it is there already or there is room for it."""
    return MOST if is_kept(MOST) or shutil.disk_usage(ROOT).free >= ROOM else MANY


def _specs(asked: argparse.Namespace) -> list[Spec]:
    peers = [spec for spec in PEER_SPECS if asked.peers and spec.python.exists()]
    return [FLOOR, OBVIOUS, OURS, *([OURS_ON_ASYNCIO] if asked.loops else []), *peers]


def _forecast(asked: argparse.Namespace, specs: Sequence[Spec]) -> str:
    cells = len(QUICK_CELLS if asked.tiny else CELLS)
    seconds = 30 + sum(asked.repetitions * (cells * asked.seconds * 2 + _start(spec)) + 15 for spec in specs)
    seconds += 15 + 5 * STORE_ROUNDS if asked.stored else 0
    making = asked.stored * SECONDS_AN_AUDIT if asked.stored and not is_kept(asked.stored) else 0
    once = f", {making / 60:.0f} of them to make, this once, a store with {asked.stored:,} audits" if making else ""
    lacking = [spec.title for spec in PEER_SPECS if asked.peers and not spec.python.exists()]
    peers = f" Not installed (`make bench-peers`): {', '.join(lacking)}." if lacking else ""
    room = f" The disk has no room for {MOST:,} audits ({ROOM >> 30} GiB)." if asked.stored == MANY == _most() else ""
    return f"This takes about {(seconds + making) / 60:.0f} minutes{once}, and longer on a busy machine.{room}{peers}"


def _start(spec: Spec) -> float:
    """Seconds that a contender takes from its start to its end, with one answer between them."""
    return 14 if spec.peer else 5


def _machine(date: str | None) -> str:
    today = date or SystemClock().now().date().isoformat()
    packages = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "openai", "uvloop", "numpy"))
    load = psutil.getloadavg()[0]
    system = f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, load {load:.1f} at the end"
    return f"{today}: {system}, Python {platform.python_version()}, {packages}"


def _how() -> list[str]:
    return [
        "All on uvloop, each in a process of its own, the model server in another.",
        f"Ours: three calls a turn, defaults but for {CALLS_AT_ONCE} calls and {AUDITS_AT_ONCE} audits at once and "
        "higher caps; chat in memory, store on disk; every audit is settled within its window.",
        "Ours shows its models up to 8 earlier exchanges; the others make two calls, without history, audit or store.",
    ]


def _versions(specs: Sequence[Spec]) -> list[str]:
    """The peers' own versions, read in their environments."""
    names = dict.fromkeys(spec.peer for spec in specs if spec.peer)
    found = [f"{name} {_version(name)}" for name in names]
    return [f"Peers: {', '.join(found)}."] if found else []


def _version(peer: str) -> str:
    packages = [str(path) for path in (PEERS / peer / "lib").glob("python*/site-packages")]
    return next((each.version for each in distributions(name=peer, path=packages)), "(not installed)")


def _served(server: ModelServer) -> str:
    return f"The model server took {server.cpu() / max(server.calls(), 1) * 1e3:.2f} ms of CPU a call."


def _whole(bench: Bench) -> dict[str, Any]:
    return {
        "machine": bench.machine,
        "notes": bench.notes,
        "results": as_json(bench.results),
        "imports": bench.imports,
        "stores": as_json(bench.stores),
        "profile": bench.profile,
    }


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--peers", action="store_true", help="race the peers that `make bench-peers` installed, too")
    parser.add_argument("--loops", action="store_true", help="race ours on asyncio's own loop, too")
    parser.add_argument("--stored", type=int, default=_most(), help="audits in the large store; 0 leaves it out")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long a window is")
    parser.add_argument("--date", help="what stands as the date of the run")
    parser.add_argument("--json", help="a file for every figure")
    parser.add_argument("--tiny", action="store_true", help="only to see that it runs; the figures mean nothing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
