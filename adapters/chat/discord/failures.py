"""What Discord did not take, in plain words: its client's errors end here."""

from json import JSONDecodeError
from typing import Final

import aiohttp
import discord

from adapters.chat.port import ChatError

UNREACHED: Final = (aiohttp.ClientError, OSError, JSONDecodeError, RuntimeError)
"""Nobody knows whether what was sent has arrived: no answer, or none that can be read, or a session that was closed.

Timeouts are among them. RuntimeError is how aiohttp says that its session is closed.
"""

FAILURES: Final = (discord.HTTPException, discord.RateLimited, *UNREACHED)
"""All that a call may end with which Discord does not take; each can be told by `reason`."""

DISCORDS: Final = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError)
"""Those of them that only a call to Discord can have raised."""

REPLY_FORBIDDEN: Final = 160002
"""Discord's code where replies take Read Message History, which the bot does not have."""

NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
"""The permissions that the bot needs where it is to answer, by the names that Discord's settings show."""

_REASONS: Final = {
    10003: "the channel is not there any more",
    50001: "the bot cannot see the channel: it needs the permission View Channel there",
    50007: "this person takes no direct messages from the bot",
    50013: "the bot lacks a permission in the channel",
    50083: "the thread is archived",
    REPLY_FORBIDDEN: "replies need the permission Read Message History",
    160005: "the thread is locked",
}


class ChatRefused(ChatError):
    """Discord lets the bot in only after somebody has changed something: the words say what, and where."""


def missing(granted: discord.Permissions, *, thread: bool) -> tuple[str, ...]:
    """The permissions that the bot needs in a channel or thread and does not have, by their names in the settings."""
    elsewhere = "send_messages" if thread else "send_messages_in_threads"
    return tuple(name for flag, name in NEEDED.items() if flag != elsewhere and not getattr(granted, flag))


def reason(error: Exception, lacking: tuple[str, ...] = ()) -> str:
    """Why Discord did not take something, on one line, without anything that was sent.

    `lacking` are permissions that the bot does not have where it was to go.
    """
    match error:
        case discord.HTTPException(code=50013) if lacking:
            return f"the bot lacks permissions in the channel: {', '.join(lacking)}"
        case discord.HTTPException():
            return _REASONS.get(error.code, f"Discord refused it (status {error.status}, code {error.code})")
        case discord.RateLimited():
            return f"Discord asks to wait {error.retry_after:.0f} seconds"
        case TimeoutError():
            return "Discord did not take it in time"
        case _:
            return f"Discord could not be reached ({type(error).__name__})"
