"""A burst on Discord: `python -m tests.bench.burst [messages] [channels]` prints what it costs and what became of it.

The whole program and the real client run here, on models that take 20 ms; Discord is a process of its own, so that the
memory is the program's alone. Linux only.
"""

import asyncio
import gc
import json
import os
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, Final

from bot.settings.config import Limits
from tests.adapters.chat.discord.loopback.loopback import Loopback, pointed_at
from tests.bench.crowd import Seen
from tests.doubles import NOON
from tests.whole.discord_bot import DiscordBot, models, record

THINKING_S: Final = 0.02
WAITING: Final = (20, 1_000)
_LOOK_EVERY_S: Final = 0.1
_MIB: Final = 1 << 20
_SETTLED: Final = "select count(*), sum(outcome = 'turn') from events where outcome is not null"

Order = Callable[[str], Awaitable[Any]]
"""Tells the crowd what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of all messages. Memory is in bytes: before the burst, and at most during it."""

    seen: Seen
    outcomes: Counter[str]
    seconds: float
    idle: int
    peak: int

    @property
    def disordered(self) -> int:
        """Channels in which an answer came before that to an earlier question, or twice."""
        return sum(ids != sorted(set(ids)) for ids in self.seen.answered.values())

    @property
    def answered(self) -> int:
        """Questions with an answer."""
        return sum(len(set(ids)) for ids in self.seen.answered.values())

    @property
    def lost(self) -> int:
        """Questions with no outcome on record."""
        return sum(map(len, self.seen.asked.values())) - self.outcomes.total() + self.outcomes["None"]


async def suffered(bot: DiscordBot, order: Order) -> Fate:
    """Let the crowd talk to a bot that is up, until every message has its outcome and every answer is out."""
    await _settled(bot, await order("warm"))
    gc.collect()
    idle, began = _resident(), monotonic()
    peak = await _settled(bot, await order("burst"))
    seconds = monotonic() - began
    kept = record(bot.store)
    outcomes = Counter(_told(outcome, kept.reasons[name]) for name, outcome in kept.outcomes.items())
    return Fate(seen=Seen(**await order("tell")), outcomes=outcomes, seconds=seconds, idle=idle, peak=peak)


async def _settled(bot: DiscordBot, messages: int) -> int:
    """Wait until so many messages have an outcome, and are answered; the most memory that was taken meanwhile."""
    peak = _resident()
    with closing(sqlite3.connect(bot.store)) as connection:
        while True:
            settled, turns = connection.execute(_SETTLED).fetchone()
            if settled >= messages and bot.watching.turns >= turns:
                return peak
            await asyncio.sleep(_LOOK_EVERY_S)
            peak = max(peak, _resident())


def _told(outcome: str | None, reason: str | None) -> str:
    return str(outcome) if reason is None else f"{outcome} ({json.loads(reason)})"


def _resident() -> int:
    """The memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def crowd(messages: int, channels: int) -> AsyncGenerator[tuple[int, Order]]:
    """A crowd in a process of its own: the port of its Discord, and who tells it what to do."""
    command = (sys.executable, "-m", "tests.bench.crowd", str(messages), str(channels))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=64 * _MIB)
    assert process.stdin is not None
    assert process.stdout is not None
    there, answers = process.stdin, process.stdout

    async def order(word: str) -> Any:
        there.write(f"{word}\n".encode())
        return json.loads(await answers.readline())

    try:
        yield json.loads(await answers.readline()), order
    finally:
        there.close()
        await process.wait()


async def burst(messages: int, channels: int, *, waiting: int) -> Fate:
    """One burst on a new bot."""
    with tempfile.TemporaryDirectory() as folder:
        async with crowd(messages, channels) as (port, order):
            loopback = Loopback(base=NOON, port=port)
            bot = DiscordBot(
                loopback=loopback,
                store=Path(folder) / "safi.db",
                limits=Limits(waiting=waiting),
                models=models(lambda: THINKING_S),
                pace=1.0,
            )
            with pointed_at(loopback):
                async with bot.up():
                    return await suffered(bot, order)


def table(fates: Sequence[Fate], waiting: Sequence[int]) -> str:
    """The fates beside each other."""
    rows = [
        ("messages that may wait in a channel", *(f"{most:,}" for most in waiting)),
        ("messages", *(f"{sum(map(len, fate.seen.asked.values())):,}" for fate in fates)),
        *((f"  {name}", *(f"{fate.outcomes[name]:,}" for fate in fates)) for name in _names(fates)),
        ("  without an outcome", *(f"{fate.lost:,}" for fate in fates)),
        ("answers seen", *(f"{fate.answered:,}" for fate in fates)),
        ("channels with answers out of order, or twice", *(f"{fate.disordered:,}" for fate in fates)),
        ("seconds", *(f"{fate.seconds:.1f}" for fate in fates)),
        ("memory before, MiB", *(f"{fate.idle / _MIB:.0f}" for fate in fates)),
        ("memory at most above that, MiB", *(f"{(fate.peak - fate.idle) / _MIB:.0f}" for fate in fates)),
        ("seconds to an answer in a quiet channel, median", *(f"{median(fate.seen.quiet):.2f}" for fate in fates)),
        ("seconds to an answer in a quiet channel, longest", *(f"{max(fate.seen.quiet):.2f}" for fate in fates)),
    ]
    return "\n".join(f"{name:<50}" + "".join(f"{figure:>12}" for figure in figures) for name, *figures in rows)


def _names(fates: Sequence[Fate]) -> list[str]:
    return sorted({name for fate in fates for name in fate.outcomes})


def _burst(messages: int, channels: int, waiting: int) -> Fate:
    return asyncio.run(burst(messages, channels, waiting=waiting))


def main(messages: str = "10000", channels: str = "50") -> None:
    """Print the table. Each burst has a process of its own: memory that was taken once is seldom given back."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        fates = list(processes.map(partial(_burst, int(messages), int(channels)), WAITING))
    sys.stdout.write(f"{table(fates, WAITING)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
