"""A store in memory, on a connection on which the program may end before any statement."""

import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from adapters.store.schema import migrate, shipped


class Crash(Exception):
    """The program ended here."""


class Fragile(sqlite3.Connection):
    """A connection on which the program may end before any statement."""

    left: int | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self._pass()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self._pass()
        return super().executemany(sql, parameters)

    def _pass(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Crash


@lru_cache(maxsize=1)
def _empty() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection, shipped(), store="it")
    image = connection.serialize()
    connection.close()
    return image


def opened() -> Fragile:
    """An empty store in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=Fragile)
    connection.deserialize(_empty())
    connection.row_factory = sqlite3.Row
    connection.execute("pragma foreign_keys = on")
    return connection
