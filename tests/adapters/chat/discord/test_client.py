"""The way of what happens on Discord to the handlers, under simcord: words, changes, thumbs, files; nothing ends it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import discord
import pytest

from adapters.chat.attached import FILES, IMAGES
from adapters.chat.discord import places
from adapters.chat.discord.client import EDITED_WITHIN, intents
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Place, Rating, TextFile
from safi.turn import Image
from tests.adapters.chat.discord.simulated import FREE, Core, simulated

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


async def test_a_mention_is_heard_and_answered_with_a_reply() -> None:
    async with simulated() as there:
        asked = await there.ada.send(there.channel, f"{there.bot} good morning")
        (heard,) = there.core.heard
        assert (heard.text, heard.author, heard.message_id) == ("good morning", str(there.ada.id), str(asked.id))
        assert heard.at == asked.created_at
        (answer,) = there.own()
        assert answer.content == "You said: good morning"
        assert answer.reference is not None
        assert answer.reference.message_id == asked.id


def test_no_privileged_intent_is_asked_for_unless_a_free_response_channel_needs_one() -> None:
    least = intents(Settings(token="t"))
    assert {name for name, on in least if on} == {"guilds", "guild_messages", "guild_reactions", "dm_messages"}
    direct = intents(Settings(token="t", direct_messages=True))
    assert {name for name, on in direct if on} - {name for name, on in least if on} == {"dm_reactions"}
    free = intents(Settings(token="t", free_response=frozenset({FREE})))
    assert {name for name, on in free if on} - {name for name, on in least if on} == {"message_content"}


async def test_a_message_that_is_changed_to_address_the_bot_is_heard_while_it_is_fresh() -> None:
    async with simulated() as there:
        message = await there.ada.send(there.channel, "hello")
        await there.ada.edit(message, f"{there.bot} hello")
        assert [heard.text for heard in there.core.heard] == ["hello"]


async def test_a_message_that_was_heard_is_not_heard_again_when_it_is_changed() -> None:
    async with simulated() as there:
        message = await there.ada.send(there.channel, f"{there.bot} hello")
        await there.ada.edit(message, f"{there.bot} hello there")
        assert there.texts() == ["You said: hello"]


async def test_an_old_message_is_not_heard_when_it_is_changed() -> None:
    async with simulated() as there:
        message = await there.ada.send(there.channel, "hello")
        await there.env.advance_time((EDITED_WITHIN + timedelta(seconds=1)).total_seconds())
        await there.ada.edit(message, f"{there.bot} hello")
        assert not there.core.heard


async def test_what_is_deleted_is_withdrawn() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        one, two, three = [await there.ada.send(there.channel, "hello") for _ in range(3)]
        await there.ada.delete(one)
        there.env.backend.bulk_delete_messages(there.channel.id, [two.id, three.id])
        await there.env.settle()
        assert there.core.gone == [(here, str(message.id)) for message in (one, two, three)]


async def test_thumbs_under_an_answer_are_votes() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        await there.ada.send(there.channel, f"{there.bot} hello")
        (answer,) = there.own()
        for emoji in ("👍", "🎉", "👎🏽"):
            await there.ada.react(answer, emoji)
        for emoji in ("👍", "👎🏽"):
            await there.ada.unreact(answer, emoji)
        ada, message_id = str(there.ada.id), str(answer.id)
        assert there.core.ratings == [
            Rating(place=here, message_id=message_id, author=ada, vote=vote) for vote in ("up", "down", None)
        ]


async def test_a_thumb_that_is_taken_back_for_another_leaves_the_other_one() -> None:
    async with simulated() as there:
        await there.ada.send(there.channel, f"{there.bot} hello")
        (answer,) = there.own()
        await there.ada.react(answer, "👍")
        await there.ada.react(answer, "👎")
        await there.ada.unreact(answer, "👍")
        assert [rating.vote for rating in there.core.ratings] == ["up", "down"]


async def test_what_happens_where_nothing_can_be_looked_up_is_passed_over() -> None:
    async with simulated() as there:
        gone = {"guild_id": str(there.guild.id), "channel_id": "1", "message_id": "2", "id": "2"}
        thumb = {"emoji": {"id": None, "name": "👍"}, "user_id": str(there.ada.id), "type": 0}
        there.env.backend.emit("MESSAGE_DELETE", gone)
        there.env.backend.emit("MESSAGE_REACTION_ADD", gone | thumb)
        await there.env.settle()
        assert not there.core.gone
        assert not there.core.ratings


async def test_what_is_deleted_in_a_direct_conversation_is_withdrawn() -> None:
    async with simulated(direct_messages=True) as there:
        message = await there.ada.send_dm("hello")
        there.env.backend.delete_message(message.channel.id, message.id)
        await there.env.settle()
        assert there.core.gone == [(there.core.heard[0].place, str(message.id))]


async def test_thumbs_of_bots_or_under_what_others_said_are_none() -> None:
    async with simulated() as there:
        other = there.guild.add_member(there.env.create_user("other", bot=True))
        said = await there.ada.send(there.channel, f"{there.bot} hello")
        (answer,) = there.own()
        await other.react(answer, "👍")
        thumb = {"emoji": {"id": None, "name": "👍"}, "user_id": str(there.ada.id), "type": 0}
        where = {"guild_id": str(there.guild.id), "channel_id": str(there.channel.id), "message_id": str(said.id)}
        there.env.backend.emit("MESSAGE_REACTION_ADD", thumb | where | {"message_author_id": str(there.ada.id)})
        await there.env.settle()
        assert not there.core.ratings


async def test_texts_and_pictures_are_taken_and_what_is_neither_is_named() -> None:
    async with simulated() as there:
        await there.ada.send(
            there.channel,
            f"{there.bot} look",
            attachments=[
                ("notes.txt", "\ufeffÄpfel".encode()),
                ("table.csv", b"a,b\n1,2"),
                ("photo.png", PNG),
                ("false.png", b"GIF89a rest"),
                ("broken.jpg", b"no picture"),
                ("sound.mp3", b"ID3"),
                ("latin.txt", "Äpfel".encode("latin-1")),
                ("zeros.txt", b"a\x00b"),
            ],
        )
        (heard,) = there.core.heard
        assert heard.files == (TextFile(name="notes.txt", text="Äpfel"), TextFile(name="table.csv", text="a,b\n1,2"))
        assert [(image.name, image.media_type) for image in heard.images] == [
            ("photo.png", "image/png"),
            ("false.png", "image/gif"),
        ]
        assert heard.images[0] == Image(name="photo.png", media_type="image/png", data=PNG)
        assert heard.unread == ("broken.jpg", "sound.mp3", "latin.txt", "zeros.txt")


async def test_what_is_too_large_or_too_much_is_named() -> None:
    async with simulated() as there:
        texts = [(f"{number}.txt", b"x") for number in range(FILES.most + 1)]
        large = [("large.txt", b"x" * (FILES.size + 1)), ("large.png", PNG + bytes(IMAGES.size))]
        await there.ada.send(there.channel, there.bot, attachments=[*large, *texts])
        (heard,) = there.core.heard
        assert [file.name for file in heard.files] == ["0.txt", "1.txt", "2.txt", "3.txt"]
        assert heard.unread == ("large.txt", "large.png", "4.txt")


async def test_what_cannot_be_downloaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated() as there:
        nothing: dict[str, bytes] = {}
        monkeypatch.setattr(there.env.backend.cdn, "get", nothing.get)
        await there.ada.send(there.channel, there.bot, attachments=[("notes.txt", b"x")])
        assert there.core.heard[0].unread == ("notes.txt",)


async def test_messages_of_a_channel_are_heard_in_order() -> None:
    async with simulated() as there:
        for number in range(5):
            attachments = [("notes.txt", b"x")] if number % 2 else []
            there.env.backend.create_message(
                there.channel.id,
                there.ada.id,
                f"{there.bot} {number}",
                attachments=there.env.backend.store_attachments(there.channel.id, attachments),
            )
        await there.env.settle()
        assert [heard.text for heard in there.core.heard] == ["0", "1", "2", "3", "4"]


@dataclass
class Ordered(Core):
    """A core that wants to hear of a message before it hears that it is gone."""

    async def withdraw(self, place: Place, message_id: str) -> None:
        assert [heard.message_id for heard in self.heard] == [message_id]
        await super().withdraw(place, message_id)


async def test_a_message_that_is_deleted_while_its_files_are_read_is_withdrawn_after_it_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, deleted = asyncio.Event(), asyncio.Event()

    async def read(_: discord.Attachment) -> bytes:
        reading.set()
        await deleted.wait()
        return b"x"

    monkeypatch.setattr(discord.Attachment, "read", read)
    async with simulated(Ordered()) as there:
        files = there.env.backend.store_attachments(there.channel.id, [("notes.txt", b"x")])
        message = there.env.backend.create_message(there.channel.id, there.ada.id, there.bot, attachments=files)
        await reading.wait()
        there.env.backend.delete_message(there.channel.id, message.id)
        for _ in range(10):  # as many steps as the loop needs for the deletion to overtake
            await asyncio.sleep(0)
        deleted.set()
        await there.env.settle()
        assert [message_id for _, message_id in there.core.gone] == [str(message.id)]


async def test_an_event_that_cannot_be_read_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    async with simulated() as there:
        there.env.backend.emit("MESSAGE_CREATE", {"guild_id": str(there.guild.id), "content": "a canary"})
        await there.ada.send(there.channel, f"{there.bot} still there?")
        assert there.texts() == ["You said: still there?"]
        assert "MESSAGE_CREATE that cannot be read" in caplog.text
        assert "canary" not in caplog.text


async def test_what_a_handler_raises_ends_the_run_and_is_not_lost() -> None:
    async def broken(_: object, kept: object = None) -> None:
        raise ZeroDivisionError

    core = Core()
    core.hear = broken  # type: ignore[method-assign]
    with pytest.RaisesGroup(ZeroDivisionError, flatten_subgroups=True):
        async with simulated(core) as there:
            await there.ada.send(there.channel, f"{there.bot} hello")
            await there.env.settle()
