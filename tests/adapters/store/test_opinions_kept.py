"""Who voted, objected and assigned, and what they wrote: it goes when it expires and when they ask, in backups too."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.store.backup import back_up
from adapters.store.sqlite import open_store
from adapters.store.worker import connect
from safi.ports import Assignment, Votes
from safi.record import fold
from tests.adapters.store import linking
from tests.adapters.store.living import proof
from tests.adapters.store.making import Store, at, audited, delivered, erased, expired, ledger
from tests.adapters.store.restoring import restored

NAME = b"Grace Hopper"
REASON = b"That is not so"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "store.db"


async def opined(store: Store, *, minute: float = 5, author: str = NAME.decode(), number: int = 1) -> None:
    """A vote, an objection and an assignment by somebody."""
    await store.vote(f"turn-{number}", author=author, vote="up", at=at(minute))
    await store.report(f"turn-{number}", author=author, reason=REASON.decode(), at=at(minute))
    await store.assign(Assignment(workspace="home", channel="garden"), actor=author, at=at(minute))


def left(path: Path) -> list[bytes]:
    """What of a person's name and words is left in any byte of a store."""
    held = b"".join(each.read_bytes() for each in sorted(path.parent.iterdir()))
    return [word for word in (NAME, REASON) if word in held]


def persons(path: Path) -> list[object]:
    """Who is named for votes, objections and assignments."""
    query = "select author from votes union all select author from reports union all select actor from assignments"
    return [row["author"] for row in linking.found(path, query)]


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Somebody else who reads the store as it is now."""
    with closing(connect(path, 0)) as other:
        other.execute("begin")
        other.execute("select * from votes").fetchall()
        yield


async def test_names_and_words_expire_and_what_was_counted_stays(path: Path) -> None:
    async with open_store(path) as store:
        await audited(store, 1, ledger(), minute=1)
        await opined(store, minute=5)
        await store.vote("turn-1", author="Ada", vote="down", at=at(7))
        await store.assign(Assignment(workspace="home", channel="garden"), actor="mod-1", at=at(7))
        assert left(path) == [NAME, REASON]
        await expired(store, texts=6, minute=8)
        assert left(path) == []
        assert (await store.votes("turn-1"), await store.reports("turn-1")) == (Votes(up=1, down=1), 1)
        assert persons(path) == [None, "Ada", None, "mod-1"]
    assert (await proof(path)).findings == ()


async def test_a_person_who_asks_is_let_go_of_with_votes_objections_and_the_name(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await opined(store)
        await opined(store, author="Ada")
        await store.assign(Assignment(workspace="home", channel="hall"), actor=NAME.decode(), at=at(5))
        await erased(store, NAME.decode(), minute=9)
        assert left(path) == [REASON]  # which is Ada's too
        assert (await store.votes("turn-1"), await store.reports("turn-1")) == (Votes(up=1), 1)
        assert persons(path) == ["Ada", "Ada", "Ada", ""]
        assert len(await store.assignments()) == 2
    assert len(linking.operations(path, "erase")) == 1
    assert (await proof(path)).findings == ()


async def test_in_one_workspace_only_that_one_lets_go(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await delivered(store, 2, workspace="away", scope="hall", place="hall")
        await opined(store)
        await opined(store, number=2)
        await erased(store, NAME.decode(), workspace="away")
        assert (await store.votes("turn-1"), await store.votes("turn-2")) == (Votes(up=1), Votes())
        assert (await store.reports("turn-1"), await store.reports("turn-2")) == (1, 0)
        await erased(store, NAME.decode(), workspace=None)
        assert persons(path) == [""]


async def test_what_was_said_of_words_that_go_goes_with_them(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await opined(store)
        await erased(store)
        assert left(path) == [NAME]
        assert await store.reports("turn-1") == 1


async def test_under_a_hold_it_waits(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await opined(store)
        await store.hold(held=True, actor="mod-1", step=fold, at=at(6))
        assert (await erased(store, NAME.decode(), minute=7)).queued
        await expired(store, texts=8, minute=8)
        assert await store.votes("turn-1") == Votes(up=1)
        assert left(path) == [NAME, REASON]
        await store.hold(held=False, actor="mod-1", step=fold, at=at(9))
        assert left(path) == []
    assert (await proof(path)).findings == ()


async def test_a_backup_that_is_restored_lets_go_again(path: Path, tmp_path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await opined(store)
        back_up(path, tmp_path / "backup.db")
        await erased(store, NAME.decode(), minute=6)
        await opined(store, minute=7)
    made = restored(tmp_path / "backup.db", path)
    assert made.erased == 1
    assert persons(path) == [""]
    async with open_store(path) as store:
        assert await store.votes("turn-1") == Votes()
    assert (await proof(path)).findings == ()


async def test_what_came_after_an_erasure_is_kept_in_a_restored_backup(path: Path, tmp_path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)
        await erased(store, NAME.decode(), minute=6)
        await opined(store, minute=7)
        back_up(path, tmp_path / "backup.db")
    assert restored(tmp_path / "backup.db", path).erased == 0
    assert persons(path) == [NAME.decode()] * 3


async def test_names_that_another_reader_holds_in_the_journal_go_at_the_next_look(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1, minute=8)
        await opined(store)
        await store.assign(Assignment(workspace="home", channel="garden"), actor="", at=at(7))
        with reading(path):
            await expired(store, texts=6, minute=9)
            assert left(path) == [NAME, REASON]
        await expired(store, texts=6, minute=10)
        assert left(path) == []
