"""The contracts of Assignments, Opinions and Notes, for every store: kept, found again, and in place of what was."""

from pathlib import Path

import pytest

from safi.errors import InvalidValue
from safi.ledger import Ledger
from safi.ports import Agreement, Assignment, Vote, Votes
from safi.record import fold
from tests.adapters.store.making import (
    Opening,
    Store,
    at,
    audited,
    committed,
    delivered,
    event,
    every_store,
    expired,
    ledger,
)

GARDEN = Assignment(workspace="home", channel="garden", persona="sage")
LOBBY = Assignment(workspace="home", channel="lobby", paused=True)


async def voted(store: Store, number: int, *votes: Vote) -> None:
    """Votes of as many members on a turn."""
    for member, vote in enumerate(votes):
        await store.vote(f"turn-{number}", author=f"member {member}", vote=vote, at=at(0))


@every_store
async def test_who_answers_where_outlives_the_program(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        assert list(await store.assignments()) == []
        await store.assign(LOBBY, actor="mod-1", at=at(1))
        await store.assign(GARDEN, actor="mod-1", at=at(2))
    async with opening(tmp_path / "store.db") as store:
        assert list(await store.assignments()) == [GARDEN, LOBBY]


async def test_the_last_word_on_a_channel_counts(store: Store) -> None:
    await store.assign(GARDEN, actor="mod-1", at=at(1))
    last = Assignment(workspace="home", channel="garden")
    await store.assign(last, actor="mod-2", at=at(0))
    elsewhere = Assignment(workspace="away", channel="garden", persona="friend", paused=True)
    await store.assign(elsewhere, actor="mod-2", at=at(0))
    assert list(await store.assignments()) == [elsewhere, last]


async def test_votes_are_counted_one_a_member(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await voted(store, 1, "up", "down", "up")
    await voted(store, 1, "down")
    assert (await store.votes("turn-1"), await store.votes("turn-2")) == (Votes(up=1, down=2), Votes())


async def test_a_vote_can_be_taken_back_and_given_anew(store: Store) -> None:
    await delivered(store, 1)
    await voted(store, 1, "up", "up")
    for _ in range(2):
        await store.vote("turn-1", author="member 0", vote=None, at=at(1))
    assert await store.votes("turn-1") == Votes(up=1)
    await voted(store, 1, "down")
    assert await store.votes("turn-1") == Votes(up=1, down=1)


async def test_a_member_objects_once_to_each_answer(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    assert await store.report("turn-1", author="Grace", reason="It is wrong.", at=at(1))
    assert not await store.report("turn-1", author="Grace", reason="It is wrong!", at=at(2))
    assert await store.report("turn-1", author="Ada", reason="", at=at(2))
    assert await store.report("turn-2", author="Grace", reason="\0 \ud800", at=at(2))
    assert (await store.reports("turn-1"), await store.reports("turn-2"), await store.reports("turn-3")) == (2, 1, 0)


async def test_nobody_has_an_opinion_of_a_turn_that_is_not_there(store: Store) -> None:
    for vote in ("up", None):
        with pytest.raises(InvalidValue, match="turn turn-1: was never committed"):
            await store.vote("turn-1", author="Ada", vote=vote, at=at(0))
    with pytest.raises(InvalidValue, match="turn turn-1: was never committed"):
        await store.report("turn-1", author="Ada", reason="", at=at(0))
    assert await store.votes("turn-1") == Votes()


@pytest.mark.parametrize(
    ("found", "votes", "expected"),
    [
        (ledger(1, 1), ("up",), Agreement(rated=1, agreed=1)),
        (ledger(1, 1), ("down", "down", "up"), Agreement(rated=1, agreed=0)),
        (ledger(-1, -1), ("down",), Agreement(rated=1, agreed=1)),
        (ledger(-1, -1), ("up",), Agreement(rated=1, agreed=0)),
        (ledger(1, -0.5), ("up",), Agreement(rated=1, agreed=1)),  # a coherence of 5.5 speaks for the answer
        (ledger(1, 1), ("up", "down"), Agreement()),  # as many one way as the other
        (ledger(1, 1), (), Agreement()),
        (ledger(None, None), ("up",), Agreement()),  # nothing was scored
    ],
)
async def test_members_and_conscience_agree_or_do_not(
    store: Store, found: Ledger, votes: tuple[Vote, ...], expected: Agreement
) -> None:
    await audited(store, 1, found)
    await voted(store, 1, *votes)
    assert await store.agreement("lobby") == expected


async def test_agreement_is_of_one_scope_and_of_audited_turns(store: Store) -> None:
    for number, scope in ((1, "lobby"), (2, "lobby"), (3, "garden")):
        await audited(store, number, ledger(1, 1), scope=scope)
        await voted(store, number, "up")
    await delivered(store, 4)
    await voted(store, 4, "up")
    await voted(store, 2, "down")
    assert await store.agreement("lobby") == Agreement(rated=2, agreed=1)
    assert await store.agreement("garden") == Agreement(rated=1, agreed=1)
    assert await store.agreement("hall") == Agreement()


@every_store
async def test_notes_outlive_the_program_and_each_other(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        assert await store.noted("tree") is None
        await store.jot("tree", "abc")
        await store.jot("panel", "\0 \ud800")
    async with opening(tmp_path / "store.db") as store:
        await store.jot("tree", "def")
        assert (await store.noted("tree"), await store.noted("panel")) == ("def", "\0 \ud800")


async def test_a_turn_is_found_by_any_message_of_its_answer(store: Store) -> None:
    turn = await committed(store, 1)
    assert await store.posted("lobby", "posted-1") is None
    await store.deliver(turn.id, message_id="posted-1", more=["more-1", "more-2"], at=at(1))
    await store.deliver(turn.id, message_id="other", more=["another"], at=at(2))
    record = await store.turn(turn.id)
    for message_id in ("posted-1", "more-1", "more-2"):
        assert await store.posted("lobby", message_id) == record
    assert record is not None
    assert record.message_id == "posted-1"
    for place, message_id in (("lobby", "asked-1"), ("garden", "posted-1"), ("lobby", "other"), ("lobby", "another")):
        assert await store.posted(place, message_id) is None


async def test_an_id_that_a_platform_gave_again_is_the_later_ones(store: Store) -> None:
    for number in (1, 2, 3):
        turn = await committed(store, number, minute=number)
        await store.deliver(turn.id, message_id="first", more=["second"], at=at(number))
    for message_id in ("first", "second"):
        record = await store.posted("lobby", message_id)
        assert record is not None
        assert record.turn.id == "turn-3"


async def test_what_a_scope_owes_is_listed_longest_first(store: Store) -> None:
    for number, minute in ((1, 5), (2, 3), (3, 4)):
        turn = await committed(store, number)
        await store.deliver(turn.id, message_id=f"posted-{number}", at=at(minute))
    await delivered(store, 4, scope="garden")
    await audited(store, 5, ledger())
    await store.claim(at=at(9), until=at(99))
    owed = await store.owed("lobby", limit=9)
    assert [record.turn.id for record in owed] == ["turn-2", "turn-3", "turn-1"]
    assert list(await store.owed("lobby", limit=1)) == [owed[0]]
    assert list(await store.owed("hall", limit=9)) == []


@every_store
async def test_opinions_and_posts_go_with_their_turns(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        turn = await committed(store, 1)
        await store.deliver(turn.id, message_id="posted-1", more=["more-1"], at=at(1))
        await store.settle(turn.id, ledger(), fold, at=at(2))
        await voted(store, 1, "up")
        await store.report("turn-1", author="Ada", reason="It is wrong.", at=at(2))
        await expired(store, checkpoint=3, minute=3)
        gone = await expired(store, texts=9, ledgers=9, checkpoint=9, minute=9)
        assert gone.turns == 1
        assert await store.posted("lobby", "more-1") is None
        assert (await store.votes("turn-1"), await store.reports("turn-1")) == (Votes(), 0)
        assert await store.agreement("lobby") == Agreement()
        await store.withdraw("lobby", "asked-1", at=at(9))
        assert await store.accept(event(1))
