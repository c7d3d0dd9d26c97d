"""Prints, as a table in Markdown, what comes of every fault and when: `python -m tests.adapters.llm.fault_table`.

The Intellect asks Anthropic, the judges ask OpenAI, as by default; waits and chance are real here, and the deadline is
short, for two faults end with nothing else.
"""

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Final

from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from bot.settings.choice import Faculty
from tests.adapters.llm.faults import FAULTS, ROLES, USUAL, Fault, Scene, Seen, seen
from tests.adapters.llm.guarding import Bench, BriskClock
from tests.adapters.llm.loopback import listening

DEADLINE: Final = 3.0
TITLES: Final = ("fault", "role", "recorded", "the person sees", "calls", "seconds")


async def table() -> list[str]:
    """The lines of the table."""
    rows = [TITLES, ("---",) * len(TITLES)]
    with LLMockServer() as server:
        for fault in FAULTS:
            for role in ROLES:
                found = await _seen(fault, role, LLMock(server).reset())
                rows.append((fault.name, role, found.recorded, found.shown, str(found.calls), f"{found.seconds:.2f}"))
    return [f"| {' | '.join(row)} |" for row in rows]


async def _seen(fault: Fault, role: Faculty, mock: LLMock) -> Seen:
    bench = Bench(clock=WaitingClock(), jitter=random.random)
    with tempfile.TemporaryDirectory() as folder:
        async with listening() as loopback:
            scene = Scene(mock, loopback, USUAL[role])
            return await seen(fault, role, scene, bench, Path(folder), deadline=DEADLINE)


class WaitingClock(BriskClock):
    """Sleeping takes the time it says."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.pass_time(seconds)


if __name__ == "__main__":
    print("\n".join(asyncio.run(table())))  # noqa: T201  # that is what it is for
