"""What somebody changed beside the record is found as well: the schema, indexes, texts of nobody, idle scopes."""

import asyncio
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from safi.ports.proof import Finding
from tests.adapters.store.living import Life, changed, copied, first, lived, proof
from tests.adapters.store.staling import stale


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is valid."""
    path = tmp_path_factory.mktemp("untouched") / "store.db"
    asyncio.run(lived(path))
    return path


@pytest.fixture
def path(untouched: Path, tmp_path: Path) -> Path:
    """A copy of it, with its key."""
    return copied(untouched, tmp_path)


@pytest.mark.parametrize(
    ("statements", "problem", "detail"),
    [
        (["create trigger t after delete on texts begin select 1; end"], "put in", "trigger t"),
        (["create table shadow as select * from texts"], "put in", "table shadow"),
        (["create index i on texts (body)"], "put in", "index i"),
        (["create view v as select 1"], "put in", "view v"),
        (["drop view records", "create view records as select * from turns"], "remade", "view records"),
        (["drop view records"], "taken out", "view records"),
        (["drop index turns_counted"], "taken out", "index turns_counted"),
        (["drop table calls"], "taken out", "table calls"),
        (["drop table links"], "taken out", "table links"),
        (["drop table migrations"], "taken out", "table migrations"),
        (["alter table notes add column x"], "remade", "table notes"),
        (["delete from migrations"], "migrations", ""),
        (["delete from migrations where version > 3"], "migrations", ""),
        (["update migrations set name = 'begin' where version = 1"], "migrations", ""),
        (["update migrations set checksum = x'00' where version = 1"], "migrations", ""),
    ],
)
async def test_a_schema_that_somebody_changed_is_found(
    path: Path, statements: list[str], problem: str, detail: str
) -> None:
    changed(path, *statements)
    found = await first(path)
    assert (found.problem, found.detail) == (problem, detail)


async def test_what_was_put_in_is_told_by_its_kind_and_counted(path: Path) -> None:
    changed(path, "create table a (x)", "create table b (x)", "create index c on texts (body)")
    found = (await proof(path)).findings
    assert [(each.detail, each.more) for each in found] == [("table a", 1), ("index c", 0)]


async def test_a_store_of_a_newer_program_is_told(path: Path) -> None:
    changed(path, "insert into migrations values (999, 'later', 'unknown')")
    with pytest.raises(StoreUnavailable, match="a newer program made it"):
        await proof(path)


async def test_a_folder_is_told_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="is a folder: choose the path of a file"):
        await proof(tmp_path)


async def test_an_index_that_holds_something_else_than_its_table_is_damage(path: Path) -> None:
    stale(path)
    (found,) = (await proof(path)).findings
    assert (found.problem, found.detail) == ("damaged", "row 1 missing from index turns_counted")
    assert found.more > 0


async def test_a_text_that_belongs_to_no_message_is_found(path: Path) -> None:
    changed(path, "insert into texts values ('home', 'nowhere', 'draft', '\"?\"', 'salt')")
    assert (await proof(path)).findings == (
        Finding(problem="no event", workspace="home", kind="event", subject="nowhere", detail="draft"),
    )


async def idle(path: Path) -> None:
    """A store in which a scope has been idle since before the checkpoint with which the chain begins."""
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1, scope="attic")
        await life.checkpoint()
        life.minute += 1
        await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)
        await life.lived(2)


async def test_the_workspace_of_an_idle_scope_is_held_against_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await idle(path)
    assert (await proof(path)).findings == ()
    changed(path, "update scopes set workspace = 'away' where id = 'attic'")
    (found,) = (await proof(path)).findings
    assert (found.problem, found.scope, found.detail) == ("counted", "attic", "workspace")


async def test_a_scope_that_a_later_checkpoint_left_out_is_found_when_what_lay_before_has_gone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await idle(path)
    (before,) = (await proof(path)).remarks
    changed(path, "update scopes set workspace = 'away' where id = 'attic'")
    async with open_store(path) as store:
        life = Life(store, minute=60)
        await life.checkpoint()
        life.minute += 1
        await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)
    found = await proof(path)
    assert found.remarks[0].height > before.height
    assert [(each.problem, each.scope) for each in found.findings] == [("counted", "attic")]
