"""Interactions: what a person does with a command, menu, button or modal, and what the bot makes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tests.adapters.chat.discord.loopback.guild import Channel, Guild, Payload, Person, Role
from tests.adapters.chat.discord.loopback.world import World

Option = str | bool | int | float | Person | Role | Channel


class Kind(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(slots=True)
class Interaction:
    """One interaction: who did what where, and all that was answered.

    `response` is the first answer as the bot sent it; `replies` are the ids of the messages made by it and after it.
    """

    id: int
    token: str
    kind: Kind
    channel: Channel
    person: Person
    source: int | None = None
    response: Payload | None = None
    replies: list[int] = field(default_factory=list[int])

    @property
    def choices(self) -> list[str]:
        """The values an autocomplete was answered with."""
        return [] if self.response is None else [str(choice["value"]) for choice in self.response["data"]["choices"]]

    @property
    def modal(self) -> Payload:
        """The modal it was answered with."""
        assert self.response is not None, "not answered yet"
        assert self.response["type"] == 9, "answered with something else"
        return self.response["data"]


@dataclass(slots=True)
class Interactions:
    """All interactions there were, by token, and the telling of new ones."""

    world: World
    by_token: dict[str, Interaction] = field(default_factory=dict[str, Interaction])

    def start(
        self, kind: Kind, channel: Channel, person: Person, data: Payload, *, source: Payload | None = None
    ) -> Interaction:
        identity = self.world.ids.take()
        made = Interaction(
            id=identity,
            token=f"token-{identity}",
            kind=kind,
            channel=channel,
            person=person,
            source=None if source is None else int(source["id"]),
        )
        self.by_token[made.token] = made
        told = _payload(made, self.world, data)
        self.world.tell("INTERACTION_CREATE", told if source is None else told | {"message": source})
        return made


def _payload(made: Interaction, world: World, data: Payload) -> Payload:
    guild = world.guild_of(made.channel)
    told: Payload = {
        "id": str(made.id),
        "application_id": str(world.bot.id),
        "type": made.kind,
        "token": made.token,
        "version": 1,
        "data": data,
        "channel": made.channel.payload(),
        "channel_id": str(made.channel.id),
        "locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": 10_485_760,
    }
    return told | _actor(made.person, guild, world)


def _actor(person: Person, guild: Guild | None, world: World) -> Payload:
    if guild is None:
        return {"user": person.payload(), "context": 1, "app_permissions": "0"}
    allowed = {"permissions": str(guild.permissions(person).value)}
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": guild.member(person) | {"user": person.payload()} | allowed,
        "context": 0,
        "app_permissions": str(guild.permissions(world.bot).value),
    }


def command(
    world: World, channel: Channel, path: str, options: Mapping[str, Option], *, typing: str | None = None
) -> Payload:
    """The data of a slash command; `path` has its groups (`safi audit show`), `typing` names the option in focus."""
    name, *groups = path.split()
    focus = {"focused": True}
    inner = [_option(key, value) | (focus if key == typing else {}) for key, value in options.items()]
    resolved = _resolved(world.guild_of(channel), options.values())
    for depth, group in enumerate(reversed(groups)):
        inner = [{"name": group, "type": 1 if depth == 0 else 2, "options": inner}]
    return {"id": _command_id(world, name), "name": name, "type": 1, "options": inner, "resolved": resolved}


def menu(world: World, name: str, target: Payload) -> Payload:
    """The data of a context menu on a message."""
    return {
        "id": _command_id(world, name),
        "name": name,
        "type": 3,
        "target_id": target["id"],
        "resolved": {"messages": {target["id"]: target}},
    }


def _command_id(world: World, name: str) -> str:
    known = [command["id"] for command in world.commands if command["name"] == name]
    return known[0] if known else str(world.ids.take())


def _option(name: str, value: Option) -> Payload:
    match value:
        case bool():
            return {"name": name, "type": 5, "value": value}
        case str():
            return {"name": name, "type": 3, "value": value}
        case int():
            return {"name": name, "type": 4, "value": value}
        case float():
            return {"name": name, "type": 10, "value": value}
        case Person():
            return {"name": name, "type": 6, "value": str(value.id)}
        case Channel():
            return {"name": name, "type": 7, "value": str(value.id)}
        case Role():
            return {"name": name, "type": 8, "value": str(value.id)}


def _resolved(guild: Guild | None, values: Iterable[Option]) -> Payload:
    found: Payload = {"users": {}, "members": {}, "channels": {}, "roles": {}}
    for value in values:
        match value:
            case Person():
                found["users"][str(value.id)] = value.payload()
                if guild is not None:
                    found["members"][str(value.id)] = guild.member(value) | {"permissions": "0"}
            case Channel():
                found["channels"][str(value.id)] = value.payload() | {"permissions": "0"}
            case Role():
                found["roles"][str(value.id)] = value.payload()
            case _:
                pass
    return found


def filled(modal: Payload, values: Mapping[str, str]) -> Payload:
    """A modal's data as it comes back: each field has the value of its custom_id, or is empty."""
    return {
        "custom_id": modal["custom_id"],
        "components": [_filled(component, values) for component in modal["components"]],
    }


def _filled(component: Payload, values: Mapping[str, Any]) -> Payload:
    if "component" in component:
        return {"type": component["type"], "id": 1, "component": _filled(component["component"], values)}
    if "components" in component:
        return {"type": component["type"], "id": 1, "components": [_filled(c, values) for c in component["components"]]}
    told: Payload = {"type": component["type"], "id": 1}
    if "custom_id" not in component:
        return told
    name = component["custom_id"]
    several = component["type"] in {3, 5, 6, 7, 8, 19, 22}
    value = values.get(name, "")
    return told | {"custom_id": name} | ({"values": [value]} if several else {"value": value})
