"""Run simulations: `python -m tests.simulation --turns 100000 --seeds 1..10`."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.simulation.run import Violation, simulate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them one by one; 1 if an invariant was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which one")
    parser.add_argument("--seeds", type=_seeds, help="several, as in 1..10")
    parser.add_argument("--turns", type=int, default=1_000, help="how many messages members write, for each seed")
    given = parser.parse_args(arguments)
    faults = Counter[str]()
    for seed in given.seeds or [given.seed]:
        try:
            faults += _one(seed, given.turns)
        except Violation as violation:
            _say(str(violation))
            return 1
    _say(f"faults: {', '.join(f'{fault} {times}' for fault, times in sorted(faults.items()))}")
    return 0


def _one(seed: int, turns: int) -> Counter[str]:
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        run = simulate(seed, turns, Path(folder))
    took = time.process_time() - began
    _say(
        f"seed {seed}: {turns} turns, {run.lives} lives, {run.killed} of them killed, "
        f"{run.faults.total()} faults, {run.seconds / 3600:.1f} hours in {took:.1f} s of CPU "
        f"({1000 * took / turns:.2f} ms a turn), digest {run.digest}"
    )
    return run.faults


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a tool for the command line


def _seeds(text: str) -> range:
    first, _, last = text.partition("..")
    return range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    sys.exit(main())
