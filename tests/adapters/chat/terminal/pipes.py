"""Real pipes for tests: one to speak into, one for the transcript. Nothing sleeps, it waits for output."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TextIO

PATIENCE = 30.0
"""Seconds until a test that waits in vain gives up."""


class Pipes:
    """What a program that talks through pipes is given, and what can be done at their other ends."""

    def __init__(self, stdin: TextIO, stdout: TextIO, into: int, out_of: int) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.written = bytearray()
        self._into: int | None = into
        self._out_of: int | None = out_of
        self._changed = asyncio.Event()

    def send(self, data: str | bytes) -> None:
        """Put something in, as it is."""
        assert self._into is not None
        os.write(self._into, data if isinstance(data, bytes) else data.encode())

    async def send_all(self, data: bytes) -> None:
        """Put in more than a pipe holds."""
        assert self._into is not None
        with os.fdopen(os.dup(self._into), "wb") as file:
            await asyncio.to_thread(file.write, data)

    def end(self) -> None:
        """Close the end that is spoken into."""
        if self._into is not None:
            os.close(self._into)
            self._into = None

    def leave(self) -> None:
        """Close the end that is read."""
        if self._out_of is not None:
            asyncio.get_running_loop().remove_reader(self._out_of)
            os.close(self._out_of)
            self._out_of = None

    @property
    def transcript(self) -> str:
        """What came out so far."""
        return self.written.decode()

    async def until(self, text: str) -> str:
        """Wait until this has come out; returns the transcript."""
        try:
            async with asyncio.timeout(PATIENCE):
                while text not in self.transcript:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"in vain; the transcript is\n{self.transcript}") from None
        return self.transcript

    def read(self) -> None:
        """Take in what the program wrote."""
        assert self._out_of is not None
        self.written += os.read(self._out_of, 65_536)
        self._changed.set()


@asynccontextmanager
async def open_pipes() -> AsyncGenerator[Pipes]:
    """A fresh pair of pipes."""
    (reading, into), (out_of, writing) = os.pipe(), os.pipe()
    with os.fdopen(reading, encoding="utf-8") as stdin, os.fdopen(writing, "w", encoding="utf-8") as stdout:
        pipes = Pipes(stdin, stdout, into, out_of)
        asyncio.get_running_loop().add_reader(out_of, pipes.read)
        try:
            yield pipes
        finally:
            pipes.leave()
            pipes.end()
