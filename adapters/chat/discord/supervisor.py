"""Why a client of Discord's has ended, and what a person must put right before another one fares any better."""

from typing import Final

import discord

from adapters.chat.supervision import ChatRefused

_PORTAL: Final = "https://discord.com/developers/applications"

BAD_TOKEN: Final = (
    f"Discord does not know this token. Make a new one at {_PORTAL}: your application, page Bot, Reset Token; "
    "then put it where discord.token_env or discord.token_file says."
)
CONTENT_REFUSED: Final = (
    f"Discord refuses the bot the contents of messages. Switch it on at {_PORTAL}: your application, page Bot, "
    "Privileged Gateway Intents, Message Content; or empty discord.free_response_channels, which alone needs it."
)
TOO_MANY_SERVERS: Final = (
    "Discord takes no bot in so many servers over one connection: from 2,500 on there must be several, which this "
    "program cannot do. Let the bot leave servers that do not need it."
)

_CLOSED: Final = {4004: BAD_TOKEN, 4011: TOO_MANY_SERVERS, 4014: CONTENT_REFUSED}
"""What a person must put right, by the code with which Discord closes the connection."""


def end(error: Exception) -> str:
    """Why a session ended, in few words. Raises ChatRefused."""
    match error:
        case discord.LoginFailure():
            raise ChatRefused(BAD_TOKEN)
        case discord.PrivilegedIntentsRequired():
            raise ChatRefused(CONTENT_REFUSED)
        case discord.ConnectionClosed() if error.code in _CLOSED:
            raise ChatRefused(_CLOSED[error.code])
        case discord.ConnectionClosed():
            return f"connection closed, code {error.code}"
        case _:
            return type(error).__name__
