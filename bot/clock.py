"""The machine's clock."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """Implements safi.ports.Clock on this machine's time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(seconds)
