"""Cards: what people are shown of turns, audits and memory, in plain words. Pure; what is unknown is never a number."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Final

from adapters.chat.port import Bar, Card
from bot import costs, phrases
from bot.providers import EMBEDDED
from safi.ledger import Entry, Ledger
from safi.ports import Standing, TurnRecord
from safi.profile import Profile, Rule
from safi.record import State
from safi.spirit import Memory, Reading
from safi.turn import Approved, Failed, Outcome, Suppressed, Unjudged, said

PRACTICE: Final = "Scored by the practice model: these figures show the machinery and mean nothing."


def audit_landed(record: TurnRecord, state: State) -> Card:
    """The quiet card that follows an answer when its audit is settled."""
    title = f"Audit #{record.number}"
    if record.ledger is None or record.reading is None:
        return Card(title=title, sentence=phrases.missing(record), quiet=True)
    sentence = phrases.audit_state(record)
    if record.fate == "folded":
        sentence = phrases.reading(record.reading, min(state.memory.folded, record.number or 0))
    bars = (Bar(label=entry.value, value=_score(entry), note=_confidence(entry)) for entry in record.ledger.entries)
    return Card(title=title, sentence=sentence, bars=tuple(bars), footer=_caveat(record.ledger), quiet=True)


def no_answer(outcome: Outcome) -> Card | None:
    """The quiet card that tells whoever runs the bot why there was no answer; None where there was one."""
    match outcome:
        case Approved():
            return None
        case Suppressed(draft=None, verdict=denied):
            title, sentence = "Fixed words", phrases.undrafted(denied)
        case Suppressed(verdict=denied):
            title, sentence = "Held back", phrases.broken(denied)
        case Unjudged() | Failed():
            title, sentence = "No answer", phrases.verdict(outcome)
    return Card(title=title, sentence=sentence, footer="/why shows the turn.", quiet=True)


def person_needed(rules: Sequence[Rule]) -> Card:
    """Calls a moderator to a place; what was said there is for whoever may read it there."""
    named = ", ".join(rule.id for rule in rules)
    sentence = f"A person is needed here: a message or a draft met the rule {named}, which calls for a moderator."
    return Card(title="Please look", sentence=sentence, footer="/why shows the turn.")


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


def turn(record: TurnRecord, *, title: str) -> Card:
    """One turn with all that became of it: exchange, verdict, coaching, audit, and what the models took."""
    fields = (
        ("Asked", record.turn.prompt.message.text),
        ("Said", said(record.profile, record.turn.outcome)),
        ("Gate", phrases.verdict(record.turn.outcome)),
        ("Coaching", phrases.coaching(record.turn.coaching)),
        ("Audit", phrases.audit_state(record)),
        ("Took", costs.took(record)),
        ("Turn", f"{record.turn.persona}, {phrases.when(record.at)}, {record.turn.id}"),
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
    lines = [f"#{number}  {phrases.reading(reading, min(state.memory.folded, number))}" for number, reading in readings]
    return Card(
        title="Drift",
        sentence=phrases.latest_reading(state.memory, readings),
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


def status(standing: Standing, state: State, profile: Profile, *, models: str, spent: str) -> Card:
    """How a place's persona stands, at a glance, and what the program spent."""
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(standing.outcomes.items())) or "none yet"
    fields = (
        ("Persona", profile.name),
        ("Turns", outcomes),
        ("Audits", f"{standing.folded} remembered, {standing.owed} owed, {standing.holes} without a ledger"),
        ("Oldest owed", "none" if standing.oldest_owed is None else phrases.when(standing.oldest_owed)),
        ("Memory", phrases.learned(state.memory)),
        ("Models", models),
        ("Spent", spent),
    )
    return Card(title="Status", fields=fields, bars=memory_bars(state.memory))


def persona(profile: Profile) -> Card:
    """A persona's declared values and rules: what it asks to be judged by."""
    shares = zip(profile.values, profile.weights, strict=True)
    values = tuple((f"{value.name} ({share:.0%})", value.meaning) for value, share in shares)
    rules = tuple((f"rule {rule.id}", _rule(rule)) for rule in profile.rules)
    return Card(
        title=f"What {profile.name} stands for",
        sentence=profile.worldview.strip(),
        fields=(*values, *rules, *_reach(profile)),
        footer="Percentages are each value's share in the score. A draft that breaks a rule is never sent.",
    )


def _reach(profile: Profile) -> Iterator[tuple[str, str]]:
    """What it relies on beyond its models, and who else may see what is said."""
    if profile.knowledge:
        yield "Knowledge", ", ".join(profile.library)
    if profile.fallbacks:
        names = ", ".join(profile.fallbacks)
        yield "Stand-ins", f"Where its own models cannot be reached, {names} may be asked, and sees what is said."


def _rule(rule: Rule) -> str:
    """A rule, and what follows where it is broken, if that is more than silence."""
    lines = [rule.text]
    if rule.message_patterns:
        lines.append("A message can call for it by itself; then nothing is drafted.")
    if rule.answer_with:
        lines.append(f"What is said then: “{rule.answer_with.strip()}”")
    if rule.notify:
        lines.append("A moderator is called.")
    return "\n".join(lines)


def _score(entry: Entry) -> float | None:
    return entry.score if entry.scored else None


def _confidence(entry: Entry) -> str:
    return f"confidence {entry.confidence:.0%}" if entry.scored and entry.confidence is not None else "not touched"


def _finding(entry: Entry) -> str:
    if not entry.scored:
        return "not touched"
    evidence = f"“{phrases.excerpt(entry.quote)}”" if entry.quote else "the answer as a whole"
    return f"{_confidence(entry)}: {entry.reason} — {evidence}"


def _caveat(ledger: Ledger) -> str:
    return PRACTICE if ledger.usage is not None and ledger.usage.model.startswith(f"{EMBEDDED}:") else ""


def _line(record: TurnRecord) -> str:
    number = "–" if record.number is None else f"#{record.number}"
    when = record.at.astimezone(UTC).strftime("%m-%d %H:%M")
    asked = phrases.excerpt(record.turn.prompt.message.text)
    return f"{number:>4}  {when}  {phrases.became(record):<10}  “{asked}”"
