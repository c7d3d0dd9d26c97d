"""Answers and cards as a person sees them, at two widths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from rich.console import Console
from rich.text import Text

from adapters.chat.port import Bar, Card
from adapters.chat.terminal.typeset import ASCII, UNICODE, Page, answer, card, marks_for, note
from adapters.chat.text import plain
from tests.adapters.chat.practice import AUDIT, STATUS

WIDE = Page(width=80, marks=UNICODE)
NARROW = Page(width=40, marks=UNICODE)
PLAIN = Page(width=80, marks=ASCII)

ANSWER = """\
Start with three chords: G, C and D. Ten minutes a day, slowly, is worth more than an hour once a week.

    G  320003
    C  x32010

练习吉他的第一步是学会三个和弦，每天十分钟，慢慢来，这比一周一次练习一小时更有价值，请坚持。
"""


def seen(lines: list[Text]) -> str:
    return "\n".join(line.plain for line in lines)


def test_an_answer_at_80_columns() -> None:
    assert seen(answer(ANSWER, WIDE)) == snapshot("""\
● Start with three chords: G, C and D. Ten minutes a day, slowly, is worth more
  than an hour once a week.

      G  320003
      C  x32010

  练习吉他的第一步是学会三个和弦，每天十分钟，慢慢来，这比一周一次练习一小时更有
  价值，请坚持。\
""")


def test_an_answer_at_40_columns() -> None:
    assert seen(answer(ANSWER, NARROW)) == snapshot("""\
● Start with three chords: G, C and D.
  Ten minutes a day, slowly, is worth
  more than an hour once a week.

      G  320003
      C  x32010

  练习吉他的第一步是学会三个和弦，每天十
  分钟，慢慢来，这比一周一次练习一小时更
  有价值，请坚持。\
""")


def test_a_card_at_80_columns() -> None:
    assert seen(card(STATUS, WIDE)) == snapshot("""\
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

  More with /audit list.\
""")


def test_a_card_at_40_columns() -> None:
    assert seen(card(STATUS, NARROW)) == snapshot("""\
◆ Status
  Healthy: the last ten answers were in
  line with the values.

  A line.
  And a line with [red]brackets[/red].

  Persona   guitar-teacher
  Answered  12, one of them suppressed
            and none that could not be
            judged

  Honesty
    ─────┼━━━━━ +1.00  sure
  Care for the learner
    ─────┼━━─── +0.50
  Modesty
    ─────┼─────     –  not touched
  Patience
    ───━━┼───── -0.50
    The answer hurries through three
    steps at once.

  More with /audit list.\
""")


def test_a_quiet_card_at_80_columns() -> None:
    assert seen(card(AUDIT, WIDE)) == snapshot("""\
○ Audit 12  Coherence 8.4 of 10, drift 0.03.
  Honesty               ─────┼━━━━━ +1.00  sure
  Care for the learner  ─────┼━━─── +0.50
  Modesty               ─────┼─────     –  not touched
  Patience              ───━━┼───── -0.50
                        The answer hurries through three steps at once.
  From a tiny practice model: this means nothing.\
""")


def test_a_quiet_card_at_40_columns() -> None:
    assert seen(card(AUDIT, NARROW)) == snapshot("""\
○ Audit 12  Coherence 8.4 of 10, drift
  0.03.
  Honesty
    ─────┼━━━━━ +1.00  sure
  Care for the learner
    ─────┼━━─── +0.50
  Modesty
    ─────┼─────     –  not touched
  Patience
    ───━━┼───── -0.50
    The answer hurries through three
    steps at once.
  From a tiny practice model: this means
  nothing.\
""")


def test_a_quiet_card_in_ascii() -> None:
    assert seen(card(AUDIT, PLAIN)) == snapshot("""\
o Audit 12  Coherence 8.4 of 10, drift 0.03.
  Honesty               .....|===== +1.00  sure
  Care for the learner  .....|==... +0.50
  Modesty               .....|.....     -  not touched
  Patience              ...==|..... -0.50
                        The answer hurries through three steps at once.
  From a tiny practice model: this means nothing.\
""")


def test_a_card_of_a_title_alone() -> None:
    assert seen(card(Card(title="Nothing yet"), WIDE)) == snapshot("◆ Nothing yet")


def test_a_quiet_card_of_a_title_alone() -> None:
    assert seen(card(Card(title="Not audited", quiet=True), WIDE)) == snapshot("○ Not audited")


def test_names_too_long_for_a_column_stand_on_their_own_lines() -> None:
    long = Card(title="T", fields=(("A name that takes more than a third", "value"), ("Short", "one\ntwo")))
    assert seen(card(long, NARROW)) == snapshot("""\
◆ T

  A name that takes more than a third
    value
  Short
    one
    two\
""")


LISTED = Card(
    title="Turns",
    lines=(
        "  #4  2026-03-01 12:00 UTC  coherence 8.4 of 10 (confidence 92%)  “What is a good first step on the guitar?”",
        "Latest readings:\n    deep    inside, where a line that is long has to go on below",
        "",
        "averyveryverylongwordwithoutanyblanksinitthatgoesonandonandonandonandonandonandonandon",
    ),
)


def test_a_line_that_goes_on_below_hangs_under_its_own_text_at_80_columns() -> None:
    assert seen(card(LISTED, WIDE)) == snapshot("""\
◆ Turns

    #4  2026-03-01 12:00 UTC  coherence 8.4 of 10 (confidence 92%)  “What is a
      good first step on the guitar?”
  Latest readings:
      deep    inside, where a line that is long has to go on below

  averyveryverylongwordwithoutanyblanksinitthatgoesonandonandonandonandonandonan
    donandon\
""")


def test_a_line_that_goes_on_below_hangs_under_its_own_text_at_40_columns() -> None:
    assert seen(card(LISTED, NARROW)) == snapshot("""\
◆ Turns

    #4  2026-03-01 12:00 UTC  coherence
      8.4 of 10 (confidence 92%)  “What
      is a good first step on the
      guitar?”
  Latest readings:
      deep    inside, where a line that
        is long has to go on below

  averyveryverylongwordwithoutanyblanksi
    nitthatgoesonandonandonandonandonand
    onandonandon\
""")


@given(st.text(), st.integers(24, 120))
def test_no_word_of_a_line_is_lost(line: str, width: int) -> None:
    shown = "".join(text.plain for text in card(Card(title="", lines=(line,)), Page(width=width, marks=UNICODE))[2:])
    assert "".join(shown.split()) == "".join(plain(line).split())


def test_a_note_at_40_columns() -> None:
    assert seen(note("There is no command /valeus.\nDid you mean /values?", NARROW)) == snapshot("""\
  There is no command /valeus. Did you
  mean /values?\
""")


@pytest.mark.parametrize(
    ("value", "drawn"),
    [
        (1.0, "─────┼━━━━━ +1.00"),
        (0.5, "─────┼━━─── +0.50"),
        (0.004, "─────┼─────  0.00"),
        (0.0, "─────┼─────  0.00"),
        (-0.004, "─────┼─────  0.00"),
        (-0.2, "────━┼───── -0.20"),
        (-1.0, "━━━━━┼───── -1.00"),
        (None, "─────┼─────     –"),
    ],
)
def test_a_bar_is_filled_from_its_middle(value: float | None, drawn: str) -> None:
    assert seen(card(Card(title="T", bars=(Bar(label="x", value=value),), quiet=True), WIDE)) == f"○ T\n  x  {drawn}"


def test_a_quiet_card_is_dim_throughout() -> None:
    assert all(line.get_style_at_offset(Console(), 3).dim for line in card(AUDIT, WIDE))


def test_what_is_said_is_never_styled() -> None:
    (line,) = answer("[red]literal[/red] :smile:", WIDE)
    assert line.plain == "● [red]literal[/red] :smile:"
    assert [(span.start, span.end) for span in line.spans] == [(0, 2)]


@pytest.mark.parametrize(
    ("encoding", "marks"),
    [("utf-8", UNICODE), ("ascii", ASCII), ("cp1252", ASCII), ("no-such", ASCII), (None, ASCII)],
)
def test_only_signs_that_can_be_written_are_drawn(encoding: str | None, marks: object) -> None:
    assert marks_for(encoding) is marks


TEXT = st.text(max_size=60)
CARDS = st.builds(
    Card,
    title=TEXT,
    sentence=TEXT,
    fields=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
    bars=st.lists(st.builds(Bar, label=TEXT, value=st.none() | st.floats(-1, 1), note=TEXT), max_size=3).map(tuple),
    lines=st.lists(TEXT, max_size=3).map(tuple),
    footer=TEXT,
    quiet=st.booleans(),
)


@given(CARDS, st.integers(24, 120))
def test_any_card_fits_its_width_with_no_blanks_at_the_ends_of_lines(drawn: Card, width: int) -> None:
    for line in card(drawn, Page(width=width, marks=UNICODE)):
        assert line.cell_len <= width
        assert "\n" not in line.plain
        assert line.plain == line.plain.rstrip()


@given(st.text(), st.integers(24, 120))
def test_any_answer_fits_its_width(text: str, width: int) -> None:
    for line in answer(text, Page(width=width, marks=UNICODE)):
        assert line.cell_len <= width
        assert "\n" not in line.plain
