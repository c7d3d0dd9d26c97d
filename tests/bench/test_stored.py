"""A store that was multiplied is one that the program goes on with: everything counted is as if it had been lived."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from tests.bench.copying import event_name, multiply, turn_name
from tests.bench.stored import LANES, live

LIVED: Final = 2 * LANES
TIMES: Final = 3
ALL: Final = LIVED * TIMES


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a short past, three times over, and one round of turns lived after that."""
    file = tmp_path_factory.mktemp("stored") / "safi.db"
    asyncio.run(live(LIVED, file))
    multiply(file, TIMES)
    asyncio.run(live(LANES, file, after=ALL))
    return file


@pytest.fixture
def ask(store: Path) -> Generator["Ask"]:
    with closing(sqlite3.connect(store)) as connection:
        yield Ask(connection)


class Ask:
    """One question to the store, one row."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __call__(self, sql: str) -> tuple[Any, ...]:
        return self._connection.execute(sql).fetchone()


def test_every_table_holds_its_share(ask: Ask) -> None:
    turns = ALL + LANES
    for table, each in {"events": 1, "turns": 1, "texts": 5, "links": 3, "memories": 1, "calls": 3}.items():
        assert ask(f"select count(*) from {table}") == (each * turns,), table


def test_every_memory_went_on_from_the_last_number_of_its_copies(ask: Ask) -> None:
    last = (ALL + LANES) // LANES
    assert ask("select count(*), min(numbered), max(numbered), min(folded), max(folded) from scopes") == (
        *(LANES, last, last, last, last),
    )
    assert ask("select count(distinct number), max(number) from turns where scope = (select min(id) from scopes)") == (
        *(last, last),
    )
    assert ask(f"select min(json_extract(state, '$.memory.folded')) from memories where number = {last}") == (last,)


def test_the_chain_has_no_gap_and_every_link_a_turn(ask: Ask) -> None:
    links = 3 * (ALL + LANES)
    assert ask("select count(*), min(height), max(height) from links") == (links, 1, links)
    assert ask("select count(distinct subject) from links join turns on turns.id = links.subject") == (ALL + LANES,)


def test_nothing_refers_to_what_is_not_there(ask: Ask) -> None:
    assert ask("pragma foreign_key_check") is None
    assert ask("pragma integrity_check") == ("ok",)


def test_copies_follow_each_other_in_time(ask: Ask) -> None:
    assert ask("select count(distinct at) from events") == (ALL + LANES,)
    assert ask(f"select id from turns where event = '{event_name(ALL - 1)}'") == (turn_name(ALL - 1),)
