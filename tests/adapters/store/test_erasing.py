"""A person who asks is erased: words, answers and name, out of the file itself; the chain stays valid."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import keeping, keys
from adapters.store.forgotten import Forgotten, beside
from adapters.store.rows import GONE, micros, unpacked
from adapters.store.sqlite import SQLiteStore, open_store
from adapters.store.worker import connect
from safi.errors import StoreUnavailable
from safi.ports import Erased
from safi.record import Audited, Baseline, Freeze, State, fold
from safi.turn import Draft, Failed
from tests.adapters.store import linking
from tests.adapters.store.making import (
    PROFILE,
    YES,
    Opening,
    Store,
    answer,
    at,
    audited,
    delivered,
    erased,
    event,
    every_store,
    expired,
    ledger,
    operated,
    recovered,
)

WORDS = (b"Ada Lovelace", b"member-1", b"Question", b"Start with three chords", b"harmless", b"It shows")
"""What is known of Ada in a store where nobody else spoke."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def sqlite(file: Path) -> AsyncIterator[SQLiteStore]:
    async with open_store(file) as store:
        yield store


def forgotten(file: Path) -> Forgotten:
    """The list of the erased beside a store's key."""
    return beside(keys.key_file(file))


def person(file: Path, author: str = "Ada Lovelace", workspace: str = "home") -> str:
    """A person as that list has them."""
    return keeping.pseudonym(keys.read(keys.key_file(file)), workspace, author)


def everywhere(file: Path) -> bytes:
    """All bytes of a store and of what lies beside it."""
    return b"".join(each.read_bytes() for each in sorted(file.parent.iterdir()))


async def test_words_that_another_reader_holds_in_the_journal_go_at_the_next_look(
    sqlite: SQLiteStore, file: Path
) -> None:
    await audited(sqlite, 1, ledger())
    with closing(connect(file, 0)) as other:
        other.execute("begin")
        other.execute("select * from events").fetchall()
        await erased(sqlite)
        assert WORDS[0] in everywhere(file)
    await expired(sqlite)
    assert [word for word in WORDS if word in everywhere(file)] == []


async def test_words_answers_and_who_said_them_go_and_scores_stay(store: Store) -> None:
    await audited(store, 1, ledger())
    before = await store.turn("turn-1")
    assert await erased(store) == Erased(events=1)
    after = await store.turn("turn-1")
    assert before is not None
    assert after is not None
    assert (after.event.text, after.event.author, after.event.speaker) == (GONE, "", "someone")
    assert getattr(after.turn.outcome, "draft", None) == Draft(text=GONE)
    assert (after.number, after.fate, after.reading) == (1, "folded", before.reading)
    assert await store.conversation("lobby", limit=9) == ()
    assert await store.state("lobby") == fold(State(), Audited(profile=PROFILE, ledger=ledger())).state


async def test_others_keep_their_words(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, author="Grace")
    assert await erased(store) == Erased(events=1)
    assert [exchange.id for exchange in await store.conversation("lobby", limit=9)] == ["turn-2"]


async def test_in_one_workspace_only_that_one_forgets(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, workspace="away", scope="hall", place="hall")
    assert await erased(store, workspace="away") == Erased(events=1)
    assert len(await store.conversation("lobby", limit=9)) == 1
    assert await store.conversation("hall", limit=9) == ()


async def test_in_all_workspaces_all_forget(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, workspace="away", scope="hall", place="hall")
    assert await erased(store, workspace=None) == Erased(events=2)
    assert await store.conversation("lobby", limit=9) == await store.conversation("hall", limit=9) == ()


async def test_an_audit_that_is_owed_becomes_a_hole_and_folding_goes_on(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, author="Grace")
    await store.settle("turn-2", ledger(-1), fold, at=at(1))
    await erased(store)
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.audit, record.fate, record.hole_reason) == ("abandoned", "hole", "erased")
    assert (await store.state("lobby")).memory.folded == 1
    assert await store.audits_owed() == 0


@every_store
async def test_a_message_that_waits_for_its_turn_is_not_answered_after_a_restart(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening(tmp_path / "store.db") as store:
        await store.accept(event(1))
        assert await erased(store) == Erased(events=1)
        assert not await store.accept(event(1))
    async with opening(tmp_path / "store.db") as store:
        assert await recovered(store) == ()
    rows = linking.found(tmp_path / "store.db", "select outcome, reason from events")
    assert [(row["outcome"], unpacked(row["reason"])) for row in rows] == [("failed", "erased")]


async def test_a_message_whose_turn_is_under_way_is_answered_and_nothing_of_it_stays(sqlite: Store, file: Path) -> None:
    asked = event(1)
    await sqlite.accept(asked)
    await erased(sqlite)
    await sqlite.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(2))
    assert await sqlite.deliver("turn-1", message_id="posted", at=at(3)) is None
    record = await sqlite.turn("turn-1")
    assert record is not None
    assert (record.delivery, record.message_id, record.audit) == ("delivered", "posted", None)
    assert record.event.text == GONE
    assert await sqlite.audits_owed() == 0
    assert linking.found(file, "select * from texts") == []
    assert linking.broken(file) == []


async def test_an_answer_that_is_being_sent_takes_no_number(store: Store) -> None:
    asked = event(1)
    await store.accept(asked)
    await store.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(0))
    await erased(store)
    assert await store.deliver("turn-1", message_id="posted", at=at(1)) is None
    await delivered(store, 2, author="Grace")
    assert [record.number for record in await store.turns("lobby", limit=9)] == [1, None]


async def test_a_message_that_got_no_answer_goes_too(store: Store) -> None:
    await store.accept(event(1))
    await store.dismiss(event(1), "limited", "too many")
    await delivered(store, 2, Failed(cause="answer_empty", detail="nothing came"))
    assert await erased(store) == Erased(events=2)


async def test_no_byte_of_the_words_is_left_beside_those_of_others(sqlite: Store, file: Path) -> None:
    for number in range(1, 60):
        author = "Grace" if number % 3 else "Ada Lovelace"
        asked = event(number, author=author, text=f"{author} asks for number {number} " * (1 + 40 * (number % 7)))
        await sqlite.accept(asked)
        await sqlite.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(number))
        await sqlite.deliver(f"turn-{number}", message_id=f"posted-{number}", at=at(number))
    assert everywhere(file).count(b"Ada Lovelace") > 19
    assert await erased(sqlite) == Erased(events=19)
    assert b"Ada Lovelace" not in everywhere(file)
    assert b"Grace asks for number 1 " in everywhere(file)
    assert linking.broken(file) == []


async def test_no_byte_of_an_audited_conversation_is_left(sqlite: Store, file: Path) -> None:
    await audited(sqlite, 1, ledger())
    await delivered(sqlite, 2)
    assert [word for word in WORDS if word not in everywhere(file)] == []
    await erased(sqlite)
    assert [word for word in WORDS if word in everywhere(file)] == []


async def test_what_was_done_by_whoever_is_erased_stays_without_the_name(sqlite: Store, file: Path) -> None:
    await operated(sqlite, Freeze(), actor="Ada Lovelace")
    await operated(sqlite, Baseline(), actor="Grace")
    assert await erased(sqlite, actor="Ada Lovelace") == Erased(events=0)
    assert [done.actor for done in await sqlite.operations("lobby", limit=9)] == ["Grace", ""]
    assert b"Ada Lovelace" not in everywhere(file)
    assert set(forgotten(file).known()) == {person(file)}
    (done,) = linking.operations(file, "erase")
    assert unpacked(done["detail"]) == {"person": person(file), "events": 0, "acts": 1}
    assert linking.broken(file) == []


async def test_the_erasure_is_recorded_with_who_did_it_and_no_name(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, workspace="away", scope="hall", place="hall")
    await erased(sqlite, workspace=None, minute=5)
    done = linking.operations(file, "erase")
    assert {(one["workspace"], one["actor"], one["scope"], one["number"]) for one in done} == {
        ("home", "mod-1", None, None),
        ("away", "mod-1", None, None),
    }
    details = {one["workspace"]: unpacked(one["detail"]) for one in done}
    assert details == {
        name: {"person": person(file, workspace=name), "events": 1, "acts": 0} for name in ("home", "away")
    }


async def test_whoever_erases_themselves_is_not_named_for_it(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await erased(sqlite, actor="Ada Lovelace")
    assert [one["actor"] for one in linking.operations(file, "erase")] == [""]


async def test_erasing_twice_or_somebody_unknown_changes_nothing(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await erased(sqlite)
    before = linking.links(file)
    assert await erased(sqlite) == Erased()
    assert await erased(sqlite, "Grace", workspace=None) == Erased()
    assert linking.links(file) == before


async def test_what_expired_before_belongs_to_nobody(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1, minute=1)
    await expired(sqlite, texts=2, minute=3)
    assert await erased(sqlite) == Erased()
    assert list(forgotten(file).known()) == [person(file)]  # for the backups that still have the words


async def test_the_list_of_the_erased_knows_them_before_anything_goes(sqlite: SQLiteStore, file: Path) -> None:
    await delivered(sqlite, 1)
    forgotten(file).file.mkdir()
    with pytest.raises(StoreUnavailable, match=r"store\.key\.erased"):
        await erased(sqlite)
    assert len(await sqlite.conversation("lobby", limit=9)) == 1
    assert linking.operations(file, "erase") == []


async def test_the_list_holds_each_erasure_with_its_time_and_no_names(sqlite: Store, file: Path) -> None:
    await delivered(sqlite, 1)
    await delivered(sqlite, 2, author="Grace")
    await erased(sqlite, minute=4)
    await delivered(sqlite, 3)
    await erased(sqlite, minute=4)
    await erased(sqlite, "Grace", minute=5)
    lines = forgotten(file).file.read_text(encoding="ascii").splitlines()
    assert lines == [f"{person(file)} {micros(at(4))}", f"{person(file, 'Grace')} {micros(at(5))}"]
    assert forgotten(file).file.stat().st_mode & 0o777 == 0o600


def test_a_person_is_another_in_each_workspace_and_under_each_key(tmp_path: Path) -> None:
    mine, other = (keys.Chain(key=bytes([number]) * 32) for number in (1, 2))
    persons = [keeping.pseudonym(chain, name, "Ada") for chain in (mine, other) for name in ("home", "away")]
    assert len(set(persons)) == 4
    assert keeping.pseudonym(mine, "home", "Ada") == persons[0]


async def test_the_memory_of_an_answer_is_not_changed_by_its_erasure(store: Store) -> None:
    await audited(store, 1, ledger())
    before = await store.state("lobby")
    await erased(store)
    await audited(store, 2, ledger(-1))
    assert await store.state("lobby") == fold(before, Audited(profile=PROFILE, ledger=ledger(-1))).state
    record = await store.turn("turn-2")
    assert record is not None
    assert record.turn.outcome == YES
