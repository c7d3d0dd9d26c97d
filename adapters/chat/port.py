"""What a chat platform is to the bot: places, messages in and out, cards, and one table of commands."""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from safi.turn import Image

Refusal = Literal["direct messages are off", "shared channels are off", "guests are off"]
"""Why the platform's settings leave a message without an answer."""

DIRECT_MESSAGES_OFF: Final = "direct messages are off"
SHARED_CHANNELS_OFF: Final = "shared channels are off"
GUESTS_OFF: Final = "guests are off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words are said: a channel of a workspace, or a thread in it. `decode(encode(place)) == place`."""

    workspace: str
    channel: str
    thread: str | None = None

    def encode(self) -> str:
        """The place as one line of text, distinct for distinct places."""
        return json.dumps([self.workspace, self.channel, self.thread], ensure_ascii=False, separators=(",", ":"))

    def beginning(self) -> str:
        """With what `encode` begins for the place's channel and every thread of it, and for no other place."""
        channel = json.dumps([self.workspace, self.channel], ensure_ascii=False, separators=(",", ":"))
        return channel.removesuffix("]") + ","

    @staticmethod
    def decode(text: str) -> "Place":
        """The place that `encode` wrote."""
        workspace, channel, thread = json.loads(text)
        return Place(workspace=workspace, channel=channel, thread=thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What the message that a member replies to says, where a member said it. It stands in the same place.

    `text` is "" where the platform does not hand it over.
    """

    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A file of text that came with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A member's message to the bot. Adapters never pass on the bot's own words, nor another bot's. `at` is in UTC.

    `replies_to` is the id of the message that it replies to, `quoted` what that says, unless the bot said it. `unread`
    names what came with it and was not taken: too large, neither text nor picture, or not to be read; `unseen` pictures
    that nobody looks at. `unanswered`: why the platform's settings leave it so; it is recorded, without its words.

    `overheard`: it was not said to the bot, and goes on in a thread. It is for the bot only if that talks there
    already; else it is none of its business, and nothing of it is kept.
    """

    event_id: str
    place: Place
    message_id: str
    author: str
    text: str
    at: datetime
    replies_to: str | None = None
    quoted: Quoted | None = None
    files: tuple[TextFile, ...] = ()
    images: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    unanswered: Refusal | None = None
    overheard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a member thinks of an answer, posted as `message_id`; None takes back what the member said before."""

    place: Place
    message_id: str
    author: str
    vote: Literal["up", "down"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Something the bot posted: the platform's id of its first message, and of those that it went on in."""

    place: Place
    message_id: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A number in [-1, 1] to be drawn, or None where there is none; `note` stands beside it."""

    label: str
    value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A command to be given with one press, by whoever may give it. It works for as long as its card is there.

    `arguments` stand in the order of the command's options. `target` is a message that the command is about, as for a
    menu. `confirmed`: pressing it is a clear yes to what the command asks. `public`: the answer is posted for all to
    see. `dangerous` ones look like it.
    """

    label: str
    command: str
    arguments: Mapping[str, str | int] = field(default_factory=dict[str, str | int], hash=False)
    target: str | None = None
    confirmed: bool = False
    public: bool = False
    dangerous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that goes with a card."""

    name: str
    data: bytes = field(repr=False)


Tone = Literal["plain", "warning", "alarm"]
"""How pressing a card is: nothing to do, somebody should look at it, somebody has to now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to look at, in no platform's terms: a title, one plain sentence, then lines, fields, bars and a footer.

    Every text is plain: an adapter escapes it, never renders it as markup. `quiet` cards are drawn small and dim.
    `about` is a message that the card is about, to which it leads. The `tone` is a hint: words say the same.
    """

    title: str
    sentence: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()
    footer: str = ""
    quiet: bool = False
    buttons: tuple[Button, ...] = ()
    files: tuple[File, ...] = ()
    about: Posted | None = None
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One argument of a command, in order. `choices`, where given, answers what may stand there right now.

    A "number" is a whole number from 1 to 999,999,999; typed, "#12" is 12 too, since that is how cards show it. Where
    there is room, a `long` text is asked for in a field of several lines. A text has `longest` characters at most.
    """

    name: str
    summary: str
    required: bool = False
    kind: Literal["text", "number"] = "text"
    choices: Callable[[], tuple[str, ...]] | None = field(default=None, hash=False)
    long: bool = False
    longest: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command as somebody gave it. `arguments` holds only what was given, by option name, of the option's kind.

    `target` is the message on which a menu was opened. `moderator` and `reads` are what the platform grants this person
    in this place right now: to moderate it, and to read what was said there. `threads`: whoever reads the place may
    read every thread of its channel, as on platforms where threads hide from nobody. `confirmed`: whoever gave it knows
    what it does, and said yes. `prefixes` are what stands before a command of everyone's, and before one of
    moderators', where they are typed there.
    """

    command: str
    arguments: Mapping[str, str | int] = field(hash=False)
    place: Place
    author: str
    target: str | None = None
    moderator: bool = False
    reads: bool = False
    threads: bool = False
    confirmed: bool = False
    prefixes: tuple[str, str] = ("/", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the one command table. `name` is one or two words: `values`, or `audit list`.

    `menu` is what the command is called in the menu of a message, which is its target then; "" where it has no place
    there. `form` names options that are asked for in a form where the command comes from a menu or a button.
    """

    name: str
    summary: str
    audience: Literal["everyone", "moderators"]
    run: Callable[[Invocation], Awaitable[Card]] = field(hash=False)
    options: tuple[Option, ...] = ()
    menu: str = ""
    form: tuple[str, ...] = ()


def nobody_waits() -> None:
    """What is done where nobody waits to hear that a message is kept: nothing."""


class Hear(Protocol):
    """What the bot does with a message."""

    async def __call__(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        """Answer it, and return when all is done. `kept` is called as soon as it cannot be lost any more.

        That is long before the answer: a platform that wants to be told that a message has arrived is told then. It is
        called for a message that was heard before, or is none of the bot's business, as well.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """What the bot does with what a platform brings. None ever raises for anything a person did.

    `withdraw` is told that a message is no longer there: place and id. `rate` says whether the rating counts: whether
    what was rated is an answer in the record. A command is run for whoever gives it: it refuses those who may not.
    `silent`: nobody answers in a place now, so nothing attached need be fetched; `sees`: pictures are looked at at all.
    """

    hear: Hear = field(hash=False)
    withdraw: Callable[[Place, str], Awaitable[None]] = field(hash=False)
    rate: Callable[[Rating], Awaitable[bool]] = field(hash=False)
    commands: tuple[Command, ...]
    silent: Callable[[Place], bool] = field(default=lambda _: False, hash=False)
    sees: bool = True


class ChatError(Exception):
    """The platform did not take what was sent."""


class Chat(Protocol):
    """A chat platform."""

    def remembers(self, workspace: str) -> timedelta:
        """How long after a turn was said saying it again posts nothing anew; zero where the platform cannot tell."""
        ...

    async def run(self, handlers: Handlers) -> None:
        """Bring messages and commands until the platform, or the person at it, is done; then return."""
        ...

    async def ready(self, workspace: str | None = None) -> None:
        """Return once something can be posted, in that workspace or in any.

        Raises ChatError where all ends before, or nobody has such a workspace.
        """
        ...

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        """Post the persona's words. Nothing in `text` can ping, call or command. Raises ChatError.

        `rated`: members may be asked what they think of them.
        """
        ...

    async def show(self, place: Place, card: Card) -> Posted:
        """Post a card. Raises ChatError."""
        ...

    def moderators(self, workspace: str) -> Place | None:
        """Where the moderators of a workspace are told of what needs them; None where there is no such place."""
        ...

    def working(self, place: Place) -> AbstractAsyncContextManager[None]:
        """Show that an answer is being made for as long as the context lasts. Neither entering nor leaving raises."""
        ...
