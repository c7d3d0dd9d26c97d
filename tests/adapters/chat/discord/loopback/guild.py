"""The people, roles, channels and guilds of the loopback Discord, and the payloads that tell a client of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, Literal

import discord

Payload = dict[str, Any]

_EPOCH_MS: Final = 1_420_070_400_000
_TALKING: Final = discord.Permissions(
    add_reactions=True,
    attach_files=True,
    create_public_threads=True,
    embed_links=True,
    read_message_history=True,
    send_messages=True,
    send_messages_in_threads=True,
    use_application_commands=True,
    view_channel=True,
)


@dataclass(slots=True)
class Snowflakes:
    """Ids that rise by a millisecond each from `base` on, so that a client reads plausible times from them."""

    base: datetime
    _passed: Iterator[int] = field(default_factory=count)

    def take(self) -> int:
        return (int(self.base.timestamp() * 1_000) - _EPOCH_MS + next(self._passed)) << 22


def time_of(snowflake: int) -> str:
    """When an id was made, as Discord writes times."""
    return datetime.fromtimestamp(((snowflake >> 22) + _EPOCH_MS) / 1_000, UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user, who may be a bot."""

    id: int
    name: str
    bot: bool = False

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None,
            "avatar": None,
            "bot": self.bot,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of one guild; the role with the guild's own id is everyone's."""

    id: int
    name: str
    permissions: discord.Permissions

    def payload(self) -> Payload:
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(self.permissions.value),
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0 if self.name == "@everyone" else 1,
            "managed": False,
            "mentionable": True,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A text channel, a thread (it has a `parent`) or a DM (it has a `recipient` and no guild)."""

    id: int
    name: str
    guild_id: int | None = None
    parent: int | None = None
    recipient: Person | None = None
    overwrites: tuple[Payload, ...] = ()

    @property
    def kind(self) -> Literal[0, 1, 11]:
        if self.recipient is not None:
            return 1
        return 0 if self.parent is None else 11

    def payload(self) -> Payload:
        base: Payload = {"id": str(self.id), "type": self.kind, "last_message_id": None, "flags": 0}
        if self.recipient is not None:
            return base | {"recipients": [self.recipient.payload()]}
        base |= {"name": self.name, "guild_id": str(self.guild_id), "rate_limit_per_user": 0}
        return base | (self._text() if self.parent is None else self._thread())

    def _text(self) -> Payload:
        return {
            "position": 0,
            "permission_overwrites": list(self.overwrites),
            "nsfw": False,
            "topic": None,
            "parent_id": None,
        }

    def _thread(self) -> Payload:
        created = time_of(self.id)
        return {
            "parent_id": str(self.parent),
            "owner_id": str(self.guild_id),
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1_440,
                "archive_timestamp": created,
                "create_timestamp": created,
                "locked": False,
            },
        }


@dataclass(slots=True)
class Guild:
    """A guild: everyone may talk in it, who joins brings roles; the owner may do everything."""

    id: int
    name: str
    owner: Person
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    members: dict[int, Person] = field(default_factory=dict[int, Person])
    held: dict[int, tuple[Role, ...]] = field(default_factory=dict[int, tuple[Role, ...]])

    def __post_init__(self) -> None:
        self.roles[self.id] = Role(id=self.id, name="@everyone", permissions=_TALKING)
        self.join(self.owner)

    def join(self, person: Person, *roles: Role) -> None:
        self.members[person.id] = person
        self.held[person.id] = roles
        self.roles |= {role.id: role for role in roles}

    def permissions(self, person: Person) -> discord.Permissions:
        """What the roles of a member allow; overwrites of channels are the client's to apply."""
        allowed = self.roles[self.id].permissions
        for role in self.held.get(person.id, ()):
            allowed |= role.permissions
        everything = person.id == self.owner.id or allowed.administrator
        return discord.Permissions.all() if everything else allowed

    def member(self, person: Person) -> Payload:
        """A member without the user, as a message carries it."""
        return {
            "roles": [str(role.id) for role in self.held.get(person.id, ())],
            "joined_at": time_of(self.id),
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
        }

    def payload(self) -> Payload:
        channels = [channel.payload() for channel in self.channels.values() if channel.parent is None]
        threads = [channel.payload() for channel in self.channels.values() if channel.parent is not None]
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "unavailable": False,
            "member_count": len(self.members),
            "features": [],
            "roles": [role.payload() for role in self.roles.values()],
            "channels": channels,
            "threads": threads,
            "members": [self.member(person) | {"user": person.payload()} for person in self.members.values()],
        }


def message(identity: int, channel: Channel, author: Person, guild: Guild | None) -> Payload:
    """An empty message as the gateway tells of it; whoever writes it fills in the rest."""
    base: Payload = {
        "id": str(identity),
        "channel_id": str(channel.id),
        "author": author.payload(),
        "content": "",
        "timestamp": time_of(identity),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
    return base if guild is None else base | {"guild_id": str(guild.id), "member": guild.member(author)}


def mentioned(person: Person, guild: Guild | None) -> Payload:
    """A user as the mentions of a message carry them."""
    return person.payload() | ({} if guild is None else {"member": guild.member(person)})
