"""Talking through plain streams: one line is one message, and what is written is a transcript without any controls."""

import asyncio
import codecs
import io
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
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
        if isinstance(stdout, io.TextIOWrapper):
            stdout.reconfigure(errors="replace")

    async def run(self, take: Callable[[str], Awaitable[None]], leaves: Callable[[str], bool]) -> None:
        """Hand each line that is not blank to `take`, one after the other, until the end or a farewell."""
        if self._stdin is None:
            return
        await self._ask()
        async with aclosing(_lines(self._stdin.fileno())) as lines:
            async for line in lines:
                if leaves(line):
                    return
                if line:
                    await self._echo(line)
                    await take(line)
                await self._ask()

    async def put(self, lines: Sequence[Text]) -> None:
        """Write one block, apart from the one before. Raises OSError."""
        gap = "\n" if self._begun else ""
        self._begun = True
        await self._write(gap + "\n".join(line.plain for line in lines) + "\n")

    def working(self) -> AbstractAsyncContextManager[None]:
        """Nothing is shown: a transcript has no passing states."""
        return nullcontext()

    async def _ask(self) -> None:
        if self._asks:
            await self._write("\n> " if self._begun else "> ")
            self._begun = True

    async def _echo(self, line: str) -> None:
        if not self._asks:
            await self.put([Text(f"> {plain(line)}")])

    async def _write(self, text: str) -> None:
        async with self._writing:
            await asyncio.to_thread(self._write_now, text)  # whoever reads the pipe may be slow

    def _write_now(self, text: str) -> None:
        self._stdout.write(text)
        self._stdout.flush()


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
