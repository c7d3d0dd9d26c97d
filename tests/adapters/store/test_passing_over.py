"""The contract of the audit queue where numbers hold up later ones, and where what is owed is old."""

from safi.ports import Expired
from safi.record import fold
from tests.adapters.store.making import OTHER, PROFILE, Store, at, committed, delivered, expired, ledger


async def fates(store: Store) -> list[tuple[str | None, str | None]]:
    """What became of each number of the lobby, from the first."""
    return [(record.fate, record.hole_reason) for record in reversed(await store.turns("lobby", limit=9))]


async def test_a_ledger_that_waits_between_open_numbers_is_folded_and_no_hole(store: Store) -> None:
    for number in (1, 2, 3, 4):
        await delivered(store, number)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.settle("turn-4", ledger(), fold, at=at(1))
    landed = await store.pass_over(fold, blocked_since=at(5), at=at(9))
    assert [one.number for one in landed] == [1, 2, 3, 4]
    late = ("hole", "too late")
    assert await fates(store) == [late, ("folded", None), late, ("folded", None)]
    assert (await store.state("lobby")).memory.folded == 2


async def test_a_hole_that_waits_is_not_made_again_and_keeps_its_reason(store: Store) -> None:
    for number in (1, 2, 3):
        await delivered(store, number)
    await store.give_up("turn-2", "unreadable", fold, at=at(1))
    await store.settle("turn-3", ledger(), fold, at=at(1))
    await store.pass_over(fold, blocked_since=at(5), at=at(9))
    assert await fates(store) == [("hole", "too late"), ("hole", "unreadable"), ("folded", None)]


async def test_a_ledger_that_landed_before_the_clock_was_set_back_does_not_wait_for_it_to_come_round(
    store: Store,
) -> None:
    for number in (1, 2):
        await delivered(store, number)
    await store.settle("turn-2", ledger(), fold, at=at(100))
    assert await store.pass_over(fold, blocked_since=at(50), at=at(75)) == ()
    landed = await store.pass_over(fold, blocked_since=at(10), at=at(20))
    assert [one.number for one in landed] == [1, 2]


async def test_what_is_open_in_a_scope_where_nothing_waits_is_not_passed_over_for_another(store: Store) -> None:
    for number, scope in ((1, "lobby"), (2, "lobby"), (3, "lobby"), (4, "garden"), (5, "garden")):
        await delivered(store, number, scope=scope)
    await store.settle("turn-3", ledger(), fold, at=at(1))
    assert len(await store.pass_over(fold, blocked_since=at(5), at=at(9))) == 3
    assert [record.fate for record in await store.turns("garden", limit=9)] == [None, None]


async def test_an_audit_that_goes_on_behind_its_hole_is_not_let_go_of_with_the_scores_around_it(store: Store) -> None:
    for number in (1, 2):
        await delivered(store, number)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.pass_over(fold, blocked_since=at(5), at=at(9))
    await expired(store, checkpoint=10, minute=10)
    assert await expired(store, ledgers=1000, minute=1000) == Expired(turns=1, more=True)
    await store.settle("turn-1", ledger(), fold, at=at(1001))
    (record,) = await store.turns("lobby", limit=9)
    assert (record.turn.id, record.ledger) == ("turn-1", ledger())


async def test_hastened_audits_wait_behind_those_that_were_due_before(store: Store) -> None:
    await committed(store, 1, minute=1)
    await delivered(store, 2, minute=2)
    await store.deliver("turn-1", message_id="posted-1", at=at(3))
    await delivered(store, 3, minute=4)
    await store.postpone("turn-3", due=at(99), attempts=1)
    await store.hasten(at=at(9))
    claimed = [await store.claim(at=at(9), until=at(20)) for _ in range(3)]
    assert [owed.turn.id for owed in claimed if owed] == ["turn-2", "turn-1", "turn-3"]


async def test_an_audit_is_made_and_folded_under_the_profile_of_its_turn_whatever_came_after(store: Store) -> None:
    await delivered(store, 1, minute=1)
    await delivered(store, 2, minute=2)
    await delivered(store, 3, minute=3, profile=OTHER)
    claimed = [await store.claim(at=at(4), until=at(9)) for _ in range(3)]
    assert [owed.profile for owed in claimed if owed] == [PROFILE, PROFILE, OTHER]
    assert await store.settle("turn-2", ledger(1, -1), fold, at=at(5)) == ()
    (first, second) = await store.settle("turn-1", ledger(1, -1), fold, at=at(6))
    assert (first.number, second.number) == (1, 2)
    assert first.reading
    assert second.reading
    assert first.reading.coherence == second.reading.coherence
    assert (await store.state("lobby")).memory.values == OTHER.value_names
