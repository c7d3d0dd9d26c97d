"""A store of each kind, empty, in a directory of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.store.making import STORES, Store


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path / "store.db") as store:
        yield store
