"""A message's way through the program, on the real loop and the real store."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.cards import hearing
from bot.hearing.heard import Room
from safi.errors import ModelUnavailable
from safi.ports import Event, Request
from safi.turn import Approved, Failed, Suppressed, Unjudged
from tests.adapters.store.making import recovered
from tests.bot.making import SCOPE, conversing
from tests.doubles import NOON, PLACE, FakeChat, Heard, broken, clear, gated, ids, inbound


async def test_an_approved_answer_is_sent_recorded_numbered_and_owed_an_audit(store: SQLiteStore) -> None:
    chat, woken = FakeChat(), list[str]()
    await conversing(store, chat, delivered=lambda: woken.append("now")).hear(inbound("It squeaks.", 1))
    (record,) = await store.turns(SCOPE, limit=5)
    assert (chat.said, chat.rated) == (["Oil the hinge."], [True])
    assert (record.number, record.audit, record.delivery, record.message_id) == (1, "owed", "delivered", "out-1")
    assert woken == ["now"]


@pytest.mark.parametrize(
    ("intellect", "gate", "outcome", "words"),
    [
        ("The code is 1234.", clear(), Suppressed, "That I may not say."),
        ("You fool.", broken("no-insults"), Suppressed, "That I may not say."),
        ("Hello.", "yes, looks fine", Unjudged, "Ask me again."),
        ("Hello.", ModelUnavailable("busy"), Unjudged, "Ask me again."),
        (ModelUnavailable("busy"), clear(), Failed, "Words fail me."),
    ],
)
async def test_what_may_not_go_out_never_goes_out_and_gets_no_number(
    store: SQLiteStore, intellect: str | Exception, gate: str | Exception, outcome: type, words: str
) -> None:
    chat = FakeChat()
    drafting, judging = ScriptedModel(lambda _: intellect), ScriptedModel(lambda _: gate)
    await conversing(store, chat, intellect=drafting, gate=gated(judging)).hear(inbound("Tell me.", 1))
    (record,) = await store.turns(SCOPE, limit=5)
    assert (chat.said, chat.rated) == ([words], [False])
    assert isinstance(record.turn.outcome, outcome)
    assert (record.number, record.audit, record.delivery) == (None, None, "delivered")


async def test_the_turn_is_committed_before_anything_is_sent(store: SQLiteStore) -> None:
    seen = list[str]()

    class Watching(FakeChat):
        async def say(self, *args: Any, **kwargs: Any) -> Any:
            seen.extend(record.delivery for record in await store.turns(SCOPE, limit=5))
            return await FakeChat.say(self, *args, **kwargs)

    await conversing(store, Watching()).hear(inbound("Hello?", 1))
    assert seen == ["committed"]


async def test_a_message_that_comes_twice_is_answered_once(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(converse.hear(inbound("It squeaks.", 1)))
    assert len(chat.said) == 1


async def test_earlier_exchanges_of_the_place_are_shown_to_the_intellect(store: SQLiteStore) -> None:
    model = Heard("Oil the hinge.")
    converse = conversing(store, FakeChat(), intellect=model)
    await converse.hear(inbound("It squeaks.", 1))
    await converse.hear(inbound("And now?", 2, at=NOON + timedelta(seconds=9)))
    assert [message.text for message in model.requests[1].messages] == ["It squeaks.", "Oil the hinge.", "And now?"]


async def test_messages_of_one_place_are_answered_in_order_and_of_two_places_at_once(store: SQLiteStore) -> None:
    gate = asyncio.Event()
    chat = FakeChat()

    async def slow_first(request: Request) -> str:
        text = request.messages[-1].text
        if text == "first":
            await gate.wait()
        return f"re: {text}"

    converse = conversing(store, chat, intellect=ScriptedModel(slow_first))
    elsewhere = replace(PLACE, channel="other")
    async with asyncio.TaskGroup() as group:
        group.create_task(converse.hear(inbound("first", 1)))
        await asyncio.sleep(0)
        second = group.create_task(converse.hear(inbound("second", 2)))
        await group.create_task(converse.hear(inbound("aside", 3, place=elsewhere)))
        assert chat.said == ["re: aside"]
        assert not second.done()
        gate.set()
    assert chat.said == ["re: aside", "re: first", "re: second"]


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_an_empty_message_costs_no_call_and_is_told_what_to_do(store: SQLiteStore, text: str) -> None:
    chat, model = FakeChat(), Heard("never")
    await conversing(store, chat, intellect=model).hear(inbound(text, 1))
    assert (chat.said, chat.cards, model.requests) == ([], [hearing.EMPTY], [])
    assert await recovered(store) == ()


async def test_a_message_over_the_limit_is_told_so_and_costs_no_call(store: SQLiteStore) -> None:
    chat, model = FakeChat(), Heard("never")
    await conversing(store, chat, intellect=model, room=Room(own=10, attached=0)).hear(inbound("eleven char", 1))
    assert [card.sentence for card in chat.cards] == ["Please keep it under 10 characters."]
    assert model.requests == []
    assert await recovered(store) == ()


@pytest.mark.parametrize("text", ["hello", "much too long for here"])
async def test_a_platform_that_takes_nothing_does_not_stop_the_bot(store: SQLiteStore, text: str) -> None:
    await conversing(store, FakeChat(broken=True), room=Room(own=10, attached=0)).hear(inbound(text, 1))
    assert [record.delivery for record in await store.turns(SCOPE, limit=5)] == ["committed"] * (text == "hello")


def left_over(age: timedelta) -> Event:
    return Event(
        id="e1",
        workspace="w",
        place=PLACE.encode(),
        message_id="m1",
        author="ann",
        speaker="member-x",
        text="Still there?",
        at=NOON - age,
    )


@pytest.mark.parametrize(("age", "answers"), [(timedelta(minutes=2), 1), (timedelta(minutes=2, seconds=1), 0)])
async def test_a_left_over_message_is_answered_only_while_it_is_fresh(
    store: SQLiteStore, age: timedelta, answers: int
) -> None:
    chat, event = FakeChat(), left_over(age)
    await store.accept(event)
    (found,) = await recovered(store)
    await conversing(store, chat).take_up(found)
    assert len(chat.said) == answers
    assert await recovered(store) == ()


async def test_the_busy_sign_is_cleared_even_when_the_store_fails(store: SQLiteStore) -> None:
    chat = FakeChat()

    async def failing(*_: Any, **__: Any) -> None:
        raise RuntimeError("no disk")

    converse = conversing(store, chat)
    broken_journal = type("Broken", (), {"accept": store.accept, "commit": failing})()
    with pytest.raises(RuntimeError, match="no disk"):
        await replace(converse, journal=broken_journal).hear(inbound("Hello?", 1))
    assert (chat.working_now, chat.said) == (0, [])


async def test_what_a_model_raises_that_nobody_foresaw_loses_no_message(store: SQLiteStore) -> None:
    chat = FakeChat()
    with pytest.raises(ZeroDivisionError):
        await conversing(store, chat, intellect=Heard(ZeroDivisionError("nobody knew"))).hear(inbound("Hi", 1))
    (event,) = await recovered(store)
    await conversing(store, chat).take_up(event)
    assert (event.text, chat.said, await recovered(store)) == ("Hi", ["Oil the hinge."], ())


async def test_coaching_reaches_the_intellect_unless_it_is_withheld(store: SQLiteStore) -> None:
    for withhold, coached in ((0.0, True), (1.0, False)):
        model = Heard("Fine.")
        converse = conversing(
            store, FakeChat(), intellect=model, gate=gated(ScriptedModel(lambda _: broken("no-insults")))
        )
        texts = range(10 * withhold.__trunc__() + 1, 10 * withhold.__trunc__() + 5)
        for number in texts:
            await replace(converse, withhold=withhold, fresh=ids(f"t{number}")).hear(inbound("Hi", number))
        assert ("no-insults" in "".join(model.requests[-1].system[1:])) is coached


async def test_an_approved_outcome_keeps_the_reason_of_the_gate(store: SQLiteStore) -> None:
    await conversing(store, FakeChat(), gate=gated(ScriptedModel(lambda _: clear("harmless")))).hear(inbound("Hi", 1))
    (record,) = await store.turns(SCOPE, limit=1)
    assert isinstance(record.turn.outcome, Approved)
    assert record.turn.outcome.verdict.reason == "harmless"
