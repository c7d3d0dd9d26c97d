"""A store in a temporary folder, opened for real."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.store.sqlite import SQLiteStore, open_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SQLiteStore]:
    async with open_store(tmp_path / "safi.db") as opened:
        yield opened
