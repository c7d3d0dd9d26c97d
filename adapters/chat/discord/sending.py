"""Putting answers and cards on Discord: in parts, once each however often they are sent, with nothing that can ping."""

import asyncio
import hashlib
import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import discord

from adapters.chat import splitting
from adapters.chat.discord import drawing, places, text
from adapters.chat.discord.failures import (
    PERMISSION_LACKING,
    REPLY_REFUSED,
    UNREACHED,
    missing,
    reason,
    translated,
)
from adapters.chat.discord.limits import LIMITS
from adapters.chat.port import Card, ChatError, Place, Posted
from adapters.chat.text import plain
from safi.ports import Clock

_log = logging.getLogger(__name__)

PATIENCE: Final = 90.0
"""Seconds that sending an answer may take, in all its parts and tries; less than Discord knows a nonce."""

_AGAIN_AFTER: Final = (1.0, 3.0)
"""Seconds before the second try and the third, where nobody knows whether the one before has arrived."""

_REST: Final = "answer.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an answer. `rest` is the whole answer, to be attached where its parts do not hold it."""

    content: str
    nonce: str
    reply_to: str | None = None
    rest: str | None = None
    rated: bool = False

    def unattached(self) -> "Part":
        """The part without its file, which says so."""
        return replace(self, content=self.content.removesuffix(splitting.ATTACHED) + splitting.UNATTACHED, rest=None)


class _Refused(ChatError):
    """Discord does not take it, and says so with a `code`."""

    def __init__(self, why: str, code: int) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends with the client that `client` waits for. `under` makes what stands under an answer."""

    client: Callable[[], Awaitable[discord.Client]]
    clock: Clock
    under: Callable[[], discord.ui.View | None]
    patience: float = PATIENCE

    async def say(self, place: Place, words: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post an answer. Where only its first parts could be posted they count, and it is logged. Raises ChatError."""
        places.channel_of(place)
        parts = cut(words, turn_id=turn_id, reply_to=reply_to, rated=rated)
        posted: list[str] = []
        try:
            with translated():
                async with asyncio.timeout(self.patience):
                    for part in parts:
                        posted.append(await self._post(place, part))  # noqa: PERF401  # what is out counts, whatever comes
        except ChatError as problem:
            if not posted:
                raise
            _log.warning("of an answer, %d of %d parts were posted: %s", len(posted), len(parts), problem)
        return Posted(place=place, message_id=posted[0], more=tuple(posted[1:]))

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card, with one try: nobody knows whether one that failed has arrived. Raises ChatError."""
        drawn = drawing.drawn(card)
        with translated():
            async with asyncio.timeout(self.patience):
                return Posted(place=place, message_id=await self._send(place, lambda: _card(drawn)))

    async def _post(self, place: Place, part: Part) -> str:
        for pause in _AGAIN_AFTER:
            try:
                return await self._sent(place, part)
            except (discord.DiscordServerError, *UNREACHED):  # Discord knows a part that has arrived by its nonce
                await self.clock.sleep(pause)
        return await self._sent(place, part)

    async def _sent(self, place: Place, part: Part) -> str:
        """A part, or what of it Discord takes there: words that reply to nothing, or that have no file with them."""
        try:
            return await self._send(place, lambda: self._made(place, part))
        except _Refused as refused:
            if refused.code in REPLY_REFUSED and part.reply_to is not None:
                lesser = replace(part, reply_to=None)
            elif refused.code == PERMISSION_LACKING and part.rest is not None:
                lesser = part.unattached()
            else:
                raise
        return await self._sent(place, lesser)

    async def _send(self, place: Place, made: Callable[[], dict[str, Any]]) -> str:
        """Raises ChatError, and what discord.py raises."""
        guild, channel, client = places.guild_of(place), places.channel_of(place), await self.client()
        try:
            return str((await client.get_partial_messageable(channel, guild_id=guild).send(**made())).id)
        except discord.HTTPException as refused:
            if isinstance(refused, discord.DiscordServerError):
                raise
            raise _Refused(reason(refused, _lacking(client, channel)), refused.code) from None

    def _made(self, place: Place, part: Part) -> dict[str, Any]:
        """What `send` is given for a part: made anew for each try, since a file can be sent only once."""
        made: dict[str, Any] = {"content": part.content, "nonce": part.nonce, "suppress_embeds": True}
        if part.reply_to is not None:
            made["reference"] = _question(place, part.reply_to)
        if part.rest is not None:
            made["file"] = discord.File(io.BytesIO(part.rest.encode()), _REST)
        if part.rated and (view := self.under()) is not None:
            made["view"] = view
        return made


def cut(words: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> list[Part]:
    """An answer as messages. Raises ChatError for words of which nothing can be seen."""
    limits = LIMITS.message
    split = splitting.split(text.spoken(words), limit=limits.content, parts=limits.parts, count=text.length)
    if not split.parts:
        raise ChatError("there is nothing to be read in it")
    last = len(split.parts) - 1
    return [
        Part(
            content=content,
            nonce=nonce(turn_id, number),
            reply_to=None if number else reply_to,
            rest=plain(words) if number == last and split.rest is not None else None,
            rated=rated and number == last,
        )
        for number, content in enumerate(split.parts)
    ]


def nonce(turn_id: str, part: int) -> str:
    """What Discord knows a part of an answer by: the same on every try, so that none is posted twice."""
    return hashlib.blake2b(f"{turn_id} {part}".encode(), digest_size=LIMITS.message.nonce // 2).hexdigest()


def _card(drawn: drawing.Drawn) -> dict[str, Any]:
    made = {"content": drawn.content, "embeds": list(drawn.embeds), "files": drawn.files(), "view": drawn.view()}
    return {name: what for name, what in made.items() if what}


def _question(place: Place, message_id: str) -> discord.MessageReference | None:
    """The message that is replied to; None for an id that no message on Discord has."""
    if not message_id.isdecimal():
        return None
    return discord.MessageReference(
        message_id=int(message_id), channel_id=places.channel_of(place), fail_if_not_exists=False
    )


def _lacking(client: discord.Client, channel_id: int) -> tuple[str, ...]:
    """The permissions that the bot needs there and has not; none where nobody knows, as where a parent is unknown."""
    with suppress(ChatError), translated():
        channel = client.get_channel(channel_id)
        if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return missing(channel.permissions_for(channel.guild.me), thread=isinstance(channel, discord.Thread))
    return ()
