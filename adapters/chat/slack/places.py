"""Slack's channels as places. A conversation is a thread: a message in a channel begins one. Pure."""

from typing import Final

from adapters.chat.port import ChatError, Place

_PLATFORM: Final = "slack"


def workspace(team: str) -> str:
    """The workspace that Slack calls a team."""
    return f"{_PLATFORM}:{team}"


def place(*, team: str, channel: str, thread: str | None = None) -> Place:
    """The place of a channel, of direct messages with somebody, or of a thread in either, by its first message."""
    return Place(workspace=workspace(team), channel=channel, thread=thread)


def is_ours(workspace: str) -> bool:
    """Whether a workspace is Slack's."""
    return workspace.partition(":")[0] == _PLATFORM


def team_of(place: Place) -> str:
    """Slack's id of a place's workspace. Raises ChatError for a place of another platform."""
    if not is_ours(place.workspace):
        raise ChatError(f"Slack has no place {place.encode()}")
    return place.workspace.partition(":")[2]


def link(address: str, place: Place, message_id: str) -> str:
    """The address of a message, for whoever may read it, in the workspace that is at `address`."""
    message = f"{address.rstrip('/')}/archives/{place.channel}/p{message_id.replace('.', '')}"
    return message if place.thread in {None, message_id} else f"{message}?thread_ts={place.thread}&cid={place.channel}"
