"""What is attached to a message on Discord is read from there; what its client stumbles over is nothing."""

from dataclasses import dataclass
from typing import cast

import discord

from adapters.chat.discord.attachments import offered


@dataclass
class Attached:
    """A text that came with a message, as much of it as is needed here."""

    filename: str = "a.txt"
    size: int = 3
    content_type: str | None = "text/plain"
    fault: Exception | None = None

    async def read(self) -> bytes:
        if self.fault:
            raise self.fault
        return b"abc"


def attachment(**kwargs: object) -> discord.Attachment:
    return cast("discord.Attachment", Attached(**kwargs))  # pyright: ignore[reportArgumentType]


async def test_an_attachment_is_offered_by_its_name_type_and_size() -> None:
    one = offered(attachment())
    assert (one.name, one.media_type, one.size) == ("a.txt", "text/plain", 3)
    assert one.read is not None
    assert await one.read() == b"abc"


def test_an_attachment_of_no_known_type_has_none() -> None:
    assert offered(attachment(content_type=None)).media_type == ""


async def test_what_discords_client_stumbles_over_cannot_be_had() -> None:
    odd = offered(attachment(fault=TypeError("a canary")))
    assert odd.read is not None
    assert await odd.read() is None
