"""A whole simulation: life after life until all is said, then calm, then the last look."""

import asyncio
import logging
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.simulation.checks import ALL_KEPT, Broken
from tests.simulation.life import NO_HANG, live, prove
from tests.simulation.loop import Deadlock
from tests.simulation.world import World

_SECONDS_DOWN: Final = 10.0
_LIVES_BETWEEN_PROOFS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a simulation came to: lives of the program and how many were killed, faults by kind, virtual seconds."""

    seed: int
    turns: int
    lives: int
    killed: int
    faults: Counter[str]
    seconds: float
    digest: str


class Violation(Exception):
    """A simulation broke an invariant. The same seed and number of turns break it again, at the same step."""

    def __init__(self, seed: int, turns: int, step: int, broken: str) -> None:
        super().__init__(
            f"seed {seed}, step {step}: {broken}\nreplay: python -m tests.simulation --seed {seed} --turns {turns}"
        )
        self.seed = seed
        self.step = step
        self.broken = broken


def simulate(seed: int, turns: int, folder: Path) -> Run:
    """Let members write so many messages, with the store in an empty folder. Raises Violation."""
    world = World(seed, turns, folder / "safi.db")
    try:
        with _hushed():
            lives = world.loop.run_until_complete(_lives(world))
    except Broken as broken:
        raise Violation(seed, turns, world.faults.occasions, str(broken)) from broken
    except Deadlock as broken:
        detail = f"{NO_HANG}: no task is ready and no timer is set"
        raise Violation(seed, turns, world.faults.occasions, detail) from broken
    else:
        return Run(
            seed=seed,
            turns=turns,
            lives=len(lives),
            killed=sum(lives),
            faults=world.faults.struck,
            seconds=world.loop.time(),
            digest=world.checker.digest(),
        )
    finally:
        world.close()


async def _lives(world: World) -> list[bool]:
    """Of each life, whether it was killed."""
    lives: list[bool] = []
    while world.platform.sent < world.platform.messages:
        lives.append(await live(world))
        if len(lives) % _LIVES_BETWEEN_PROOFS == 0:
            prove(world)
        await asyncio.sleep(world.chance.expovariate(1 / _SECONDS_DOWN))
    world.faults.calm = True
    lives.append(await live(world))
    world.checker.look_at_all()
    if left := world.platform.unacknowledged:
        raise Broken(ALL_KEPT, ", ".join([*left][:5]))
    prove(world)
    return lives


@contextmanager
def _hushed() -> Generator[None]:
    """No log: what goes wrong here goes wrong on purpose."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
