"""One screen for all tests: to make it takes half a second."""

import pytest

from adapters.screen.libraries import LibraryScreen


@pytest.fixture(scope="session")
def screen() -> LibraryScreen:
    return LibraryScreen()
