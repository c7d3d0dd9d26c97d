"""The contract of Journal, for every store: an event, its one outcome, its turn and its delivery."""

from dataclasses import replace
from pathlib import Path

import pytest

from safi.errors import InvalidValue
from safi.profile import digest
from safi.record import fold
from safi.turn import Outcome
from tests.adapters.store.making import (
    NO,
    OTHER,
    OUTCOMES,
    PROFILE,
    SILENT,
    UNSURE,
    YES,
    Opening,
    Store,
    answer,
    at,
    committed,
    delivered,
    event,
    every_store,
    ledger,
    recovered,
)


async def test_an_event_is_accepted_once(store: Store) -> None:
    assert await store.accept(event(1))
    assert not await store.accept(event(1))


async def test_an_event_is_known_by_its_id_and_by_its_message(store: Store) -> None:
    await store.accept(event(1))
    assert not await store.accept(replace(event(2), id="event-1"))
    assert not await store.accept(replace(event(2), message_id="asked-1"))
    assert await recovered(store) == (event(1),)


async def test_ids_are_names_within_a_workspace_and_messages_within_a_place(store: Store) -> None:
    await store.accept(event(1))
    assert await store.accept(replace(event(1), workspace="elsewhere"))
    assert await store.accept(replace(event(2, place="garden"), message_id="asked-1"))


async def test_a_dismissed_event_is_done_with(store: Store) -> None:
    await store.accept(event(1))
    await store.dismiss(event(1), "ignored", "a greeting")
    assert await recovered(store) == ()


async def test_an_event_keeps_the_outcome_it_has(store: Store) -> None:
    turn = await committed(store, 1)
    await store.dismiss(event(1), "failed", "interrupted")
    record = await store.turn(turn.id)
    assert record is not None
    assert record.turn == turn


async def test_a_dismissed_event_gets_no_turn(store: Store) -> None:
    await store.accept(event(1))
    await store.dismiss(event(1), "limited", "too many")
    with pytest.raises(InvalidValue, match="event-1: was never accepted, or has an outcome already"):
        await store.commit(event(1), answer(event(1)), profile=PROFILE, scope="lobby", at=at(0))
    assert await store.turn("turn-1") is None


async def test_an_event_gets_one_turn(store: Store) -> None:
    turn = await committed(store, 1)
    with pytest.raises(InvalidValue, match="has an outcome already"):
        await store.commit(event(1), replace(turn, id="again"), profile=PROFILE, scope="lobby", at=at(0))
    assert [record.turn.id for record in await store.turns("lobby", limit=9)] == ["turn-1"]


async def test_a_turn_needs_an_accepted_event(store: Store) -> None:
    with pytest.raises(InvalidValue, match="never accepted"):
        await store.commit(event(1), answer(event(1)), profile=PROFILE, scope="lobby", at=at(0))


async def test_a_turn_must_answer_its_event(store: Store) -> None:
    await store.accept(event(1))
    with pytest.raises(InvalidValue, match="does not answer this event"):
        await store.commit(event(1), answer(event(2)), profile=PROFILE, scope="lobby", at=at(0))
    assert await recovered(store) == (event(1),)


async def test_a_turn_must_be_made_under_the_profile_it_comes_with(store: Store) -> None:
    await store.accept(event(1))
    with pytest.raises(InvalidValue, match="not made under this profile"):
        await store.commit(event(1), answer(event(1)), profile=OTHER, scope="lobby", at=at(0))


async def test_a_committed_turn_is_recorded_and_owes_nothing_yet(store: Store) -> None:
    turn = await committed(store, 1, minute=3)
    record = await store.turn(turn.id)
    assert record is not None
    assert (record.turn, record.profile, record.event, record.scope) == (turn, PROFILE, event(1, minute=3), "lobby")
    assert (record.at, record.delivery, record.message_id, record.number) == (at(3), "committed", None, None)
    assert (record.audit, record.fate, record.hole_reason, record.ledger, record.reading) == (None,) * 5
    assert await store.audits_owed() == 0


async def test_turns_of_several_profiles_come_back_each_with_its_own(store: Store) -> None:
    await committed(store, 1)
    await committed(store, 2)
    await store.accept(event(3))
    await store.commit(event(3), answer(event(3), profile=OTHER), profile=OTHER, scope="lobby", at=at(0))
    profiles = {record.turn.id: record.profile for record in await store.turns("lobby", limit=9)}
    assert profiles == {"turn-1": PROFILE, "turn-2": PROFILE, "turn-3": OTHER}
    assert {record.turn.digest for record in await store.turns("lobby", limit=9)} == {digest(PROFILE), digest(OTHER)}


async def test_delivery_is_recorded(store: Store) -> None:
    await delivered(store, 1)
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.delivery, record.message_id, record.number, record.audit) == ("delivered", "posted-1", 1, "owed")


async def test_numbers_of_a_scope_have_no_gaps_and_follow_delivery(store: Store) -> None:
    turns = [await committed(store, number, outcome) for number, outcome in enumerate((YES, YES, NO, YES))]
    numbers = [await store.deliver(turn.id, message_id="posted", at=at(1)) for turn in reversed(turns)]
    assert numbers == [1, None, 2, 3]


async def test_each_scope_counts_for_itself(store: Store) -> None:
    first = await committed(store, 1, scope="lobby")
    second = await committed(store, 2, scope="garden")
    assert await store.deliver(first.id, message_id="posted-1", at=at(1)) == 1
    assert await store.deliver(second.id, message_id="posted-2", at=at(1)) == 1


@pytest.mark.parametrize("outcome", [NO, UNSURE, SILENT], ids=["suppressed", "unjudged", "failed"])
async def test_only_an_approved_turn_is_owed_an_audit(store: Store, outcome: Outcome) -> None:
    turn = await committed(store, 1, outcome)
    assert await store.deliver(turn.id, message_id="posted-1", at=at(1)) is None
    record = await store.turn(turn.id)
    assert record is not None
    assert (record.delivery, record.message_id, record.number, record.audit) == ("delivered", "posted-1", None, None)
    assert await store.audits_owed() == 0


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES.keys())
async def test_a_second_delivery_changes_nothing(store: Store, outcome: Outcome) -> None:
    turn = await committed(store, 1, outcome)
    first = await store.deliver(turn.id, message_id="posted-1", at=at(1))
    before = await store.turn(turn.id)
    assert await store.deliver(turn.id, message_id="posted-again", at=at(2)) == first
    assert await store.turn(turn.id) == before
    assert await store.audits_owed() == (0 if first is None else 1)


async def test_a_second_delivery_does_not_owe_a_settled_audit_again(store: Store) -> None:
    await delivered(store, 1)
    await store.settle("turn-1", ledger(), fold, at=at(1))
    assert await store.deliver("turn-1", message_id="posted-1", at=at(2)) == 1
    assert await store.audits_owed() == 0


async def test_an_unknown_turn_cannot_be_delivered(store: Store) -> None:
    with pytest.raises(InvalidValue, match="nowhere: was never committed"):
        await store.deliver("nowhere", message_id="posted", at=at(0))


async def test_recovery_returns_open_events_oldest_first(store: Store) -> None:
    for number, minute in ((1, 5), (2, 1), (3, 3)):
        await store.accept(event(number, minute=minute))
    await committed(store, 4)
    assert await recovered(store) == (event(2, minute=1), event(3, minute=3), event(1, minute=5))


async def test_recovery_doubts_only_what_was_not_delivered(store: Store) -> None:
    await committed(store, 1)
    await delivered(store, 2)
    await recovered(store)
    records = {record.turn.id: record.delivery for record in await store.turns("lobby", limit=9)}
    assert records == {"turn-1": "unknown", "turn-2": "delivered"}


async def test_a_doubted_turn_can_still_be_delivered(store: Store) -> None:
    await committed(store, 1)
    await recovered(store)
    assert await store.deliver("turn-1", message_id="posted-1", at=at(1)) == 1


async def test_recovery_releases_claims(store: Store) -> None:
    await delivered(store, 1)
    assert await store.claim(at=at(1), until=at(99))
    assert await store.claim(at=at(2), until=at(99)) is None
    await recovered(store)
    assert await store.claim(at=at(2), until=at(99))


@every_store
async def test_a_restart_finds_accepted_events_and_owed_audits_as_they_were(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        await store.accept(event(1))
        await delivered(store, 2)
        await store.claim(at=at(1), until=at(99))
    async with opening(tmp_path / "store.db") as store:
        assert await recovered(store) == (event(1),)
        assert await store.audits_owed() == 1
        owed = await store.claim(at=at(2), until=at(3))
        assert owed is not None
        assert (owed.turn.id, owed.number, owed.profile) == ("turn-2", 1, PROFILE)
        assert not await store.accept(event(1))
        assert not await store.accept(event(2))
