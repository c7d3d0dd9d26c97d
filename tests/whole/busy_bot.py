"""A bot under load as a process: turn after turn, fifty at once, until its input ends. It names each that is durable.

Its argument is the file of its store. Ledgers land in another order than their turns.
"""

import asyncio
import sys
from itertools import count
from pathlib import Path
from typing import Final

from adapters.store.sqlite import SQLiteStore, open_store
from safi.record import fold
from tests.adapters.store.making import at, delivered, ledger

AT_ONCE: Final = 50
SCOPES: Final = ("lobby", "den", "hall")
SCORES: Final = (1, 0.5, 0, -0.5, -1)


async def live(store: SQLiteStore, number: int) -> None:
    """One turn from its message to its ledger; those that come first wait longest for theirs."""
    scope = SCOPES[number % len(SCOPES)]
    turn = await delivered(store, number, scope=scope, place=scope)
    for _ in range(-number % 7):
        await asyncio.sleep(0)
    await store.settle(turn, ledger(SCORES[number % 5], SCORES[number % 3]), fold, at=at(1))
    sys.stdout.write(f"{turn}\n")
    sys.stdout.flush()


async def whole(path: Path) -> None:
    """Round after round, until whoever started this closes its input."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    async with open_store(path) as store:
        for first in count(1, AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for number in range(first, first + AT_ONCE):
                    group.create_task(live(store, number))
            if ended.is_set():
                break


if __name__ == "__main__":
    asyncio.run(whole(Path(sys.argv[1])))
