"""Audits owed, claimed and settled, and the folding of numbers into memory, in order. Bodies for the writer."""

import sqlite3
from datetime import datetime
from typing import Final

from adapters.store import lookup, numbers, queries, rows, texts
from adapters.store.chain import Chain
from safi import spirit
from safi.conscience import LAST_EXCHANGES
from safi.errors import InvalidValue
from safi.ledger import Ledger
from safi.ports import Landed, Owed
from safi.profile import Profile
from safi.record import Audited, Step
from safi.spirit import Memory, Reading
from safi.usage import Usage, total

LATE: Final = "too late"
"""The reason of a hole that was made because later numbers could not wait."""


def claim(connection: sqlite3.Connection, at: datetime, until: datetime) -> Owed | None:
    """Hold the longest-due audit."""
    times = {"at": rows.micros(at), "until": rows.micros(until)}
    claimed = lookup.one(connection, queries.CLAIM_AUDIT, **times)
    if claimed is None:
        return None
    (row,) = lookup.every(connection, queries.CLAIMED, id=claimed["id"])
    return Owed(
        turn=lookup.turn_of(
            connection, row, texts.kept(connection, row["workspace"], row["event"]), shown=LAST_EXCHANGES
        ),
        profile=lookup.profile(connection, row["digest"]),
        place=row["place"],
        scope=row["scope"],
        number=row["number"],
        attempts=row["attempts"],
        withdrawn=row["withdrawn"] is not None,
    )


def settle(
    connection: sqlite3.Connection, chain: Chain, turn_id: str, ledger: Ledger, step: Step, at: datetime
) -> tuple[Landed, ...]:
    """Record a ledger and fold what can be folded."""
    row = _numbered(connection, turn_id)
    if row["ledger"] is not None:
        return ()
    late = row["fate"] == "hole"
    profile = lookup.profile(connection, row["digest"])
    reading = _read_alone(profile, ledger, late=late)
    landing = {"id": turn_id, "ledger": rows.ledger_column(ledger), "landed_at": rows.micros(at)}
    connection.execute(queries.LAND_LEDGER, landing | numbers.columns(reading))
    of_event = {"workspace": row["workspace"], "event": row["event"], "gone": row["gone"]}
    seals = texts.keep(connection, chain.salt, rows.ledger_texts(ledger), **of_event)
    chain.append(connection, "ledger", landing | {"workspace": row["workspace"]}, seals)
    if late:
        return (numbers.landed(row, reading),)
    just_now = numbers.Entry(item=Audited(profile=profile, ledger=ledger), turn=row)
    return numbers.fold_on(connection, row["scope"], step, {row["number"]: just_now})


def give_up(
    connection: sqlite3.Connection, chain: Chain, turn_id: str, reason: str, step: Step, usage: Usage | None
) -> tuple[Landed, ...]:
    """Make a hole for good and fold on."""
    row = _numbered(connection, turn_id)
    _add_wasted(connection, turn_id, usage)
    if row["audit"] != "owed":
        return ()
    connection.execute(queries.ABANDON_AUDIT, {"id": turn_id})
    if row["fate"] is None:
        _make_hole(connection, chain, row, reason)
    return numbers.fold_on(connection, row["scope"], step)


def postpone(connection: sqlite3.Connection, turn_id: str, due: datetime, attempts: int, usage: Usage | None) -> None:
    """Release a claim until later."""
    _add_wasted(connection, turn_id, usage)
    later = {"id": turn_id, "due": rows.micros(due), "attempts": attempts}
    connection.execute(queries.POSTPONE_AUDIT, later)


def hasten(connection: sqlite3.Connection, at: datetime) -> None:
    """Make due what waits."""
    connection.execute(queries.HASTEN_AUDITS, {"at": rows.micros(at)})


def pass_over(
    connection: sqlite3.Connection, chain: Chain, step: Step, blocked_since: datetime, at: datetime
) -> tuple[Landed, ...]:
    """Make holes of what has blocked too long and fold on, scope by scope."""
    landed: list[Landed] = []
    times = {"blocked_since": rows.micros(blocked_since), "later": rows.micros(at + (at - blocked_since))}
    for blocked in lookup.every(connection, queries.BLOCKED_SCOPES, **times):
        for row in lookup.every(connection, queries.BLOCKING, **blocked):
            _make_hole(connection, chain, row, LATE)
        landed += numbers.fold_on(connection, blocked["scope"], step)
    return tuple(landed)


def _make_hole(connection: sqlite3.Connection, chain: Chain, row: sqlite3.Row, reason: str) -> None:
    hole = {"id": row["id"], "hole_reason": rows.packed(reason)}
    connection.execute(queries.MAKE_HOLE, hole)
    chain.append(connection, "hole", hole | {"workspace": row["workspace"]}, {})


def _numbered(connection: sqlite3.Connection, turn_id: str) -> sqlite3.Row:
    row = lookup.one(connection, queries.TO_SETTLE, id=turn_id)
    if row is None or row["number"] is None:
        raise InvalidValue(f"turn {turn_id}: has no number, so it was never owed an audit")
    return row


def _add_wasted(connection: sqlite3.Connection, turn_id: str, usage: Usage | None) -> None:
    row = lookup.one(connection, queries.TURN, id=turn_id) if usage else None
    if row and usage:
        before = rows.usage(row["wasted"])
        together = total([before, usage] if before else [usage])
        connection.execute(queries.KEEP_WASTED, {"id": turn_id, "wasted": rows.usage_column(together)})


def _read_alone(profile: Profile, ledger: Ledger, *, late: bool) -> Reading:
    """The reading to land with: a late ledger's own, which no memory touches. Raises RefusedLedger.

    What cannot be folded is refused now, as this ledger is settled, not when an earlier number lets it through.
    """
    if late:
        return spirit.integrate(profile, ledger, Memory()).reading
    ledger.of(profile.value_names)
    return numbers.UNREAD
