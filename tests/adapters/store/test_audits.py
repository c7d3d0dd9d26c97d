"""The contract of AuditQueue, for every store: claims, ledgers in any order, and memory in one order only."""

from dataclasses import replace

import pytest

from safi.errors import InvalidValue, RefusedLedger
from safi.ledger import Ledger
from safi.ports import Landed
from safi.record import Audited, Folded, Hole, Item, State, fold
from safi.spirit import Memory, integrate
from safi.usage import total
from tests.adapters.store.making import NO, PROFILE, USAGE, Store, at, committed, delivered, ledger


def folded(*items: Item) -> State:
    """The state after these, from nothing."""
    state = State()
    for item in items:
        state = fold(state, item).state
    return state


def audited(found: Ledger) -> Audited:
    return Audited(profile=PROFILE, ledger=found)


def numbers(landed: tuple[Landed, ...]) -> list[int]:
    return [one.number for one in landed]


async def test_nothing_is_owed_at_first(store: Store) -> None:
    assert await store.claim(at=at(0), until=at(1)) is None


async def test_a_claim_brings_all_that_the_conscience_needs(store: Store) -> None:
    turn = await committed(store, 1, place="garden")
    await store.deliver(turn.id, message_id="posted", at=at(1))
    owed = await store.claim(at=at(1), until=at(2))
    assert owed is not None
    assert (owed.turn, owed.profile, owed.place, owed.scope) == (turn, PROFILE, "garden", "lobby")
    assert (owed.number, owed.attempts) == (1, 0)


async def test_the_longest_due_audit_comes_first(store: Store) -> None:
    for number, minute in ((1, 5), (2, 1), (3, 3)):
        await delivered(store, number, minute=minute)
    claimed = [await store.claim(at=at(9), until=at(99)) for _ in range(4)]
    assert [owed and owed.turn.id for owed in claimed] == ["turn-2", "turn-3", "turn-1", None]


async def test_an_audit_is_not_due_before_it_was_delivered(store: Store) -> None:
    await delivered(store, 1, minute=5)
    assert await store.claim(at=at(4), until=at(9)) is None


async def test_a_claim_holds_until_its_end_and_no_longer(store: Store) -> None:
    await delivered(store, 1)
    await store.claim(at=at(1), until=at(5))
    assert await store.claim(at=at(4.99), until=at(9)) is None
    assert await store.claim(at=at(5), until=at(9))


async def test_a_postponed_audit_is_due_again_later_with_its_attempts(store: Store) -> None:
    await delivered(store, 1)
    await store.claim(at=at(1), until=at(99))
    await store.postpone("turn-1", due=at(5), attempts=1)
    assert await store.claim(at=at(4), until=at(99)) is None
    owed = await store.claim(at=at(5), until=at(99))
    assert owed is not None
    assert owed.attempts == 1


async def test_what_failed_audits_took_is_added_up_on_their_turn(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.postpone("turn-1", due=at(1), attempts=0, usage=None)
    assert [record.wasted for record in await store.turns("lobby", limit=9)] == [None, None]
    await store.postpone("turn-1", due=at(1), attempts=1, usage=USAGE)
    await store.give_up("turn-1", "unreadable", fold, at=at(2), usage=USAGE)
    await store.postpone("turn-2", due=at(1), attempts=1, usage=USAGE)
    await store.settle("turn-2", ledger(), fold, at=at(3))
    wasted = [record.wasted for record in await store.turns("lobby", limit=9)]
    assert wasted == [USAGE, total([USAGE, USAGE])]


async def test_what_an_audit_took_counts_though_it_was_given_up_already(store: Store) -> None:
    await delivered(store, 1)
    for minute in (1, 2):
        await store.give_up("turn-1", "unreadable", fold, at=at(minute), usage=USAGE)
    (record,) = await store.turns("lobby", limit=9)
    assert (record.wasted, record.hole_reason) == (total([USAGE, USAGE]), "unreadable")


async def test_a_settled_audit_cannot_be_postponed_back_into_life(store: Store) -> None:
    await delivered(store, 1)
    await store.settle("turn-1", ledger(), fold, at=at(1))
    await store.postpone("turn-1", due=at(2), attempts=1)
    assert await store.claim(at=at(9), until=at(99)) is None


async def test_a_ledger_is_recorded_and_folded(store: Store) -> None:
    await delivered(store, 1, place="garden")
    landed = await store.settle("turn-1", ledger(), fold, at=at(1))
    reading = integrate(PROFILE, ledger(), Memory()).reading
    assert landed == (Landed(turn_id="turn-1", place="garden", scope="lobby", number=1, reading=reading),)
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.audit, record.fate, record.ledger, record.reading) == ("landed", "folded", ledger(), reading)
    assert await store.state("lobby") == folded(audited(ledger()))
    assert await store.audits_owed() == 0


async def test_a_ledger_whose_turn_has_not_come_waits(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    assert await store.settle("turn-2", ledger(-1), fold, at=at(1)) == ()
    waiting = await store.turn("turn-2")
    assert waiting is not None
    assert (waiting.audit, waiting.fate, waiting.ledger, waiting.reading) == ("landed", None, ledger(-1), None)
    assert await store.state("lobby") == State()
    assert numbers(await store.settle("turn-1", ledger(), fold, at=at(2))) == [1, 2]
    assert await store.state("lobby") == folded(audited(ledger()), audited(ledger(-1)))


async def test_scopes_do_not_wait_for_each_other(store: Store) -> None:
    await delivered(store, 1, scope="lobby")
    await delivered(store, 2, scope="garden")
    assert numbers(await store.settle("turn-2", ledger(-1), fold, at=at(1))) == [1]
    assert await store.state("garden") == folded(audited(ledger(-1)))
    assert await store.state("lobby") == State()


async def test_a_second_ledger_is_dropped(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    for turn_id in ("turn-1", "turn-2"):
        await store.settle(turn_id, ledger(), fold, at=at(1))
        assert await store.settle(turn_id, ledger(-1), fold, at=at(2)) == ()
    assert await store.state("lobby") == folded(audited(ledger()), audited(ledger()))


async def test_a_refusal_by_the_step_undoes_the_whole(store: Store) -> None:
    await delivered(store, 1)

    def refuse(state: State, item: Item) -> Folded:
        raise RefusedLedger("kindness: no")

    before = await store.turn("turn-1")
    with pytest.raises(RefusedLedger, match="kindness: no"):
        await store.settle("turn-1", ledger(), refuse, at=at(1))
    assert await store.turn("turn-1") == before
    assert await store.state("lobby") == State()
    assert numbers(await store.settle("turn-1", ledger(), fold, at=at(2))) == [1]


async def test_a_ledger_of_other_values_is_refused_even_before_its_turn_comes(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    with pytest.raises(RefusedLedger, match="honesty: is left out"):
        await store.settle("turn-2", Ledger(entries=ledger().entries[:1]), fold, at=at(1))
    assert numbers(await store.settle("turn-1", ledger(), fold, at=at(1))) == [1]
    assert await store.audits_owed() == 1


async def test_an_audit_given_up_leaves_a_hole_that_memory_passes(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-2", ledger(-1), fold, at=at(1))
    landed = await store.give_up("turn-1", "unreadable", fold, at=at(2))
    assert [(one.number, one.reading is None) for one in landed] == [(1, True), (2, False)]
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.audit, record.fate, record.hole_reason, record.reading) == ("abandoned", "hole", "unreadable", None)
    assert await store.state("lobby") == folded(Hole(reason="unreadable"), audited(ledger(-1)))
    assert await store.claim(at=at(9), until=at(99)) is None


async def test_the_step_is_shown_each_hole_with_its_reason(store: Store) -> None:
    await delivered(store, 1)
    seen: list[Item] = []

    def watch(state: State, item: Item) -> Folded:
        seen.append(item)
        return fold(state, item)

    await store.give_up("turn-1", "unreadable", watch, at=at(1))
    assert seen == [Hole(reason="unreadable")]


async def test_giving_up_twice_or_after_a_ledger_does_nothing(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    assert await store.give_up("turn-2", "unreadable", fold, at=at(2)) == ()
    await store.give_up("turn-1", "unreadable", fold, at=at(3))
    assert await store.give_up("turn-1", "again", fold, at=at(4)) == ()
    records = [(record.audit, record.hole_reason) for record in await store.turns("lobby", limit=9)]
    assert records == [("landed", None), ("abandoned", "unreadable")]


@pytest.mark.parametrize("turn_id", ["turn-1", "nowhere"])
async def test_a_turn_without_a_number_has_no_audit(store: Store, turn_id: str) -> None:
    await delivered(store, 1, NO)
    with pytest.raises(InvalidValue, match=f"{turn_id}: has no number"):
        await store.settle(turn_id, ledger(), fold, at=at(1))
    with pytest.raises(InvalidValue, match=f"{turn_id}: has no number"):
        await store.give_up(turn_id, "unreadable", fold, at=at(1))


async def test_a_number_that_blocks_too_long_becomes_a_hole(store: Store) -> None:
    for number in (1, 2, 3, 4):
        await delivered(store, number)
    await store.settle("turn-3", ledger(), fold, at=at(10))
    assert await store.pass_over(fold, blocked_since=at(10), at=at(25)) == ()
    landed = await store.pass_over(fold, blocked_since=at(10.1), at=at(25))
    assert [(one.number, one.reading is None) for one in landed] == [(1, True), (2, True), (3, False)]
    records = [(record.fate, record.audit, record.hole_reason) for record in await store.turns("lobby", limit=9)]
    late = ("hole", "owed", "too late")
    assert records == [(None, "owed", None), ("folded", "landed", None), late, late]


async def test_only_what_lies_below_an_old_ledger_is_passed_over(store: Store) -> None:
    for number in (1, 2, 3, 4):
        await delivered(store, number)
    await store.settle("turn-4", ledger(), fold, at=at(20))
    await store.settle("turn-2", ledger(), fold, at=at(10))
    landed = await store.pass_over(fold, blocked_since=at(15), at=at(25))
    assert numbers(landed) == [1, 2]
    assert await store.audits_owed() == 2


async def test_nothing_landed_behind_means_nothing_blocks(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-1", ledger(), fold, at=at(1))
    assert await store.pass_over(fold, blocked_since=at(99), at=at(99)) == ()
    assert await store.audits_owed() == 1


async def test_scopes_are_passed_over_each_for_itself(store: Store) -> None:
    for number, scope in ((1, "lobby"), (2, "lobby"), (3, "garden"), (4, "garden")):
        await delivered(store, number, scope=scope)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.settle("turn-4", ledger(), fold, at=at(1))
    landed = await store.pass_over(fold, blocked_since=at(2), at=at(3))
    assert [(one.scope, one.number) for one in landed] == [("garden", 1), ("garden", 2), ("lobby", 1), ("lobby", 2)]


async def test_a_ledger_that_lands_in_a_hole_is_kept_and_never_folded(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.pass_over(fold, blocked_since=at(2), at=at(2))
    before = await store.state("lobby")
    owed = await store.claim(at=at(3), until=at(4))
    assert owed is not None
    assert owed.turn.id == "turn-1"
    landed = await store.settle("turn-1", ledger(-1, 0), fold, at=at(5))
    alone = replace(integrate(PROFILE, ledger(-1, 0), Memory()).reading, drift=None)
    assert landed == (Landed(turn_id="turn-1", place="lobby", scope="lobby", number=1, reading=alone),)
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.audit, record.fate, record.hole_reason, record.ledger) == (
        "landed",
        "hole",
        "too late",
        ledger(-1, 0),
    )
    assert record.reading == alone
    assert await store.state("lobby") == before
    assert await store.settle("turn-1", ledger(), fold, at=at(6)) == ()


async def test_a_late_ledger_of_other_values_is_refused(store: Store) -> None:
    await delivered(store, 1)
    await store.give_up("turn-1", "unreadable", fold, at=at(1))
    with pytest.raises(RefusedLedger):
        await store.settle("turn-1", Ledger(entries=()), fold, at=at(2))


async def test_a_hole_stays_a_hole_when_its_ledger_comes_before_its_number_does(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    assert await store.give_up("turn-2", "unreadable", fold, at=at(1)) == ()
    (late,) = await store.settle("turn-2", ledger(-1), fold, at=at(2))
    assert late.reading is not None
    passed = await store.settle("turn-1", ledger(), fold, at=at(3))
    assert [(one.number, one.reading is None) for one in passed] == [(1, False), (2, True)]
    record = await store.turn("turn-2")
    assert record is not None
    assert (record.fate, record.reading) == ("hole", late.reading)
    assert await store.state("lobby") == folded(audited(ledger()))


async def test_an_audit_passed_over_can_be_given_up_and_keeps_its_first_reason(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.pass_over(fold, blocked_since=at(2), at=at(2))
    assert await store.give_up("turn-1", "unreadable", fold, at=at(3)) == ()
    record = await store.turn("turn-1")
    assert record is not None
    assert (record.audit, record.hole_reason) == ("abandoned", "too late")
