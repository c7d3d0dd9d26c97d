"""When a platform may say that a message has arrived: once it is in the record, before anything is made of it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.port import DIRECT_MESSAGES_OFF, Inbound, Place, Refusal
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from safi.errors import StoreUnavailable
from safi.ports import Event, Journal, Recall
from tests.bot.crowd import crowd
from tests.bot.making import conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import PLACE, FakeChat, Heard, inbound

THREADS = tuple(replace(PLACE, thread=thread) for thread in (None, "1", "2"))


@dataclass(slots=True)
class Failing:
    """A store that fails where it is told to; `accepted` are the events that are in it for good."""

    store: SQLiteStore
    at: frozenset[str]
    accepted: set[str] = field(default_factory=set[str])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def accept(self, event: Event) -> bool:
        if event.id in self.at:
            raise StoreUnavailable("no disk")
        new = await self.store.accept(event)
        self.accepted.add(event.id)
        return new

    async def conversation(self, place: str, *, limit: int) -> Sequence[object]:
        if "conversation" in self.at:
            raise StoreUnavailable("no disk")
        return await self.store.conversation(place, limit=limit)


async def test_a_message_is_kept_once_it_is_in_the_record_and_before_any_model_is_asked(
    store: SQLiteStore, tmp_path: Path
) -> None:
    log = list[object]()

    def draft(_: object) -> str:
        log.append("asked")
        return "Oil the hinge."

    converse = conversing(store, FakeChat(), intellect=ScriptedModel(draft))
    await converse.hear(inbound("It squeaks.", 1), lambda: log.append(outcomes(tmp_path / "safi.db")))
    assert log == [{"m1": "open"}, "asked"]


async def test_a_message_that_waits_for_others_is_kept_meanwhile(store: SQLiteStore) -> None:
    told = asyncio.Event()
    async with crowd(store) as there:
        await there.comes(1)
        second = there.group.create_task(there.converse.hear(inbound("q2", 2), told.set))
        await told.wait()
        assert not second.done()
        assert there.chat.said == []


async def test_a_message_that_was_heard_before_is_kept_each_time(store: SQLiteStore) -> None:
    chat, told = FakeChat(), list[int]()
    converse = conversing(store, chat)
    for time in range(3):
        await converse.hear(inbound("It squeaks.", 1), lambda time=time: told.append(time))
    assert (told, chat.said) == ([0, 1, 2], ["Oil the hinge."])


async def test_one_post_told_under_two_events_is_kept_twice_and_answered_once(store: SQLiteStore) -> None:
    chat, told = FakeChat(), list[str]()
    converse = conversing(store, chat)
    for event_id in ("mention", "message"):
        message = replace(inbound("It squeaks.", 1), event_id=event_id)
        await converse.hear(message, lambda event_id=event_id: told.append(event_id))
    assert (told, chat.said) == (["mention", "message"], ["Oil the hinge."])


async def test_what_is_passed_over_is_kept_too_before_anybody_is_told_why(store: SQLiteStore, tmp_path: Path) -> None:
    log = list[object]()
    message = replace(inbound("My secret.", 1), unanswered=DIRECT_MESSAGES_OFF)
    chat = FakeChat()
    await conversing(store, chat).hear(message, lambda: log.append((outcomes(tmp_path / "safi.db"), chat.cards[:])))
    assert log == [({"m1": "open"}, [])]
    assert kept(tmp_path / "safi.db") == {"m1": ""}


async def test_what_was_deleted_before_it_came_is_kept_too(store: SQLiteStore) -> None:
    converse, told = conversing(store, FakeChat()), list[str]()
    await converse.withdraw(PLACE, "m1")
    await converse.hear(inbound("My secret.", 1), lambda: told.append("kept"))
    assert told == ["kept"]


async def test_what_is_turned_away_is_kept_too(store: SQLiteStore) -> None:
    told = list[str]()
    async with crowd(store) as there:
        await there.comes(1, 2, 3)
        for _ in range(2):
            await there.converse.hear(inbound("q4", 4), lambda: told.append("kept"))
    assert told == ["kept", "kept"]


async def test_what_was_not_said_to_the_bot_is_kept_without_a_record(store: SQLiteStore, tmp_path: Path) -> None:
    told = list[str]()
    message = replace(inbound("Among ourselves.", 1), overheard=True)
    await conversing(store, FakeChat()).hear(message, lambda: told.append("kept"))
    assert (told, outcomes(tmp_path / "safi.db")) == (["kept"], {})


@pytest.mark.parametrize("at", ["e1", "conversation"])
@pytest.mark.parametrize("changes", [{"overheard": True}, {"overheard": True, "unanswered": DIRECT_MESSAGES_OFF}])
async def test_where_the_store_fails_nothing_is_said_to_be_kept(
    store: SQLiteStore, at: str, changes: dict[str, Any]
) -> None:
    told, chat, model = list[str](), FakeChat(), Heard("never")
    failing: Any = Failing(store, frozenset({at}))
    talking = conversing(store, chat)
    await talking.hear(inbound("It squeaks.", 9))
    converse = conversing(store, chat, journal=failing, recall=failing, intellect=model)
    with pytest.raises(StoreUnavailable):
        await converse.hear(replace(inbound("And now?", 1), **changes), lambda: told.append("kept"))
    assert (told, model.requests, chat.said) == ([], [], ["Oil the hinge."])


@pytest.mark.parametrize("unanswered", [None, DIRECT_MESSAGES_OFF])
async def test_where_a_message_cannot_be_recorded_it_is_not_said_to_be_kept(
    store: SQLiteStore, unanswered: Any
) -> None:
    told, chat = list[str](), FakeChat()
    converse = conversing(store, chat, journal=cast("Journal", Failing(store, frozenset({"e1"}))))
    with pytest.raises(StoreUnavailable):
        await converse.hear(replace(inbound("Hi", 1), unanswered=unanswered), lambda: told.append("kept"))
    assert (told, chat.said, chat.cards) == ([], [], [])


def message(number: int, place: Place, *, overheard: bool, unanswered: Refusal | None) -> Inbound:
    return replace(inbound(f"q{number}", number, place=place), overheard=overheard, unanswered=unanswered)


messages = st.builds(
    message,
    number=st.integers(1, 6),
    place=st.sampled_from(THREADS),
    overheard=st.booleans(),
    unanswered=st.sampled_from([None, None, DIRECT_MESSAGES_OFF]),
)


@given(
    heard=st.lists(messages, max_size=10),
    fails=st.frozensets(st.sampled_from(["e1", "e2", "e3"]), max_size=2),
    at_once=st.booleans(),
    waiting=st.integers(0, 3),
)
@settings(max_examples=12)
async def test_whatever_comes_is_said_to_be_kept_once_if_it_cannot_be_lost_or_was_not_for_the_bot(
    heard: list[Inbound], fails: frozenset[str], at_once: bool, waiting: int
) -> None:
    told, failed = [0] * len(heard), [False] * len(heard)

    async def hear(index: int, each: Inbound) -> None:
        def say() -> None:
            told[index] += 1
            assert each.event_id in journal.accepted or each.overheard

        failed[index] = True
        with suppress(StoreUnavailable):
            await converse.hear(each, say)
            failed[index] = False

    with TemporaryDirectory() as directory:
        async with open_store(Path(directory) / "safi.db") as store:
            journal = Failing(store, fails)
            both: dict[str, Any] = {"journal": cast("Journal", journal), "recall": cast("Recall", journal)}
            converse = conversing(store, FakeChat(), waiting=waiting, **both)
            await _each([partial(hear, index, each) for index, each in enumerate(heard)], at_once=at_once)
        recorded = outcomes(Path(directory) / "safi.db")
    assert told == [0 if lost else 1 for lost in failed]
    assert len(recorded) == len(journal.accepted)
    assert "open" not in recorded.values()
    for each, lost in zip(heard, failed, strict=True):
        assert lost <= (each.event_id in fails)
        assert lost or each.overheard or each.event_id in journal.accepted


async def _each(jobs: Sequence[Callable[[], Any]], *, at_once: bool) -> None:
    if not at_once:
        for job in jobs:
            await job()
        return
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job())
