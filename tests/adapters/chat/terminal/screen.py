"""A real pseudo-terminal for tests, whose other end draws on a pyte screen. Nothing sleeps: it waits for output."""

import asyncio
import fcntl
import os
import re
import struct
import termios
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TextIO

import pyte

PATIENCE = 30.0
"""Seconds until a test that waits in vain gives up."""


class _Display(pyte.Screen):
    """A screen that answers when it is asked where its cursor is, as terminals do."""

    def __init__(self, columns: int, lines: int, answer: Callable[[bytes], object]) -> None:
        self._answer = answer
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())


class Screen:
    """What a person at a terminal has: keys, and something to look at."""

    def __init__(self, master: int, stdin: TextIO, stdout: TextIO, display: pyte.Screen) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.written = bytearray()
        self._master = master
        self._display = display
        self._parser = pyte.ByteStream(display)
        self._changed = asyncio.Event()

    def type(self, keys: str) -> None:
        """Press keys, one after the other."""
        self.type_bytes(keys.encode())

    def type_bytes(self, keys: bytes) -> None:
        """Press keys that need not be text."""
        os.write(self._master, keys)

    def echoes(self) -> bool:
        """Whether the terminal is as programs find it: line by line, with what is typed shown."""
        flags: int = termios.tcgetattr(self._master)[3]
        return flags & (termios.ECHO | termios.ICANON) == termios.ECHO | termios.ICANON

    def colours(self) -> set[str]:
        """The codes of all colours that were asked for."""
        codes = [code for style in re.findall(rb"\x1b\[([0-9;]*)m", bytes(self.written)) for code in style.split(b";")]
        return {code.decode() for code in codes if len(code) > 1}

    def look(self) -> str:
        """What stands on the screen, without blanks at the ends of lines and without the blank lines at the end."""
        return "\n".join(line.rstrip() for line in self._display.display).rstrip()

    async def until(self, *texts: str) -> str:
        """Wait until all of these stand on the screen; returns it."""
        return await self.until_so(lambda seen: all(text in seen for text in texts))

    async def until_so(self, holds: Callable[[str], bool]) -> str:
        """Wait until what stands on the screen is so; returns it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds(self.look()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"in vain; the screen is\n{self.look()}") from None
        return self.look()

    def read(self) -> None:
        """Take in what the program wrote."""
        output = os.read(self._master, 65_536)
        self.written += output
        self._parser.feed(output)
        self._changed.set()


@asynccontextmanager
async def open_screen(*, columns: int = 80, lines: int = 24, encoding: str = "utf-8") -> AsyncGenerator[Screen]:
    """A fresh terminal of that size, which the program is told to be of that encoding."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    display = _Display(columns, lines, lambda data: os.write(master, data))
    loop = asyncio.get_running_loop()
    with os.fdopen(os.dup(slave), encoding=encoding) as stdin, os.fdopen(slave, "w", encoding=encoding) as stdout:
        screen = Screen(master, stdin, stdout, display)
        loop.add_reader(master, screen.read)
        try:
            yield screen
        finally:
            loop.remove_reader(master)
            os.close(master)
