"""What outcomes, verdicts, audits, readings and memories are called in plain words: one home for what cards say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.chat.port import Place
from bot.cards import rulings
from bot.cards.remembered import Remembered
from bot.hearing.scopes import Scopes
from safi.ledger import Entry
from safi.ports import Agreement, Operation, TurnRecord, Votes
from safi.spirit import WARM_UP, Memory, Reading
from safi.turn import (
    Approved,
    Coached,
    Coaching,
    Failed,
    Suppressed,
    Uncoached,
    Unjudged,
    Withheld,
    said,
)

_HOLES: Final = {
    "expired": "its words had expired before the audit",
    "erased": "its words were erased before the audit",
    "too late": "later ones could not wait for it",
    "withdrawn": "the question or the answer was deleted before the audit",
}
"""Why a number has no ledger, where that is no audit's own failure."""

_OPERATIONS: Final = {
    "reset": "memory reset",
    "freeze": "memory frozen",
    "thaw": "memory thawed",
    "restore": "memory restored to what it was after #{to}",
    "baseline": "baseline set",
    "profile": "profile changed",
}
"""What was done to a memory; in braces, what is noted beside it."""

DELETED: Final = "deleted where it was said"
"""Stands in place of words that somebody deleted, their author or a moderator."""

LEGAL_HOLD: Final = "A legal hold keeps everything: nothing expires, and erasures wait."

_EXCERPT: Final = 40

_DELIVERIES: Final = {
    "committed": "none: it was not sent",
    "unknown": "none: nobody knows whether it was sent",
}

_UNDELIVERED: Final = {
    "committed": "It was not sent, so it is not audited.",
    "unknown": "Nobody knows whether it was sent, so it is not audited.",
}

_FEWEST: Final = 10
"""Rated answers from which agreement is put into a word."""

_AGREEMENT: Final = ((0.8, "good"), (0.6, "fair"), (0.0, "poor"))
"""What a share of answers that are judged alike is called, from so much on."""

_SILENCES: Final = {
    "paused": "Paused: nobody answers here until it is resumed.",
    "no such persona": "Nobody answers here: the persona of this channel is not there any more.",
}
"""Why nobody answers in a place."""


def asked(record: TurnRecord) -> str:
    """The words of a question, as long as they may be shown."""
    return DELETED if record.withdrawn else record.turn.prompt.message.text


def answered(record: TurnRecord) -> str:
    """The words that were sent, as long as they may be shown."""
    return DELETED if record.withdrawn else said(record.profile, record.turn.outcome)


def gist(record: TurnRecord) -> str:
    """What became of a turn, in one plain sentence."""
    match record.turn.outcome:
        case Approved() if record.delivery == "delivered":
            return f"Sent. Its audit: {audit_state(record)}."
        case Approved():
            return _UNDELIVERED[record.delivery]
        case Suppressed(draft=None):
            return "Fixed words were sent; nothing was drafted, and nothing is audited."
        case Suppressed():
            return "Held back: the draft would have broken a rule. It was not sent, and is not audited."
        case Unjudged():
            return "Held back: nobody could check the draft. It was not sent, and is not audited."
        case Failed():
            return "There was no draft, so there is nothing to audit."


def coaching(given: Coaching) -> str:
    """What the Intellect was told before it drafted."""
    match given:
        case Coached(text=text):
            return text
        case Withheld(text=text):
            return f"kept back at random, so that its effect can be known: {text}"
        case Uncoached():
            return "none; memory had nothing to say yet"


def audit_state(record: TurnRecord) -> str:
    """Where a turn's audit stands, in a few words."""
    if record.reading is not None:
        late = "; it came too late to be remembered" if record.fate == "hole" else ""
        return f"{_coherence(record.reading)}{late}"
    if record.audit == "owed":
        return "owed, and passed over in memory" if record.fate == "hole" else "owed"
    if record.fate == "hole":
        return missing(record)
    return _DELIVERIES.get(record.delivery, "none: only what was sent as drafted is audited")


def evidence(entry: Entry) -> str:
    """What in the answer shows a finding."""
    if entry.quote:
        return f"“{excerpt(entry.quote)}”"
    return f"sentence {entry.sentence}" if entry.sentence else "the answer as a whole"


def missing(record: TurnRecord) -> str:
    """Why a number has no ledger."""
    reason = record.hole_reason or ""
    return f"none; memory stays as it was ({_HOLES.get(reason) or rulings.cause(reason)})"


def became(record: TurnRecord) -> str:
    """What became of a turn, in a word or two."""
    if not isinstance(record.turn.outcome, Approved):
        return type(record.turn.outcome).__name__.lower()
    if record.reading is not None and record.reading.coherence is not None:
        return f"{record.reading.coherence:.1f}"
    if record.reading is not None:
        return "untouched"
    if record.audit == "owed":
        return "owed"
    return "given up" if record.fate == "hole" else record.delivery


def reading(found: Reading, folded: int) -> str:
    """What a ledger says. `folded`: how many ledgers the scope had taken in by then, at most."""
    return f"{_coherence(found)} · {_drift(found, folded)}"


def learned(memory: Memory) -> str:
    """How much a scope remembers."""
    if memory.folded < WARM_UP:
        return f"warming up, {memory.folded} of {WARM_UP} audits"
    return f"{memory.folded} audits"


def memory(remembered: Remembered) -> str:
    """How much a scope remembers, and whether that is held."""
    held = frozen(remembered)
    return learned(remembered.state.memory) + ("" if held == "no" else f"; frozen {held}")


def frozen(remembered: Remembered) -> str:
    """Since when or until when memory holds as it is; "no" where it does not."""
    turning, now = remembered.turning, remembered.state.frozen
    if turning is None:
        return "for longer than its record is kept" if now else "no"
    waiting = f"#{turning.number}, which {waits(remembered, turning.number or 0)}"
    if turning.kind == "freeze":
        return f"since {when(turning.at)} (#{turning.number})" if now else f"from {waiting}"
    return f"until {waiting}" if now else "no"


def operation(done: Operation) -> str:
    """What was done to a memory, and by whom."""
    what = _OPERATIONS.get(done.kind, done.kind).format_map(done.detail)
    return f"{what}, by {done.actor or 'someone who was erased since'}"


def waits(remembered: Remembered, number: int) -> str:
    """What an operator event waits for; "" where it is in force."""
    left = remembered.waits(number)
    return f"waits for {audits(left)} before it" if left else ""


def answers(scopes: Scopes, place: Place) -> str:
    """Who answers in a place, and who said so."""
    given = scopes.assigned.persona(place)
    if given is None:
        return f"{scopes.catalogue.default.name}, the default"
    return f"{given}, assigned by {'moderators' if scopes.assigned.of(place).persona else 'the configuration'}"


def silence(scopes: Scopes, place: Place) -> str:
    """Why nobody answers in a place; "" where somebody does."""
    why = scopes.silent(place)
    return _SILENCES.get(why, why)


def members(votes: Votes, reports: int) -> str:
    """What members think of an answer."""
    told = f"good: {votes.up}, not good: {votes.down}" if votes.up or votes.down else "no votes"
    return f"{told}; reported by {reports}" if reports else told


def agreement(found: Agreement) -> str:
    """How far members and Conscience judge alike."""
    if not found.rated:
        return "not known: no answer has both a score and votes"
    counted = f"members and Conscience judge {found.agreed} of {found.rated} rated answers alike"
    if found.rated < _FEWEST:
        return f"too early to tell: {counted}"
    return f"{next(word for least, word in _AGREEMENT if found.agreed >= least * found.rated)}: {counted}"


def reports(counted: Sequence[tuple[int | None, int]], among: int) -> str:
    """How many members reported which of the latest turns: (number, members), for those that were reported."""
    which = ", ".join(f"{many} on {'a notice' if number is None else f'#{number}'}" for number, many in counted)
    return f"{which or 'none'}, among the latest {among} turns"


def audits(number: int) -> str:
    """So many audits."""
    return "1 audit" if number == 1 else f"{number} audits"


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    return rulings.line(text, _EXCERPT)


def when(moment: datetime) -> str:
    """A time, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _coherence(found: Reading) -> str:
    if found.coherence is None:
        return "no value touched, so no score"
    sure = "" if found.confidence is None else f" (confidence {found.confidence:.0%})"
    return f"coherence {found.coherence:.1f} of 10{sure}"


def _drift(found: Reading, folded: int) -> str:
    if folded < WARM_UP:
        return f"drift warming up ({folded} of {WARM_UP})"
    return "drift unknown" if found.drift is None else f"drift {found.drift:.2f}"
