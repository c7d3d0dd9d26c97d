"""What a dead process left: sent again where that is safe, answered if soon enough, and always before what is new."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from adapters.chat.port import ChatError, Handlers, Rating
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from safi.ports import Assignment
from safi.profile import Rule
from tests.bot.making import SCOPE
from tests.bot.running import Killed, Life, Notes, app, asking, event_of
from tests.doubles import NOON, PLACE, FakeChat, HandClock, broken, inbound, scopes_with, small_profile

MINUTE = timedelta(minutes=1)


class Dying(FakeChat):
    """The process dies once a post has reached the platform."""

    async def say(self, *args: Any, **kwargs: Any) -> Any:
        await FakeChat.say(self, *args, **kwargs)
        raise Killed


async def died(store: SQLiteStore, life: Life | None = None, **models: Any) -> Dying:
    """A program that died between a post and its mark."""
    chat = Dying(script=asking("one"))
    with pytest.raises(BaseExceptionGroup):
        await app(store, chat, [], life or Life(name="dead"), **models).run(patient=True)
    return chat


def later(seconds: float) -> Life:
    return Life(clock=HandClock(time=NOON + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("remembers", "age", "sent"),
    [
        (MINUTE, 59, True),
        (MINUTE, 60, True),
        (MINUTE, 61, False),
        (5 * MINUTE, 120, True),
        (5 * MINUTE, 121, False),
        (timedelta(), 0, False),
    ],
)
async def test_a_turn_is_sent_again_as_the_same_one_only_while_the_platform_remembers_it(
    store: SQLiteStore, remembers: timedelta, age: int, sent: bool
) -> None:
    dying = await died(store)
    chat = FakeChat(memory=remembers)
    await app(store, chat, [], later(age)).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert chat.turns == (dying.turns if sent else [])
    assert (record.delivery, record.audit) == (("delivered", "landed") if sent else ("unknown", None))
    again = FakeChat(memory=remembers)
    await app(store, again, [], later(age)).run(patient=True)
    assert again.said == []


async def test_a_turn_that_cannot_be_sent_again_stays_as_it_is(store: SQLiteStore) -> None:
    await died(store)
    await app(store, FakeChat(memory=MINUTE, broken=True), []).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert record.delivery == "committed"


async def test_a_turn_is_not_sent_again_once_the_platform_was_away_for_too_long(store: SQLiteStore) -> None:
    await died(store)
    ready, life = asyncio.Event(), later(59)

    async def connect(_: Handlers) -> None:
        life.clock.time += timedelta(seconds=2)
        ready.set()

    chat = FakeChat(script=connect, memory=MINUTE, open=ready)
    await app(store, chat, [], life).run(patient=True)
    assert chat.said == []
    await app(store, FakeChat(memory=MINUTE), [], later(61)).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert record.delivery == "unknown"


async def test_words_that_promise_a_moderator_call_one_when_they_are_sent_again(store: SQLiteStore) -> None:
    rule = Rule(id="in-need", text="Answer nobody in need.", answer_with="A person will come.", notify=True)
    scopes = scopes_with(small_profile(rules=(rule,)))
    await died(store, Life(scopes=scopes), will=ScriptedModel(lambda _: broken("in-need")))
    chat = FakeChat(memory=MINUTE)
    program = app(store, chat, [], Life(scopes=scopes))
    await program.run(patient=True)
    assert chat.said == ["A person will come."]
    assert cast("Notes", program.onlooker).told == ["called for ['in-need']", "Suppressed"]


async def test_what_is_left_comes_before_what_is_new_in_its_place_and_holds_up_no_other(store: SQLiteStore) -> None:
    await died(store)
    await store.accept(event_of(inbound("two", 2), 1))
    elsewhere = replace(PLACE, channel="other")
    ready, aside = asyncio.Event(), asyncio.Event()

    async def script(handlers: Handlers) -> None:
        async def come() -> None:
            await handlers.hear(inbound("three", 3))

        async with asyncio.TaskGroup() as group:
            group.create_task(come())
            await handlers.hear(inbound("aside", 4, place=elsewhere))
            aside.set()

    async def connect() -> None:
        await aside.wait()
        assert chat.said == ["re: aside"]
        ready.set()

    chat = FakeChat(script=script, memory=MINUTE, open=ready)
    async with asyncio.TaskGroup() as group:
        group.create_task(connect())
        group.create_task(app(store, chat, []).run(patient=True))
    assert chat.said == ["re: aside", "re: one", "re: two", "re: three"]


async def test_what_is_deleted_before_anything_can_be_posted_is_neither_sent_nor_answered(store: SQLiteStore) -> None:
    await died(store)
    for number in (2, 3):
        await store.accept(event_of(inbound(f"q{number}", number), 1))
    ready = asyncio.Event()

    async def script(handlers: Handlers) -> None:
        for message_id in ("m1", "m2"):
            await handlers.withdraw(PLACE, message_id)
        ready.set()

    chat = FakeChat(script=script, memory=MINUTE, open=ready)
    await app(store, chat, []).run(patient=True)
    assert chat.said == ["re: q3"]


async def test_a_chat_that_ends_before_anything_can_be_posted_leaves_all_to_the_next_start(store: SQLiteStore) -> None:
    await died(store)
    await store.accept(event_of(inbound("two", 2), 1))
    away = FakeChat(memory=MINUTE, open=asyncio.Event())
    program = app(store, away, [])
    await program.run(patient=True)
    assert (away.said, cast("Notes", program.onlooker).told) == ([], [])
    chat = FakeChat(memory=MINUTE)
    await app(store, chat, []).run(patient=True)
    assert chat.said == ["re: one", "re: two"]


class NeverReady(FakeChat):
    """A platform that was never reached, and says so at the end."""

    async def ready(self, workspace: str | None = None) -> None:
        raise ChatError("the bot has left")


async def test_a_chat_that_says_it_was_never_ready_leaves_all_to_the_next_start_too(store: SQLiteStore) -> None:
    await died(store)
    await store.accept(event_of(inbound("two", 2), 1))
    away = NeverReady(memory=MINUTE)
    await app(store, away, []).run(patient=True)
    chat = FakeChat(memory=MINUTE)
    await app(store, chat, []).run(patient=True)
    assert (away.said, chat.said) == ([], ["re: one", "re: two"])


async def test_a_chat_that_fails_before_anything_can_be_posted_ends_the_program(store: SQLiteStore) -> None:
    async def refused(_: Handlers) -> None:
        raise ChatError("who are you?")

    await store.accept(event_of(inbound("two", 2), 1))
    with pytest.raises(ExceptionGroup) as raised:
        await app(store, FakeChat(open=asyncio.Event(), script=refused), []).run(patient=True)
    assert raised.group_contains(ChatError, match="who are you")


async def test_a_chat_that_is_done_at_once_has_what_was_left_answered_all_the_same(store: SQLiteStore) -> None:
    for number in (1, 2):
        await store.accept(event_of(inbound(f"q{number}", number), 3 - number))
    chat = FakeChat()
    await app(store, chat, []).run(patient=True)
    assert chat.said == ["re: q1", "re: q2"]


async def test_who_answers_where_is_known_before_anything_is_heard(store: SQLiteStore) -> None:
    await store.assign(Assignment(workspace="w", channel="c", paused=True), actor="ann", at=NOON)
    await store.accept(event_of(inbound("left", 1), 1))
    chat = FakeChat(script=asking("one", "two"))
    await app(store, chat, []).run(patient=True)
    assert chat.said == []


async def test_a_platform_reaches_the_deletions_and_the_ratings_too(store: SQLiteStore) -> None:
    async def script(handlers: Handlers) -> None:
        await handlers.hear(inbound("one", 1))
        await handlers.withdraw(PLACE, "m1")
        await handlers.rate(rating)

    rating = Rating(place=PLACE, message_id="out-1", author="ben", vote="up")
    await app(store, FakeChat(script=script), []).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert (await store.votes(record.turn.id)).up == 1
    assert await store.conversation(PLACE.encode(), limit=5) == ()
