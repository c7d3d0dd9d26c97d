"""A store as the fourth schema wrote it, with its chain: it opens behind a copy, holds what it held, and is proved."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store.keys import key_file
from adapters.store.schema import shipped
from adapters.store.sqlite import open_store
from adapters.store.worker import APPLICATION
from safi.ports import LeftOver, Unsent
from tests.adapters.store import linking
from tests.adapters.store.living import proof
from tests.adapters.store.making import COACHINGS, LATER, PROFILE, answer, at, event

FOURTH = Path(__file__).with_name("fourth_schema.sql")
"""What the fourth program wrote: a turn audited, one owed, one held back, one unsent, one erased, and an open event."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of a store as that program left it, with its key."""
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(FOURTH.read_text(encoding="utf-8"))
        connection.execute(f"pragma application_id = {APPLICATION}")
    key_file(path).touch(mode=0o600)
    key_file(path).write_text("6b" * 32, encoding="ascii")
    return path


async def test_it_is_brought_up_to_date_behind_a_copy_and_proved(old: Path) -> None:
    async with open_store(old):
        pass
    assert linking.found(
        old.with_name(f"store.db.before-v{len(shipped())}"), "select max(version) as last from migrations"
    ) == [{"last": 4}]
    assert linking.found(old, "select max(version) as last from migrations") == [{"last": len(shipped())}]
    proved = await proof(old)
    assert (proved.findings, proved.checked.links, proved.checked.turns) == ((), 14, 5)


async def test_its_answers_are_found_by_what_their_platform_calls_them(old: Path) -> None:
    async with open_store(old) as store:
        for number, place in ((1, "lobby"), (2, "lobby"), (3, "lobby"), (5, "yard")):
            record = await store.posted(place, f"posted-{number}")
            assert record is not None
            assert (record.turn.id, record.event.replies_to) == (f"turn-{number}", None)
            assert [each.id for each in await store.replied(place, f"asked-{number}", limit=9)] == (
                [f"turn-{number}"] if number < 5 else []
            )


async def test_what_it_did_not_send_is_left_over(old: Path) -> None:
    asked = event(4, minute=6, author="Bob")
    unsent = Unsent(event=asked, turn=answer(asked, coaching=COACHINGS["coached"]), profile=PROFILE, at=at(6))
    async with open_store(old) as store:
        left = await store.recover(unsent_since=lambda _: at(6), at=LATER)
        assert left == LeftOver(events=(event(6, minute=9),), unsent=(unsent,))
    assert (await proof(old)).findings == ()
