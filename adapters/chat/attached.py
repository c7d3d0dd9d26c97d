"""What came with a message: texts and pictures are taken within limits, and whatever is not is named.

Where the bytes come from is a platform's affair: an `Offered` knows how to be read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import TextFile
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offered:
    """Something attached to a message: its name, and what the platform says of its media type and size in bytes.

    `media_type` is "" where nobody says it. `read` gives its bytes, or None where they cannot be had, and raises
    nothing; it is None itself for what is not to be read.
    """

    name: str
    media_type: str
    size: int
    read: Callable[[], Awaitable[bytes | None]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was read of what is attached, and the names of what was not."""

    files: tuple[TextFile, ...] = ()
    images: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()


def is_picture(offered: Offered) -> bool:
    """Whether it is one that could be taken, by its type."""
    return offered.read is not None and _type(offered) in _IMAGES


def chosen(attached: Iterable[Offered], *, room: int) -> list[Offered]:
    """The first that may be text or pictures and are small enough, all together no more than `room` bytes."""
    readable = [each for each in attached if each.read is not None]
    texts = [each for each in readable if _is_text(each) and each.size <= FILES.size]
    images = [each for each in readable if _type(each) in _IMAGES and each.size <= IMAGES.size]
    fitting: list[Offered] = []
    for each in texts[: FILES.most] + images[: IMAGES.most]:
        if each.size <= room:
            fitting.append(each)
            room -= each.size
    return fitting


async def take(attached: Sequence[Offered], chosen: Iterable[Offered], *, patience: float) -> Taken:
    """Read the `chosen` ones of what is attached, within `patience` seconds for all. Raises nothing."""
    taken: dict[Offered, TextFile | Image] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            for each in chosen:
                if (read := await _read(each)) is not None:
                    taken[each] = read
    return Taken(
        files=tuple(each for each in taken.values() if isinstance(each, TextFile)),
        images=tuple(each for each in taken.values() if isinstance(each, Image)),
        unread=tuple(each.name for each in attached if each not in taken),
    )


def _type(offered: Offered) -> str:
    """Its media type, without the encoding that may follow."""
    return (offered.media_type or "application/octet-stream").partition(";")[0].strip().lower()


def _is_text(offered: Offered) -> bool:
    kind = _type(offered)
    return kind.startswith("text/") or kind in _TEXTS


async def _read(offered: Offered) -> TextFile | Image | None:
    data = None if offered.read is None else await offered.read()
    if data is None:
        return None
    if _is_text(offered):
        text = _decoded(data[: FILES.size + 1])
        return None if text is None else TextFile(name=offered.name, text=text)
    media_type = next((kind for begin, at, kind in _BEGINNINGS if data.startswith(begin, at)), None)
    if media_type is None or len(data) > IMAGES.size:
        return None
    return Image(name=offered.name, media_type=media_type, data=data)


def _decoded(data: bytes) -> str | None:
    if len(data) > FILES.size or b"\x00" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
