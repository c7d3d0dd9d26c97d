"""Talking through plain streams: one line is one message, and what is written is a transcript without any controls."""

import asyncio
import codecs
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext, suppress
from typing import Final, TextIO

from rich.text import Text

from adapters.chat.text import plain

_CHUNK: Final = 65_536


class Stream:
    """Lines in and a transcript out, for pipes, files and terminals that cannot move their cursor."""

    def __init__(self, stdin: TextIO | None, stdout: TextIO) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._asks = stdin is not None and stdin.isatty() and stdout.isatty()  # then the person sees what is typed
        self._begun = False
        self._writing = asyncio.Lock()
        self._broken: OSError | None = None
        self._unanswered = False
        self._held: list[Sequence[Text]] = []

    async def run(self, take: Callable[[str], Awaitable[None]], leaves: Callable[[str], bool]) -> None:
        """Hand each line that is not blank to `take`, one by one, until the end, a farewell or broken output."""
        if self._stdin is None:
            return
        await self._ask()
        async with aclosing(_lines(self._stdin.fileno())) as lines:
            async for line in lines:
                if leaves(line):
                    return
                if line:
                    await self._exchange(line, take)
                await self._ask()
                if self._broken:
                    return

    async def put(self, lines: Sequence[Text], *, aside: bool = False) -> None:
        """Write one block, apart from the one before. Raises OSError.

        One that stands `aside` of the conversation waits while a question has no answer yet, and follows that.
        """
        if aside and self._unanswered:
            self._held.append(lines)
            return
        blocks, self._held, self._unanswered = [lines, *self._held], [], False
        await self._write_blocks(blocks)

    def working(self) -> AbstractAsyncContextManager[None]:
        """Nothing is shown: a transcript has no passing states."""
        return nullcontext()

    async def _exchange(self, line: str, take: Callable[[str], Awaitable[None]]) -> None:
        self._unanswered = True
        with suppress(OSError):
            await self._echo(line)
        if self._broken:  # nobody is there to be answered
            return
        await take(line)
        self._unanswered = False
        held, self._held = self._held, []
        with suppress(OSError):
            await self._write_blocks(held)

    async def _ask(self) -> None:
        if self._asks:
            with suppress(OSError):
                await self._write("\n> " if self._begun else "> ")
            self._begun = True

    async def _echo(self, line: str) -> None:
        if not self._asks:
            await self._write_blocks([[Text(f"> {plain(line)}")]])

    async def _write_blocks(self, blocks: Iterable[Sequence[Text]]) -> None:
        for block in blocks:
            gap = "\n" if self._begun else ""
            self._begun = True
            await self._write(gap + "\n".join(line.plain for line in block) + "\n")

    async def _write(self, text: str) -> None:
        async with self._writing:
            if self._broken:
                raise self._broken
            try:
                await asyncio.to_thread(self._write_now, text)  # whoever reads the pipe may be slow
            except OSError as error:
                self._broken = error
                self._forget()
                raise

    def _write_now(self, text: str) -> None:
        self._stdout.write(text)
        self._stdout.flush()

    def _forget(self) -> None:
        """Send nowhere what is still buffered: at its exit, Python would fail on it once more."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stdout.fileno())
        os.close(nowhere)


async def _lines(descriptor: int) -> AsyncGenerator[str]:
    """Lines of a file descriptor, without the white space around them; bytes that are no UTF-8 become U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    rest: list[str] = []
    while chunk := await _chunk(descriptor):
        first, *others = decoder.decode(chunk).split("\n")
        rest.append(first)
        for other in others:
            yield "".join(rest).strip()
            rest = [other]
    yield ("".join(rest) + decoder.decode(b"", final=True)).strip()


async def _chunk(descriptor: int) -> bytes:
    """The next bytes, or none at the end. No thread waits for them: it would keep the program from ending."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:  # a regular file, or /dev/null: always ready, never watched
        return await asyncio.to_thread(os.read, descriptor, _CHUNK)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _CHUNK)
