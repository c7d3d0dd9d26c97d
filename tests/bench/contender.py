"""One contender in a process of its own: it says when it is ready, then runs the windows that it is told to.

Nothing but uvloop and what the contender itself needs is imported here: peers run in environments of their own.
"""

import asyncio
import importlib
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from tests.bench.wording import question


class Contender(Protocol):
    """Something that answers messages."""

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message; gives when the answer was there, on time.perf_counter."""
        ...

    async def settled(self) -> None:
        """Return when nothing is left to do for the messages that were answered."""
        ...


Opened = Callable[[str, Path], AbstractAsyncContextManager[Contender]]


def cpu() -> float:
    """Seconds of CPU that this process has taken, all threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def window(contender: Contender, *, first: int, turns: int, at_once: int) -> dict[str, Any]:
    """So many turns, so many at once, each lane one after the other; ends when all of them are settled."""
    waits, numbers = list[float](), iter(range(first, first + turns))

    async def lane(number: int) -> None:
        for each in numbers:
            asked = time.perf_counter()
            waits.append(await contender.turn(number, question(each)) - asked)

    began, before = time.perf_counter(), cpu()
    async with asyncio.TaskGroup() as group:
        for number in range(at_once):
            group.create_task(lane(number))
    await contender.settled()
    seconds, taken = time.perf_counter() - began, cpu() - before
    return {
        "turns": turns,
        "seconds": seconds,
        "cpu": taken,
        "wait_median": statistics.median(waits),
        "wait_p95": statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else waits[0],
    }


async def race(name: str, url: str, folder: Path) -> None:
    """Run windows as standard input asks for them, until it ends."""
    open_contender: Opened = importlib.import_module(f"tests.bench.contenders.{name}").opened
    async with open_contender(url, folder) as contender:
        _say({"ready": True})
        heard = 0
        while line := await asyncio.to_thread(sys.stdin.readline):
            wanted = json.loads(line)
            _say(await window(contender, first=heard, **wanted))
            heard += wanted["turns"]


def _say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)  # noqa: T201  # how the parent hears of it


def main(name: str, url: str, folder: str, loop: str) -> None:
    """Race on uvloop, or on asyncio's own loop."""
    racing = race(name, url, Path(folder))
    if loop == "uvloop":
        import uvloop

        uvloop.run(racing)
    else:
        asyncio.run(racing)


if __name__ == "__main__":
    main(*sys.argv[1:])
