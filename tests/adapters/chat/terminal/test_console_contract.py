"""The console keeps the contract of chat adapters, at a terminal and through pipes."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from adapters.chat.port import Chat
from adapters.chat.terminal.console import PLACE, Console
from tests.adapters.chat.contract import CONTROLS, ChatContract, Platform
from tests.adapters.chat.practice import Noon, Practice, numbered
from tests.adapters.chat.terminal.pipes import Pipes, open_pipes
from tests.adapters.chat.terminal.screen import Screen, open_screen

OURS = re.compile(rb"\x1b\[((0|1|2|3[1236]|2;3[1236])m|\?12l|\?25h)")  # colours, and the cursor at the start


class AtTerminal:
    """The console at a pseudo-terminal."""

    place = PLACE
    author = "ada"

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.chat: Chat = Console(
            author=self.author, clock=Noon(), ids=numbered(), stdin=screen.stdin, stdout=screen.stdout
        )

    async def talk(self, practice: Practice, *lines: str) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.chat.run(practice.handlers()))
            await self.screen.until("›")
            for count, line in enumerate(lines, start=1):
                self.screen.type(f"{line}\r")
                await self.screen.until_so(lambda seen, times=count: seen.count("●") == times)
            self.screen.type("\x04")

    async def overhear(self, practice: Practice) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.chat.run(practice.handlers()))
            await self.screen.until("›")
            await self.chat.say(PLACE, "Is anybody there?", turn_id="1", reply_to=None)
            await self.screen.until("Is anybody there?")
            self.screen.type("\x04")

    async def seen(self, text: str) -> str:
        return await self.screen.until(text)

    def obeyed(self) -> bytes:
        return b"".join(CONTROLS.findall(OURS.sub(b"", bytes(self.screen.written))))

    def pinged(self) -> list[str]:
        return []  # there is nobody else to be pinged

    def shows_work(self) -> bool:
        return "thinking" in self.screen.look()


class ThroughPipes:
    """The console between two pipes."""

    place = PLACE
    author = "ada"

    def __init__(self, pipes: Pipes) -> None:
        self.pipes = pipes
        self.chat: Chat = Console(
            author=self.author, clock=Noon(), ids=numbered(), stdin=pipes.stdin, stdout=pipes.stdout
        )

    async def talk(self, practice: Practice, *lines: str) -> None:
        self.pipes.send("".join(f"{line}\n" for line in lines))
        self.pipes.end()
        await self.chat.run(practice.handlers())

    async def overhear(self, practice: Practice) -> None:
        await self.chat.say(PLACE, "Is anybody there?", turn_id="1", reply_to=None)
        await self.talk(practice)

    async def seen(self, text: str) -> str:
        return await self.pipes.until(text)

    def obeyed(self) -> bytes:
        return b"".join(CONTROLS.findall(bytes(self.pipes.written)))

    def pinged(self) -> list[str]:
        return []  # there is nobody else to be pinged

    def shows_work(self) -> bool:
        return False


class TestAtTerminal(ChatContract):
    @pytest.fixture
    def platform(self, monkeypatch: pytest.MonkeyPatch) -> AbstractAsyncContextManager[Platform]:
        monkeypatch.setenv("TERM", "xterm-256color")

        @asynccontextmanager
        async def opened() -> AsyncGenerator[Platform]:
            async with open_screen() as screen:
                yield AtTerminal(screen)

        return opened()


class TestThroughPipes(ChatContract):
    @pytest.fixture
    def platform(self) -> AbstractAsyncContextManager[Platform]:
        @asynccontextmanager
        async def opened() -> AsyncGenerator[Platform]:
            async with open_pipes() as pipes:
                yield ThroughPipes(pipes)

        return opened()
