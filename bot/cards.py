"""Cards: what people are shown of turns, audits and memory, in plain words. Pure; what is unknown is never a number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.chat.port import Bar, Card
from bot.config import EMBEDDED
from safi.ledger import Entry, Ledger
from safi.ports import Standing, TurnRecord
from safi.profile import Profile
from safi.record import State
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
    said,
)

_CAUSES: Final = {
    "model_unavailable": "the model could not be reached in time",
    "model_misconfigured": "the model's vendor refuses such requests until a key, a model id or a setting is changed",
    "no_answer": "the model gave no answer",
    "answer_refused": "the model declined",
    "answer_cut_short": "the model did not come to an end within its limit",
    "answer_empty": "the model said nothing that can be read",
    "unreadable": "the model's answer was not of the asked form",
}
"""What the causes of the record mean."""

PRACTICE: Final = "Scored by the practice model: these figures show the machinery and mean nothing."

_EXCERPT: Final = 40

_DELIVERIES: Final = {
    "committed": "none: it was not sent",
    "unknown": "none: nobody knows whether it was sent",
}


def audit_landed(record: TurnRecord, state: State) -> Card:
    """The quiet card that follows an answer when its audit is settled."""
    title = f"Audit #{record.number}"
    if record.ledger is None or record.reading is None:
        return Card(title=title, sentence=_missing(record), quiet=True)
    sentence = audit_state(record)
    if record.fate == "folded":
        sentence = _reading(record.reading, min(state.memory.folded, record.number or 0))
    bars = (Bar(label=entry.value, value=_score(entry), note=_confidence(entry)) for entry in record.ledger.entries)
    return Card(title=title, sentence=sentence, bars=tuple(bars), footer=_caveat(record.ledger), quiet=True)


def no_answer(outcome: Outcome) -> Card | None:
    """The quiet card that tells whoever runs the bot why there was no answer; None where there was one."""
    match outcome:
        case Approved():
            return None
        case Suppressed(verdict=denied):
            return Card(title="Held back", sentence=_broken(denied), footer="/why shows the turn.", quiet=True)
        case Unjudged() | Failed():
            return Card(title="No answer", sentence=verdict(outcome), footer="/why shows the turn.", quiet=True)


def taken_up(text: str) -> Card:
    """A message of the last run that is answered now."""
    return Card(title="Left over", sentence=f"answering what was asked before: “{_excerpt(text)}”", quiet=True)


def interrupted(text: str) -> Card:
    """A message of the last run for which it is too late."""
    sentence = f"too long ago to be answered now: “{_excerpt(text)}”"
    return Card(title="Left over", sentence=sentence, footer="Ask again if it still matters.", quiet=True)


def draining(audits: int) -> Card:
    """What the end of the program waits for."""
    sentence = f"waiting for {_audits(audits)} under way; Ctrl-C leaves them to the next start"
    return Card(title="Leaving", sentence=sentence, quiet=True)


def still_owed(audits: int) -> Card:
    """What the program leaves undone."""
    return Card(title="Left for the next start", sentence=f"{_audits(audits)} still owed", quiet=True)


def turn(record: TurnRecord, *, title: str) -> Card:
    """One turn with all that became of it: exchange, verdict, coaching, audit."""
    fields = (
        ("Asked", record.turn.prompt.message.text),
        ("Said", said(record.profile, record.turn.outcome)),
        ("Gate", verdict(record.turn.outcome)),
        ("Coaching", coaching(record.turn.coaching)),
        ("Audit", audit_state(record)),
        ("Models", _models(record)),
        ("Turn", f"{record.turn.persona}, {_when(record.at)}, {record.turn.id}"),
    )
    numbered = title if record.number is None else f"{title} · #{record.number}"
    if record.ledger is None:
        return Card(title=numbered, fields=fields)
    bars = (Bar(label=entry.value, value=_score(entry), note=_finding(entry)) for entry in record.ledger.entries)
    return Card(title=numbered, fields=fields, bars=tuple(bars), footer=_caveat(record.ledger))


def turns(records: Sequence[TurnRecord], *, title: str, footer: str) -> Card:
    """A list of turns, one line each, newest first."""
    return Card(title=title, lines=tuple(_line(record) for record in records), footer=footer)


def memory(state: State, profile: Profile, readings: Sequence[tuple[int, Reading]]) -> Card:
    """What a scope remembers, and the latest readings (number, reading), newest first."""
    lines = [f"#{number}  {_reading(reading, min(state.memory.folded, number))}" for number, reading in readings]
    return Card(
        title="Drift",
        sentence=_latest_drift(state.memory, readings),
        bars=memory_bars(state.memory),
        lines=("Latest readings:", *lines) if lines else (),
        footer=f"Bars show what {profile.name} remembers of each value's scores, from -1 to 1.",
    )


def memory_bars(memory: Memory) -> tuple[Bar, ...]:
    """The corrected memory, a bar for each value."""
    return tuple(
        Bar(label=name, value=m, note="" if m is not None else "never scored yet")
        for name, m in zip(memory.values, memory.m, strict=True)
    )


def status(standing: Standing, state: State, profile: Profile, models: str) -> Card:
    """How a place's persona stands, at a glance."""
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(standing.outcomes.items())) or "none yet"
    fields = (
        ("Persona", profile.name),
        ("Turns", outcomes),
        ("Audits", f"{standing.folded} remembered, {standing.owed} owed, {standing.holes} without a ledger"),
        ("Oldest owed", "none" if standing.oldest_owed is None else _when(standing.oldest_owed)),
        ("Memory", _learned(state.memory)),
        ("Models", models),
    )
    return Card(title="Status", fields=fields, bars=memory_bars(state.memory))


def persona(profile: Profile) -> Card:
    """A persona's declared values and rules: what it asks to be judged by."""
    shares = zip(profile.values, profile.weights, strict=True)
    values = tuple((f"{value.name} ({share:.0%})", value.meaning) for value, share in shares)
    rules = tuple((f"rule {rule.id}", rule.text) for rule in profile.rules)
    return Card(
        title=f"What {profile.name} stands for",
        sentence=profile.worldview.strip(),
        fields=(*values, *rules),
        footer="Percentages are each value's share in the score. A draft that breaks a rule is never sent.",
    )


def verdict(outcome: Outcome) -> str:
    """What the Will decided and who saw it, or why it did not come to that."""
    match outcome:
        case Approved(verdict=allowed):
            return f"let out: {allowed.reason}"
        case Suppressed(verdict=denied):
            return f"held back {_broken(denied)}"
        case Unjudged(verdict=none):
            return f"held back without a verdict: {_cause(none.cause)} ({none.detail})"
        case Failed(cause=cause, detail=detail):
            return f"nothing to judge, there was no draft: {_cause(cause)} ({detail})"


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
        return _missing(record)
    return _DELIVERIES.get(record.delivery, "none: only what was sent as drafted is audited")


def _broken(denied: Denied) -> str:
    return f"by the rule {', '.join(denied.rules)} ({denied.by}): {denied.reason}"


def _missing(record: TurnRecord) -> str:
    return f"none; memory stays as it was ({record.hole_reason})"


def _reading(reading: Reading, folded: int) -> str:
    """`folded`: how many ledgers the scope had taken in by then, at most."""
    return f"{_coherence(reading)} · {_drift(reading, folded)}"


def _coherence(reading: Reading) -> str:
    if reading.coherence is None:
        return "no value touched, so no score"
    sure = "" if reading.confidence is None else f" (confidence {reading.confidence:.0%})"
    return f"coherence {reading.coherence:.1f} of 10{sure}"


def _drift(reading: Reading, folded: int) -> str:
    if folded < WARM_UP:
        return f"drift warming up ({folded} of {WARM_UP})"
    return "drift unknown" if reading.drift is None else f"drift {reading.drift:.2f}"


def _latest_drift(memory: Memory, readings: Sequence[tuple[int, Reading]]) -> str:
    if not readings:
        return "Nothing has been audited here yet."
    number, latest = readings[0]
    return f"Latest: {_reading(latest, min(memory.folded, number))}."


def _learned(memory: Memory) -> str:
    if memory.folded < WARM_UP:
        return f"warming up, {memory.folded} of {WARM_UP} audits"
    return f"{memory.folded} audits"


def _score(entry: Entry) -> float | None:
    return entry.score if entry.scored else None


def _confidence(entry: Entry) -> str:
    return f"confidence {entry.confidence:.0%}" if entry.scored and entry.confidence is not None else "not touched"


def _finding(entry: Entry) -> str:
    if not entry.scored:
        return "not touched"
    evidence = f"“{_excerpt(entry.quote)}”" if entry.quote else "the answer as a whole"
    return f"{_confidence(entry)}: {entry.reason} — {evidence}"


def _caveat(ledger: Ledger) -> str:
    return PRACTICE if ledger.usage is not None and ledger.usage.model.startswith(f"{EMBEDDED}:") else ""


def _models(record: TurnRecord) -> str:
    usages = (record.turn.drafting, record.turn.judging, record.ledger and record.ledger.usage)
    told = [f"{usage.model} {usage.seconds:.1f} s" for usage in usages if usage]
    return ", ".join(told) or "none answered"


def _line(record: TurnRecord) -> str:
    number = "–" if record.number is None else f"#{record.number}"
    when = record.at.astimezone(UTC).strftime("%m-%d %H:%M")
    return f"{number:>4}  {when}  {_became(record):<10}  “{_excerpt(record.turn.prompt.message.text)}”"


def _became(record: TurnRecord) -> str:
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


def _cause(cause: str) -> str:
    return _CAUSES.get(cause, cause)


def _audits(number: int) -> str:
    return "1 audit" if number == 1 else f"{number} audits"


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
