"""Who speaks where, whose memory it belongs to, and by which tag models know a person. Pure."""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from adapters.chat.port import Place
from bot.personas import Catalogue
from safi.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """The personas there are, and whether a memory is a channel's or a persona's."""

    catalogue: Catalogue
    sharing: Literal["channel", "persona"]

    def persona(self, place: Place) -> Profile:  # noqa: ARG002  # all places share one until they can be assigned
        """The persona that answers in a place."""
        return self.catalogue.default

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
