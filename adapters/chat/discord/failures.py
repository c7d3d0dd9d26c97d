"""What Discord did not take, in plain words: its client's errors end here."""

from collections.abc import Generator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Final

import aiohttp
import discord

from adapters.chat.port import ChatError
from adapters.chat.supervision import seconds

_UNREADABLE: Final = (JSONDecodeError, TypeError, LookupError)
"""How discord.py stumbles over an answer that is not what Discord answers, as when a proxy sends a page instead."""

UNREACHED: Final = (aiohttp.ClientError, OSError, RuntimeError, *_UNREADABLE)
"""Nobody knows whether what was sent has arrived: no answer, or none that can be read, or a session that was closed.

Timeouts are among them. RuntimeError is how aiohttp says that its session is closed.
"""

FAILURES: Final = (discord.HTTPException, discord.RateLimited, *UNREACHED)
"""All that a call may end with which Discord does not take; each can be told by `reason`."""

DISCORDS: Final = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError)
"""Those of them that only a call to Discord can have raised."""

REPLY_FORBIDDEN: Final = 160002
"""Discord's code where replies take Read Message History, which the bot does not have."""

REPLY_REFUSED: Final = frozenset({REPLY_FORBIDDEN, 160009})
"""Discord's codes where the same words would be taken if they replied to nothing."""

PERMISSION_LACKING: Final = 50013
"""Discord's code where the bot has not been granted something; it does not say what."""

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
    PERMISSION_LACKING: "the bot lacks a permission in the channel",
    50083: "the thread is archived",
    REPLY_FORBIDDEN: "replies need the permission Read Message History",
    160005: "the thread is locked",
}


@contextmanager
def translated() -> Generator[None]:
    """Whatever discord.py raises within becomes a ChatError that says why: one odd answer is to end nothing else."""
    try:
        yield
    except ChatError:
        raise
    except Exception as problem:  # noqa: BLE001  # a vendor's client, on answers that it did not expect
        raise ChatError(reason(problem)) from None


def missing(granted: discord.Permissions, *, thread: bool) -> tuple[str, ...]:
    """The permissions that the bot needs in a channel or thread and does not have, by their names in the settings."""
    elsewhere = "send_messages" if thread else "send_messages_in_threads"
    return tuple(name for flag, name in NEEDED.items() if flag != elsewhere and not getattr(granted, flag))


def reason(error: Exception, lacking: tuple[str, ...] = ()) -> str:
    """Why Discord did not take something, on one line, without anything that was sent.

    `lacking` are permissions that the bot does not have where it was to go.
    """
    match error:
        case discord.HTTPException(code=code) if code == PERMISSION_LACKING and lacking:
            return f"the bot lacks permissions in the channel: {', '.join(lacking)}"
        case discord.HTTPException():
            return _REASONS.get(error.code, f"Discord refused it (status {error.status}, code {error.code})")
        case discord.RateLimited():
            return f"Discord asks to wait {seconds(error.retry_after)}"
        case TimeoutError():
            return "Discord did not take it in time"
        case discord.InvalidData():
            return "it is of no kind known here"
        case aiohttp.ClientError() | OSError() | RuntimeError():
            return f"Discord could not be reached ({type(error).__name__})"
        case _:
            return f"what Discord answered cannot be read ({type(error).__name__})"
