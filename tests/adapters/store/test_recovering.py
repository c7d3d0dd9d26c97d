"""The contract of Journal.recover for turns that a dead process may not have sent: which are to be sent again."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from adapters.store.sqlite import open_store
from safi.ports import LeftOver, Unsent
from tests.adapters.store import linking
from tests.adapters.store.living import proof
from tests.adapters.store.making import (
    LATER,
    NO,
    OUTCOMES,
    PROFILE,
    Store,
    answer,
    at,
    committed,
    delivered,
    erased,
    event,
)


async def delivery(store: Store, number: int) -> str:
    """What became of a turn."""
    record = await store.turn(f"turn-{number}")
    assert record is not None
    return record.delivery


async def test_unsent_turns_are_returned_oldest_first_with_all_it_takes_to_send_them(store: Store) -> None:
    second = await committed(store, 2, NO, scope="garden", place="garden", minute=5)
    first = await committed(store, 1, minute=4)
    await delivered(store, 3, minute=6)
    left = await store.recover(unsent_since=lambda _: at(4), at=LATER)
    assert left == LeftOver(
        unsent=(
            Unsent(event=event(1, minute=4), turn=first, profile=PROFILE, at=at(4)),
            Unsent(event=event(2, place="garden", minute=5), turn=second, profile=PROFILE, at=at(5)),
        )
    )
    assert [await delivery(store, number) for number in (1, 2, 3)] == ["committed", "committed", "delivered"]


async def test_the_oldest_comes_first_whatever_it_is_called(store: Store) -> None:
    for number, minute in ((3, 1), (1, 2), (2, 3)):
        await committed(store, number, minute=minute)
    left = await store.recover(unsent_since=lambda _: at(0), at=LATER)
    assert [unsent.turn.id for unsent in left.unsent] == ["turn-3", "turn-1", "turn-2"]


async def test_older_ones_become_unknown_for_good(store: Store) -> None:
    await committed(store, 1, minute=4)
    assert await store.recover(unsent_since=lambda _: at(4.01), at=LATER) == LeftOver()
    assert await delivery(store, 1) == "unknown"
    assert await store.recover(unsent_since=lambda _: at(0), at=LATER) == LeftOver()


async def test_one_from_later_than_now_is_of_no_known_age_and_becomes_unknown_too(store: Store) -> None:
    for number, minute in ((1, 4), (2, 5)):
        await committed(store, number, minute=minute)
    left = await store.recover(unsent_since=lambda _: at(3), at=at(4))
    assert [unsent.turn.id for unsent in left.unsent] == ["turn-1"]
    assert await delivery(store, 2) == "unknown"


async def test_each_workspace_has_its_own_age_from_which_on_turns_are_unknown(store: Store) -> None:
    for number, workspace in enumerate(("home", "work", "home", "work"), start=1):
        await committed(store, number, minute=number, workspace=workspace)
    asked = list[str]()

    def since(workspace: str) -> datetime:
        asked.append(workspace)
        return at(2) if workspace == "home" else at(9)

    left = await store.recover(unsent_since=since, at=LATER)
    assert [unsent.turn.id for unsent in left.unsent] == ["turn-3"]
    assert [await delivery(store, number) for number in range(1, 5)] == ["unknown", "unknown", "committed", "unknown"]
    assert sorted(asked) == ["home", "work"]


async def test_nobody_asks_of_workspaces_in_which_all_was_sent(store: Store) -> None:
    await delivered(store, 1)

    def since(workspace: str) -> datetime:
        raise AssertionError(workspace)

    assert await store.recover(unsent_since=since, at=LATER) == LeftOver()


async def test_one_that_was_not_sent_this_time_either_is_returned_again_until_it_is_too_old(store: Store) -> None:
    await committed(store, 1, minute=4)
    again = [await store.recover(unsent_since=lambda _: at(4), at=LATER) for _ in range(2)]
    assert again[0] == again[1] != LeftOver()
    assert await store.recover(unsent_since=lambda _: at(5), at=LATER) == LeftOver()


async def test_every_outcome_can_be_sent_again(store: Store) -> None:
    made = [await committed(store, number, outcome) for number, outcome in enumerate(OUTCOMES.values(), start=1)]
    left = await store.recover(unsent_since=lambda _: at(0), at=LATER)
    assert [unsent.turn for unsent in left.unsent] == made


async def test_once_sent_it_is_delivered_and_owes_its_audit(store: Store) -> None:
    await committed(store, 1)
    (unsent,) = (await store.recover(unsent_since=lambda _: at(0), at=LATER)).unsent
    assert await store.deliver(unsent.turn.id, message_id="posted", at=at(1)) == 1
    assert await store.recover(unsent_since=lambda _: at(0), at=LATER) == LeftOver()
    assert await store.audits_owed() == 1


async def test_words_that_are_gone_are_not_sent(store: Store) -> None:
    await committed(store, 1)
    await committed(store, 2, author="Grace")
    await erased(store)
    (unsent,) = (await store.recover(unsent_since=lambda _: at(0), at=LATER)).unsent
    assert unsent.turn.id == "turn-2"
    assert await delivery(store, 1) == "unknown"


async def test_an_answer_to_a_deleted_message_is_not_sent(store: Store) -> None:
    await committed(store, 1)
    await store.withdraw("lobby", "asked-1", at=at(1))
    assert await store.recover(unsent_since=lambda _: at(0), at=LATER) == LeftOver()
    assert await delivery(store, 1) == "unknown"


async def test_what_an_event_replies_to_comes_back_with_it(store: Store) -> None:
    waiting, asked = (replace(event(number), replies_to=f"said-{number}") for number in (1, 2))
    await store.accept(waiting)
    await store.accept(asked)
    await store.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(0))
    left = await store.recover(unsent_since=lambda _: at(0), at=LATER)
    assert (left.events, left.unsent[0].event) == ((waiting,), asked)
    record = await store.turn("turn-2")
    assert record is not None
    assert record.event == asked


async def test_the_record_is_proved_with_turns_that_wait_to_be_sent(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await committed(store, 1)
        await committed(store, 2, minute=5)
        await store.recover(unsent_since=lambda _: at(1), at=LATER)
    assert (await proof(path)).findings == ()
    assert linking.links(path) == ["turn", "turn"]
