"""A store as the first schema wrote it opens with today's program, takes part in everything, and has lost nothing."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.schema import shipped
from adapters.store.sqlite import SQLiteStore, open_store
from adapters.store.worker import APPLICATION
from safi.ports import Call, Spent, TurnRecord
from safi.record import State, fold
from safi.spirit import Memory
from safi.usage import Usage
from tests.adapters.store.making import BY_PATTERN, YES, answer, at, delivered, event, ledger, recovered

FIRST = Path(__file__).with_name("first_schema.sql")
"""What the first program wrote: a turn audited, one owed, one suppressed, one unsent, and an event without a turn."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of a store as that program left it."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
        connection.execute(f"pragma application_id = {APPLICATION}")
    return path


async def turn(store: SQLiteStore, number: int) -> TurnRecord:
    """A turn that must be there."""
    record = await store.turn(f"turn-{number}")
    assert record is not None
    return record


async def test_it_is_brought_up_to_date(old: Path) -> None:
    async with open_store(old):
        pass
    with closing(sqlite3.connect(old)) as connection:
        versions = [version for (version,) in connection.execute("select version from migrations order by version")]
    assert versions == [migration.version for migration in shipped()]


async def test_every_turn_is_there_with_what_was_known_of_it(old: Path) -> None:
    drafting = Usage(model="scripted:a", seconds=0.25, input_tokens=12)
    judging = Usage(model="scripted:b", seconds=1.5, output_tokens=7)
    async with open_store(old) as store:
        for number, outcome in ((1, YES), (2, YES), (3, BY_PATTERN), (4, YES)):
            asked = event(number, minute=number)
            made = replace(answer(asked, outcome), drafting=drafting, judging=judging)
            assert (await turn(store, number)).turn == made
        assert [(await turn(store, number)).number for number in (1, 2, 3, 4)] == [1, 2, None, None]


async def test_an_old_ledger_is_there_with_what_it_took(old: Path) -> None:
    usage = Usage(model="scripted:c", seconds=2.0, input_tokens=9, output_tokens=3)
    async with open_store(old) as store:
        assert (await turn(store, 1)).ledger == replace(ledger(1, None), usage=usage)


async def test_memory_conversation_and_figures_are_what_they_were(old: Path) -> None:
    memory = Memory(values=("kindness", "honesty"), mu=(0.09999999999999998, 0), a=(0.09999999999999998, 0), folded=1)
    async with open_store(old) as store:
        assert await store.state("lobby") == State(memory=memory)
        assert [exchange.id for exchange in await store.conversation("lobby", limit=9)] == [
            "turn-1",
            "turn-2",
            "turn-3",
        ]
        assert await store.enforced("lobby", last=9) == {"no-insults": 1}
        assert await store.audits_owed() == 1


async def test_it_goes_on_where_it_was(old: Path) -> None:
    async with open_store(old) as store:
        assert await recovered(store) == (event(5),)
        assert [landed.number for landed in await store.settle("turn-2", ledger(), fold, at=at(6))] == [2]
        assert await store.spent(since=at(0)) == Spent()
        store.note(Call(at=at(7), role="will", fate="answered", usage=Usage(model="scripted:b", seconds=1, cost=0.5)))
        await delivered(store, 6, minute=7)
        assert (await turn(store, 6)).number == 3
        assert await store.spent(since=at(7)) == Spent(cost=0.5, calls=1)
