"""The writing side of a turn's life, from the event that brought it to its delivery. Bodies for the writer."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.store import lookup, numbers, operations, queries, rows, texts
from adapters.store.chain import Chain
from safi.errors import InvalidValue
from safi.ports import Disposition, Event, LeftOver
from safi.profile import Profile, canonical, digest
from safi.turn import Turn, Utterance

DELETED: Final = "deleted"
"""Why a message got no turn that was deleted before."""


def accept(connection: sqlite3.Connection, chain: Chain, event: Event) -> bool:
    """Record an event, unless it is there."""
    if not lookup.one(connection, queries.ACCEPT_EVENT, **rows.event_columns(event), salt=chain.salt()):
        return False
    texts.keep(connection, chain.salt, {"message": event.text}, workspace=event.workspace, event=event.id)
    return True


def dismiss(connection: sqlite3.Connection, event: Event, disposition: Disposition, reason: str) -> None:
    """Give an event its outcome, unless it has one."""
    _close(connection, event.workspace, event.id, disposition, reason)


def commit(  # noqa: PLR0913  # the port's arguments, and what makes links
    connection: sqlite3.Connection,
    chain: Chain,
    event: Event,
    turn: Turn,
    *,
    profile: Profile,
    scope: str,
    at: datetime,
) -> None:
    """Record a turn that is about to be sent. Raises InvalidValue if it does not fit its event or its profile."""
    _fits(event, turn, profile)
    closed = _close(connection, event.workspace, event.id, "turn")
    if closed is None:
        raise InvalidValue(f"event {event.id}: was never accepted, or has an outcome already")
    connection.execute(queries.KEEP_PROFILE, {"digest": turn.digest, "body": canonical(profile)})
    made = _placed(connection, event, scope, at) | _columns(turn)
    connection.execute(queries.COMMIT_TURN, made)
    said = {**rows.outcome_texts(turn.outcome), **rows.coaching_texts(turn.coaching)}
    _link_turn(connection, chain, made, closed, said)


def deliver(
    connection: sqlite3.Connection, chain: Chain, turn_id: str, message_ids: Sequence[str], at: datetime
) -> int | None:
    """Record that a turn was sent; an approved one takes a number and owes an audit, unless its words are gone.

    Its message bears the first of the ids, and those that it went on in the others.
    """
    row = lookup.one(connection, queries.TO_DELIVER, id=turn_id)
    if row is None:
        raise InvalidValue(f"turn {turn_id}: was never committed")
    if row["delivery"] == "delivered":
        return row["number"]
    audited = row["outcome"] == "approved" and row["gone"] is None
    number = numbers.next_of_turn(connection, chain, row, at) if audited else None
    owes: dict[str, Any] = {"audit": None, "due": None} if number is None else {"audit": "owed", "due": rows.micros(at)}
    sent = {"id": turn_id, "delivered_at": rows.micros(at), "message_id": message_ids[0], "number": number}
    connection.execute(queries.DELIVER_TURN, sent | owes)
    for message_id in message_ids[1:]:
        post = {"place": row["place"], "message_id": message_id, "turn": turn_id}
        connection.execute(queries.KEEP_POST, post)
    chain.append(connection, "delivery", sent | {"workspace": row["workspace"], "scope": row["scope"]}, {})
    return number


def withdraw(connection: sqlite3.Connection, place: str, message_id: str, at: datetime) -> None:
    """Record that a message was deleted, be it a question or of an answer."""
    for row in lookup.every(connection, queries.SAID, place=place, message_id=message_id):
        connection.execute(queries.WITHDRAW, dict(row) | {"at": rows.micros(at)})
        _close(connection, row["workspace"], row["event"], "ignored", DELETED)


def recover(connection: sqlite3.Connection, unsent_since: Callable[[str], datetime], at: datetime) -> LeftOver:
    """Put right what a dead process left."""
    connection.execute(queries.RELEASE_CLAIMS)
    unsent = lookup.every(connection, queries.IN_DOUBT)
    since = {workspace: rows.micros(unsent_since(workspace)) for workspace in {row["workspace"] for row in unsent}}
    for row in unsent:
        times = {"since": since[row["workspace"]], "at": rows.micros(at)}
        connection.execute(queries.DOUBT_DELIVERY, {"id": row["id"]} | times)
    open_events = lookup.every(connection, queries.OPEN_EVENTS)
    for row in open_events:
        if row["gone"]:
            _close(connection, row["workspace"], row["id"], "failed", row["gone"])
    events = tuple(lookup.event(connection, row) for row in open_events if not row["gone"])
    return LeftOver(events=events, unsent=lookup.unsent(connection))


def _link_turn(
    connection: sqlite3.Connection, chain: Chain, made: Mapping[str, Any], event: sqlite3.Row, said: rows.Texts
) -> None:
    """Link a turn to its chain, with the hashes of what was asked, by whom, and of what was said."""
    of_event = {"workspace": made["workspace"], "event": made["event"]}
    seals = (
        {}
        if event["gone"]
        else {"person": texts.sealed(event["salt"], texts.person(event["author"], event["speaker"]))}
    )
    seals |= texts.seals(connection, **of_event) | texts.keep(
        connection, chain.salt, said, gone=event["gone"], **of_event
    )
    asked = {"asked_id": event["message_id"], "asked_at": event["at"]}
    if chain.append(connection, "turn", {**made, **asked}, seals) == 1:
        operations.join_hold(connection, chain, made["workspace"])


def _fits(event: Event, turn: Turn, profile: Profile) -> None:
    if turn.digest != digest(profile):
        raise InvalidValue(f"turn {turn.id}: was not made under this profile")
    if turn.prompt.message != Utterance(speaker=event.speaker, text=event.text):
        raise InvalidValue(f"turn {turn.id}: does not answer this event")


def _close(
    connection: sqlite3.Connection, workspace: str, event: str, outcome: str, reason: str | None = None
) -> sqlite3.Row | None:
    """The event, which had no outcome before; None if it had, or was never accepted."""
    why = None if reason is None else rows.packed(reason)
    closing = {"workspace": workspace, "id": event, "outcome": outcome, "reason": why}
    return lookup.one(connection, queries.CLOSE_EVENT, **closing)


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
