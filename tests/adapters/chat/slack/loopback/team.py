"""One workspace of the loopback Slack: its app and tokens, its people, groups and channels, and all that is there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

Payload = dict[str, Any]

SCOPES: Final = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""All that an app may be granted here."""

EVENTS: Final = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")
"""All events that an app may subscribe to here."""

NEEDED: Final = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}
"""The scope that an event needs."""


@dataclass(slots=True)
class Ids:
    """Ids and times that are distinct over all workspaces; a time rises by a millisecond each."""

    base: int
    _ids: Iterator[int] = field(default_factory=lambda: count(1))
    _times: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, kind: str) -> str:
        """An id such as `C00000007`."""
        return f"{kind}{next(self._ids):08}"

    def time(self) -> str:
        """A time as Slack writes them, by which messages are known."""
        milliseconds = self.base * 1_000 + next(self._times)
        return f"{milliseconds // 1_000}.{milliseconds % 1_000:03}000"


@dataclass(slots=True, kw_only=True)
class Person:
    """A user, as the workspace sees them; `team` is where they are at home."""

    id: str
    name: str
    team: str
    bot: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False

    def payload(self) -> Payload:
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.name,
            "deleted": False,
            "is_bot": self.bot,
            "is_restricted": self.restricted,
            "is_ultra_restricted": self.ultra_restricted,
            "is_stranger": self.stranger,
            "profile": {"display_name": self.name, "real_name": self.name},
        }


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel with its members by id; direct messages have a `partner`."""

    id: str
    name: str
    members: set[str]
    private: bool = False
    shared: bool = False
    pending: bool = False
    archived: bool = False
    partner: str | None = None

    @property
    def kind(self) -> str:
        """As events call it."""
        if self.partner is not None:
            return "im"
        return "group" if self.private else "channel"

    def payload(self, bot: str) -> Payload:
        told: Payload = {"id": self.id, "is_archived": self.archived, "is_im": self.partner is not None}
        if self.partner is not None:
            return told | {"user": self.partner}
        return told | {
            "name": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_private": self.private,
            "is_member": bot in self.members,
            "is_shared": self.shared,
            "is_ext_shared": self.shared,
            "is_pending_ext_shared": self.pending,
        }


@dataclass(slots=True, kw_only=True)
class Message:
    """What somebody posted; with `whom` that person alone sees it. One that is gone stays here."""

    ts: str
    channel: str
    author: str
    team: str
    text: str = ""
    blocks: list[Payload] = field(default_factory=list[Payload])
    files: list[Payload] = field(default_factory=list[Payload])
    thread: str | None = None
    bot: str | None = None
    whom: str | None = None
    edited: str | None = None
    gone: bool = False

    def payload(self) -> Payload:
        told: Payload = {"type": "message", "user": self.author, "ts": self.ts, "text": self.text, "team": self.team}
        optional = {
            "blocks": self.blocks,
            "files": self.files,
            "thread_ts": self.thread,
            "bot_id": self.bot,
            "edited": self.edited and {"user": self.author, "ts": self.edited},
        }
        return told | {name: value for name, value in optional.items() if value}


@dataclass(slots=True, kw_only=True)
class View:
    """A modal or a Home that somebody has before them. `payload` is as Slack tells of it."""

    id: str
    user: str
    payload: Payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status that was set in a thread; "" clears it."""

    channel: str
    thread: str
    text: str


@dataclass(slots=True, kw_only=True)
class App:
    """The bot's app in a workspace, with its tokens and what it may do and is told of."""

    id: str
    user: str
    bot: str
    bot_token: str
    app_token: str
    secret: str
    scopes: tuple[str, ...] = SCOPES
    app_scopes: tuple[str, ...] = ("connections:write",)
    events: tuple[str, ...] = EVENTS
    address: str | None = None  # where Slack calls the bot; None: the bot calls Slack


@dataclass(slots=True, kw_only=True, repr=False)
class Team:
    """A workspace and everything in it."""

    id: str
    name: str
    ids: Ids
    app: App
    people: dict[str, Person] = field(default_factory=dict[str, Person])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    groups: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    messages: dict[str, Message] = field(default_factory=dict[str, Message])
    views: dict[str, View] = field(default_factory=dict[str, View])
    homes: dict[str, View] = field(default_factory=dict[str, View])
    statuses: list[Status] = field(default_factory=list[Status])
    files: dict[str, Payload] = field(default_factory=dict[str, Payload])
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def address(self) -> str:
        return f"https://{self.name.lower()}.slack.com/"

    def dm(self, person: str) -> Channel:
        """The direct messages between somebody and the bot."""
        for channel in self.channels.values():
            if channel.partner == person:
                return channel
        made = Channel(id=self.ids.take("D"), name="directmessage", members={person, self.app.user}, partner=person)
        self.channels[made.id] = made
        return made

    def keep(self, message: Message) -> Message:
        """Post it; what an app posts in a thread clears the status there."""
        self.messages[message.ts] = message
        status = self.status(message.channel, message.thread or "")
        if message.bot is not None and message.whom is None and status:
            self.statuses.append(Status(channel=message.channel, thread=message.thread or "", text=""))
        return message

    def status(self, channel: str, thread: str) -> str:
        """What stands as the status of a thread now; "" for none."""
        found = (each.text for each in reversed(self.statuses) if (each.channel, each.thread) == (channel, thread))
        return next(found, "")

    def posted(self, channel: str, thread: str | None = None) -> list[Message]:
        """The bot's messages that stand in a channel (with `thread`, in that thread) for all to see, in order."""
        return [
            each
            for each in self.messages.values()
            if (each.channel, each.author, each.whom, each.gone) == (channel, self.app.user, None, False)
            and thread in {None, each.thread}
        ]

    def whispered(self, person: str) -> list[Message]:
        """The messages that this person alone sees, in order."""
        return [each for each in self.messages.values() if each.whom == person and not each.gone]
