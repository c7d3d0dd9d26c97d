"""The console: one person and the bot, at a terminal or through pipes. No account, no network."""

import asyncio
import io
import os
import re
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from rich.text import Text

from adapters.chat import parsing
from adapters.chat.parsing import Call, Dialect, Mistake, Offer
from adapters.chat.port import Card, ChatError, Command, File, Handlers, Inbound, Place, Posted
from adapters.chat.terminal import typeset
from adapters.chat.terminal.prompt import Terminal
from adapters.chat.terminal.saving import save
from adapters.chat.terminal.stream import Stream
from adapters.chat.terminal.typeset import Page
from adapters.chat.text import repaired
from safi.ports import Clock

PLACE: Final = Place(workspace="console", channel="terminal")
"""The one place there is."""

DIALECT: Final = Dialect(prefix="/", own={"exit": "Leave.", "quit": "Leave."})

_WAY_OUT: Final = ("/quit", "Leave, as Ctrl-D does")
_TYPING: Final = "At a terminal, Alt-Enter begins a new line."

_PREFIX: Final = re.compile(r"\A/(safi(\s+|$))?", re.IGNORECASE)
_BARE: Final = re.compile(r"\A/safi\s*\Z", re.IGNORECASE)
_HELP: Final = frozenset({"help", "?"})
_SIMPLE_TERMINALS: Final = ("", "dumb", "unknown")
_WIDTH_OF_A_TRANSCRIPT: Final = 80


class _Surface(Protocol):
    """Where words are typed and shown: a Terminal or a Stream."""

    async def run(self, take: Callable[[str], Coroutine[Any, Any, None]], leaves: Callable[[str], bool]) -> None: ...

    async def put(self, lines: Sequence[Text], *, aside: bool = False) -> None: ...

    def working(self) -> AbstractAsyncContextManager[None]: ...


class Console:
    """A Chat with one place and one person, `author`, who may use every command.

    `ids` makes a new id at each call, distinct from all before it, those of earlier runs included. `stdin` may be
    None. In `folder`, `history` keeps what was typed at a terminal, and `exports` the files that come with cards; both
    are made when needed.
    """

    def __init__(
        self,
        *,
        author: str,
        clock: Clock,
        ids: Callable[[], str],
        stdin: TextIO | None,
        stdout: TextIO,
        folder: Path | None = None,
    ) -> None:
        self._author = author
        self._clock = clock
        self._ids = ids
        self._stdout = stdout
        self._exports = folder / "exports" if folder else None
        self._marks = typeset.marks_for(stdout.encoding)
        _replace_unwritable(stdout)
        self._commands: tuple[Command, ...] = ()
        self._surface: _Surface = self._opened(stdin, stdout, folder / "history" if folder else None)

    @property
    def place(self) -> Place:
        """The one place there is."""
        return PLACE

    @property
    def interactive(self) -> bool:
        """Whether somebody sits at a terminal, who may leave before the last audit."""
        return isinstance(self._surface, Terminal)

    def remembers(self, workspace: str) -> timedelta:  # noqa: ARG002  # there is one
        """Not at all: what is shown twice stands there twice."""
        return timedelta()

    async def ready(self, workspace: str | None = None) -> None:
        """Return at once: something can be shown before anything is typed."""

    async def run(self, handlers: Handlers) -> None:
        """Bring what is typed until it ends: at a terminal with Ctrl-D, two Ctrl-C or /quit, else with the input.

        At a terminal every line is brought at once, in the order typed; from a pipe or a file, each after the answer to
        the one before. Output that breaks ends it too.
        """
        self._commands = handlers.commands
        await self._surface.run(partial(self._take, handlers), _leaves)

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:  # noqa: ARG002  # there is one conversation: nothing to thread or dedupe
        """Show the persona's words, literally."""
        return await self._post(place, typeset.answer(text, self._page()))

    async def show(self, place: Place, card: Card) -> Posted:
        """Show a card. In a transcript, a quiet one does not come between a question and its answer: it waits."""
        return await self._post(place, await self._set(card), aside=card.quiet)

    def moderators(self, workspace: str) -> Place | None:
        """Whoever sits here moderates here."""
        return PLACE if workspace == PLACE.workspace else None

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:  # noqa: ARG002  # there is one place
        """Show at a terminal that an answer is being made."""
        async with self._surface.working():
            yield

    async def _take(self, handlers: Handlers, line: str) -> None:
        text = "/help" if line.casefold() in _HELP else repaired(line)
        if text.startswith("/"):
            await self._command(handlers.commands, text)
            return
        event_id, message_id, at = self._ids(), self._ids(), self._clock.now()
        await handlers.hear(
            Inbound(event_id=event_id, place=PLACE, message_id=message_id, author=self._author, text=text, at=at)
        )

    async def _command(self, commands: Sequence[Command], line: str) -> None:
        match parsing.understand(_command_in(line), commands, place=PLACE, author=self._author, dialect=DIALECT):
            case Call(command=command, invocation=invocation):
                granted = replace(invocation, moderator=True, reads=True, confirmed=True)
                card = await command.run(granted)
                lines = await self._set(_with_keys(card) if command.name in _HELP else card)
            case Mistake(message=message):
                lines = typeset.note(message, self._page())
        with suppress(ChatError):  # whoever can be shown nothing any more cannot be told so either
            await self._post(PLACE, lines)

    async def _post(self, place: Place, lines: Sequence[Text], *, aside: bool = False) -> Posted:
        if place != PLACE:
            raise ChatError(f"the console has no place {place.encode()}")
        try:
            await self._surface.put(lines, aside=aside)
        except OSError as error:
            raise ChatError(f"nothing can be written to the console any more: {error}") from error
        return Posted(place=place, message_id=self._ids())

    async def _set(self, card: Card) -> Sequence[Text]:
        """The card as lines, once its files are written; where they are stands in it."""
        written = [await asyncio.to_thread(self._saved, file) for file in card.files]
        return typeset.card(replace(card, lines=(*card.lines, *written)), self._page())

    def _saved(self, file: File) -> str:
        if self._exports is None:
            return f"{file.name} is not written: this console has no folder for files."
        try:
            return f"Written to {save(self._exports, file)}"
        except OSError as error:
            return f"{file.name} could not be written to {self._exports}: {error.strerror}"

    def _page(self) -> Page:
        return Page(width=min(_width(self._stdout), typeset.WIDEST), marks=self._marks)

    def _offers(self, line: str) -> Iterable[Offer]:
        if not line.startswith("/"):
            return ()
        return parsing.offers(_command_in(line), self._commands, DIALECT)

    def _opened(self, stdin: TextIO | None, stdout: TextIO, history: Path | None) -> _Surface:
        if (
            stdin is not None
            and stdin.isatty()
            and stdout.isatty()
            and os.environ.get("TERM", "") not in _SIMPLE_TERMINALS
        ):
            return Terminal(stdin, stdout, history=history, offers=self._offers, marks=self._marks)
        return Stream(stdin, stdout)


def _command_in(line: str) -> str:
    """What stands after "/", or after "/safi", as commands begin elsewhere; that alone opens the panel.

    A line without either is left as it is.
    """
    return "panel" if _BARE.match(line) else _PREFIX.sub("", line)


def _with_keys(help_card: Card) -> Card:
    """The help with what only a console knows: how to leave, and how to type."""
    return replace(help_card, fields=(*help_card.fields, _WAY_OUT), footer=_TYPING)


def _leaves(line: str) -> bool:
    return _command_in(line).strip().casefold() in DIALECT.own


def _replace_unwritable(stdout: TextIO) -> None:
    """Have characters that the output's encoding does not know written as question marks."""
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")


def _width(stdout: TextIO) -> int:
    if not stdout.isatty():
        return _WIDTH_OF_A_TRANSCRIPT
    return os.get_terminal_size(stdout.fileno()).columns or _WIDTH_OF_A_TRANSCRIPT
