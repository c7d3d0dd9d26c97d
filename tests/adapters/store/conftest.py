"""A store of each kind, and a writer on a table of notes: empty, in a directory of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.store.making import STORES, Store
from tests.adapters.store.noting import Notes, noting


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with STORES[request.param](tmp_path / "store.db") as store:
        yield store


@pytest.fixture
async def notes(tmp_path: Path) -> AsyncIterator[Notes]:
    async with noting(tmp_path / "notes.db") as notes:
        yield notes
