"""Texts and pictures are taken, whatever their names say; what is neither, too large or too much is named."""

import asyncio
from dataclasses import dataclass

from adapters.chat.attached import FILES, IMAGES, Offered, Taken, chosen, take
from adapters.chat.port import TextFile
from safi.turn import Image

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PATIENCE = 60.0
ROOM = 64 * 1024 * 1024


@dataclass(slots=True)
class Source:
    """Where the bytes of something attached come from."""

    data: bytes | None
    reads: int = 0

    async def read(self) -> bytes | None:
        self.reads += 1
        return self.data


def offered(name: str, media_type: str, data: bytes | None, *, size: int | None = None) -> Offered:
    said = len(data or b"") if size is None else size
    return Offered(name=name, media_type=media_type, size=said, read=Source(data).read)


async def taken(*attached: Offered) -> Taken:
    return await take(attached, chosen(attached, room=ROOM), patience=PATIENCE)


async def test_texts_are_taken_whatever_kind_of_text_they_are() -> None:
    got = await taken(
        offered("notes.txt", "text/plain; charset=utf-8", "\ufeffÄpfel".encode()),
        offered("table.csv", "TEXT/CSV", b"a,b\n1,2"),
        offered("script", "", b"#!/bin/sh"),
        offered("data.json", "application/json", b"{}"),
    )
    assert got.files == (
        TextFile(name="notes.txt", text="Äpfel"),
        TextFile(name="table.csv", text="a,b\n1,2"),
        TextFile(name="script", text="#!/bin/sh"),
        TextFile(name="data.json", text="{}"),
    )
    assert got.unread == ()


async def test_a_picture_is_of_the_type_that_its_bytes_say() -> None:
    got = await taken(
        offered("photo.png", "image/png", PNG),
        offered("false.png", "image/png", b"GIF89a rest"),
        offered("photo.webp", "image/webp", b"RIFF1234WEBP"),
        offered("broken.jpg", "image/jpeg", b"no picture"),
    )
    assert got.images == (
        Image(name="photo.png", media_type="image/png", data=PNG),
        Image(name="false.png", media_type="image/gif", data=b"GIF89a rest"),
        Image(name="photo.webp", media_type="image/webp", data=b"RIFF1234WEBP"),
    )
    assert got.unread == ("broken.jpg",)


async def test_what_is_neither_is_named_in_the_order_in_which_it_came() -> None:
    got = await taken(
        offered("sound.mp3", "audio/mpeg", b"ID3"),
        offered("latin.txt", "text/plain", "Äpfel".encode("latin-1")),
        offered("good.txt", "text/plain", b"x"),
        offered("zeros.txt", "text/plain", b"a\x00b"),
        offered("gone.txt", "text/plain", None),
    )
    assert got.unread == ("sound.mp3", "latin.txt", "zeros.txt", "gone.txt")
    assert [file.name for file in got.files] == ["good.txt"]


async def test_what_is_too_large_or_too_much_is_named() -> None:
    texts = [offered(f"{number}.txt", "text/plain", b"x") for number in range(FILES.most + 1)]
    got = await taken(
        offered("large.txt", "text/plain", b"x", size=FILES.size + 1),
        offered("large.png", "image/png", PNG, size=IMAGES.size + 1),
        *texts,
    )
    assert [file.name for file in got.files] == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert got.unread == ("large.txt", "large.png", "4.txt")


async def test_what_turns_out_larger_than_it_was_said_to_be_is_named() -> None:
    got = await taken(
        offered("large.txt", "text/plain", b"x" * (FILES.size + 1), size=1),
        offered("large.png", "image/png", PNG + bytes(IMAGES.size), size=1),
    )
    assert got == Taken(unread=("large.txt", "large.png"))


async def test_two_of_the_same_name_are_two() -> None:
    got = await taken(offered("a.txt", "text/plain", b"one"), offered("a.txt", "text/plain", None))
    assert got == Taken(files=(TextFile(name="a.txt", text="one"),), unread=("a.txt",))


def test_what_is_not_to_be_read_takes_no_room_and_no_others_place() -> None:
    closed = [Offered(name=f"{number}", media_type="text/plain", size=5, read=None) for number in range(FILES.most)]
    open_ = offered("a.txt", "text/plain", b"12345")
    assert chosen([*closed, open_], room=5) == [open_]


async def test_what_is_not_to_be_read_is_named() -> None:
    closed = Offered(name="a.txt", media_type="text/plain", size=5, read=None)
    assert await take([closed], [closed], patience=PATIENCE) == Taken(unread=("a.txt",))


async def test_what_takes_too_long_is_named_and_what_was_read_before_is_kept() -> None:
    async def never() -> bytes | None:
        await asyncio.Event().wait()
        return None

    first = offered("first.txt", "text/plain", b"x")
    slow = Offered(name="slow.txt", media_type="text/plain", size=5, read=never)
    got = await take([first, slow], [first, slow], patience=0.1)
    assert got == Taken(files=(TextFile(name="first.txt", text="x"),), unread=("slow.txt",))
