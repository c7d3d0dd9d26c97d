"""What an operator decides about the bot's app in one Slack workspace."""

from dataclasses import dataclass, field
from typing import Final

API: Final = "https://slack.com/api/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """The bot calls Slack and holds the line, with a token of the app's own: no address on the internet is needed."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Slack calls the bot, which listens here, and signs what it says with a secret that both know."""

    host: str
    port: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Channels, people and user groups go by their ids; `name` is what the configuration calls the workspace.

    In `free_response` channels the bot answers without being mentioned, and with `follow_threads` in threads in which
    it talks already. `moderators` and members of `moderator_groups` may give moderators' commands; in the
    `moderators_channel` they are told of what needs them. `shared_channels` are those that other organizations are in.
    `read_files`: what is attached to messages is read. `rating_buttons` stand under answers. `api` is Slack's address.
    """

    name: str
    bot_token: str = field(repr=False)
    line: Socket | Web
    direct_messages: bool = False
    follow_threads: bool = False
    free_response: frozenset[str] = frozenset()
    moderators: frozenset[str] = frozenset()
    moderator_groups: frozenset[str] = frozenset()
    moderators_channel: str | None = None
    shared_channels: bool = False
    guests: bool = False
    read_files: bool = False
    rating_buttons: bool = True
    api: str = API
