"""What the README shows of the program is what the program shows."""

from pathlib import Path

from adapters.chat import typeset
from bot import cards
from safi.ledger import Entry, Ledger
from safi.record import State
from safi.spirit import Memory, Reading
from tests.bot.test_cards import record

README = (Path(__file__).parents[2] / "README.md").read_text()


def entry(name: str, score: float, confidence: float) -> Entry:
    return Entry(value=name, score=score, confidence=confidence, sentence=1, reason="it shows")


def test_the_sample_of_an_audit_is_what_a_terminal_shows() -> None:
    found = (
        entry("Accuracy", 0.5, 0.75),
        entry("Usefulness", 1, 1),
        entry("Welcome", 0.5, 0.75),
        Entry(value="Independence"),
        entry("Credit", 0.5, 0.75),
    )
    audited = record(
        number=12,
        ledger=Ledger(entries=found),
        reading=Reading(coherence=8.4, confidence=0.81, drift=0.06),
    )
    shown = typeset.card(
        cards.audit_landed(audited, State(memory=Memory(folded=12))),
        typeset.Page(width=80, marks=typeset.marks_for("utf-8")),
    )
    assert "\n".join(line.plain.rstrip() for line in shown) in README
