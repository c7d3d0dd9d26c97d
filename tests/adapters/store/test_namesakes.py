"""What bears one name in two places or two workspaces: what becomes of one of them leaves the other as it is."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from adapters.store.verify.record import verified
from safi.ports import Event
from safi.record import Baseline
from safi.turn import Turn
from tests.adapters.store import linking
from tests.adapters.store.making import (
    LATER,
    PROFILE,
    Store,
    answer,
    at,
    audited,
    erased,
    event,
    expired,
    ledger,
    operated,
)

BOTH = ("home", "away")


def namesake(workspace: str, *, place: str | None = None, number: int = 1) -> Event:
    """A message whose event and message are called as those of others elsewhere."""
    where = workspace if place is None else place
    asked = event(number, place=where, text=f"In {where}?", minute=1, workspace=workspace)
    return replace(asked, message_id="asked")


def made(asked: Event) -> Turn:
    """A turn for it, with a name of its own."""
    return replace(answer(asked), id=f"turn-{asked.place}")


async def committed(store: Store, asked: Event) -> str:
    turn = made(asked)
    await store.accept(asked)
    await store.commit(asked, turn, profile=PROFILE, scope=asked.place, at=at(1))
    return turn.id


async def delivered(store: Store, asked: Event) -> str:
    turn_id = await committed(store, asked)
    await store.deliver(turn_id, message_id="posted", more=("further",), at=at(1))
    return turn_id


async def shown(store: Store, place: str) -> list[str]:
    return [exchange.id for exchange in await store.conversation(place, limit=9)]


@pytest.mark.parametrize("message_id", ["asked", "posted"])
async def test_a_message_that_is_deleted_in_one_place_stays_in_another(store: Store, message_id: str) -> None:
    for number, place in enumerate(("lobby", "attic")):
        await delivered(store, namesake("home", place=place, number=number))
    await store.withdraw("lobby", message_id, at=at(2))
    assert (await shown(store, "lobby"), await shown(store, "attic")) == ([], ["turn-attic"])


async def test_a_further_message_that_is_deleted_in_one_place_stays_in_another(store: Store) -> None:
    for number, place in enumerate(("lobby", "attic")):
        await delivered(store, namesake("home", place=place, number=number))
    await store.withdraw("attic", "further", at=at(2))
    assert (await shown(store, "lobby"), await shown(store, "attic")) == (["turn-lobby"], [])


async def test_a_deletion_in_one_workspace_leaves_an_event_of_that_name_in_another(store: Store) -> None:
    for workspace in BOTH:
        await delivered(store, namesake(workspace))
    await store.withdraw("home", "asked", at=at(2))
    assert (await shown(store, "home"), await shown(store, "away")) == ([], ["turn-away"])


@pytest.mark.parametrize("erasing", [False, True])
async def test_what_went_in_one_workspace_is_still_sent_in_another(store: Store, erasing: bool) -> None:
    for workspace in BOTH:
        await committed(store, namesake(workspace))
    await (erased(store) if erasing else store.withdraw("home", "asked", at=at(2)))
    left = await store.recover(unsent_since=lambda _: at(0), at=LATER)
    assert [unsent.turn for unsent in left.unsent] == [made(namesake("away"))]


async def test_an_erasure_in_one_workspace_leaves_all_of_an_event_of_that_name_in_another(store: Store) -> None:
    for workspace in BOTH:
        await delivered(store, namesake(workspace))
    held = await store.turn("turn-away")
    await erased(store)
    assert await store.turn("turn-away") == held
    owed = await store.claim(at=at(2), until=at(3))
    assert owed
    assert owed.turn == made(namesake("away"))


async def test_words_that_expire_in_one_workspace_stay_for_an_event_of_that_name_in_another(store: Store) -> None:
    await delivered(store, namesake("home"))
    await delivered(store, replace(namesake("away"), at=at(5)))
    held = await store.turn("turn-away")
    assert (await expired(store, texts=3, minute=6)).texts == 1
    assert await store.turn("turn-away") == held


async def test_a_reply_never_leads_to_what_was_said_in_another_place(store: Store) -> None:
    await delivered(store, namesake("home", place="attic"))
    for message_id in ("asked", "posted", "further"):
        assert await store.replied("lobby", message_id, limit=9) == ()
        assert await store.posted("lobby", message_id) is None


async def test_a_reply_to_a_question_leads_to_the_answer_that_it_got_in_this_place(store: Store) -> None:
    for number, place in enumerate(("attic", "lobby", "cellar")):
        await delivered(store, namesake("home", place=place, number=number))
    for message_id in ("asked", "posted", "further"):
        assert [each.id for each in await store.replied("lobby", message_id, limit=9)] == ["turn-lobby"]


async def test_each_workspace_has_the_words_that_were_said_there(store: Store) -> None:
    for workspace in BOTH:
        await delivered(store, namesake(workspace))
    for workspace in BOTH:
        record = await store.turn(f"turn-{workspace}")
        assert record
        assert record.event == namesake(workspace)


async def test_what_members_said_of_an_answer_stays_where_words_of_that_name_go_elsewhere(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        for workspace in BOTH:
            await delivered(store, namesake(workspace))
            await store.report(f"turn-{workspace}", author="Grace", reason=f"In {workspace}.", at=at(2))
        await erased(store)
    reasons = linking.found(tmp_path / "store.db", "select turn, reason from reports order by turn")
    assert [row["reason"] for row in reasons] == ['"In away."', None]


async def test_an_outcome_in_one_workspace_leaves_an_event_of_that_name_open_in_another(store: Store) -> None:
    for workspace in BOTH:
        await store.accept(namesake(workspace))
    await store.dismiss(namesake("home"), "ignored", "not for us")
    left = await store.recover(unsent_since=lambda _: at(0), at=at(9))
    assert left.events == (namesake("away"),)


async def test_a_checkpoint_keeps_what_is_not_finished_in_each_workspace(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        for workspace in BOTH:
            await delivered(store, namesake(workspace))
        for _ in BOTH:  # each share is of one workspace
            await expired(store, checkpoint=5, minute=5)
        for _ in BOTH:
            await expired(store, ledgers=9, minute=9)
        assert linking.links(tmp_path / "store.db")[0] == "operation"
    assert (await verified(tmp_path / "store.db")).findings == ()


async def test_what_goes_behind_a_checkpoint_of_one_workspace_leaves_the_whole_chain_of_another(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await delivered(store, namesake("away"))
        await operated(store, Baseline(), scope="away", workspace="away")  # waits, so that no checkpoint is written
        for number in range(4):
            await audited(store, number, ledger(), minute=2)
        await expired(store, checkpoint=5, minute=5)
        assert (await expired(store, ledgers=9, minute=9)).turns == 4
        assert await store.turn("turn-away")
    assert linking.links(path, "away") == ["turn", "delivery", "operation"]
    assert [done["workspace"] for done in linking.operations(path, "baseline")] == ["away"]
    assert (await verified(path)).findings == ()
