"""What holds for every test: how hard hypothesis looks, and that no test leaves the log other than it found it.

Hypothesis looks quickly for `make check`, thoroughly for `make test`, against no clock in either.
"""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.logs import TALKATIVE

settings.register_profile("quick", max_examples=20, deadline=None, print_blob=True)
settings.register_profile("thorough", max_examples=80, deadline=None, print_blob=True)
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def _the_log_as_it_was() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] -- pytest finds it by its mark
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = [logging.getLogger(name) for name in TALKATIVE]
    levels = [library.level for library in libraries]
    yield
    for library, before in zip(libraries, levels, strict=True):
        _reset(library, before)
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    _reset(root, level)


def _reset(logger: logging.Logger, level: int) -> None:
    if logger.level != level:  # setting it looks at every logger that there is
        logger.setLevel(level)
