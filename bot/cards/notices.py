"""What people are told unasked, as it happens: audits that landed, answers that never came, what was left over."""

from collections.abc import Sequence
from typing import Final

from adapters.chat.port import Button, Card, Posted
from bot.cards import phrases, rulings
from bot.cards.findings import caveat, scored
from safi.ports import TurnRecord
from safi.profile import Rule
from safi.record import State
from safi.turn import Approved, Failed, Outcome, Suppressed, Unjudged

_SEE_WHY: Final = Button(label="See why", command="why")


def audit_landed(record: TurnRecord, state: State) -> Card:
    """The quiet card that follows an answer when its audit is settled."""
    title = f"Audit #{record.number}"
    if record.ledger is None or record.reading is None:
        return Card(title=title, sentence=phrases.missing(record), quiet=True)
    sentence = phrases.audit_state(record)
    if record.fate == "folded":
        sentence = phrases.reading(record.reading, min(state.memory.folded, record.number or 0))
        sentence += " · memory frozen" if state.frozen else ""
    return Card(title=title, sentence=sentence, bars=scored(record.ledger), footer=caveat(record.ledger), quiet=True)


def no_answer(outcome: Outcome) -> Card | None:
    """The quiet card that tells whoever runs the bot why there was no answer; None where there was one."""
    match outcome:
        case Approved():
            return None
        case Suppressed(draft=None, verdict=denied):
            title, sentence = "Fixed words", rulings.undrafted(denied)
        case Suppressed(verdict=denied):
            title, sentence = "Held back", rulings.broken(denied)
        case Unjudged() | Failed():
            title, sentence = "No answer", rulings.verdict(outcome)
    return Card(title=title, sentence=sentence, buttons=(_SEE_WHY,), quiet=True)


def person_needed(rules: Sequence[Rule], about: Posted | None = None) -> Card:
    """Calls a moderator to a place, or to what was posted there; its words are for whoever may read them there."""
    named = ", ".join(rule.id for rule in rules)
    return Card(
        title="A person is needed: please look",
        sentence=f"A message or a draft met the rule {named}, which calls for a moderator.",
        fields=tuple((f"Rule {rule.id}", rule.text) for rule in rules),
        buttons=() if about else (_SEE_WHY,),
        about=about,
        tone="alarm",
    )


def taken_up(text: str) -> Card:
    """A message of the last run that is answered now."""
    return Card(title="Left over", sentence=f"answering what was asked before: “{phrases.excerpt(text)}”", quiet=True)


def interrupted(text: str) -> Card:
    """A message of the last run for which it is too late."""
    sentence = f"too long ago to be answered now: “{phrases.excerpt(text)}”"
    return Card(title="Left over", sentence=sentence, footer="Ask again if it still matters.", quiet=True)


def draining(audits: int) -> Card:
    """What the end of the program waits for."""
    sentence = f"waiting for {phrases.audits(audits)} under way; Ctrl-C leaves them to the next start"
    return Card(title="Leaving", sentence=sentence, quiet=True)


def still_owed(audits: int) -> Card:
    """What the program leaves undone."""
    return Card(title="Left for the next start", sentence=f"{phrases.audits(audits)} still owed", quiet=True)
