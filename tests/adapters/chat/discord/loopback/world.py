"""What the loopback Discord remembers: guilds, people, messages, files, commands; each change is dispatched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.adapters.chat.discord.loopback.guild import (
    Channel,
    Guild,
    Payload,
    Person,
    Snowflakes,
    mentioned,
    message,
    time_of,
)

LOADING: Final = 128
EPHEMERAL: Final = 64


@dataclass(slots=True)
class Refusal(Exception):
    """Discord declines a call, in its own words and numbers."""

    status: int
    code: int
    message: str


@dataclass(slots=True)
class World:
    """The state behind gateway and REST. `tell` dispatches an event; `url` is where files are fetched."""

    ids: Snowflakes
    bot: Person
    tell: Callable[[str, Payload], None]
    url: str = ""
    guilds: dict[int, Guild] = field(default_factory=dict[int, Guild])
    people: dict[int, Person] = field(default_factory=dict[int, Person])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    messages: dict[int, Payload] = field(default_factory=dict[int, Payload])
    nonces: dict[str, int] = field(default_factory=dict[str, int])
    files: dict[int, bytes] = field(default_factory=dict[int, bytes])
    commands: list[Payload] = field(default_factory=list[Payload])

    def guild_of(self, channel: Channel) -> Guild | None:
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def channel(self, identity: str | int) -> Channel:
        found = self.channels.get(int(identity))
        if found is None:
            raise Refusal(404, 10003, "Unknown Channel")
        return found

    def message(self, identity: str | int) -> Payload:
        found = self.messages.get(int(identity))
        if found is None:
            raise Refusal(404, 10008, "Unknown Message")
        return found

    def dm(self, person: Person) -> Channel:
        """The one DM channel with a person."""
        for channel in self.channels.values():
            if channel.recipient == person:
                return channel
        return self.open(Channel(id=self.ids.take(), name=person.name, recipient=person))

    def open(self, channel: Channel) -> Channel:
        """Add a channel or thread; a guild's is told to the client."""
        self.channels[channel.id] = channel
        guild = self.guild_of(channel)
        if guild is not None:
            guild.channels[channel.id] = channel
            self.tell("CHANNEL_CREATE" if channel.parent is None else "THREAD_CREATE", channel.payload())
        return channel

    def draft(self, channel: Channel, author: Person, fields: Payload) -> Payload:
        """A message that is neither kept nor told yet."""
        empty = message(self.ids.take(), channel, author, self.guild_of(channel))
        return empty | fields | self._reply(channel, fields.get("message_reference"))

    def _reply(self, channel: Channel, reference: Mapping[str, Any] | None) -> Payload:
        if reference is None:
            return {}
        original = self.messages.get(int(reference["message_id"]))
        if original is None and reference.get("fail_if_not_exists", True):
            raise Refusal(400, 50035, "Invalid Form Body\nIn message_reference: Unknown message")
        told = {"message_id": str(reference["message_id"]), "channel_id": str(channel.id)}
        if channel.guild_id is not None:
            told["guild_id"] = str(channel.guild_id)
        return {"type": 19, "message_reference": told, "referenced_message": original}

    def post(self, written: Payload) -> Payload:
        """Keep a message and tell of it, unless one person alone may see it."""
        self.messages[int(written["id"])] = written
        if not written["flags"] & EPHEMERAL:
            self.tell("MESSAGE_CREATE", written)
        return written

    def change(self, identity: int, fields: Payload) -> Payload:
        """Edit a message in place."""
        changed = self.message(identity)
        changed |= fields | {"edited_timestamp": time_of(self.ids.take())}
        if not changed["flags"] & EPHEMERAL:
            self.tell("MESSAGE_UPDATE", changed)
        return changed

    def remove(self, identity: int) -> None:
        gone = self.message(identity)
        del self.messages[identity]
        if gone["flags"] & EPHEMERAL:
            return
        self.tell("MESSAGE_DELETE", {key: gone[key] for key in ("id", "channel_id", "guild_id") if key in gone})

    def react(self, message_id: int, emoji: str, person: Person, *, add: bool = True) -> None:
        """Tell of a reaction; the message itself does not count them."""
        target = self.message(message_id)
        told = {
            "user_id": str(person.id),
            "message_id": str(message_id),
            "channel_id": target["channel_id"],
            "message_author_id": target["author"]["id"],
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        guild = self.guild_of(self.channel(target["channel_id"]))
        if guild is not None:
            told |= {"guild_id": str(guild.id), "member": guild.member(person) | {"user": person.payload()}}
        self.tell("MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE", told)

    def attach(self, files: Mapping[str, bytes]) -> list[Payload]:
        """Keep files and say where they can be fetched."""
        return [self._attach(name, content) for name, content in files.items()]

    def _attach(self, name: str, content: bytes) -> Payload:
        identity = self.ids.take()
        self.files[identity] = content
        url = f"{self.url}/attachments/{identity}/{name}"
        return {"id": str(identity), "filename": name, "size": len(content), "url": url, "proxy_url": url}

    def mentions(self, guild: Guild | None, people: list[Person]) -> list[Payload]:
        return [mentioned(person, guild) for person in people]
