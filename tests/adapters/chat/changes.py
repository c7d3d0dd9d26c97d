"""Waiting for what is to become true, told of each change instead of looking again and again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

_AT_MOST_S: Final = 60.0  # a safety net: nothing is ever measured against it


@dataclass(slots=True)
class Changes:
    """Something changes and tells; whoever waits looks again. Telling never waits, so any code may tell."""

    _next: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        """Return once the condition holds.

        Raises:
            TimeoutError: it did not within a minute.
        """
        async with asyncio.timeout(_AT_MOST_S):
            while not condition():
                await self._next.wait()
