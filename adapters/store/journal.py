"""The writing side of a turn's life, from the event that brought it to its delivery. Bodies for the writer."""

import sqlite3
from datetime import datetime
from typing import Any

from adapters.store import lookup, queries, rows, texts
from safi.errors import InvalidValue
from safi.ports import Disposition, Event
from safi.profile import Profile, canonical, digest
from safi.turn import Turn, Utterance


def accept(connection: sqlite3.Connection, event: Event) -> bool:
    """Record an event, unless it is there."""
    if not lookup.one(connection, queries.ACCEPT_EVENT, **rows.event_columns(event)):
        return False
    texts.keep(connection, event.workspace, event.id, {"message": event.text})
    return True


def dismiss(connection: sqlite3.Connection, event: Event, disposition: Disposition, reason: str) -> None:
    """Give an event its outcome, unless it has one."""
    _close(connection, event, disposition, rows.packed(reason))


def commit(
    connection: sqlite3.Connection, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime
) -> None:
    """Record a turn that is about to be sent. Raises InvalidValue if it does not fit its event or its profile."""
    _fits(event, turn, profile)
    if not _close(connection, event, "turn", None):
        raise InvalidValue(f"event {event.id}: was never accepted, or has an outcome already")
    connection.execute(queries.KEEP_PROFILE, {"digest": turn.digest, "body": canonical(profile)})
    connection.execute(queries.COMMIT_TURN, _placed(connection, event, scope, at) | _columns(turn))
    kept = {**rows.outcome_texts(turn.outcome), **rows.coaching_texts(turn.coaching)}
    texts.keep(connection, event.workspace, event.id, kept)


def deliver(connection: sqlite3.Connection, turn_id: str, message_id: str, at: datetime) -> int | None:
    """Record that a turn was sent; an approved one takes a number and owes an audit."""
    row = lookup.one(connection, queries.TURN, id=turn_id)
    if row is None:
        raise InvalidValue(f"turn {turn_id}: was never committed")
    if row["delivery"] == "delivered":
        return row["number"]
    number = _next_number(connection, row["scope"]) if row["outcome"] == "approved" else None
    owes: dict[str, Any] = {"audit": None, "due": None} if number is None else {"audit": "owed", "due": rows.micros(at)}
    sent = {"id": turn_id, "at": rows.micros(at), "message_id": message_id, "number": number}
    connection.execute(queries.DELIVER_TURN, sent | owes)
    return number


def recover(connection: sqlite3.Connection) -> tuple[Event, ...]:
    """Put right what a dead process left."""
    connection.execute(queries.RELEASE_CLAIMS)
    connection.execute(queries.DOUBT_DELIVERIES)
    return tuple(lookup.event(connection, row) for row in lookup.every(connection, queries.OPEN_EVENTS))


def _fits(event: Event, turn: Turn, profile: Profile) -> None:
    if turn.digest != digest(profile):
        raise InvalidValue(f"turn {turn.id}: was not made under this profile")
    if turn.prompt.message != Utterance(speaker=event.speaker, text=event.text):
        raise InvalidValue(f"turn {turn.id}: does not answer this event")


def _close(connection: sqlite3.Connection, event: Event, outcome: str, reason: str | None) -> bool:
    closing = {"workspace": event.workspace, "id": event.id, "outcome": outcome, "reason": reason}
    return lookup.one(connection, queries.CLOSE_EVENT, **closing) is not None


def _placed(connection: sqlite3.Connection, event: Event, scope: str, at: datetime) -> dict[str, Any]:
    (last,) = lookup.every(connection, queries.LAST_POSITION, place=event.place, scope=scope)
    return {
        "workspace": event.workspace,
        "event": event.id,
        "place": event.place,
        "scope": scope,
        "position": max(rows.micros(at), (last["position"] or 0) + 1),  # order holds even where the clock went back
        "committed_at": rows.micros(at),
    }


def _columns(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "persona": turn.persona,
        "digest": turn.digest,
        "context": rows.packed([exchange.id for exchange in turn.prompt.history]),
        "coaching": rows.kind(turn.coaching),
        "outcome": rows.kind(turn.outcome),
        "detail": rows.outcome_detail(turn.outcome),
        "drafting": rows.usage_column(turn.drafting),
        "judging": rows.usage_column(turn.judging),
    }


def _next_number(connection: sqlite3.Connection, scope: str) -> int:
    (row,) = lookup.every(connection, queries.NEXT_NUMBER, scope=scope)
    return row["numbered"]
