"""A person at the prompt of a real pseudo-terminal, for every test of the console there."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.chat.port import Chat
from adapters.chat.terminal.console import Console
from tests.adapters.chat.practice import Noon, Practice, numbered
from tests.adapters.chat.terminal.screen import PATIENCE, Screen, open_screen


@asynccontextmanager
async def talking(
    answer: Callable[[str], str] = "You said: {}".format,
    folder: Path | None = None,
    encoding: str = "utf-8",
    *,
    leaves: bool = True,
) -> AsyncGenerator[tuple[Screen, Practice]]:
    """A person at the prompt, who `leaves` in the end; else the test has to see to that, for the end is awaited."""
    async with open_screen(encoding=encoding) as screen, asyncio.TaskGroup() as group:
        chat: Chat = Console(
            author="ada",
            clock=Noon(),
            ids=numbered(),
            stdin=screen.stdin,
            stdout=screen.stdout,
            folder=folder,
        )
        practice = Practice(chat, answer)
        talk = group.create_task(chat.run(practice.handlers()))
        await screen.until("commands")
        yield screen, practice
        if leaves:
            screen.type("\x04")
        async with asyncio.timeout(PATIENCE):
            await talk
