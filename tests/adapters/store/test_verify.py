"""What is as it was recorded is called so by the check of the whole record, whatever went when its time had come."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from adapters.store.verify import record
from adapters.store.verify.record import verified
from adapters.store.worker import APPLICATION
from safi.errors import StoreUnavailable
from safi.ports.proof import Checked, Head, Proof, Remark
from safi.record import Reset, Restore, fold
from tests.adapters.store.living import Life, changed, copied, first, live, lived, proof
from tests.adapters.store.making import at, ledger
from tests.adapters.store.test_first_schema import FIRST


async def test_a_store_that_nobody_touched_is_valid(tmp_path: Path) -> None:
    await lived(tmp_path / "store.db")
    found = await proof(tmp_path / "store.db")
    assert found.findings == found.remarks == ()
    assert [head.workspace for head in found.heads] == ["away", "home"]
    heights = sum(head.height for head in found.heads)
    assert found.checked == Checked(links=heights, turns=19, gone=1, scopes=3, numbers=23, profiles=2)


async def test_an_empty_store_is_valid(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db"):
        pass
    assert await proof(tmp_path / "store.db") == Proof(checked=Checked(), linked=True)


async def test_a_store_is_checked_while_a_bot_has_it_open_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await live(life)
        assert (await proof(path)).findings == ()
        await life.lived(30, scope="attic")
        assert (await proof(path)).findings == ()


async def test_a_person_can_be_erased_and_the_record_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await live(life)
        await store.hold(held=False, actor="mod", step=fold, at=at(life.minute))
        await store.erase("Ada", workspace=None, actor="Ada", step=fold, at=at(life.minute))
    found = await proof(path)
    assert (found.findings, found.checked.gone) == ((), 18)


async def test_texts_can_expire_and_the_record_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await live(life)
        await store.hold(held=False, actor="mod", step=fold, at=at(life.minute))
        await life.expired(texts=15, ledgers=-1)
    found = await proof(path)
    assert found.findings == ()
    assert 5 < found.checked.gone < 19


async def aged(path: Path) -> Life:
    """A store of which much lay behind a checkpoint, and went; with turns that were not finished then."""
    async with open_store(path) as store:
        life = Life(store)
        await live(life)
        await store.hold(held=False, actor="mod", step=fold, at=at(life.minute))
        await store.give_up("turn-17", "unreadable", fold, at=at(life.minute))
        await life.sent(21)
        await life.sent(22)
        await life.audited(22)
        await life.said(23)
        await life.lived(24, scope="yard", workspace="away")
        await life.checkpoint()
        life.minute += 1
        for _ in ("up to the first checkpoint", "up to the second"):
            await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)
        await life.audited(21)
        await life.lived(25)
        await life.checkpoint()
        await life.lived(26, scope="attic")
        return life


async def test_what_lies_behind_a_checkpoint_can_go_and_the_record_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    life = await aged(path)
    found = await proof(path)
    assert found.findings == ()
    assert [(remark.about, remark.workspace) for remark in found.remarks] == [
        ("checkpoint", "away"),
        ("checkpoint", "home"),
    ]
    written = found.remarks[1].at
    assert written is not None
    assert at(0) < written < at(life.minute)
    assert found.checked.turns < 8


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update turns set detail = '{\"a\":1}' where id = 'turn-23'", "changed"),
        ("update turns set ledger = replace(ledger, '1', '-1') where id = 'turn-22'", "changed"),
        ("update texts set body = '{}' where event = 'event-22' and part = 'reasons'", "other text"),
        ("update events set author = 'Eve' where id = 'event-23'", "other person"),
        ("delete from turns where id = 'turn-23'", "no row"),
        ("update operations set detail = replace(detail, 'a', 'b') where kind = 'checkpoint'", "no checkpoint"),
        ("delete from operations where kind = 'checkpoint'", "no checkpoint"),
        ("update memories set state = replace(state, '0.', '0.0') where scope = 'lobby'", "other memory"),
    ],
)
async def test_what_a_checkpoint_stands_for_is_checked_too(tmp_path: Path, statement: str, problem: str) -> None:
    path = tmp_path / "store.db"
    await aged(path)
    changed(path, statement)
    assert problem in {finding.problem for finding in (await proof(path)).findings}


async def test_a_restore_outlives_the_memory_that_it_went_back_to(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        await life.lived(2)
        await life.checkpoint()
        await life.done(Restore(to=1))
        await life.lived(3)
        life.minute += 1
        await life.expired(texts=-1, ledgers=life.minute, checkpoint=-1)
    assert (await proof(path)).findings == ()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store as the first program left it."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
        connection.execute(f"pragma application_id = {APPLICATION}")
    return path


async def test_a_store_of_the_first_schema_is_valid_once_it_was_adopted(old: Path) -> None:
    async with open_store(old) as store:
        await store.settle("turn-2", ledger(), fold, at=at(6))
        await Life(store, minute=9).lived(7)
    assert (await proof(old)).findings == ()


async def test_a_store_of_an_older_program_is_told(old: Path) -> None:
    with pytest.raises(StoreUnavailable, match="made by an older program: run `safi-bot migrate`"):
        await verified(old)


async def test_a_store_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no store yet"):
        await verified(tmp_path / "store.db")
    assert not (tmp_path / "store.db").exists()


async def test_a_key_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    path.with_suffix(".key").unlink()
    with pytest.raises(StoreUnavailable, match=r"store\.key: is missing"):
        await proof(path)


async def test_a_record_without_chain_and_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    changed(path, "delete from links", "delete from chain_keys")
    path.with_suffix(".key").unlink()
    found = await proof(path)
    assert (found.linked, found.findings[0].problem) == (False, "no chain")


async def test_a_key_of_another_store_is_told_and_no_link_holds_under_it(tmp_path: Path) -> None:
    path, other = tmp_path / "store.db", tmp_path / "other.db"
    await lived(path)
    async with open_store(other):
        pass
    found = await proof(path, key=other.with_suffix(".key"))
    assert [finding.problem for finding in found.findings] == ["another key", "changed", "changed"]
    assert [finding.height for finding in found.findings[1:]] == [1, 1]


async def test_an_erasure_is_linked_where_somebody_only_acted(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        await life.done(Reset(), actor="Cy")
        await store.erase("Cy", workspace="home", actor="mod", step=fold, at=at(life.minute))
    assert (await proof(path)).findings == ()


# --------------------------------------------------------------------------------------------------------------- heads


async def test_heads_that_were_kept_still_stand(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        life = Life(store)
        await life.lived(1)
        heads = (await proof(path)).heads
        await life.lived(2)
    found = await proof(path, heads=heads)
    assert (found.findings, found.remarks, found.checked.compared) == ((), (), 1)


async def test_a_tail_that_was_cut_off_shows_only_beside_a_head(tmp_path: Path) -> None:
    before, after = tmp_path / "store.db", tmp_path / "later"
    async with open_store(before) as store:
        await Life(store).lived(1)
    after.mkdir()
    copied(before, after)
    async with open_store(before) as store:
        await Life(store, minute=5).lived(2)
    heads = (await proof(before)).heads
    assert (await proof(after / "store.db")).findings == ()
    (found,) = (await proof(after / "store.db", heads=heads)).findings
    assert (found.problem, found.workspace, found.height) == ("cut off", "home", heads[0].height)


async def test_a_chain_that_the_keys_owner_made_anew_shows_only_beside_a_head(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    heads = (await proof(path)).heads
    forged = tuple(replace(head, mark="0" * 64) for head in heads)
    found = (await proof(path, heads=forged)).findings
    assert [(finding.problem, finding.workspace) for finding in found] == [("anew", "away"), ("anew", "home")]


async def test_a_head_of_an_unknown_workspace_is_one_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    assert (await first(path, heads=(Head(workspace="gone", height=3, mark="0" * 64),))).problem == "cut off"


async def test_heads_below_a_checkpoint_cannot_be_compared_but_for_the_one_that_it_recorded(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await aged(path)
    (base,) = [remark for remark in (await proof(path)).remarks if remark.workspace == "home"]
    heads = tuple(Head(workspace="home", height=height, mark="0" * 64) for height in (base.height - 2, base.height - 1))
    found = await proof(path, heads=heads)
    assert [(finding.problem, finding.height) for finding in found.findings] == [("anew", base.height - 1)]
    assert Remark(about="incomparable", workspace="home", height=base.height - 2) in found.remarks


# -------------------------------------------------------------------------------------------------------------- damage


async def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:  # rows that the schema does not allow
        connection.execute("pragma writable_schema = on")
        connection.execute("update sqlite_master set sql = replace(sql, 'reason text', 'reason text not null')")
    found = await first(path)
    assert (found.problem, found.detail) == ("damaged", "NULL value in events.reason")


async def test_bytes_that_are_no_text_are_found_and_not_tripped_over(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    changed(path, "update texts set body = cast(x'22ff22' as text) where event = 'event-3' and part = 'draft'")
    assert (await first(path)).problem == "other text"


async def test_who_calls_it_off_does_not_wait_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    await lived(path)
    begun, loop = asyncio.Event(), asyncio.get_running_loop()
    for_ever = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"

    def check(connection: sqlite3.Connection, *_: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        connection.execute(for_ever).fetchall()

    monkeypatch.setattr(record, "check", check)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(verified(path))
        await begun.wait()
        task.cancel()
    assert task.cancelled()
