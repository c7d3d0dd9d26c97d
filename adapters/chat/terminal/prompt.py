"""Talking at a terminal: a prompt that stays at the bottom while answers and cards appear above it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style
from rich.console import Console as Printer
from rich.text import Text

from adapters.chat.parsing import Offer
from adapters.chat.terminal.typeset import Marks

_BEAT: Final = 0.12  # seconds a picture of the spinner stays
_MENU: Final = 8  # lines kept free under the prompt while a command is typed
_WELCOME: Final = "Say something, or / for commands"
_ONCE_MORE: Final = "Ctrl-C once more to leave"

_STYLE: Final = Style.from_dict(
    {
        "mark": "ansicyan bold",
        "spinner": "ansicyan",
        "hint": "ansibrightblack",
        "completion-menu.completion": "bg:default fg:default",
        "completion-menu.completion.current": "bg:default fg:ansicyan bold noreverse",
        "completion-menu.meta.completion": "bg:default fg:ansibrightblack",
        "completion-menu.meta.completion.current": "bg:default fg:default",
        "scrollbar.background": "bg:default",
        "scrollbar.button": "bg:ansibrightblack",
    }
)


class Terminal:
    """A line editor with history and completion; what is put appears above it and leaves what is being typed alone."""

    def __init__(
        self,
        stdin: TextIO,
        stdout: TextIO,
        *,
        history: Path | None,
        offers: Callable[[str], Iterable[Offer]],
        marks: Marks,
    ) -> None:
        self._marks = marks
        self._printer = Printer(file=stdout, highlight=False, soft_wrap=True)
        self._working = 0
        self._frame = 0
        self._beat: asyncio.TimerHandle | None = None
        self._interrupted = False
        self._hint = _WELCOME
        self._session: PromptSession[str] = PromptSession(
            self._message,
            style=_STYLE,
            history=_PrivateHistory(history) if history else InMemoryHistory(),
            completer=_Completer(offers),
            complete_while_typing=Condition(lambda: self._session.default_buffer.text.startswith("/")),
            reserve_space_for_menu=_MENU,
            key_bindings=self._keys(),
            placeholder=self._placeholder,
            prompt_continuation=" " * len(f"{marks.prompt} "),
            enable_suspend=True,
            input=create_input(stdin),
            output=create_output(stdout),
        )
        self._session.default_buffer.on_text_insert += self._typed

    async def run(self, take: Callable[[str], Coroutine[Any, Any, None]], leaves: Callable[[str], bool]) -> None:
        """Hand each line to `take` at once, in the order typed, until Ctrl-D, two Ctrl-C or a farewell.

        It returns when `take` is done with all of them. An error of `take` ends it, within an ExceptionGroup.
        """
        under_way = set[asyncio.Task[None]]()
        async with asyncio.TaskGroup() as group:
            while (line := await self._line()) is not None and not leaves(line):
                task = group.create_task(take(line))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            if under_way:
                await self._announce_end(len(under_way))

    async def put(self, lines: Sequence[Text], *, aside: bool = False) -> None:  # noqa: ARG002  # the prompt stays below whatever comes
        """Print one block, a blank line before it. Raises OSError."""
        async with in_terminal():
            self._printer.print(Text("\n").join([Text(), *lines]))

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """A spinner where the answer will stand."""
        self._working += 1
        if self._beat is None:
            self._tick()
        try:
            yield
        finally:
            self._working -= 1
            if not self._working and self._beat:
                self._beat.cancel()
                self._beat = None
            self._session.app.invalidate()

    def _tick(self) -> None:
        self._frame = (self._frame + 1) % len(self._marks.spinner)
        self._session.app.invalidate()
        self._beat = asyncio.get_running_loop().call_later(_BEAT, self._tick)

    def _message(self) -> StyleAndTextTuples:
        prompt: StyleAndTextTuples = [("", "\n"), ("class:mark", f"{self._marks.prompt} ")]
        if not self._working or self._session.app.is_done:  # a line once entered stays on the screen without it
            return prompt
        spinner = self._marks.spinner[self._frame]
        return [("", "\n"), ("class:spinner", spinner), ("class:hint", " thinking\n"), *prompt]

    def _placeholder(self) -> StyleAndTextTuples:
        return [] if self._session.app.is_done else [("class:hint", self._hint)]

    async def _line(self) -> str | None:
        try:
            line = await self._session.prompt_async(set_exception_handler=False, handle_sigint=False)
        except EOFError:
            return None
        return line.strip()

    async def _announce_end(self, answers: int) -> None:
        awaited = "this answer" if answers == 1 else f"{answers} answers"
        with suppress(OSError):
            await self.put([Text(f"Leaving after {awaited}. Ctrl-C leaves at once.", style="dim")])

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        editing = has_focus(DEFAULT_BUFFER)
        blank = Condition(lambda: not self._session.default_buffer.text.strip())
        keys.add("c-c", filter=editing)(self._interrupt)
        keys.add(Keys.Vt100MouseEvent)(_ignore)  # colour codes look like one, and its own handler fails on them
        keys.add("enter", filter=editing & blank)(_ignore)
        keys.add("escape", "enter", filter=editing)(_new_line)
        return keys

    def _interrupt(self, event: KeyPressEvent) -> None:
        """Clear the line; on an empty one, ask for a second Ctrl-C, and leave at that."""
        if event.current_buffer.text:
            event.current_buffer.reset()
            self._typed(event)
        elif self._interrupted:
            event.app.exit(exception=EOFError())
        else:
            self._interrupted, self._hint = True, _ONCE_MORE

    def _typed(self, _: object) -> None:
        self._interrupted, self._hint = False, ""


class _Completer(Completer):
    """Offers for a line that is a command."""

    def __init__(self, offers: Callable[[str], Iterable[Offer]]) -> None:
        self._offers = offers

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002  # named by its base
        for offer in self._offers(document.text_before_cursor):
            yield Completion(offer.text, start_position=-offer.replaces, display_meta=offer.summary)


class _PrivateHistory(FileHistory):
    """What was typed, in a file that only its owner can read. If it cannot be kept, nobody is kept from talking."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(str(path))

    def load_history_strings(self) -> Iterable[str]:
        with suppress(OSError):
            return super().load_history_strings()
        return ()

    def store_string(self, string: str) -> None:
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            super().store_string(string)


def _ignore(_: KeyPressEvent) -> None:
    """Neither an empty line nor a mouse says anything."""


def _new_line(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text("\n")
