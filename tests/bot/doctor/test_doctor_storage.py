"""What the doctor says of a store that others changed: in its schema, or in what its indexes hold."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.checkup import look
from adapters.store.schema import Foreign, migrate, shipped
from adapters.store.sqlite import open_store
from adapters.store.worker import connect
from bot.doctor import storage
from bot.doctor.finding import Finding
from tests.adapters.store.making import delivered
from tests.adapters.store.staling import stale


async def told(path: Path, *statements: str) -> list[Finding]:
    """What is found in a store after somebody's statements."""
    async with open_store(path) as store:
        await delivered(store, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return list(storage.findings(path, look(path, lambda: False)))


@pytest.mark.parametrize(
    ("statement", "state", "sentence"),
    [
        (
            "create trigger t after insert on texts begin select 1; end",
            "problem",
            "It has a part that this program did not make, trigger t.",
        ),
        ("create table t (x)", "warning", "It has a part that this program did not make, table t."),
        ("drop index turns_counted", "problem", "It lacks its index turns_counted."),
        ("alter table notes add column x", "problem", "Its table notes is not as this program made it."),
    ],
)
async def test_a_schema_that_others_changed_is_told(tmp_path: Path, statement: str, state: str, sentence: str) -> None:
    (found,) = [each for each in await told(tmp_path / "store.db", statement) if each.subject == "parts"]
    assert (found.state, found.sentence) == (state, sentence)
    assert found.remedy


def test_a_schema_of_an_older_program_is_nobodys_doing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(connect(path, patience=0)) as connection:
        migrate(connection, shipped()[:3], store="it")
    found = storage.findings(path, look(path, lambda: False))
    assert [each.subject for each in found] == ["", "integrity", "space"]


async def test_what_an_index_holds_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await told(path)
    stale(path)
    (found,) = [each for each in storage.findings(path, look(path, lambda: False)) if each.subject == "integrity"]
    assert (found.state, found.sentence) == ("problem", "It is damaged: row 1 missing from index turns_counted.")


def test_a_part_acts_unless_it_only_lies_there() -> None:
    kinds = ("table", "index", "view", "trigger", "object")
    assert [Foreign(how="extra", kind=kind, name="x").acts for kind in kinds] == [False, False, True, True, True]
    assert Foreign(how="missing", kind="index", name="x").acts
