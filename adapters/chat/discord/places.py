"""Discord's channels as places: a server is a workspace, and direct messages form one of their own. Pure."""

from typing import Final

from adapters.chat.port import ChatError, Place

_PLATFORM: Final = "discord"
_DIRECT: Final = "@me"


def place(*, guild: int | None, channel: int, thread: int | None = None) -> Place:
    """The place of a channel of a server, of a thread under it, or of the direct messages with somebody."""
    workspace = f"{_PLATFORM}:{_DIRECT if guild is None else guild}"
    return Place(workspace=workspace, channel=str(channel), thread=None if thread is None else str(thread))


def is_ours(workspace: str) -> bool:
    """Whether a workspace is Discord's."""
    return workspace.partition(":")[0] == _PLATFORM


def guild_of(place: Place) -> int | None:
    """The server of a place; None for direct messages. Raises ChatError for a place of another platform."""
    platform, _, guild = place.workspace.partition(":")
    if platform != _PLATFORM:
        raise ChatError(f"Discord has no place {place.encode()}")
    return None if guild == _DIRECT else int(guild)


def channel_of(place: Place) -> int:
    """Where words for a place are posted: its thread, or else its channel. Raises ChatError as `guild_of`."""
    guild_of(place)
    return int(place.thread or place.channel)


def link(place: Place, message_id: str) -> str:
    """The address of a message, for whoever may read it. Raises ChatError as `guild_of`."""
    guild = guild_of(place)
    return f"https://discord.com/channels/{_DIRECT if guild is None else guild}/{channel_of(place)}/{message_id}"
