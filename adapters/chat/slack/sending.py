"""Putting answers and cards on Slack: in parts, in their thread, with nothing that can mention anybody or unfold.

Slack knows no post again. So nothing is posted twice that may have arrived: what was refused is tried again where Slack
says how, and the rest is given up.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat import splitting
from adapters.chat.port import Card, ChatError, File, Place, Posted
from adapters.chat.slack import buttons, drawing, places, quick, text
from adapters.chat.slack.account import Account
from adapters.chat.slack.calls import UNFIT, Calls, Refused
from adapters.chat.slack.drawing import Drawn
from adapters.chat.slack.failures import translated
from adapters.chat.slack.limits import LIMITS
from adapters.chat.text import plain
from safi.ports import Clock

_log = logging.getLogger(__name__)

PATIENCE: Final = 90.0
"""Seconds that sending something may take, in all its parts and tries; a file that goes with it, as long again."""

FILES_MISSING: Final = "(The files that belong here could not be attached.)"
"""What stands below a card whose files Slack did not take."""

_REST: Final = "answer.md"
_FOLDED: Final = {"unfurl_links": False, "unfurl_media": False}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to be posted: as Slack draws it, and in as many messages without blocks as it takes, where it must."""

    drawn: Json
    plain: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was posted of some messages, by id; `whole` where that is all."""

    posted: tuple[tuple[str, Json], ...]
    whole: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, at least one."""
        return tuple(message_id for message_id, _ in self.posted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends with the client that `client` waits for, as `account`. `rating`: answers have buttons to rate them by."""

    client: Callable[[], Awaitable[AsyncWebClient]]
    account: Callable[[], Account]
    clock: Clock
    rating: bool = True
    patience: float = PATIENCE

    async def say(self, place: Place, words: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:  # noqa: ARG002  # Slack knows no turn again
        """Post an answer in its thread. Where only its first parts could be posted they count, and it is logged.

        What does not stand in its parts is attached to the thread, or the last one says that it is not. Raises
        ChatError.
        """
        messages, rest = answered(words, rated=self.rating and rated)
        thread = place.thread or reply_to
        sent = await self._post(place, thread, messages)
        if rest is not None and sent.whole:
            file = File(name=_REST, data=rest.encode())
            if not await self._attached(place.channel, thread, (file,)):
                await self._corrected(place, sent)
        return Posted(place=place, message_id=sent.ids[0], more=sent.ids[1:])

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card. Its files go into its thread; where they cannot, that stands there. Raises ChatError."""
        drawn = drawing.drawn(card, address=self.account().address)
        (posted,) = (await self._post(place, place.thread, [shown(drawn)])).ids
        thread = place.thread or posted
        if drawn.files and not await self._attached(place.channel, thread, drawn.files):
            with suppress(ChatError):
                await self._post(place, thread, [Message(drawn={"text": FILES_MISSING})])
        return Posted(place=place, message_id=posted)

    async def answer(
        self, response_url: str, drawn: Drawn, *, replace: bool = False, public: bool = False, thread: str | None = None
    ) -> None:
        """Answer a command or a press of a button, by the address that came with it; none of its files go with it.

        `replace` puts it in the place of what was pressed; `public` lets everybody see it, in a `thread` where one is
        given. Raises ChatError.
        """
        how: Json = {"response_type": "in_channel" if public else "ephemeral", "replace_original": replace, **_FOLDED}
        how |= {"thread_ts": thread} if thread else {}
        async with self._calls() as calls:
            await _put(shown(drawn), lambda body: quick.answer(response_url, how | body, calls))

    async def hand(self, user: str, files: Sequence[File]) -> None:
        """Upload files into the direct messages between the bot and somebody. Raises ChatError where it cannot."""
        async with self._calls() as calls:
            opened = await calls.made("conversations.open", {"users": user})
            await calls.uploaded(files, channel=opened["channel"]["id"], thread=None)

    async def _post(self, place: Place, thread: str | None, messages: Sequence[Message]) -> Sent:
        """Raises ChatError where nothing could be posted."""
        places.team_of(place)
        where: Json = {"channel": place.channel, "thread_ts": thread, **_FOLDED}
        posted: list[tuple[str, Json]] = []

        async def post(body: Json, calls: Calls) -> None:
            reply = await calls.made("chat.postMessage", where | body)
            posted.append((str(reply["ts"]), body))

        try:
            async with self._calls() as calls:
                for message in messages:
                    await _put(message, partial(post, calls=calls))
        except ChatError as problem:
            if not posted:
                raise
            _log.warning("of %d messages, %d were posted: %s", len(messages), len(posted), problem)
            return Sent(posted=tuple(posted), whole=False)
        return Sent(posted=tuple(posted), whole=True)

    async def _attached(self, channel: str, thread: str | None, files: Sequence[File]) -> bool:
        """Whether files could be attached to a thread; each is a message of its own there."""
        try:
            async with self._calls() as calls:
                await calls.uploaded(files, channel=channel, thread=thread)
        except ChatError as problem:
            _log.warning("a file could not be attached: %s", problem)
            return False
        return True

    async def _corrected(self, place: Place, sent: Sent) -> None:
        """Let the last part say that nothing is attached."""
        message_id, body = sent.posted[-1]
        told = {"channel": place.channel, "ts": message_id, **_unattached(body)}
        try:
            async with self._calls() as calls:
                await calls.made("chat.update", told)
        except ChatError as problem:
            _log.warning("an answer promises a file that is not there: %s", problem)

    @asynccontextmanager
    async def _calls(self) -> AsyncGenerator[Calls]:
        """Calls that end in time. Whatever fails within becomes a ChatError."""
        until = self.clock.now() + timedelta(seconds=self.patience)
        with translated():
            async with asyncio.timeout(self.patience):
                yield Calls(client=self.client, clock=self.clock, until=until)


def answered(words: str, *, rated: bool) -> tuple[list[Message], str | None]:
    """An answer as messages, the last one with the buttons to rate it by; and the whole of it, if they do not hold it.

    Raises ChatError for words of which nothing can be seen.
    """
    limits = LIMITS.message
    split = splitting.split(text.spoken(words), limit=limits.part, parts=limits.parts, count=text.length)
    if not split.parts:
        raise ChatError("there is nothing to be read in it")
    last = len(split.parts) - 1
    messages = [_part(part, rated=rated and number == last) for number, part in enumerate(split.parts)]
    return messages, None if split.rest is None else plain(words)


def shown(drawn: Drawn) -> Message:
    """A card as a message."""
    return Message(drawn={"text": drawn.text, "blocks": list(drawn.blocks)}, plain=({"text": drawn.plain},))


def _part(words: str, *, rated: bool) -> Message:
    limit = LIMITS.message.text
    drawn = [{"type": "markdown", "text": words}, *([buttons.rating_block()] if rated else [])]
    plainly = splitting.split(words, limit=limit, parts=limit, count=lambda part: text.length(text.escaped(part)))
    return Message(
        drawn={"text": text.escaped(words, limit=limit), "blocks": drawn},
        plain=tuple({"text": text.escaped(part)} for part in plainly.parts),
    )


async def _put(message: Message, put: Callable[[Json], Awaitable[None]]) -> None:
    """Put a message somewhere; without blocks, where Slack does not take them."""
    try:
        await put(message.drawn)
    except Refused as refused:
        if refused.code not in UNFIT or not message.plain:
            raise
    else:
        return
    for body in message.plain:
        await put(body)


def _unattached(body: Json) -> Json:
    """A part that says that the rest is not attached."""
    words, *under = body.get("blocks", [{}])
    blocks = [words | {"text": _told(words["text"])}, *under] if words else None
    return {"text": _told(body["text"]), "blocks": blocks}


def _told(words: str) -> str:
    return words.replace(splitting.ATTACHED, splitting.UNATTACHED)
