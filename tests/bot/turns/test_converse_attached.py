"""What comes with a message: quotes and files as words, pictures for whoever sees them, and plain words where not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.port import Card, Inbound, Quoted, TextFile
from adapters.store.sqlite import SQLiteStore
from bot.hearing.heard import Room
from bot.hearing.scopes import speaker
from safi.errors import ModelUnavailable
from safi.ports import Event
from safi.turn import Image
from tests.bot.making import SCOPE, conversing, text_of
from tests.bot.outcomes import outcomes
from tests.doubles import NOON, PLACE, FakeChat, Heard, inbound

CAT = Image(name="cat.png", media_type="image/png", data=b"png")


def message(text: str, number: int = 1, **changes: Any) -> Inbound:
    return replace(inbound(text, number), **changes)


async def left_over(store: SQLiteStore, brought: Inbound, model: Heard) -> Event:
    """The event of a message that came before a crash, as it is found at the next start."""
    model.answer, answer = ZeroDivisionError("a crash"), model.answer
    with pytest.raises(ZeroDivisionError):
        await conversing(store, FakeChat(), intellect=model).hear(brought)
    model.answer = answer
    model.requests.clear()
    (event,) = (await store.recover(unsent_since=lambda _: NOON, at=NOON)).events
    return event


async def test_a_quote_and_files_are_part_of_the_words_and_are_recorded_with_them(store: SQLiteStore) -> None:
    model = Heard("Oil the hinge.")
    quoted, file = Quoted(author="ben", text="It squeaks."), TextFile(name="log.txt", text="squeak\nsqueak")
    await conversing(store, FakeChat(), intellect=model).hear(message("Why?", quoted=quoted, files=(file,)))
    words = f"[replying to: {speaker(PLACE, 'ben')}]\n> It squeaks.\n\nWhy?\n\n[attached: log.txt]\nsqueak\nsqueak"
    assert model.requests[0].messages[-1].text == words
    (record,) = await store.turns(SCOPE, limit=5)
    assert record.event.text == words


async def test_a_model_that_sees_is_shown_the_picture_once(store: SQLiteStore) -> None:
    chat, model = FakeChat(), Heard("A cat.", sees=True)
    converse = conversing(store, chat, intellect=model)
    await converse.hear(message("What is it?", images=(CAT,)))
    await converse.hear(message("Sure?", 2, at=NOON + timedelta(seconds=9)))
    assert model.requests[0].messages[-1].images == (CAT,)
    assert [asked.images for asked in model.requests[1].messages] == [(), (), ()]
    assert (chat.said, chat.cards) == (["A cat.", "A cat."], [])


async def test_a_picture_alone_is_answered_by_a_model_that_sees(store: SQLiteStore) -> None:
    chat = FakeChat()
    await conversing(store, chat, intellect=Heard("A cat.", sees=True)).hear(message("", images=(CAT,)))
    assert (chat.said, chat.cards) == (["A cat."], [])


@pytest.mark.parametrize("cat", [{"images": (CAT,)}, {"unseen": ("cat.png",)}], ids=["fetched", "left there"])
async def test_a_picture_that_cannot_be_seen_is_told_of_to_the_model_and_to_the_member(
    cat: dict[str, Any], store: SQLiteStore
) -> None:
    chat, model = FakeChat(), Heard("I cannot see it.")
    await conversing(store, chat, intellect=model).hear(message("What is it?", **cat))
    asked = model.requests[0].messages[-1]
    assert (asked.text, asked.images) == ("What is it?\n\n[picture not seen: cat.png]", ())
    assert chat.said == ["I cannot see it."]
    assert [card.quiet for card in chat.cards] == [True]
    assert "cannot see pictures: cat.png." in text_of(chat.cards[0])


async def test_what_was_not_taken_or_cut_is_told_of_too(store: SQLiteStore) -> None:
    chat = FakeChat()
    long = TextFile(name="long.txt", text="x" * 1_200)
    await conversing(store, chat).hear(message("Look.", files=(long,), unread=("a.zip", "b.mp3")))
    (card,) = chat.cards
    assert card.lines == (
        "Neither text nor picture, too large, or not for this bot to read: a.zip, b.mp3.",
        "Too long to be read as a whole: 200 characters were left out.",
    )


@pytest.mark.parametrize("text", ["Is that so?", ""])
async def test_who_replies_to_what_the_bot_is_not_shown_is_told_so(store: SQLiteStore, text: str) -> None:
    chat = FakeChat()
    await conversing(store, chat).hear(message(text, quoted=Quoted(author="ben", text="")))
    assert chat.said == (["Oil the hinge."] if text else [])
    (card,) = chat.cards
    assert card.lines == ("What you replied to was not shown to this bot: please copy its words into your message.",)


@pytest.mark.parametrize(("images", "unread"), [((CAT,), ()), ((), ("a.zip",)), ((CAT, CAT), ("a.zip",))])
async def test_nothing_but_what_cannot_be_read_gets_that_notice_and_no_turn(
    store: SQLiteStore, tmp_path: Path, images: tuple[Image, ...], unread: tuple[str, ...]
) -> None:
    chat, model = FakeChat(), Heard("never")
    await conversing(store, chat, intellect=model).hear(message(" ", images=images, unread=unread))
    assert (chat.said, model.requests) == ([], [])
    assert [card.title for card in chat.cards] == ["Not all of that was read"]
    assert outcomes(tmp_path / "safi.db") == {"m1": "ignored: nothing to read"}


async def test_where_there_is_no_answer_nothing_is_said_of_pictures(store: SQLiteStore) -> None:
    chat = FakeChat()
    away = Heard(ModelUnavailable("busy"))
    await conversing(store, chat, intellect=away).hear(message("What is it?", images=(CAT,)))
    assert (chat.said, chat.cards) == (["Words fail me."], [])


async def test_after_a_restart_the_words_alone_remain_and_that_is_said(store: SQLiteStore) -> None:
    chat, model = FakeChat(), Heard("Hard to say.", sees=True)
    event = await left_over(store, message("What is it?", images=(CAT,)), model)
    await conversing(store, chat, intellect=model).take_up(event)
    assert model.requests[0].messages[-1].images == ()
    assert chat.said == ["Hard to say."]
    assert "Pictures are not kept, and a restart came in between: cat.png." in text_of(chat.cards[0])


async def test_after_a_restart_a_picture_alone_is_nothing_to_answer(store: SQLiteStore, tmp_path: Path) -> None:
    chat, model = FakeChat(), Heard("A cat.", sees=True)
    event = await left_over(store, message("", images=(CAT,)), model)
    await conversing(store, chat, intellect=model).take_up(event)
    assert (chat.said, len(chat.cards)) == ([], 1)
    assert outcomes(tmp_path / "safi.db") == {"m1": "ignored: nothing to read"}


async def test_files_make_no_message_too_long(store: SQLiteStore) -> None:
    chat = FakeChat()
    converse = conversing(store, chat, room=Room(own=5, attached=50))
    await converse.hear(message("Sum?!", files=(TextFile(name="n", text="x" * 50),)))
    assert (chat.said, chat.cards) == (["Oil the hinge."], [])


async def test_a_message_that_is_too_long_is_so_after_a_restart_too(store: SQLiteStore, tmp_path: Path) -> None:
    chat, model = FakeChat(), Heard("never")
    long = message("x" * 1_001, files=(TextFile(name="n", text="y"),), images=(CAT,))
    await conversing(store, chat, intellect=model).hear(long)
    event = replace(await left_over(store, message("x" * 900, 2, files=long.files), model), id="e3", message_id="m3")
    await store.accept(event)
    await conversing(store, chat, intellect=model, room=Room(own=800, attached=9)).take_up(event)
    told: list[Card] = chat.cards
    assert [card.sentence[-17:] for card in told] == ["1,000 characters.", "r 800 characters."]
    assert model.requests == []
    found = outcomes(tmp_path / "safi.db")
    assert (found["m1"], found["m3"]) == ("limited: message too long", "limited: message too long")
