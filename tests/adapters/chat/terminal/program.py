"""A whole program around the console, for tests that need a process: it repeats what it hears, then shows an audit."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from adapters.chat.port import ChatError
from adapters.chat.terminal.console import PLACE, Console
from tests.adapters.chat.practice import AUDIT, Noon, Practice, numbered


async def main(folder: str, pace: str) -> None:
    """Talk, then show the audit, as an app does that waits for its audits. At the pace `stuck` no answer ever comes."""
    stdin, kept = sys.stdin, Path(folder) if folder else None
    chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=stdin, stdout=sys.stdout, folder=kept)
    practice = Practice(chat)
    if pace == "stuck":
        practice.free.clear()
    await chat.run(practice.handlers())
    with suppress(ChatError):
        await chat.show(PLACE, AUDIT)


if __name__ == "__main__":
    try:
        asyncio.run(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
