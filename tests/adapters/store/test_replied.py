"""The contract of what is shown of the past: a conversation, and what leads to a reply, without what was withdrawn."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from adapters.store.lookup import FURTHEST
from safi.ports import Past
from safi.record import fold
from safi.turn import Exchange, Outcome
from tests.adapters.store.making import (
    NO,
    PROFILE,
    SILENT,
    UNSURE,
    YES,
    Store,
    answer,
    at,
    delivered,
    erased,
    event,
    expired,
    ledger,
    recovered,
)


async def replying(store: Store, number: int, to: str | None, outcome: Outcome = YES, more: Sequence[str] = ()) -> None:
    """A turn that answers a reply."""
    asked = replace(event(number, minute=number), replies_to=to)
    turn = answer(asked, outcome)
    await store.accept(asked)
    await store.commit(asked, turn, profile=PROFILE, scope="lobby", at=at(number))
    await store.deliver(turn.id, message_id=f"posted-{number}", more=more, at=at(number))


def ids(exchanges: tuple[Exchange, ...]) -> list[str]:
    return [exchange.id.removeprefix("turn-") for exchange in exchanges]


async def test_replies_are_followed_back_and_others_left_out(store: Store) -> None:
    await replying(store, 1, None)
    await replying(store, 2, "posted-1")
    await replying(store, 3, None)
    await replying(store, 4, "posted-2")
    assert ids(await store.replied("lobby", "posted-4", limit=9)) == ["1", "2", "4"]
    assert ids(await store.replied("lobby", "posted-3", limit=9)) == ["3"]
    first = await store.replied("lobby", "posted-1", limit=9)
    assert first == (await store.conversation("lobby", limit=9))[:1]


async def test_the_latest_of_them_are_given_up_to_the_limit(store: Store) -> None:
    for number in range(1, 6):
        await replying(store, number, f"posted-{number - 1}")
    assert ids(await store.replied("lobby", "posted-5", limit=2)) == ["4", "5"]
    assert await store.replied("lobby", "posted-5", limit=0) == ()


async def test_a_reply_to_a_question_leads_to_its_answer(store: Store) -> None:
    await replying(store, 1, None)
    await replying(store, 2, "asked-1")
    assert ids(await store.replied("lobby", "asked-2", limit=9)) == ["1", "2"]


async def test_any_message_of_an_answer_leads_to_it(store: Store) -> None:
    await replying(store, 1, None, more=("part-2", "part-3"))
    for message_id in ("posted-1", "part-2", "part-3"):
        assert ids(await store.replied("lobby", message_id, limit=9)) == ["1"]


async def test_a_message_without_a_turn_leads_on(store: Store) -> None:
    await replying(store, 1, None)
    greeting = replace(event(2), replies_to="posted-1")
    await store.accept(greeting)
    await store.dismiss(greeting, "ignored", "a greeting")
    await replying(store, 3, "asked-2")
    assert ids(await store.replied("lobby", "posted-3", limit=9)) == ["1", "3"]


async def test_unknown_messages_and_those_of_other_places_lead_nowhere(store: Store) -> None:
    await replying(store, 1, "said-by-another")
    assert ids(await store.replied("lobby", "posted-1", limit=9)) == ["1"]
    assert await store.replied("garden", "posted-1", limit=9) == ()
    assert await store.replied("lobby", "said-by-another", limit=9) == ()


async def test_messages_that_reply_to_each_other_end_somewhere(store: Store) -> None:
    await replying(store, 1, "posted-2")
    await replying(store, 2, "posted-1")
    assert ids(await store.replied("lobby", "posted-2", limit=9)) == ["1", "2"]


async def test_a_chain_is_followed_only_so_far(store: Store) -> None:
    await replying(store, 1, None)
    for number in range(2, FURTHEST + 2):
        said = replace(event(number), replies_to="posted-1" if number == 2 else f"asked-{number - 1}")
        await store.accept(said)
    last = FURTHEST + 1
    assert await store.replied("lobby", f"asked-{last}", limit=9) == ()
    assert ids(await store.replied("lobby", f"asked-{last - 1}", limit=9)) == ["1"]


@pytest.mark.parametrize(
    ("outcome", "expected"), [(YES, ["1", "2"]), (NO, ["1", "2"]), (UNSURE, ["1"]), (SILENT, ["1"])]
)
async def test_what_a_conversation_leaves_out_is_left_out_and_led_through(
    store: Store, outcome: Outcome, expected: list[str]
) -> None:
    await replying(store, 1, None)
    await replying(store, 2, "posted-1", outcome)
    assert ids(await store.replied("lobby", "posted-2", limit=9)) == expected
    assert ids(await store.conversation("lobby", limit=9)) == expected


@pytest.mark.parametrize("message_id", ["asked-2", "posted-2", "part"])
async def test_what_was_withdrawn_is_shown_no_more(store: Store, message_id: str) -> None:
    await replying(store, 1, None)
    await replying(store, 2, "posted-1", more=("part",))
    await replying(store, 3, "posted-2")
    await store.withdraw("lobby", message_id, at=at(4))
    assert ids(await store.conversation("lobby", limit=9)) == ["1", "3"]
    assert ids(await store.replied("lobby", "posted-3", limit=9)) == ["1", "3"]
    record = await store.turn("turn-2")
    assert record is not None
    assert (record.event.text, record.withdrawn) == ("Question 2?", True)
    claims = [await store.claim(at=at(5), until=at(6)) for _ in range(3)]
    assert [owed and owed.withdrawn for owed in claims] == [False, True, False]


async def test_a_turn_comes_back_without_what_was_withdrawn_since_it_was_shown(store: Store) -> None:
    await replying(store, 1, None)
    await replying(store, 2, None)
    history = await store.conversation("lobby", limit=9)
    asked = event(3, minute=3)
    await store.accept(asked)
    await store.commit(asked, answer(asked, history=history), profile=PROFILE, scope="lobby", at=at(3))
    await store.withdraw("lobby", "asked-1", at=at(4))
    record = await store.turn("turn-3")
    assert record
    assert ids(record.turn.prompt.history) == ["2"]


async def test_what_is_gone_is_shown_no_more_and_led_through(store: Store) -> None:
    for number in (1, 2, 3):
        await replying(store, number, f"posted-{number - 1}")
    await expired(store, texts=1.5, minute=9)
    assert ids(await store.replied("lobby", "posted-3", limit=9)) == ["2", "3"]
    await erased(store)
    assert await store.replied("lobby", "posted-3", limit=9) == ()


async def test_a_deleted_message_that_waits_for_its_turn_gets_none(store: Store) -> None:
    await store.accept(event(1))
    await store.withdraw("lobby", "asked-1", at=at(1))
    assert await recovered(store) == ()
    await store.dismiss(event(1), "failed", "interrupted")
    assert not await store.accept(event(1))


async def test_an_unknown_message_can_be_withdrawn_and_nothing_comes_of_it(store: Store) -> None:
    await delivered(store, 1)
    await store.withdraw("garden", "asked-1", at=at(1))
    await store.withdraw("lobby", "asked-9", at=at(1))
    assert ids(await store.conversation("lobby", limit=9)) == ["1"]


async def test_what_a_turn_begins_with_is_read_at_once(store: Store) -> None:
    await replying(store, 1, None)
    await replying(store, 2, "posted-1", NO)
    await replying(store, 3, None)
    await store.settle("turn-1", ledger(), fold, at=at(4))
    asked = {"limit": 2, "last": 9}
    assert await store.past("lobby", "lobby", replies_to="posted-2", **asked) == Past(
        state=await store.state("lobby"),
        enforced={"no-insults": 1, "no-secrets": 1},
        conversation=await store.conversation("lobby", limit=2),
        replied=await store.replied("lobby", "posted-2", limit=2),
    )
    assert (await store.past("lobby", "lobby", replies_to=None, **asked)).replied == ()
