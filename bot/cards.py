"""Cards: what people are shown of turns, audits and memory, in plain words. Pure; what is unknown is never a number."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.chat.port import Bar, Card
from bot.config import EMBEDDED
from safi.conscience import quote
from safi.ledger import Entry, Ledger
from safi.ports import Standing, TurnRecord
from safi.profile import Profile
from safi.record import State
from safi.spirit import WARM_UP, Memory, Reading
from safi.turn import Approved, Coached, Coaching, Failed, Outcome, Suppressed, Uncoached, Unjudged, Withheld, said

PRACTICE: Final = "Scored by the practice model: these figures show the machinery and mean nothing."

_EXCERPT: Final = 60


def audit_landed(record: TurnRecord, state: State) -> Card:
    """The quiet card that follows an answer when its audit is settled."""
    title = f"Audit #{record.number}"
    if record.ledger is None or record.reading is None:
        return Card(title=title, sentence=_missing(record), quiet=True)
    return Card(
        title=title,
        sentence=_reading(record.reading, min(state.memory.folded, record.number or 0)),
        bars=tuple(
            Bar(label=entry.value, value=_score(entry), note=_confidence(entry)) for entry in record.ledger.entries
        ),
        footer=_caveat(record.ledger),
        quiet=True,
    )


def turn(record: TurnRecord, *, title: str) -> Card:
    """One turn with all that became of it: exchange, verdict, coaching, audit."""
    fields = (
        ("Asked", record.turn.prompt.message.text),
        ("Said", said(record.profile, record.turn.outcome)),
        ("Gate", verdict(record.turn.outcome)),
        ("Coaching", coaching(record.turn.coaching)),
        ("Audit", audit_state(record)),
        ("Models", _models(record)),
        ("Turn", f"{record.turn.id} · {_when(record.at)} · {record.turn.persona}"),
    )
    bars, footer = (), ""
    if record.ledger is not None:
        answer = said(record.profile, record.turn.outcome)
        bars = tuple(
            Bar(label=entry.value, value=_score(entry), note=_finding(entry, answer)) for entry in record.ledger.entries
        )
        footer = _caveat(record.ledger)
    return Card(title=title, fields=fields, bars=bars, footer=footer)


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
        footer=f"Bars show long-term memory by value, from -1 to 1; persona {profile.name}, beta {profile.beta:g}.",
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
    rules = tuple(f"• {rule.text}" for rule in profile.rules)
    return Card(
        title=f"What {profile.name} stands for",
        sentence=profile.worldview.strip(),
        fields=values,
        lines=("It never breaks these rules:", *rules),
        footer="Percentages are each value's share in the score.",
    )


def verdict(outcome: Outcome) -> str:
    """What the Will decided, and who saw it."""
    match outcome:
        case Approved(verdict=allowed):
            return f"let out: {allowed.reason}"
        case Suppressed(verdict=denied):
            return f"held back by the rule {', '.join(denied.rules)} ({denied.by}): {denied.reason}"
        case Unjudged(verdict=none):
            return f"held back, because no verdict could be had ({none.cause}): {none.detail}"
        case Failed(cause=cause, detail=detail):
            return f"no draft came to judge ({cause}): {detail}"


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
    if record.reading is not None and record.fate == "hole":
        return f"{_coherence(record.reading)}; came too late to be remembered"
    if record.reading is not None:
        return _coherence(record.reading)
    if record.fate == "hole":
        return _missing(record)
    return "owed" if record.audit == "owed" else "none: only what was sent as drafted is audited"


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


def _finding(entry: Entry, answer: str) -> str:
    if not entry.scored or entry.sentence is None:
        return "not touched"
    evidence = f" — “{_excerpt(quote(answer, entry.sentence))}”" if entry.sentence else " — the answer as a whole"
    return f"{_confidence(entry)}: {entry.reason}{evidence}"


def _caveat(ledger: Ledger) -> str:
    return PRACTICE if ledger.usage is not None and ledger.usage.model.startswith(f"{EMBEDDED}:") else ""


def _models(record: TurnRecord) -> str:
    usages = (record.turn.drafting, record.turn.judging, record.ledger and record.ledger.usage)
    told = [f"{usage.model} {usage.seconds:.1f} s" for usage in usages if usage]
    return ", ".join(told) or "none answered"


def _line(record: TurnRecord) -> str:
    number = "–" if record.number is None else f"#{record.number}"
    match record.turn.outcome:
        case Approved() if record.fate == "hole" and record.reading is None:
            became = "audit given up"
        case Approved():
            became = audit_state(record)
        case Suppressed(verdict=denied):
            became = f"held back by {', '.join(denied.rules)}"
        case outcome:
            became = type(outcome).__name__.lower()
    return f"{number:>4}  {_when(record.at)}  {became}  “{_excerpt(record.turn.prompt.message.text)}”"


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1].rstrip()}…"


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
