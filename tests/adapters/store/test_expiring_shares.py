"""What goes by its age goes in shares that do not grow with the store, so that nobody else waits for long."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.store import keeping
from adapters.store.rows import micros, moment
from adapters.store.sqlite import open_store
from adapters.store.verify.record import verified
from safi.ports import Call, Expired
from safi.record import fold
from safi.usage import Usage
from tests.adapters.store import linking
from tests.adapters.store.making import Store, at, audited, delivered, event, expired, ledger

MONTH = 31 * 24 * 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[Store]:
    async with open_store(file) as store:
        yield store


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    monkeypatch.setattr(keeping, "LINKS", 6)


def many(file: Path, query: str) -> int:
    """How many a query finds."""
    return len(linking.found(file, query))


@pytest.mark.usefixtures("_few")
async def test_a_checkpoint_is_due_before_its_time_where_much_was_linked_since(sqlite: Store, file: Path) -> None:
    for number, minute in ((1, 900), (2, 12), (3, 13), (4, 14), (5, 15)):  # the clock is set back after the first
        await audited(sqlite, number, ledger(), minute=minute)
        assert await expired(sqlite, minute=minute) in (Expired(), Expired(more=True))
    written = linking.found(file, "select at from operations where kind = 'checkpoint' order by rowid")
    assert [moment(row["at"]) for row in written] == [at(900), at(13), at(15)]
    assert (await verified(file)).findings == ()


async def test_one_workspace_after_the_other_gets_its_checkpoint_and_lets_go_of_what_is_behind(
    sqlite: Store, file: Path
) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    await sqlite.give_up("turn-1", "unreadable", fold, at=at(1))
    await sqlite.give_up("turn-2", "unreadable", fold, at=at(1))
    written = [await expired(sqlite, checkpoint=5, minute=5) for _ in range(3)]
    assert written == [Expired(more=True), Expired(more=True), Expired()]
    for left in (Expired(turns=1, more=True), Expired(turns=1, more=True), Expired()):
        assert await expired(sqlite, ledgers=900, minute=900) == left
        assert (await verified(file)).findings == ()
    assert many(file, "select id from turns") == 0


async def test_where_nothing_but_links_goes_there_may_be_more_behind_it(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    for minute in (5, 6, 7):
        await expired(sqlite, checkpoint=minute, minute=minute)
    shares = [await expired(sqlite, ledgers=900, minute=900) for _ in range(4)]
    assert shares == [Expired(turns=1, more=True), Expired(more=True), Expired(more=True), Expired()]
    assert linking.links(file) == ["operation"] * 4


@pytest.mark.usefixtures("_few")
async def test_accounts_go_a_few_at_once_the_oldest_first(sqlite: Store, file: Path) -> None:
    for minute in (5, 1, 4, 2, 3, 6, 9):
        sqlite.note(Call(at=at(minute), role="will", fate="answered", usage=Usage(model="m", seconds=1)))
    left = [7]
    while left[-1] > 1 and len(left) < 9:
        more = (await expired(sqlite, ledgers=7, minute=MONTH + 7)).more
        left.append(many(file, "select at from calls"))
        assert more is (left[-2] - left[-1] >= keeping.AT_ONCE)
    assert left == [7, 4, 1]
    assert many(file, f"select at from calls where at = {micros(at(9))}") == 1


@pytest.mark.usefixtures("_few")
async def test_messages_without_a_turn_go_a_few_at_once_the_oldest_first(sqlite: Store, file: Path) -> None:
    for number in range(1, 6):
        await sqlite.accept(event(number, minute=6 - number))
        await sqlite.dismiss(event(number), "ignored", "not for us")
    for _ in range(3):
        await expired(sqlite, texts=9, minute=9)
    assert await expired(sqlite, texts=9, ledgers=9, minute=9) == Expired(more=True)
    assert [row["id"] for row in linking.found(file, "select id from events order by id")] == [
        "event-1",
        "event-2",
        "event-3",
    ]


@pytest.mark.usefixtures("_few")
async def test_who_voted_and_objected_go_a_few_at_once_the_oldest_first(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    for minute in (3, 1, 2, 5, 4):
        await sqlite.vote("turn-1", author=f"member-{minute}", vote="up", at=at(minute))
        await sqlite.report("turn-1", author=f"member-{minute}", reason="Off.", at=at(minute))
    await expired(sqlite, minute=9)  # a checkpoint
    for named in (["member-3", "member-4", "member-5"], ["member-5"], []):
        more = (await expired(sqlite, texts=9, minute=9)).more
        for table in ("votes", "reports"):
            query = f"select author from {table} where author is not null order by author"
            assert [row["author"] for row in linking.found(file, query)] == named
        assert more or not named
    assert await expired(sqlite, texts=9, minute=9) == Expired()
