"""Through pipes and files the console answers line by line and leaves a transcript."""

import asyncio
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Card, Chat, ChatError, Inbound, Invocation
from adapters.chat.terminal.console import PLACE, Console
from tests.adapters.chat.practice import AUDIT, NOON, Noon, Practice, commands, numbered
from tests.adapters.chat.terminal.pipes import Pipes, open_pipes
from tests.adapters.chat.terminal.screen import open_screen


def console(pipes: Pipes) -> Chat:
    return Console(author="ada", clock=Noon(), ids=numbered(), stdin=pipes.stdin, stdout=pipes.stdout)


async def test_a_conversation_through_pipes_reads_well() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat, answer=lambda text: "Three chords.\n\nTen minutes a day." if "?" in text else text)
        pipes.send("What is a good first step?\n\n   \n/audit lst\r\n/audit list\nThanks!")
        pipes.end()
        await chat.run(practice.handlers())
        await chat.show(PLACE, AUDIT)
        assert await pipes.until("nothing.") == snapshot("""\
> What is a good first step?

● Three chords.

  Ten minutes a day.

> /audit lst

  There is no command /audit lst. Did you mean /audit list?

> /audit list

◆ Status
  Healthy: the last ten answers were in line with the values.

  A line.
  And a line with [red]brackets[/red].

  Persona   guitar-teacher
  Answered  12, one of them suppressed and none that could not be judged

  Honesty               ──────────┼━━━━━━━━━━ +1.00  sure
  Care for the learner  ──────────┼━━━━━───── +0.50
  Modesty               ──────────┼──────────     –  not touched
  Patience              ─────━━━━━┼────────── -0.50
                        The answer hurries through three steps at once.

  More with /audit list.

> Thanks!

● Thanks!

○ Audit 12  Coherence 8.4 of 10, drift 0.03.
  Honesty               ─────┼━━━━━ +1.00  sure
  Care for the learner  ─────┼━━─── +0.50
  Modesty               ─────┼─────     –  not touched
  Patience              ───━━┼───── -0.50
                        The answer hurries through three steps at once.
  From a tiny practice model: this means nothing.
""")


async def test_a_late_card_does_not_come_between_a_question_and_its_answer() -> None:
    async with open_pipes() as pipes, asyncio.TaskGroup() as group:
        chat = console(pipes)
        practice = Practice(chat)
        practice.free.clear()
        group.create_task(chat.run(practice.handlers()))
        pipes.send("One\n")
        await pipes.until("> One")
        await chat.show(PLACE, AUDIT)
        practice.free.set()
        pipes.send("Two\n")
        pipes.end()
        seen = await pipes.until("You said: Two")
        assert seen.index("You said: One") < seen.index("Audit 12") < seen.index("> Two")


async def test_whoever_sits_there_moderates_reads_and_knows_what_a_command_does() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat)
        pipes.send("/audit list\n")
        pipes.end()
        await chat.run(practice.handlers())
        (given,) = practice.invoked
        assert (given.moderator, given.reads, given.confirmed) == (True, True, True)
        assert chat.moderators(PLACE.workspace) == PLACE
        assert chat.moderators("elsewhere") is None


async def test_a_late_card_is_shown_though_there_is_no_answer() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)

        async def hear(_: Inbound) -> None:
            await chat.show(PLACE, AUDIT)

        pipes.send("One\nTwo\n")
        pipes.end()
        await chat.run(replace(Practice(chat).handlers(), hear=hear, commands=()))
        seen = await pipes.until("> Two")
        assert seen.index("> One") < seen.index("Audit 12") < seen.index("> Two")


async def test_each_line_waits_for_the_answer_before_it() -> None:
    async with open_pipes() as pipes, asyncio.TaskGroup() as group:
        chat = console(pipes)
        practice = Practice(chat)
        practice.free.clear()
        pipes.send("One\nTwo\n")
        pipes.end()
        group.create_task(chat.run(practice.handlers()))
        await pipes.until("> One")
        await practice.came.wait()
        assert [inbound.text for inbound in practice.heard] == ["One"]
        assert practice.heard[0].at == NOON
        practice.free.set()
        assert (await pipes.until("You said: Two")).count(">") == 2


async def test_a_line_that_comes_in_pieces_is_one_line() -> None:
    async with open_pipes() as pipes, asyncio.TaskGroup() as group:
        chat = console(pipes)
        practice = Practice(chat)
        group.create_task(chat.run(practice.handlers()))
        for piece in "Zoë\n".encode()[:3], "Zoë\n".encode()[3:], b"Two\nThr", b"ee":
            pipes.send(piece)
            await asyncio.sleep(0)
        pipes.end()
        await pipes.until("You said: Three")
        assert [inbound.text for inbound in practice.heard] == ["Zoë", "Two", "Three"]


@pytest.mark.parametrize("farewell", ["/quit", "/exit", " /QUIT ", "quit", "EXIT", "/safi quit", "/ quit"])
async def test_a_farewell_ends_it_though_more_could_come(farewell: str) -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat)
        pipes.send(f"{farewell}\nMore\n")
        await chat.run(practice.handlers())
        assert practice.heard == []


async def test_bytes_that_are_no_text_do_no_harm() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat)
        pipes.send(b"\xef\xbb\xbfHi \xff\xfe\x00 \x1b[45m\n")
        pipes.end()
        await chat.run(practice.handlers())
        assert practice.heard[0].text == "Hi \ufffd\ufffd\x00 \x1b[45m"
        assert await pipes.until("You said") == "> Hi \ufffd\ufffd␀ ␛[45m\n\n● You said: Hi \ufffd\ufffd␀ ␛[45m\n"


@pytest.mark.parametrize("line", [b"a" * 1_000_000, b"/" + b"a" * 1_000_000, b"/audit show " + b'"' * 1_000_000])
async def test_a_line_of_a_megabyte_does_no_harm(line: bytes) -> None:
    async with open_pipes() as pipes, asyncio.TaskGroup() as group:
        chat = console(pipes)
        practice = Practice(chat, answer=lambda text: f"{len(text)} characters.")
        group.create_task(chat.run(practice.handlers()))
        await pipes.send_all(line + b"\nAnd then?\n")
        pipes.end()
        await pipes.until("9 characters.")
        assert practice.heard[-1].text == "And then?"


async def test_a_file_is_as_good_as_a_pipe(tmp_path: Path) -> None:
    questions, transcript = tmp_path / "questions", tmp_path / "transcript"
    questions.write_text("One\nTwo")
    with questions.open() as stdin, transcript.open("w") as stdout:
        chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=stdin, stdout=stdout)
        await chat.run(Practice(chat).handlers())
    assert transcript.read_text() == "> One\n\n● You said: One\n\n> Two\n\n● You said: Two\n"


async def test_without_input_it_ends_at_once() -> None:
    stdout = io.StringIO()
    with os.fdopen(os.open(os.devnull, os.O_RDONLY)) as nothing:
        for stdin in (nothing, None):
            chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=stdin, stdout=stdout)
            await chat.run(Practice(chat).handlers())
    assert stdout.getvalue() == ""


async def test_signs_that_the_output_cannot_show_are_replaced(tmp_path: Path) -> None:
    with (tmp_path / "transcript").open("w", encoding="ascii") as stdout:
        chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=None, stdout=stdout)
        await chat.say(PLACE, "Ελλάδα", turn_id="t", reply_to=None)
        await chat.show(PLACE, AUDIT)
    assert (tmp_path / "transcript").read_text().startswith("* ??????\n\no Audit 12  Coherence 8.4")


async def test_output_in_memory_is_as_good_as_a_file() -> None:
    stdout = io.StringIO()
    chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=None, stdout=stdout)
    await chat.say(PLACE, "Hello", turn_id="t", reply_to=None)
    assert stdout.getvalue() == "* Hello\n"


async def test_a_reader_that_went_away_is_a_chat_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stdout = os.fdopen(writing, "w")
    chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=None, stdout=stdout)
    with pytest.raises(ChatError, match="nothing can be written"):
        await chat.say(PLACE, "Hello", turn_id="t", reply_to=None)
    with pytest.raises(ChatError, match="nothing can be written"):
        await chat.show(PLACE, AUDIT)
    stdout.close()  # it has nothing left to write


async def test_nobody_is_heard_once_the_reader_went_away() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat)
        pipes.leave()
        pipes.send("One\nTwo\n")
        await chat.run(practice.handlers())
        assert practice.heard == []


@pytest.mark.parametrize("line", ["One", "/values"])
async def test_a_reader_who_goes_away_during_an_answer_ends_the_talk(line: str) -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)

        async def hear(_: Inbound) -> None:
            pipes.leave()

        async def run(_: Invocation) -> Card:
            pipes.leave()
            return AUDIT

        pipes.send(f"{line}\nTwo\n")
        await chat.run(replace(Practice(chat).handlers(), hear=hear, commands=commands(run)))


async def test_a_fault_of_the_bot_ends_it() -> None:
    async with open_pipes() as pipes:
        chat = console(pipes)
        practice = Practice(chat, fault=ZeroDivisionError("broken"))
        pipes.send("One\nTwo\n")
        with pytest.raises(ZeroDivisionError):
            await chat.run(practice.handlers())
        assert len(practice.heard) == 1


async def test_it_can_be_cancelled_while_it_waits_for_a_line() -> None:
    async with open_pipes() as pipes, asyncio.TaskGroup() as group:
        chat = console(pipes)
        running = group.create_task(chat.run(Practice(chat).handlers()))
        pipes.send("One\n")
        await pipes.until("You said: One")
        running.cancel()
    assert running.cancelled()


@pytest.mark.parametrize("terminal", ["dumb", "unknown", ""])
async def test_a_terminal_that_cannot_move_its_cursor_is_asked_line_by_line(
    monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    monkeypatch.setenv("TERM", terminal)
    async with open_screen() as screen, asyncio.TaskGroup() as group:
        chat: Chat = Console(author="ada", clock=Noon(), ids=numbered(), stdin=screen.stdin, stdout=screen.stdout)
        group.create_task(chat.run(Practice(chat).handlers()))
        await screen.until(">")
        screen.type("One\n")
        assert await screen.until("You said: One\n\n>") == "> One\n\n● You said: One\n\n>"
        screen.type("\x04")
    assert b"\x1b" not in screen.written
