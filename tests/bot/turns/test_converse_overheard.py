"""What members say to one another in a thread: heard where the persona talks there already, else never kept."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.chat.port import DIRECT_MESSAGES_OFF, GUESTS_OFF, Inbound, Place, Refusal
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from safi.errors import ModelUnavailable
from safi.ports import Assignment
from safi.record import fold
from tests.adapters.store.linking import found
from tests.bot.crowd import crowd
from tests.bot.making import conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import NOON, PLACE, FakeChat, Heard, broken, gated, ids, inbound

THREAD = replace(PLACE, thread="1")
OTHER = replace(PLACE, thread="2")
TABLES = ("events", "texts", "turns", "links", "posts", "calls")


def overheard(number: int, place: Place = THREAD, *, unanswered: Refusal | None = None) -> Inbound:
    message = inbound(f"Among ourselves {number}.", number, place=place)
    return replace(message, overheard=True, unanswered=unanswered)


def rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    return {table: found(path, f"select count(*) as many from {table}")[0]["many"] for table in TABLES}


def contents(folder: Path) -> list[bytes]:
    """What stands in all files of a folder."""
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("unanswered", [None, DIRECT_MESSAGES_OFF, GUESTS_OFF])
@pytest.mark.parametrize("place", [THREAD, PLACE])
async def test_where_the_persona_does_not_talk_nothing_is_kept_of_it_and_nobody_is_told_anything(
    store: SQLiteStore, tmp_path: Path, place: Place, unanswered: Refusal | None
) -> None:
    chat, model = FakeChat(), Heard("never")
    await conversing(store, chat, intellect=model).hear(overheard(1, place, unanswered=unanswered))
    assert (chat.said, chat.cards, model.requests) == ([], [], [])
    assert rows(tmp_path / "safi.db") == dict.fromkeys(TABLES, 0)
    assert not any(b"Among ourselves" in content for content in contents(tmp_path))


async def test_where_it_talks_it_is_answered_with_what_was_said_before(store: SQLiteStore, tmp_path: Path) -> None:
    chat, model = FakeChat(), Heard("Oil the hinge.")
    converse = conversing(store, chat, intellect=model)
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    await converse.hear(overheard(2))
    assert chat.said == ["Oil the hinge."] * 2
    assert [message.text for message in model.requests[-1].messages] == [
        "It squeaks.",
        "Oil the hinge.",
        "Among ourselves 2.",
    ]
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "turn"}


async def test_talking_in_one_thread_is_talking_in_no_other_and_not_in_the_channel(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    for number, place in enumerate((OTHER, PLACE, replace(THREAD, channel="d"), replace(THREAD, workspace="x")), 2):
        await converse.hear(overheard(number, place))
    assert chat.said == ["Oil the hinge."]
    assert kept(tmp_path / "safi.db") == {"m1": "It squeaks."}


async def test_while_the_first_question_is_being_answered_the_thread_is_heard_and_no_other_is(
    store: SQLiteStore, tmp_path: Path
) -> None:
    async with crowd(store) as there:
        await there.comes(1, place=THREAD)
        waiting = there.group.create_task(there.converse.hear(overheard(2)))
        await there.converse.hear(overheard(3, OTHER))
        await there.converse.hear(overheard(4, PLACE))
        assert not waiting.done()
    assert there.chat.said == ["re: q1", "re: Among ourselves 2."]
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "turn"}


async def test_words_that_were_held_back_are_talk_too(store: SQLiteStore) -> None:
    chat = FakeChat()
    held_back = conversing(store, chat, gate=gated(ScriptedModel(lambda _: broken("no-insults"))))
    await held_back.hear(inbound("It squeaks.", 1, place=THREAD))
    await conversing(store, chat, fresh=ids("later")).hear(overheard(2))
    assert chat.said == ["That I may not say.", "Oil the hinge."]


async def test_a_notice_that_nothing_could_be_said_is_no_talk(store: SQLiteStore, tmp_path: Path) -> None:
    chat = FakeChat()
    await conversing(store, chat, intellect=Heard(ModelUnavailable("busy"))).hear(inbound("Hi", 1, place=THREAD))
    await conversing(store, chat).hear(overheard(2))
    assert chat.said == ["Words fail me."]
    assert kept(tmp_path / "safi.db") == {"m1": "Hi"}


async def test_an_answer_that_did_not_get_there_is_no_talk(store: SQLiteStore, tmp_path: Path) -> None:
    await conversing(store, FakeChat(broken=True)).hear(inbound("Hi", 1, place=THREAD))
    await conversing(store, FakeChat()).hear(overheard(2))
    assert kept(tmp_path / "safi.db") == {"m1": "Hi"}


async def test_once_what_was_said_there_is_deleted_the_persona_does_not_talk_there_any_more(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    await converse.withdraw(THREAD, "m1")
    await converse.hear(overheard(2))
    assert chat.said == ["Oil the hinge."]
    assert set(outcomes(tmp_path / "safi.db")) == {"m1"}


async def test_once_what_was_said_there_has_expired_the_persona_does_not_talk_there_any_more(
    store: SQLiteStore, tmp_path: Path
) -> None:
    converse = conversing(store, FakeChat())
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    later = NOON + timedelta(days=31)
    await store.expire(texts_before=later, ledgers_before=NOON, checkpoint_before=NOON, step=fold, at=later)
    await converse.hear(overheard(2))
    assert rows(tmp_path / "safi.db")["events"] == 1


async def test_where_the_channel_is_paused_only_threads_with_the_persona_have_a_record_of_it_without_words(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    converse.scopes.assigned.take_in([Assignment(workspace="w", channel="c", paused=True)])
    await converse.hear(overheard(2))
    await converse.hear(overheard(3, OTHER))
    assert (chat.said, chat.cards) == (["Oil the hinge."], [])
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "ignored: paused"}
    assert kept(tmp_path / "safi.db")["m2"] == ""


async def test_what_was_deleted_before_it_came_leaves_no_words_where_the_persona_talks(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    await converse.hear(inbound("It squeaks.", 1, place=THREAD))
    await converse.withdraw(THREAD, "m2")
    await converse.withdraw(OTHER, "m3")
    await converse.hear(overheard(2))
    await converse.hear(overheard(3, OTHER))
    assert chat.said == ["Oil the hinge."]
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "ignored: deleted"}
    assert kept(tmp_path / "safi.db")["m2"] == ""


async def test_what_is_deleted_while_it_waits_is_not_answered(store: SQLiteStore, tmp_path: Path) -> None:
    told = asyncio.Event()
    async with crowd(store) as there:
        await there.comes(1, place=THREAD)
        there.group.create_task(there.converse.hear(overheard(2), told.set))
        await told.wait()
        await there.converse.withdraw(THREAD, "m2")
    assert there.chat.said == ["re: q1"]
    assert outcomes(tmp_path / "safi.db") == {"m1": "turn", "m2": "ignored: deleted"}


@pytest.mark.parametrize("mention_first", [True, False])
async def test_a_mention_that_is_overheard_as_well_is_answered_once(store: SQLiteStore, mention_first: bool) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    mention = inbound("It squeaks.", 1, place=THREAD)
    both = [mention, replace(mention, overheard=True)]
    for message in both if mention_first else reversed(both):
        await converse.hear(message)
    assert chat.said == ["Oil the hinge."]


async def test_a_mention_that_is_overheard_at_the_same_time_is_answered_once(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    mention = inbound("It squeaks.", 1, place=THREAD)
    async with asyncio.TaskGroup() as group:
        for message in (replace(mention, overheard=True), mention, replace(mention, overheard=True)):
            group.create_task(converse.hear(message))
    assert chat.said == ["Oil the hinge."]
