"""Cards: what people are shown of turns, audits and memory, in plain words. Pure; what is unknown is never a number."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Final

from adapters.chat.port import Bar, Card
from bot import costs, phrases
from bot.providers import EMBEDDED
from bot.remembered import Remembered
from safi.ledger import Entry, Ledger
from safi.ports import Operation, Standing, TurnRecord
from safi.profile import Profile, Rule
from safi.record import Act, Baseline, Freeze, Reset, Restore, State, Thaw
from safi.spirit import Memory, Reading
from safi.turn import Approved, Failed, Outcome, Suppressed, Unjudged, said

PRACTICE: Final = "Scored by the practice model: these figures show the machinery and mean nothing."

LATEST: Final = 5
"""Operator events that are shown."""

_ACTS: Final[Mapping[type[Act], tuple[str, str]]] = {
    Reset: ("Memory reset", "It starts anew and warms up again."),
    Freeze: ("Memory frozen", "Audits go on and are shown, and memory holds as it is."),
    Thaw: ("Memory thawed", "Audits go into memory again; those of the time between stay out of it."),
    Restore: ("Memory restored", "It is what it was after #{act.to}."),
    Baseline: ("Baseline set", "From here on is what later turns are to be compared with; memory stays as it is."),
}
"""For each act, the title and the sentence of its card."""


def audit_landed(record: TurnRecord, state: State) -> Card:
    """The quiet card that follows an answer when its audit is settled."""
    title = f"Audit #{record.number}"
    if record.ledger is None or record.reading is None:
        return Card(title=title, sentence=phrases.missing(record), quiet=True)
    sentence = phrases.audit_state(record)
    if record.fate == "folded":
        sentence = phrases.reading(record.reading, min(state.memory.folded, record.number or 0))
        sentence += " · memory frozen" if state.frozen else ""
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


def drift(readings: Sequence[tuple[int, Reading]], remembered: Remembered) -> Card:
    """The latest readings (number, reading), newest first."""
    said = [(number, phrases.reading(found, remembered.counted(number))) for number, found in readings]
    return Card(
        title="Drift",
        sentence=f"Latest: {said[0][1]}." if said else "Nothing has been audited here yet.",
        lines=("Latest readings:", *(f"#{number}  {words}" for number, words in said)) if said else (),
        footer="/memory show has what they are measured against.",
    )


def memory(remembered: Remembered, profile: Profile) -> Card:
    """What a scope remembers, and what was done to it."""
    bars = memory_bars(remembered.state.memory)
    done = "\n".join(_operation(done, remembered) for done in remembered.operations[:LATEST])
    return Card(
        title="Memory",
        sentence="" if bars else "Nothing is remembered here.",
        fields=(
            ("Holds", phrases.learned(remembered.state.memory)),
            ("Frozen", phrases.frozen(remembered)),
            ("Latest changes", done or "none"),
        ),
        bars=bars,
        footer=f"Bars show what {profile.name} remembers of each value's scores, from -1 to 1." if bars else "",
    )


def memory_bars(memory: Memory) -> tuple[Bar, ...]:
    """The corrected memory, a bar for each value."""
    return tuple(
        Bar(label=name, value=m, note="" if m is not None else "never scored yet")
        for name, m in zip(memory.values, memory.m, strict=True)
    )


def operated(act: Act, number: int, remembered: Remembered) -> Card:
    """What an act changed, its number, whether it is in force, and how it is undone."""
    title, sentence = _ACTS[type(act)]
    waits = phrases.waits(remembered, number)
    force = f"It {waits}, and is in force then." if waits else "It is in force now."
    undo = _undo(act, number)
    return Card(
        title=title,
        sentence=sentence.format(act=act),
        lines=(f"Number {number} of this memory's record. {force}",),
        footer=f"Undo{', once it is in force' if waits else ''}: {undo}" if undo else "",
    )


def frozen_already(remembered: Remembered) -> Card:
    """There is nothing to freeze."""
    sentence = f"Nothing was done: it is frozen {phrases.frozen(remembered)}."
    return Card(title="Memory is frozen already", sentence=sentence, footer="/memory thaw lets audits in again.")


def not_frozen(remembered: Remembered) -> Card:
    """There is nothing to thaw."""
    waits = f": it is frozen {phrases.frozen(remembered)}" if remembered.state.frozen else ""
    return Card(title="Memory thaws already" if waits else "Memory is not frozen", sentence=f"Nothing was done{waits}.")


def no_memory_after(number: int) -> Card:
    """There is nothing to restore."""
    sentence = "Nothing was done: that number has not gone into memory yet, or is no longer kept."
    return Card(title=f"There is no memory after #{number}", sentence=sentence)


def status(
    standing: Standing, remembered: Remembered, profile: Profile, *, models: str, spent: str, held: bool
) -> Card:
    """How a place's persona stands, at a glance, and what the program spent; `held`: there is a legal hold."""
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(standing.outcomes.items())) or "none yet"
    fields = (
        ("Persona", profile.name),
        ("Turns", outcomes),
        ("Audits", f"{standing.folded} remembered, {standing.owed} owed, {standing.holes} without a ledger"),
        ("Oldest owed", "none" if standing.oldest_owed is None else phrases.when(standing.oldest_owed)),
        ("Memory", phrases.memory(remembered)),
        ("Models", models),
        ("Spent", spent),
    )
    sentence = phrases.LEGAL_HOLD if held else ""
    return Card(title="Status", sentence=sentence, fields=fields, bars=memory_bars(remembered.state.memory))


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


def _operation(done: Operation, remembered: Remembered) -> str:
    waits = phrases.waits(remembered, done.number or 0)
    told = f"#{done.number}  {phrases.when(done.at)}  {phrases.operation(done)}"
    return f"{told} ({waits})" if waits else told


def _undo(act: Act, number: int) -> str:
    """The command that undoes an act; "" where there is none, or nothing was before it."""
    match act:
        case Reset() | Restore():
            return f"/memory restore {number - 1}" if number > 1 else ""
        case Freeze():
            return "/memory thaw"
        case Thaw():
            return "/memory freeze"
        case Baseline():
            return ""


def _score(entry: Entry) -> float | None:
    return entry.score if entry.scored else None


def _confidence(entry: Entry) -> str:
    return f"confidence {entry.confidence:.0%}" if entry.scored and entry.confidence is not None else "not touched"


def _finding(entry: Entry) -> str:
    if not entry.scored:
        return "not touched"
    return f"{_confidence(entry)}: {entry.reason} — {phrases.evidence(entry)}"


def _caveat(ledger: Ledger) -> str:
    return PRACTICE if ledger.usage is not None and ledger.usage.model.startswith(f"{EMBEDDED}:") else ""


def _line(record: TurnRecord) -> str:
    number = "–" if record.number is None else f"#{record.number}"
    when = record.at.astimezone(UTC).strftime("%m-%d %H:%M")
    asked = phrases.excerpt(record.turn.prompt.message.text)
    return f"{number:>4}  {when}  {phrases.became(record):<10}  “{asked}”"
