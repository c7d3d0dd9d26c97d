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
        """The key of the memory that a place's turns belong to, within its workspace. Threads share their channel's."""
        owner = place.channel if self.sharing == "channel" else self.persona(place).name
        return json.dumps([self.sharing, place.workspace, owner], ensure_ascii=False, separators=(",", ":"))


def speaker(place: Place, author: str) -> str:
    """The tag of a person in a channel: always the same there, another elsewhere, and no way back to the account."""
    known = json.dumps([place.workspace, place.channel, author]).encode()
    return "member-" + base64.b32encode(hashlib.sha256(known).digest())[:5].decode().lower()
