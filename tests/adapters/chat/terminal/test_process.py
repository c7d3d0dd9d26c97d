"""The console in a process of its own: at a terminal, through shell pipes, and ended from the keyboard."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pexpect
import pyte
import pytest

ROOT: Final = Path(__file__).parents[4]
PROGRAM: Final = [sys.executable, "-m", "tests.adapters.chat.terminal.program"]
PATIENCE: Final = 60.0
FAREWELL: Final = "○ Audit 12  Coherence 8.4 of 10, drift 0.03."

pytestmark = pytest.mark.slow


def start(history: str = "", pace: str = "steady") -> "pexpect.spawn[str]":
    """The program at a terminal."""
    return at_terminal(*PROGRAM, history, pace)


def at_terminal(*command: str, **settings: str) -> "pexpect.spawn[str]":
    """A command at a terminal that does not answer questions about its cursor."""
    return pexpect.spawn(
        command[0],
        list(command[1:]),
        cwd=str(ROOT),
        env=os.environ | {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"} | settings,
        dimensions=(24, 80),
        encoding="utf-8",
        codec_errors="replace",
        timeout=PATIENCE,
    )


def ended(child: "pexpect.spawn[str]") -> int | None:
    """Wait for the end; the exit status."""
    child.expect(pexpect.EOF)
    child.wait()
    return child.exitstatus


def piped(shell: str) -> "subprocess.CompletedProcess[bytes]":
    """The program in a line of shell, as `$PROGRAM`."""
    environment = os.environ | {"PROGRAM": " ".join([*PROGRAM, "''", "steady"])}
    return subprocess.run(
        ["sh", "-c", shell], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=PATIENCE
    )


def test_ctrl_d_leaves_and_late_cards_are_still_shown() -> None:
    child = start()
    child.expect("› ")
    child.send("Hello\r")
    child.expect("You said: Hello")
    child.send("\x04")
    child.expect("Audit 12")
    assert ended(child) == 0


def test_two_ctrl_c_leave() -> None:
    child = start()
    child.expect("› ")
    child.send("\x03")
    child.expect("once more")
    child.send("\x03")
    assert ended(child) == 0


def test_ctrl_c_while_an_answer_is_made_leaves_at_once_when_pressed_again() -> None:
    child = start(pace="stuck")
    child.expect("› ")
    child.send("Hello\r")
    child.expect("thinking")
    child.send("\x03")
    child.expect("once more")
    child.send("\x03")
    child.expect("Leaving after this answer")
    child.sendintr()
    assert ended(child) == 130


def test_ctrl_z_suspends_it_and_it_goes_on_where_it_was() -> None:
    child = at_terminal("sh", "-c", f"set -m; {' '.join(PROGRAM)} '' steady; echo Suspended; fg; echo Over")
    child.expect("› ")
    child.send("Half a sent\x1a")
    child.expect("Suspended")
    child.expect("Half a sent")  # the prompt is back, with what was typed
    child.send("ence\r")
    child.expect("You said: Half a sentence")
    child.send("\x04")
    child.expect("Over")
    assert ended(child) == 0


def test_history_outlives_the_process(tmp_path: Path) -> None:
    for keys, seen in [("A question worth keeping\r", "said: A question"), ("\x1b[A\x1b[A\r", "said: A question")]:
        child = start(str(tmp_path))
        child.expect("› ")
        child.send(keys)
        child.expect(seen)
        child.send("/quit\r")
        assert ended(child) == 0


def test_the_screen_ends_in_order() -> None:
    screen, written = pyte.Screen(80, 24), io.StringIO()
    child = start()
    child.logfile_read = written
    child.expect("› ")
    child.send("Hello\r")
    child.expect("said: Hello")
    child.send("/quit\r")
    assert ended(child) == 0
    pyte.Stream(screen).feed(written.getvalue())
    lines = [line.rstrip() for line in screen.display]
    assert lines[:8] == ["", "› Hello", "", "● You said: Hello", "", "› /quit", "", FAREWELL]


def test_printf_through_a_pipe_is_answered_line_by_line() -> None:
    run = piped("printf 'One\\nTwo\\n' | $PROGRAM | cat")
    assert run.stderr == b""
    assert run.stdout.decode().startswith(f"> One\n\n● You said: One\n\n> Two\n\n● You said: Two\n\n{FAREWELL}\n")


@pytest.mark.parametrize("output", [">/dev/full", "| head -1", "| true"])
def test_output_that_breaks_ends_it_without_a_word(output: str) -> None:
    run = piped(f"printf 'One\\nTwo\\n/values\\n/valeus\\nThree\\n' | {{ $PROGRAM; echo $? >&2; }} {output}")
    assert run.stderr == b"0\n"


@pytest.mark.parametrize("settings", [{"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_an_encoding_that_cannot_hold_a_character_does_no_harm(settings: dict[str, str]) -> None:
    child = at_terminal(*PROGRAM, "", "steady", **settings)
    child.expect("> ")
    child.send("Why ∴ and Ω?\r")
    child.expect("You said: Why")
    child.send("/valeus\r")
    child.expect("Did you mean /values")
    child.send("\x04")
    child.expect("Audit 12")
    assert ended(child) == 0


@pytest.mark.parametrize("shell", ["$PROGRAM < /dev/null", "$PROGRAM <&-", ": | $PROGRAM"])
def test_no_input_is_an_end(shell: str) -> None:
    run = piped(shell)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.decode().startswith(FAREWELL)


def test_a_pipe_that_stays_open_does_not_keep_an_interrupted_program() -> None:
    with subprocess.Popen(
        [*PROGRAM, "", "stuck"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"Hello\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"> Hello\n"
        process.send_signal(2)
        assert process.wait(PATIENCE) == 130
