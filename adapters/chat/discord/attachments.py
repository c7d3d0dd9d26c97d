"""What came with a message: texts and pictures are taken within limits, and whatever is not is named."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import discord

from adapters.chat.discord.failures import translated
from adapters.chat.port import ChatError, TextFile
from safi.turn import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    most: int
    size: int  # bytes


FILES: Final = _Bound(most=4, size=256 * 1024)
IMAGES: Final = _Bound(most=4, size=5 * 1024 * 1024)

_IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_TEXTS: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/octet-stream",
        "application/sql",
        "application/toml",
        "application/typescript",
        "application/x-ndjson",
        "application/x-python",
        "application/x-sh",
        "application/x-yaml",
        "application/xml",
        "application/yaml",
    }
)
"""What may turn out to be text although its type does not begin with `text/`."""

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
)
"""How the bytes of a picture begin, from which offset on: a name may say something else, and models refuse that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Attachments that were read, and the names of those that were not."""

    files: tuple[TextFile, ...] = ()
    images: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()


def chosen(attachments: Iterable[discord.Attachment], *, room: int) -> list[discord.Attachment]:
    """The first that may be text or pictures and are small enough, all together no more than `room` bytes."""
    texts = [each for each in attachments if _is_text(each) and each.size <= FILES.size]
    images = [each for each in attachments if _type(each) in _IMAGES and each.size <= IMAGES.size]
    fitting: list[discord.Attachment] = []
    for each in texts[: FILES.most] + images[: IMAGES.most]:
        if each.size <= room:
            fitting.append(each)
            room -= each.size
    return fitting


async def take(
    attachments: Sequence[discord.Attachment], chosen: Iterable[discord.Attachment], *, patience: float
) -> Taken:
    """Download the `chosen` ones from Discord itself, within `patience` seconds for all. Raises nothing."""
    taken: dict[int, TextFile | Image] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            for attachment in chosen:
                if (read := await _read(attachment)) is not None:
                    taken[attachment.id] = read
    return Taken(
        files=tuple(each for each in taken.values() if isinstance(each, TextFile)),
        images=tuple(each for each in taken.values() if isinstance(each, Image)),
        unread=tuple(each.filename for each in attachments if each.id not in taken),
    )


def _type(attachment: discord.Attachment) -> str:
    """Its media type, without the encoding that may follow; Discord goes by its name."""
    return (attachment.content_type or "application/octet-stream").partition(";")[0].strip().lower()


def _is_text(attachment: discord.Attachment) -> bool:
    kind = _type(attachment)
    return kind.startswith("text/") or kind in _TEXTS


async def _read(attachment: discord.Attachment) -> TextFile | Image | None:
    try:
        with translated():
            data = await attachment.read()
    except ChatError:
        return None
    if _is_text(attachment):
        text = _decoded(data[: FILES.size + 1])
        return None if text is None else TextFile(name=attachment.filename, text=text)
    media_type = next((kind for begin, at, kind in _BEGINNINGS if data.startswith(begin, at)), None)
    if media_type is None or len(data) > IMAGES.size:
        return None
    return Image(name=attachment.filename, media_type=media_type, data=data)


def _decoded(data: bytes) -> str | None:
    if len(data) > FILES.size or b"\x00" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
