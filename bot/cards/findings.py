"""One finding of an audit, as bars and notes show it."""

from typing import Final

from adapters.chat.port import Bar
from bot.cards import phrases
from bot.settings.providers import EMBEDDED
from safi.ledger import Entry, Ledger

PRACTICE: Final = "Scored by the practice model: these figures show the machinery and mean nothing."


def score(entry: Entry) -> float | None:
    """What a finding counts, or None where it does not count."""
    return entry.score if entry.scored else None


def confidence(entry: Entry) -> str:
    """How sure a finding is."""
    return f"confidence {entry.confidence:.0%}" if entry.scored and entry.confidence is not None else "not touched"


def scored(ledger: Ledger) -> tuple[Bar, ...]:
    """All findings without a word of the answer."""
    return tuple(Bar(label=entry.value, value=score(entry), note=confidence(entry)) for entry in ledger.entries)


def reasoned(ledger: Ledger) -> tuple[Bar, ...]:
    """All findings with their reasons and what shows them: only for whoever may read the answer."""
    return tuple(Bar(label=entry.value, value=score(entry), note=_reasoned(entry)) for entry in ledger.entries)


def caveat(ledger: Ledger) -> str:
    """What to beware of in a ledger, by who made it."""
    return PRACTICE if ledger.usage is not None and ledger.usage.model.startswith(f"{EMBEDDED}:") else ""


def _reasoned(entry: Entry) -> str:
    if not entry.scored:
        return "not touched"
    return f"{entry.reason} — {phrases.evidence(entry)}, {confidence(entry)}"
