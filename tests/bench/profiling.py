"""Where a turn of ours spends its CPU: every thread under cProfile, summed up by part of the program and by function.

A process of its own, since a profile slows what it looks at: only shares are read from it, never figures.
"""

import cProfile
import importlib
import json
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import uvloop

from tests.bench.contender import Opened, window

WARM_UP: Final = 100
TURNS: Final = 200
AT_ONCE: Final = 50
MOST_FUNCTIONS: Final = 25

WAITING: Final = "_queue.SimpleQueue"
"""What a thread of the store does when there is nothing to do; a profile counts it wrongly."""

PARTS: Final = (
    ("model calls: vendor's SDK", ("/openai/", "/httpx", "/pydantic", "/httpcore", "/anyio/", "/h11/", "/distro/")),
    ("model calls: aiohttp", ("/aiohttp/", "/yarl/", "/multidict/", "/frozenlist/", "/propcache/")),
    ("model calls: adapter and guard", ("adapters/llm/", "bot/wiring/guarding", "bot/settings/prices")),
    ("store", ("adapters/store/", "aiosqlite", "sqlite3")),
    ("screen", ("adapters/screen/", "detect_secrets", "/regex/", "confusable_homoglyphs", "regex")),
    ("the loop, pure", ("safi/",)),
    ("the program", ("bot/", "adapters/chat")),
    ("json", ("/json/", "_json")),
    ("event loop", ("/asyncio/", "uvloop", "contextlib", "/threading.py", "/concurrent/", "queue")),
)


class Profiles:
    """A profile for each thread, by the thread's own CPU time, so that waiting counts nothing."""

    def __init__(self) -> None:
        self.running: list[cProfile.Profile] = []

    def begin(self, *_: object) -> None:
        """Profile the present thread from here on."""
        sys.setprofile(None)
        profile = cProfile.Profile(time.thread_time)
        self.running.append(profile)
        profile.enable()

    def clear(self) -> None:
        """Forget what was seen so far."""
        for profile in self.running:
            profile.clear()

    def seen(self) -> dict[tuple[str, int, str], tuple[int, float, float]]:
        """For each function: calls, own seconds, seconds with all that it called; over all threads."""
        together: dict[tuple[str, int, str], tuple[int, float, float]] = {}
        for profile in self.running:
            profile.create_stats()
            stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = profile.stats  # type: ignore[attr-defined]
            for function, (_, calls, own, whole, _) in stats.items():
                if WAITING in function[2]:
                    continue
                before = together.get(function, (0, 0.0, 0.0))
                together[function] = (before[0] + calls, before[1] + own, before[2] + whole)
        return together


async def profiled(name: str, url: str, folder: Path) -> dict[str, Any]:
    """The shares of CPU by part, and the functions that take most, in milliseconds a turn under the profile."""
    profiles = Profiles()
    threading.setprofile(profiles.begin)
    open_contender: Opened = importlib.import_module(f"tests.bench.contenders.{name}").opened
    async with open_contender(url, folder) as contender:
        await window(contender, first=0, turns=WARM_UP, at_once=AT_ONCE)
        profiles.begin()
        profiles.clear()
        await window(contender, first=WARM_UP, turns=TURNS, at_once=AT_ONCE)
        seen = profiles.seen()
    return {"shares": _shares(seen), "own": _top(seen, 1), "whole": _top(seen, 2)}


def _shares(seen: dict[tuple[str, int, str], tuple[int, float, float]]) -> dict[str, float]:
    parts: dict[str, float] = defaultdict(float)
    for function, (_, own, _) in seen.items():
        parts[_part(function)] += own
    total = sum(parts.values()) or 1.0
    return {part: own / total for part, own in sorted(parts.items(), key=lambda each: -each[1])}


def _part(function: tuple[str, int, str]) -> str:
    where = f"{function[0]} {function[2]}"
    return next((part for part, marks in PARTS if any(mark in where for mark in marks)), "other")


def _top(seen: dict[tuple[str, int, str], tuple[int, float, float]], column: int) -> list[dict[str, Any]]:
    most = sorted(seen.items(), key=lambda each: -each[1][column])[:MOST_FUNCTIONS]
    return [
        {"function": _named(function), "calls": figures[0] / TURNS, "ms": figures[column] * 1e3 / TURNS}
        for function, figures in most
    ]


def _named(function: tuple[str, int, str]) -> str:
    file, line, name = function
    return name if file == "~" else f"{'/'.join(Path(file).parts[-3:])}:{line} {name}"


if __name__ == "__main__":
    _name, _url, _folder = sys.argv[1:]
    print(json.dumps(uvloop.run(profiled(_name, _url, Path(_folder)))))  # noqa: T201  # how the parent hears of it
