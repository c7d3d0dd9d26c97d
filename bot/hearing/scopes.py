"""Who speaks where, whose memory it belongs to, and by which tag models know a person. Pure."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Literal

from adapters.chat.port import Place
from bot.hearing.assigned import Assigned
from bot.settings.personas import Catalogue
from safi.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """The personas there are, who of them answers where, and whether a memory is a channel's or a persona's."""

    catalogue: Catalogue
    sharing: Literal["channel", "persona"]
    assigned: Assigned = field(default_factory=Assigned)

    @property
    def answering(self) -> tuple[Profile, ...]:
        """Every persona that may answer somewhere: the default one, and those that channels were given."""
        default, given = self.catalogue.default, self.assigned.names
        return default, *(each for each in self.catalogue.profiles if each.name in given and each != default)

    def persona(self, place: Place) -> Profile:
        """The persona that answers in a place; threads have that of their channel.

        An assigned one that is no longer there keeps its channel silent, as `silent` says; others are not put in its
        place, since their values were never declared there.
        """
        return self._named(place) or self.catalogue.default

    def silent(self, place: Place) -> str:
        """Why nobody answers in a place: "paused", or "no such persona"; "" where somebody does."""
        if self.assigned.paused(place):
            return "paused"
        return "" if self._named(place) else "no such persona"

    def _named(self, place: Place) -> Profile | None:
        name = self.assigned.persona(place)
        return self.catalogue.default if name is None else self.catalogue.named(name)

    def scope(self, place: Place) -> str:
        """The key of the memory that a place's turns belong to, within its workspace.

        A persona's memory is never another's: a channel that changes hands keeps one for each. Threads share theirs
        with their channel.
        """
        channel = place.channel if self.sharing == "channel" else None
        return _packed([place.workspace, channel, self.persona(place).name])


def speaker(place: Place, author: str) -> str:
    """The tag of a person in a channel: always the same there, another elsewhere. It holds no name.

    Whoever has the list of the members can still find out whose it is.
    """
    digest = hashlib.sha256(_packed([place.workspace, place.channel, author]).encode()).digest()
    return "member-" + base64.b32encode(digest)[:5].decode().lower()


def _packed(parts: list[str | None]) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
