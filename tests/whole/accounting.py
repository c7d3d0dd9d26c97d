"""What must hold of a bot that was killed and has finished: every breach, in words, from its store and the platform."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.chat.port import Inbound
from adapters.store.sqlite import SQLiteStore, open_store
from bot.hearing.scopes import speaker
from safi import spirit
from safi.ledger import Ledger
from safi.ports import Event, TurnRecord
from safi.profile import Profile
from safi.spirit import Memory, Reading
from tests.adapters.store.making import recovered
from tests.doubles import scopes_with
from tests.whole.killed_bot import found
from tests.whole.outside import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a message: how often it was answered, how its turn stands, how often its audit was asked for."""

    answers: int
    delivery: str
    asked: int


async def breaches(outside: Outside) -> list[str]:
    """Everything that is not as it must be; nothing, where all is well."""
    async with open_store(outside.store) as store:
        scopes = sorted({scopes_with().scope(message.place) for message in outside.brought()})
        records = {scope: await store.turns(scope, limit=10_000) for scope in scopes}
        memories = {scope: (await store.state(scope)).memory for scope in scopes}
        every = [record for found in records.values() for record in found]
        return [
            *([f"{owed} audits are owed"] if (owed := await store.audits_owed()) else []),
            *_answers(outside, every),
            *_audits(outside, every),
            *(told for scope, memory in memories.items() for told in _memory(records[scope], memory)),
            *await _events(store, outside),
        ]


async def fate(outside: Outside, name: str) -> Fate:
    """What became of a message."""
    async with open_store(outside.store) as store:
        scopes = {scopes_with().scope(message.place) for message in outside.brought()}
        (turn,) = [turn for scope in scopes for turn in await store.turns(scope, limit=99) if turn.event.id == name]
    answers, asked = _counted(outside, "posted"), _counted(outside, "asked")
    return Fate(answers=answers[name], delivery=turn.delivery, asked=asked[name])


def refolded(profile: Profile, records: Sequence[TurnRecord]) -> tuple[Memory, Mapping[int, Reading]]:
    """Memory and readings of a scope on plain numbers, in the order of its record, from nothing."""
    names, readings = profile.value_names, dict[int, Reading]()
    traces = dict.fromkeys(names, (0.0, 0.0))
    for record in sorted(records, key=lambda record: record.number or 0):
        if record.number is None or record.ledger is None or record.fate != "folded":
            continue
        entries = {entry.value: entry for entry in record.ledger.entries if entry.scored}
        scores = [entries[name].score if name in entries else None for name in names]
        confidences = [entries[name].confidence if name in entries else None for name in names]
        past = [spirit.corrected(*traces[name]) for name in names]
        readings[record.number] = Reading(
            coherence=spirit.coherence(profile.weights, scores, confidences),
            confidence=spirit.mean_confidence(profile.weights, confidences),
            drift=spirit.drift(profile.weights, scores, past),
        )
        for name, score in zip(names, scores, strict=True):
            traces[name] = spirit.remembered(*traces[name], score, profile.beta)
    if not readings:
        return Memory(), readings
    mu, a = tuple(traces[name][0] for name in names), tuple(traces[name][1] for name in names)
    return Memory(values=names, mu=mu, a=a, folded=len(readings)), readings


async def _events(store: SQLiteStore, outside: Outside) -> list[str]:
    """No event is open, and none is unheard of. Comes last, for it changes the store."""
    still = [f"{event.id} has no outcome" for event in await recovered(store)]
    lost = [f"{m.event_id} was lost" for m in outside.brought() if await store.accept(_event(m))]
    return still + lost


def _answers(outside: Outside, records: Sequence[TurnRecord]) -> Iterator[str]:
    turns = {record.event.id: record for record in records}
    answers = _counted(outside, "posted")
    posted = {(entry.about, entry.id) for entry in outside.entries("posted")}
    if len(turns) < len(records):
        yield "a message has two turns"
    for message in outside.brought():
        name, record = message.event_id, turns.get(message.event_id)
        if answers[name] > 1:
            yield f"{name} was answered {answers[name]} times"
        if record is None:
            if message.text.strip() or answers[name]:
                yield f"{name} has no turn"
        elif record.delivery == "committed":
            yield f"{name} is neither sent nor doubted"
        elif record.delivery == "delivered" and (name, record.message_id) not in posted:
            yield f"{name} was not posted as its turn says"


def _audits(outside: Outside, records: Sequence[TurnRecord]) -> Iterator[str]:
    asked = [(entry.about, int(entry.text)) for entry in outside.entries("asked")]
    for record in records:
        name, outcome = record.event.id, type(record.turn.outcome).__name__
        numbered = record.delivery == "delivered" and outcome == "Approved"
        if numbered != (record.number is not None):
            yield f"{name} has the number {record.number}"
        settled = (record.audit, record.fate) if numbered else None
        if settled not in (("landed", "folded"), ("abandoned", "hole"), None):
            yield f"{name} is settled as {settled}"
        given = [found(name, run) for about, run in asked if about == name]
        if record.ledger is not None and _scores(record.ledger) not in given:
            yield f"{name} has a ledger that was never given"


def _memory(records: Sequence[TurnRecord], memory: Memory) -> Iterator[str]:
    numbers = sorted(record.number for record in records if record.number is not None)
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the numbers of a scope are {numbers}"
    if not records:
        return
    expected, readings = refolded(records[0].profile, records)
    if memory != expected:
        yield f"memory is {memory}, and the record makes it {expected}"
    kept = {record.number: record.reading for record in records if record.reading is not None}
    if kept != readings:
        yield f"readings are {kept}, and the record makes them {readings}"


def _scores(ledger: Ledger) -> dict[str, float | None]:
    return {entry.value: entry.score for entry in ledger.entries}


def _counted(outside: Outside, kind: str) -> Counter[str]:
    return Counter(entry.about for entry in outside.entries(kind))


def _event(message: Inbound) -> Event:
    return Event(
        id=message.event_id,
        workspace=message.place.workspace,
        place=message.place.encode(),
        message_id=message.message_id,
        author=message.author,
        speaker=speaker(message.place, message.author),
        text=message.text,
        at=message.at,
    )
