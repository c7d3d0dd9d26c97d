"""What outcomes, verdicts, audits, readings and memories are called in plain words: one home for what cards say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.chat.port import Place
from bot.remembered import Remembered
from bot.scopes import Scopes
from safi.firstpass import HIDDEN, KEYS, MENTIONS
from safi.ledger import Entry
from safi.ports import Agreement, Operation, TurnRecord, Votes
from safi.spirit import WARM_UP, Memory, Reading
from safi.turn import (
    Approved,
    Coached,
    Coaching,
    Denied,
    Failed,
    Outcome,
    Suppressed,
    Uncoached,
    Unjudged,
    Withheld,
)

_CAUSES: Final = {
    "model_unavailable": "the model could not be reached in time",
    "budget_spent": "the operator's own cap on spending is reached",
    "model_misconfigured": "the model's vendor refuses such requests until a key, a model id or a setting is changed",
    "no_answer": "the model gave no answer",
    "answer_refused": "the model declined",
    "answer_cut_short": "the model did not come to an end within its limit",
    "answer_empty": "the model said nothing that can be read",
    "unreadable": "the model's answer was not of the asked form",
    "pattern_too_slow": "a rule's pattern took too long over the draft, so nobody knows whether it is found there",
}
"""What the causes of the record mean."""

_BUILT_IN: Final = {
    KEYS: "no key, token or password is posted",
    MENTIONS: "nobody is called who did not take part, least of all everybody",
    HIDDEN: "no text is hidden in an answer",
}
"""What the rules say that every persona has."""

_HOLES: Final = {
    "expired": "its words had expired before the audit",
    "erased": "its words were erased before the audit",
    "too late": "later ones could not wait for it",
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

LEGAL_HOLD: Final = "A legal hold keeps everything: nothing expires, and erasures wait."

_EXCERPT: Final = 40

_DELIVERIES: Final = {
    "committed": "none: it was not sent",
    "unknown": "none: nobody knows whether it was sent",
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


def verdict(outcome: Outcome) -> str:
    """What the Will decided and who saw it, or why it did not come to that."""
    match outcome:
        case Approved(verdict=allowed):
            return f"let out: {allowed.reason}"
        case Suppressed(draft=None, verdict=denied):
            return undrafted(denied)
        case Suppressed(verdict=denied):
            return f"held back {broken(denied)}"
        case Unjudged(verdict=none):
            return f"held back without a verdict: {cause(none.cause)} ({none.detail})"
        case Failed(cause=name, detail=detail):
            return f"nothing to judge, there was no draft: {cause(name)} ({detail})"


def undrafted(denied: Denied) -> str:
    """Why nobody was asked for a draft."""
    return f"no answer was drafted: the message itself called for the fixed words of {_rules(denied)}"


def broken(denied: Denied) -> str:
    """What a draft breaks, who saw it, and why."""
    if denied.by == "built-in":
        return f"by the rule of every persona that {_built_in(denied)}: {denied.reason}"
    return f"by {_rules(denied)} ({denied.by}): {denied.reason}"


def cause(name: str) -> str:
    """What a cause of the record means."""
    return _CAUSES.get(name, name)


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
    return f"none; memory stays as it was ({_HOLES.get(reason) or _CAUSES.get(reason, reason)})"


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
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


def when(moment: datetime) -> str:
    """A time, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _rules(denied: Denied) -> str:
    return f"the rule {', '.join(denied.rules)}"


def _built_in(denied: Denied) -> str:
    return " and that ".join(_BUILT_IN.get(rule, rule) for rule in denied.rules)


def _coherence(found: Reading) -> str:
    if found.coherence is None:
        return "no value touched, so no score"
    sure = "" if found.confidence is None else f" (confidence {found.confidence:.0%})"
    return f"coherence {found.coherence:.1f} of 10{sure}"


def _drift(found: Reading, folded: int) -> str:
    if folded < WARM_UP:
        return f"drift warming up ({folded} of {WARM_UP})"
    return "drift unknown" if found.drift is None else f"drift {found.drift:.2f}"
