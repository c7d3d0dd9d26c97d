"""What a reply is shown of its chain, however long ago that was said."""

from dataclasses import replace
from datetime import timedelta

from adapters.store.sqlite import SQLiteStore
from bot.turns.converse import Converse
from tests.bot.making import conversing
from tests.doubles import NOON, FakeChat, Heard, ids, inbound


async def ask(converse: Converse, number: int, replies_to: str | None = None) -> None:
    message = inbound(f"q{number}", number, at=NOON + timedelta(seconds=number))
    await converse.hear(replace(message, replies_to=replies_to))


def asked(model: Heard) -> list[str]:
    """The questions that the last request holds."""
    return [message.text for message in model.requests[-1].messages if message.role == "user"]


async def test_a_reply_is_shown_its_chain_first_and_then_what_was_said_lately(store: SQLiteStore) -> None:
    model = Heard("Hm.")
    converse = conversing(store, FakeChat(), intellect=model, history=4)
    await ask(converse, 1)
    await ask(converse, 2, replies_to="out-1")
    for number in (3, 4, 5):
        await ask(converse, number)
    await ask(converse, 6, replies_to="out-2")
    assert asked(model) == ["q1", "q2", "q4", "q5", "q6"]
    await ask(converse, 7)
    assert asked(model) == ["q3", "q4", "q5", "q6", "q7"]


async def test_a_reply_to_a_later_part_of_an_answer_finds_its_chain(store: SQLiteStore) -> None:
    model = Heard("Hm.")
    converse = conversing(store, FakeChat(more=("part-2",)), intellect=model, history=1, fresh=ids("t"))
    await ask(converse, 1)
    converse = replace(converse, chat=FakeChat(said=["another"]))
    await ask(converse, 2)
    await ask(converse, 3, replies_to="part-2")
    assert asked(model) == ["q1", "q3"]


async def test_a_reply_to_what_nobody_knows_is_shown_what_was_said_lately(store: SQLiteStore) -> None:
    model = Heard("Hm.")
    converse = conversing(store, FakeChat(), intellect=model)
    await ask(converse, 1)
    await ask(converse, 2, replies_to="unknown")
    assert asked(model) == ["q1", "q2"]
