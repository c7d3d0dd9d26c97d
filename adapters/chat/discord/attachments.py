"""What is attached to a message on Discord, as something that can be read. Discord itself is asked for the bytes."""

import discord

from adapters.chat.attached import Offered
from adapters.chat.discord.failures import translated
from adapters.chat.port import ChatError


def offered(attachment: discord.Attachment) -> Offered:
    """An attachment, of the media type that Discord tells by its name."""

    async def read() -> bytes | None:
        try:
            with translated():
                return await attachment.read()
        except ChatError:
            return None

    return Offered(name=attachment.filename, media_type=attachment.content_type or "", size=attachment.size, read=read)
