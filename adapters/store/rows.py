"""Values of the loop as columns and texts, and back. Pure; no SQL.

Columns named JSON in the schema, and every text, are written by `packed`: any text at all comes back as it was, NUL and
lone surrogates included (two surrogates that make a pair come back as the character they mean). Keys are stored bare.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from adapters.store.faults import Damaged
from safi.ledger import Entry, Ledger
from safi.ports import Call, Event, JudgeCheck
from safi.record import State
from safi.spirit import Memory, Reading
from safi.turn import (
    Allowed,
    Approved,
    Coached,
    Coaching,
    Denied,
    Draft,
    Failed,
    NoVerdict,
    Outcome,
    Suppressed,
    Uncoached,
    Unjudged,
    Withheld,
)
from safi.usage import Usage

GONE: Final = "[this text is no longer kept]"
"""Stands where a text was that has expired or was erased."""

Texts = Mapping[str, Any]
"""What is still kept of a turn's texts, by part."""

_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_READ: Final = json.JSONDecoder().decode
_PARSE: Final = json.JSONDecoder().raw_decode
"""As `_READ`, without a look for blanks."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def packed(value: object) -> str:
    """JSON that any database can hold as text. A lone surrogate becomes the escape that JSON itself has for it."""
    text = _JSON.encode(value)
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def unpacked(text: str) -> Any:  # noqa: ANN401  # JSON is what it is
    """What `packed` was given, tuples as lists. Raises Damaged."""
    try:
        value, end = _PARSE(text)
        return value if end == len(text) else _READ(text)
    except ValueError:
        return _read_again(text)


def _read_again(text: str) -> Any:  # noqa: ANN401  # as above
    """With room for the blanks that others may have put before it."""
    try:
        return _READ(text)
    except ValueError:
        raise Damaged from None


def micros(at: datetime) -> int:
    """Microseconds since 1970 in UTC. TypeError for a time that is not aware."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The time that `micros` was given, in UTC."""
    return _EPOCH + at * _MICROSECOND


def _flat(value: Usage | JudgeCheck) -> dict[str, Any]:
    """The fields of a value that holds no others; `asdict` would copy them deeply, and this is done on every turn."""
    return {name: getattr(value, name) for name in _names(type(value))}


@lru_cache
def _names(kind: type[Usage | JudgeCheck]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def kind(value: Outcome | Coaching) -> str:
    """The name by which a variant stands in its column."""
    return type(value).__name__.lower()


def outcome_detail(outcome: Outcome) -> str:
    """What an outcome holds besides its texts."""
    match outcome:
        case Approved():
            return packed({})
        case Suppressed(draft=draft, verdict=denied):
            return packed({"rules": denied.rules, "by": denied.by, "drafted": draft is not None})
        case Unjudged(verdict=NoVerdict(cause=cause)) | Failed(cause=cause):
            return packed({"cause": cause})


def outcome_texts(outcome: Outcome) -> Texts:
    """An outcome's texts by part."""
    match outcome:
        case Approved(draft=draft, verdict=Allowed(reason=verdict)):
            return {"draft": draft.text, "verdict": verdict}
        case Suppressed(draft=draft, verdict=Denied(reason=verdict)):
            return ({} if draft is None else {"draft": draft.text}) | {"verdict": verdict}
        case Unjudged(draft=draft, verdict=NoVerdict(detail=verdict)):
            return {"draft": draft.text, "verdict": verdict}
        case Failed(detail=verdict):
            return {"verdict": verdict}


def outcome(row: sqlite3.Row, texts: Texts) -> Outcome:
    """The outcome of a turn's row."""
    draft, verdict = Draft(text=texts.get("draft", GONE)), texts.get("verdict", GONE)
    if row["outcome"] == "approved":
        return Approved(draft=draft, verdict=Allowed(reason=verdict))
    detail = unpacked(row["detail"])
    match row["outcome"]:
        case "suppressed":
            denied = Denied(rules=tuple(detail["rules"]), reason=verdict, by=detail["by"])
            return Suppressed(draft=draft if detail.get("drafted", True) else None, verdict=denied)
        case "unjudged":
            return Unjudged(draft=draft, verdict=NoVerdict(cause=detail["cause"], detail=verdict))
        case _:  # the schema allows one more
            return Failed(cause=detail["cause"], detail=verdict)


def enforced(row: sqlite3.Row) -> tuple[str, ...]:
    """The rules that held back a suppressed turn's draft; none where nothing was drafted."""
    detail = unpacked(row["detail"])
    return tuple(detail["rules"]) if detail.get("drafted", True) else ()


def coaching_texts(coaching: Coaching) -> Texts:
    """A coaching's text, if it has one."""
    return {} if isinstance(coaching, Uncoached) else {"coaching": coaching.text}


def coaching(row: sqlite3.Row, texts: Texts) -> Coaching:
    """The coaching of a turn's row."""
    text = texts.get("coaching", GONE)
    match row["coaching"]:
        case "coached":
            return Coached(text=text)
        case "withheld":
            return Withheld(text=text)
        case _:  # the schema allows one more
            return Uncoached()


def usage_column(usage: Usage | None) -> str | None:
    """What a call took; null where there was none."""
    return None if usage is None else packed(_flat(usage))


def usage(column: str | None) -> Usage | None:
    """What `usage_column` was given."""
    return None if column is None else Usage(**unpacked(column))


def ledger_column(ledger: Ledger) -> str:
    """A ledger without its reasons and quotes: those are texts."""
    entries = [[entry.value, entry.score, entry.confidence, entry.sentence] for entry in ledger.entries]
    return packed({"entries": entries, "usage": usage_column(ledger.usage)})


def ledger_texts(ledger: Ledger) -> Texts:
    """A ledger's reasons and quotes, each by value name."""
    return {
        "reasons": {entry.value: entry.reason for entry in ledger.entries if entry.reason is not None},
        "quotes": {entry.value: entry.quote for entry in ledger.entries if entry.quote is not None},
    }


def ledger_of(column: str, texts: Texts) -> Ledger:
    """The ledger of a column. A score whose reason is gone keeps standing."""
    raw, reasons, quotes = unpacked(column), texts.get("reasons", {}), texts.get("quotes", {})
    entries = tuple(
        Entry(
            value=value,
            score=score,
            confidence=confidence,
            sentence=sentence,
            reason=reasons.get(value, None if score is None else GONE),
            quote=quotes.get(value),
        )
        for value, score, confidence, sentence in raw["entries"]
    )
    return Ledger(entries=entries, usage=usage(raw["usage"]))


def reading(row: sqlite3.Row) -> Reading | None:
    """The reading of a turn's row; None as long as its number is open, and for a hole without a ledger."""
    if row["fate"] is None or row["ledger"] is None:
        return None
    return Reading(coherence=row["coherence"], confidence=row["confidence"], drift=row["drift"])


def state_column(state: State) -> str:
    """A scope's state."""
    memory = state.memory
    kept = {"values": memory.values, "mu": memory.mu, "a": memory.a, "folded": memory.folded}
    return packed({"memory": kept} | ({"frozen": True} if state.frozen else {}))


def state(column: str) -> State:
    """What `state_column` was given."""
    kept = unpacked(column)
    memory = kept["memory"]
    names, mu, a = (tuple(memory[key]) for key in ("values", "mu", "a"))
    return State(memory=Memory(values=names, mu=mu, a=a, folded=memory["folded"]), frozen=kept.get("frozen", False))


def event_columns(event: Event) -> dict[str, Any]:
    """An event but for its text."""
    return {
        "id": event.id,
        "workspace": event.workspace,
        "place": event.place,
        "message_id": event.message_id,
        "author": event.author,
        "speaker": event.speaker,
        "replies_to": event.replies_to,
        "at": micros(event.at),
    }


def call_columns(call: Call) -> dict[str, Any]:
    """A call to a vendor."""
    columns = {"role": call.role, "fate": call.fate, "unpriced": call.unpriced}
    return _flat(call.usage) | columns | {"at": micros(call.at)}


def check_columns(check: JudgeCheck) -> dict[str, Any]:
    """A check of judges."""
    return _flat(check) | {"at": micros(check.at), "passed": int(check.passed), "report": packed(check.report)}


def check(row: sqlite3.Row) -> JudgeCheck:
    """The check of a row."""
    same: dict[str, Any] = {key: row[key] for key in ("digest", "will", "conscience", "version")}
    return JudgeCheck(at=moment(row["at"]), passed=bool(row["passed"]), report=unpacked(row["report"]), **same)
