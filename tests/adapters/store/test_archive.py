"""The contract of Archive, for every store: what was recorded is found again, whole, and after a restart too."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safi.ledger import Entry, Ledger
from safi.ports import Standing
from safi.record import State, fold
from safi.turn import (
    Allowed,
    Approved,
    Coached,
    Coaching,
    Denied,
    Draft,
    Exchange,
    Failed,
    NoVerdict,
    Outcome,
    Suppressed,
    Unjudged,
    Utterance,
    Withheld,
    said,
)
from safi.usage import Usage
from tests.adapters.store.making import (
    BY_PATTERN,
    COACHINGS,
    NO,
    OUTCOMES,
    PROFILE,
    SILENT,
    UNSURE,
    USAGE,
    YES,
    Opening,
    Store,
    answer,
    at,
    committed,
    delivered,
    event,
    every_store,
    everything,
    ledger,
    recovered,
)

NOTHING = Standing(outcomes={}, owed=0, folded=0, holes=0, oldest_owed=None)


def exchange(number: int, outcome: Outcome = YES) -> Exchange:
    message = Utterance(speaker="member-1", text=f"Question {number}?")
    return Exchange(id=f"turn-{number}", message=message, answer=said(PROFILE, outcome))


async def test_an_empty_store_knows_nothing(store: Store) -> None:
    assert await store.state("lobby") == State()
    assert await store.conversation("lobby", limit=9) == ()
    assert await store.enforced("lobby", last=9) == {}
    assert await store.turns("lobby", limit=9) == []
    assert await store.turn("turn-1") is None
    assert await store.numbered("lobby", 1) is None
    assert await store.standing("lobby") == NOTHING
    assert await store.audits_owed() == 0


@pytest.mark.parametrize("coaching", COACHINGS.values(), ids=COACHINGS.keys())
@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES.keys())
async def test_every_kind_of_turn_comes_back_as_it_was(store: Store, outcome: Outcome, coaching: Coaching) -> None:
    judging = Usage(model="scripted:b", seconds=1 / 3)
    await store.accept(event(1))
    turn = replace(answer(event(1), outcome, coaching=coaching), drafting=USAGE, judging=judging)
    await store.commit(event(1), turn, profile=PROFILE, scope="lobby", at=at(0))
    record = await store.turn("turn-1")
    assert record is not None
    assert record.turn == turn


async def test_a_ledger_comes_back_as_it_was(store: Store) -> None:
    entries = (
        Entry(value="kindness", score=-0.5, confidence=0.25, sentence=0, reason="“Oaf” 🤨"),
        Entry(value="honesty", confidence=1, sentence=2, reason="Not touched.", quote="Start with\nthree chords 🎸."),
    )
    found = Ledger(entries=entries, usage=Usage(model="scripted:c", seconds=2, output_tokens=7, cost=1e-6))
    await delivered(store, 1)
    await store.settle("turn-1", found, fold, at=at(1))
    record = await store.turn("turn-1")
    assert record is not None
    assert record.ledger == found


async def test_a_conversation_is_the_last_delivered_exchanges_of_its_place_oldest_first(store: Store) -> None:
    for number, outcome in enumerate((YES, NO, UNSURE, SILENT, BY_PATTERN, YES), start=1):
        await delivered(store, number, outcome, minute=number)
    await delivered(store, 7, place="garden", minute=7)
    await committed(store, 8, minute=8)
    assert await store.conversation("lobby", limit=3) == (exchange(2, NO), exchange(5, NO), exchange(6))
    assert len(await store.conversation("lobby", limit=9)) == 4
    assert await store.conversation("lobby", limit=0) == ()


async def test_a_conversation_keeps_its_order_where_the_clock_stands_still_or_goes_back(store: Store) -> None:
    for number, minute in enumerate((60, 60, 0, 30), start=1):
        await delivered(store, number, minute=minute)
    assert [one.id for one in await store.conversation("lobby", limit=9)] == ["turn-1", "turn-2", "turn-3", "turn-4"]
    newest_first = [record.turn.id for record in await store.turns("lobby", limit=9)]
    assert newest_first == ["turn-4", "turn-3", "turn-2", "turn-1"]
    assert [record.at for record in await store.turns("lobby", limit=1)] == [at(30)]


async def test_a_conversation_keeps_its_order_where_its_place_came_to_another_scope_meanwhile(store: Store) -> None:
    for number, (scope, minute) in enumerate((("lobby", 60), ("sage", 30), ("lobby", 0)), start=1):
        await delivered(store, number, scope=scope, minute=minute)
    assert [one.id for one in await store.conversation("lobby", limit=9)] == ["turn-1", "turn-2", "turn-3"]


async def test_a_turn_comes_back_with_the_history_it_was_shown(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2, NO)
    history = await store.conversation("lobby", limit=9)
    assert history == (exchange(1), exchange(2, NO))
    await store.accept(event(3))
    turn = answer(event(3), history=history)
    await store.commit(event(3), turn, profile=PROFILE, scope="lobby", at=at(0))
    await store.deliver("turn-3", message_id="posted", at=at(1))
    await delivered(store, 4)
    record = await store.turn("turn-3")
    assert record is not None
    assert record.turn == turn
    await store.claim(at=at(9), until=at(99))
    await store.claim(at=at(9), until=at(99))
    owed = await store.claim(at=at(9), until=at(99))
    assert owed is not None
    assert owed.turn == turn


async def test_an_exchange_that_the_store_never_had_is_left_out_of_a_history(store: Store) -> None:
    await store.accept(event(1))
    turn = answer(event(1), history=(exchange(99),))
    await store.commit(event(1), turn, profile=PROFILE, scope="lobby", at=at(0))
    record = await store.turn("turn-1")
    assert record is not None
    assert record.turn.prompt.history == ()


async def test_enforced_rules_are_counted_within_the_scopes_last_turns(store: Store) -> None:
    for number, outcome in enumerate((NO, YES, BY_PATTERN, UNSURE, NO), start=1):
        await committed(store, number, outcome)
    await committed(store, 6, NO, scope="garden")
    assert await store.enforced("lobby", last=9) == {"no-insults": 3, "no-secrets": 2}
    assert await store.enforced("lobby", last=3) == {"no-insults": 2, "no-secrets": 1}
    assert await store.enforced("lobby", last=0) == {}


async def test_a_turn_is_found_by_its_number(store: Store) -> None:
    await delivered(store, 1, NO)
    await delivered(store, 2)
    await delivered(store, 3, scope="garden")
    assert await store.numbered("lobby", 1) == await store.turn("turn-2")
    assert await store.numbered("lobby", 2) is None


async def test_turns_come_in_pages_newest_first(store: Store) -> None:
    for number in range(1, 6):
        await committed(store, number, scope="lobby" if number != 3 else "garden", minute=number)
    pages = [await store.turns("lobby", limit=2, skip=skip) for skip in (0, 2, 4)]
    assert [[record.turn.id for record in page] for page in pages] == [["turn-5", "turn-4"], ["turn-2", "turn-1"], []]


async def test_turns_of_one_place_never_show_what_was_said_in_another(store: Store) -> None:
    for number, place in enumerate(("lobby", "garden", "lobby", "garden", "lobby"), start=1):
        await committed(store, number, scope="friend", place=place, minute=number)
    await committed(store, 6, scope="sage", place="lobby", minute=6)
    pages = [await store.turns("friend", limit=2, skip=skip, place="lobby") for skip in (0, 2)]
    assert [[record.turn.id for record in page] for page in pages] == [["turn-5", "turn-3"], ["turn-1"]]
    assert len(await store.turns("friend", limit=9)) == 5
    assert await store.turns("friend", limit=9, place="cellar") == []


async def test_a_scope_stands_in_numbers(store: Store) -> None:
    for number in range(1, 6):
        await delivered(store, number, minute=number)
    for number, outcome in ((6, NO), (7, UNSURE), (8, SILENT)):
        await delivered(store, number, outcome)
    await delivered(store, 9, scope="garden")
    await store.settle("turn-1", ledger(), fold, at=at(10))
    await store.give_up("turn-2", "unreadable", fold, at=at(10))
    await store.postpone("turn-3", due=at(99), attempts=1)
    await store.claim(at=at(11), until=at(99))
    assert await store.standing("lobby") == Standing(
        outcomes={"approved": 5, "suppressed": 1, "unjudged": 1, "failed": 1},
        owed=3,
        folded=1,
        holes=1,
        oldest_owed=at(3),
    )
    assert await store.audits_owed() == 4


async def test_a_number_passed_over_is_a_hole_and_still_owed(store: Store) -> None:
    await delivered(store, 1)
    await delivered(store, 2)
    await store.settle("turn-2", ledger(), fold, at=at(1))
    await store.pass_over(fold, blocked_since=at(2), at=at(2))
    standing = await store.standing("lobby")
    assert (standing.owed, standing.folded, standing.holes) == (1, 1, 1)


@every_store
async def test_a_restart_finds_memory_history_and_conversation_as_they_were(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        for number in range(1, 5):
            await delivered(store, number, minute=number)
        for number in (1, 2, 4):
            await store.settle(f"turn-{number}", ledger(1 / number), fold, at=at(9))
        before = await everything(store)
    async with opening(tmp_path / "store.db") as store:
        assert await everything(store) == before
        assert await store.deliver("turn-4", message_id="posted-4", at=at(10)) == 4
        await delivered(store, 5)
        record = await store.turn("turn-5")
        assert record is not None
        assert record.number == 5


def paired(text: str) -> bool:
    """Whether two surrogates in it stand for one character."""
    return any("\ud800" <= a <= "\udbff" and "\udc00" <= b <= "\udfff" for a, b in pairwise(text))


any_text = st.text(st.characters(exclude_categories=()), max_size=40).filter(lambda text: not paired(text))
some_text = any_text.filter(str.strip)

drafts = st.builds(Draft, text=some_text)
denials = st.builds(Denied, rules=st.just(("no-insults",)), reason=any_text, by=st.sampled_from(("pattern", "judge")))
outcomes = st.one_of(
    st.builds(Approved, draft=drafts, verdict=st.builds(Allowed, reason=any_text)),
    st.builds(Suppressed, draft=drafts, verdict=denials),
    st.builds(Unjudged, draft=drafts, verdict=st.builds(NoVerdict, cause=st.just("unreadable"), detail=any_text)),
    st.builds(Failed, cause=st.just("answer_empty"), detail=any_text),
)
coachings = st.one_of(st.builds(Coached, text=any_text), st.builds(Withheld, text=any_text))


@pytest.mark.slow
@every_store
@given(message=any_text, outcome=outcomes, coaching=coachings, reason=some_text)
@example(message="\0", outcome=YES, coaching=Coached(text="\ud83d"), reason="\udc00 \\ud800 \u202e")
async def test_any_text_at_all_comes_back_as_it_was(
    opening: Opening, message: str, outcome: Outcome, coaching: Coaching, reason: str
) -> None:
    asked = event(1, text=message)
    turn = answer(asked, outcome, coaching=coaching)
    with TemporaryDirectory() as directory:
        async with opening(Path(directory) / "store.db") as store:
            await store.accept(asked)
            assert await recovered(store) == (asked,)
            await store.commit(asked, turn, profile=PROFILE, scope="lobby", at=at(0))
            number = await store.deliver(turn.id, message_id="posted", at=at(0))
            if number:
                await store.give_up(turn.id, reason, fold, at=at(1))
            record = await store.turn(turn.id)
            assert record is not None
            assert (record.turn, record.event) == (turn, asked)
            assert record.hole_reason == (reason if number else None)


@every_store
async def test_two_surrogates_that_make_a_pair_come_back_as_the_character_they_mean(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening(tmp_path / "store.db") as store:
        await store.accept(event(1, text="\ud83d\ude42"))
        assert [one.text for one in await recovered(store)] == ["🙂"]
