"""What a chat platform is to the bot: places, messages in and out, cards, and one table of commands."""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words are said: a channel of a workspace, or a thread in it. `decode(encode(place)) == place`."""

    workspace: str
    channel: str
    thread: str | None = None

    def encode(self) -> str:
        """The place as one line of text, distinct for distinct places."""
        return json.dumps([self.workspace, self.channel, self.thread], ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def decode(text: str) -> "Place":
        """The place that `encode` wrote."""
        workspace, channel, thread = json.loads(text)
        return Place(workspace=workspace, channel=channel, thread=thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A member's message to the bot. Adapters never pass on the bot's own words, nor another bot's. `at` is in UTC."""

    event_id: str
    place: Place
    message_id: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Something the bot posted: the platform's id of its (first) message."""

    place: Place
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A number in [-1, 1] to be drawn, or None where there is none; `note` stands beside it."""

    label: str
    value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to look at, in no platform's terms: a title, one plain sentence, then lines, fields, bars and a footer.

    Every text is plain: an adapter escapes it, never renders it as markup. `quiet` cards are drawn small and dim.
    """

    title: str
    sentence: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()
    footer: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One argument of a command, in order. `choices`, where given, answers what may stand there right now.

    A "number" is a whole number from 1 to 999,999,999; typed, "#12" is 12 too, since that is how cards show it.
    """

    name: str
    summary: str
    required: bool = False
    kind: Literal["text", "number"] = "text"
    choices: Callable[[], tuple[str, ...]] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command as somebody gave it. `arguments` holds only what was given, by option name, of the option's kind."""

    command: str
    arguments: Mapping[str, str | int] = field(hash=False)
    place: Place
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the one command table. `name` is one or two words: `values`, or `audit list`."""

    name: str
    summary: str
    audience: Literal["everyone", "moderators"]
    run: Callable[[Invocation], Awaitable[Card]] = field(hash=False)
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What the bot does with what a platform brings. Neither ever raises for anything a person typed."""

    hear: Callable[[Inbound], Awaitable[None]] = field(hash=False)
    commands: tuple[Command, ...]


class ChatError(Exception):
    """The platform did not take what was sent."""


class Chat(Protocol):
    """A chat platform."""

    async def run(self, handlers: Handlers) -> None:
        """Bring messages and commands until the platform, or the person at it, is done; then return."""
        ...

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None) -> Posted:
        """Post the persona's words. Nothing in `text` can ping or be taken for markup. Raises ChatError."""
        ...

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card. Raises ChatError."""
        ...

    def working(self, place: Place) -> AbstractAsyncContextManager[None]:
        """Show that an answer is being made for as long as the context lasts. Neither entering nor leaving raises."""
        ...
