"""Who keeps a client of Discord running: one that ends is replaced, after a pause that grows while that goes on."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, Never

import discord

from adapters.chat.discord.failures import ChatRefused
from safi.ports import Clock

_log = logging.getLogger(__name__)

PAUSES: Final = (1.0, 5.0, 15.0, 60.0, 300.0)
"""Seconds before the next client, after the first end, the second, and so on; the last for all that follow.

Discord lets a bot begin a thousand sessions a day: at the last pause it takes 288.
"""

QUIET: Final = timedelta(minutes=10)
"""How long a client must have run for its end to count as the first again."""

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


async def supervise(session: Callable[[], Awaitable[None]], clock: Clock) -> Never:
    """Run one session after the other until cancelled. Raises ChatRefused where another would fare no better."""
    ends = 0
    while True:
        began = clock.now()
        why = await _end(session)
        ends = 1 if clock.now() - began >= QUIET else ends + 1
        pause = PAUSES[min(ends, len(PAUSES)) - 1]
        _log.warning("Discord's client ended (%s); the next one begins in %g seconds", why, pause)
        await clock.sleep(pause)


async def _end(session: Callable[[], Awaitable[None]]) -> str:
    """Why a session ended. Raises ChatRefused."""
    try:
        await session()
    except discord.LoginFailure:
        raise ChatRefused(BAD_TOKEN) from None
    except discord.PrivilegedIntentsRequired:
        raise ChatRefused(CONTENT_REFUSED) from None
    except discord.ConnectionClosed as closed:
        if closed.code in _CLOSED:
            raise ChatRefused(_CLOSED[closed.code]) from None
        return f"connection closed, code {closed.code}"
    except Exception as error:  # noqa: BLE001  # whatever ends a client, another one begins
        return type(error).__name__
    return "closed"
