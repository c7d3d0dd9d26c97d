"""What a client may see: Discord leaves out events, and the text of messages, that its intents do not cover."""

from collections.abc import Mapping
from typing import Any, Final

import discord

from tests.adapters.chat.discord.loopback.guild import Payload

PRIVILEGED: Final = discord.Intents(members=True, presences=True, message_content=True).value
_CONTENT: Final = discord.Intents(message_content=True).value
# event: the intent for it in a guild, and in a DM
_NEEDED: Final = {
    name: (discord.Intents(**{f"guild_{kind}": True}).value, discord.Intents(**{f"dm_{kind}": True}).value)
    for kind, names in {
        "messages": ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"),
        "reactions": ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"),
        "typing": ("TYPING_START",),
    }.items()
    for name in names
}
_EMPTY: Final[Payload] = {"content": "", "embeds": [], "attachments": [], "components": []}


def seen(event: str, payload: Mapping[str, Any], *, intents: int, bot_id: int) -> Payload | None:
    """The event as a client with these intents sees it; None where it does not."""
    in_guild, in_dm = _NEEDED.get(event, (intents, intents))
    if not intents & (in_guild if "guild_id" in payload else in_dm):
        return None
    if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
        return read(payload, intents=intents, bot_id=bot_id)
    return dict(payload)


def read(message: Mapping[str, Any], *, intents: int, bot_id: int) -> Payload:
    """A message with its text, or without it: one's own, mentions, DMs and what a privileged intent covers have it."""
    quoted = message.get("referenced_message")
    told = dict(message)
    if quoted is not None:
        told["referenced_message"] = read(quoted, intents=intents, bot_id=bot_id)
    return told if intents & _CONTENT or _concerns(message, str(bot_id)) else told | _kept(message)


def _concerns(message: Mapping[str, Any], bot_id: str) -> bool:
    people = [message.get("author"), *message.get("mentions", ())]
    return "guild_id" not in message or any(person is not None and person.get("id") == bot_id for person in people)


def _kept(message: Mapping[str, Any]) -> Payload:
    return {key: empty for key, empty in _EMPTY.items() if key in message}
