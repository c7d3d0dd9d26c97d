"""A sheet of rows: one plain line each in a pipe, set and coloured at a terminal, whatever the texts hold."""

import io
import re
from typing import TextIO

import pytest

from adapters.chat.sheet import Sheet

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONG = (
    "It is a sentence that goes on and on until it does not fit into a line of this terminal any more, and then some."
)


class Terminal(io.StringIO):
    """Something that takes itself for a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """Nothing in the environment has a say in colours but what a test puts there."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def filled(stream: TextIO) -> Sheet:
    sheet = Sheet(stream, mark=7, name=10)
    sheet.row("ok", "good", "store", LONG)
    sheet.row("problem", "bad", "model will", "It is\n[bold]broken[/bold] \x1b[2J.", "Mend it.")
    sheet.line("2 checks.")
    return sheet


def test_a_row_is_one_line_in_a_pipe() -> None:
    out = io.StringIO()
    filled(out)
    assert out.getvalue() == (
        f"ok       store       {LONG}\n"
        "problem  model will  It is [bold]broken[/bold] ␛[2J.  To do: Mend it.\n"
        "2 checks.\n"
    )


def test_at_a_terminal_sentences_are_set_in_their_column_and_what_to_do_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out = Terminal()
    filled(out)
    lines = [line.rstrip() for line in COLOURS.sub("", out.getvalue()).splitlines()]
    assert lines[0].startswith("ok       store       It is a sentence")
    assert lines[1].startswith(" " * 21)
    assert lines[2:] == [
        "problem  model will  It is [bold]broken[/bold] ␛[2J.",
        f"{' ' * 21}To do: Mend it.",
        "2 checks.",
    ]


def test_a_narrow_terminal_gets_name_and_sentence_in_one_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    filled(out)
    lines = [line.rstrip() for line in COLOURS.sub("", out.getvalue()).splitlines()]
    assert lines[0] == "ok       store  It is a sentence that"
    assert max(map(len, lines)) <= 40


def test_there_is_colour_at_a_terminal_unless_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured, plain = Terminal(), Terminal()
    filled(coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    filled(plain)
    assert "\x1b[32m" in coloured.getvalue()
    assert not re.search(r"\x1b\[(1;)?3[0-9]m", plain.getvalue())


def test_that_something_takes_its_time_is_shown_at_a_terminal_alone() -> None:
    out, terminal = io.StringIO(), Terminal()
    for stream in (out, terminal):
        with Sheet(stream, mark=7, name=10).busy("Looking ..."):
            pass
    assert out.getvalue() == ""
    assert "Looking ..." in terminal.getvalue()


def test_characters_that_the_output_does_not_know_become_question_marks() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Sheet(out, mark=2, name=4).row("ok", "good", "name", "naïve")
    out.flush()
    assert raw.getvalue() == b"ok  name  na?ve\n"
