"""What a message on Discord is to the bot: whether it is for it, and what it says. Pure; downloads nothing."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import discord

from adapters.chat.discord import places
from adapters.chat.discord.settings import Settings
from adapters.chat.port import DIRECT_MESSAGES_OFF, Inbound, Place, Quoted

_SAID: Final = frozenset({discord.MessageType.default, discord.MessageType.reply})
"""The types of messages that are a person's own words: everything else is the platform's."""

_MARKED: Final = re.compile(r"<(?P<kind>@!?|@&|\#)(?P<id>\d+)>|<a?(?P<emoji>:\w+:)\d+>|<(?P<command>/[^:<>]+):\d+>")


def place_of(channel: object) -> Place | None:
    """The place of one of discord.py's channels; None for what is too little known, or no place to talk in."""
    match channel:
        case discord.Thread():
            return places.place(guild=channel.guild.id, channel=channel.parent_id, thread=channel.id)
        case discord.abc.GuildChannel():
            return places.place(guild=channel.guild.id, channel=channel.id)
        case discord.DMChannel():
            return places.place(guild=None, channel=channel.id)
        case _:
            return None


def for_bot(message: discord.Message, place: Place, *, me: int, settings: Settings) -> bool:
    """Whether a person said this to the bot `me`: by mentioning it, replying to it with a ping, or where it was said.

    A mention of everyone is none of the bot; one of the role that Discord made for it is.
    """
    free = settings.free_response & {int(place.channel), places.channel_of(place)}
    return _by_person(message, me) and (places.guild_of(place) is None or bool(free) or _mentions(message, me))


def may_be_for_bot(message: discord.Message, *, me: int, settings: Settings) -> bool:
    """Whether it is worth asking where in a server it was said."""
    return _by_person(message, me) and (bool(settings.free_response) or _mentions(message, me))


def read(message: discord.Message, place: Place, *, me: int, settings: Settings) -> Inbound:
    """The message without what is attached to it. An edited one has the same `event_id`: nothing is heard twice."""
    refused = places.guild_of(place) is None and not settings.direct_messages
    replied = message.reference if _replies_here(message) else None
    return Inbound(
        event_id=str(message.id),
        place=place,
        message_id=str(message.id),
        author=str(message.author.id),
        text="" if refused else _text(message, me),
        at=message.created_at,
        replies_to=str(replied.message_id) if replied else None,
        quoted=_quoted(replied.resolved, me) if replied and not refused else None,
        unanswered=DIRECT_MESSAGES_OFF if refused else None,
    )


def _by_person(message: discord.Message, me: int) -> bool:
    author = message.author
    return message.type in _SAID and message.webhook_id is None and not author.bot and author.id != me


def _mentions(message: discord.Message, me: int) -> bool:
    return any(user.id == me for user in message.mentions) or bool(_own_roles(message, me))


def _own_roles(message: discord.Message, me: int) -> list[int]:
    """The roles that Discord made for the bot, of those that a message mentions."""
    return [role.id for role in message.role_mentions if role.tags is not None and role.tags.bot_id == me]


def _replies_here(message: discord.Message) -> bool:
    """Whether it replies to a message of its own place. What is forwarded comes from elsewhere, and is never taken."""
    reference = message.reference
    return (
        reference is not None
        and reference.type is discord.MessageReferenceType.reply
        and reference.message_id is not None
        and reference.channel_id == message.channel.id
    )


def _quoted(resolved: object, me: int) -> Quoted | None:
    """What a person said. Its words are empty where Discord does not hand them over, as without the content intent."""
    if not isinstance(resolved, discord.Message) or not _by_person(resolved, me):
        return None
    return Quoted(author=str(resolved.author.id), text=_text(resolved, me))


def _text(message: discord.Message, me: int) -> str:
    """What was typed, without the mention of the bot; other mentions are the names that people see."""
    own = "|".join([f"@!?{me}", *(f"@&{role}" for role in _own_roles(message, me))])
    text = re.sub(rf"\A(?:\s*<(?:{own})>[\s,:]*)+|[^\S\n]*<(?:{own})>", "", message.content)
    return _readable(text, _names(message)).strip()


def _names(message: discord.Message) -> Mapping[tuple[str, int], str]:
    """The names of whom and what a message mentions, by kind and id."""
    channels: Iterable[discord.abc.GuildChannel | discord.Thread] = message.channel_mentions
    return (
        {("@", user.id): user.display_name for user in message.mentions}
        | {("@&", role.id): role.name for role in message.role_mentions}
        | {("#", channel.id): channel.name for channel in channels}
    )


def _readable(text: str, names: Mapping[tuple[str, int], str]) -> str:
    def name(found: re.Match[str]) -> str:
        if found["kind"] is None:
            return found["emoji"] or found["command"]
        kind = found["kind"].removesuffix("!")
        return kind[0] + names.get((kind, int(found["id"])), "unknown")

    return _MARKED.sub(name, text)
