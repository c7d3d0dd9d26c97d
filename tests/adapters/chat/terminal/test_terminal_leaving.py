"""At a real pseudo-terminal: the ways to leave, what is waited for, and what is still there the next time."""

import asyncio
import stat
from pathlib import Path

import pytest

from adapters.chat.port import Chat
from adapters.chat.terminal.console import Console
from tests.adapters.chat.practice import Noon, Practice, numbered
from tests.adapters.chat.terminal.screen import open_screen
from tests.adapters.chat.terminal.talking import talking


@pytest.fixture(autouse=True)
def _a_good_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


async def test_ctrl_c_clears_the_line_and_a_second_one_leaves() -> None:
    async with talking(leaves=False) as (screen, practice):
        screen.type("never mind")
        await screen.until("› never mind")
        screen.type("\x03")
        await screen.until_so(lambda seen: seen == "\n›")
        screen.type("\x03")
        assert await screen.until("once more") == "\n› Ctrl-C once more to leave"
        screen.type("But")
        await screen.until("› But")
        screen.type("\x7f\x7f\x7f\x03")
        await screen.until("once more")
        screen.type("\x03")
        await screen.until_so(lambda seen: seen == "\n›")
    assert practice.heard == []


@pytest.mark.parametrize("farewell", ["\x04", "/quit\r", "/exit\r", "quit\r", "Exit\r", "/safi quit\r"])
async def test_leaving_while_an_answer_is_made_waits_for_it(farewell: str) -> None:
    async with talking(leaves=False) as (screen, practice):
        practice.free.clear()
        screen.type("One\r")
        await screen.until("thinking")
        screen.type(farewell)
        seen = await screen.until("Leaving after this answer. Ctrl-C leaves at once.")
        assert "thinking" not in seen
        practice.free.set()
        await screen.until("● You said: One")


async def test_leaving_says_how_many_answers_are_awaited() -> None:
    async with talking(leaves=False) as (screen, practice):
        practice.free.clear()
        screen.type("One\rTwo\rThree\r")
        await screen.until("› Three\n\n", "thinking")
        screen.type("\x04")
        await screen.until("Leaving after 3 answers. Ctrl-C leaves at once.")
        practice.free.set()
        await screen.until("● You said: Three")


async def test_a_fault_of_the_bot_ends_it_and_gives_the_terminal_back() -> None:
    async with open_screen() as screen:
        chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=screen.stdin, stdout=screen.stdout)
        screen.type("One\r")
        with pytest.raises(ExceptionGroup) as caught:
            await chat.run(Practice(chat, fault=ZeroDivisionError("broken")).handlers())
        assert caught.group_contains(ZeroDivisionError, depth=1)
        assert screen.echoes()


async def test_being_cancelled_gives_the_terminal_back() -> None:
    async with open_screen() as screen, asyncio.TaskGroup() as group:
        chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=screen.stdin, stdout=screen.stdout)
        running = group.create_task(chat.run(Practice(chat).handlers()))
        await screen.until("› ")
        assert not screen.echoes()
        running.cancel()
        await asyncio.wait([running])
        assert screen.echoes()


async def test_what_was_typed_comes_back_after_a_restart(tmp_path: Path) -> None:
    history = tmp_path / "not yet there" / "history"
    async with talking(folder=history.parent) as (screen, _):
        screen.type("The first question\r")
        await screen.until("said: The first question")
        screen.type("/values\r")
        await screen.until("◆ Status")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    async with talking(folder=history.parent) as (screen, practice):
        screen.type("\x12fir")
        await screen.until("The first question")
        screen.type("\r\r")
        await screen.until("said: The first question")
        screen.type("\x1b[A\x1b[A")
        await screen.until("› /values")
        screen.type("\r")
        await screen.until("◆ Status")
        assert [inbound.text for inbound in practice.heard] == ["The first question"]


async def test_a_history_that_cannot_be_kept_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()  # a folder where the file would be
    async with talking(folder=tmp_path) as (screen, _):
        screen.type("One\r")
        await screen.until("said: One")
