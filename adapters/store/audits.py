"""Audits owed, claimed and settled, and the folding of numbers into memory, in order. Bodies for the writer."""

import sqlite3
from datetime import datetime
from typing import Any, Final

from adapters.store import lookup, queries, rows, texts
from safi import spirit
from safi.errors import InvalidValue
from safi.ledger import Ledger
from safi.ports import Landed, Owed
from safi.profile import Profile
from safi.record import Audited, Hole, Item, Step
from safi.spirit import Memory, Reading
from safi.usage import Usage, total

LATE: Final = "too late"
"""The reason of a hole that was made because later numbers could not wait."""

_UNREAD: Final = Reading(coherence=None, confidence=None, drift=None)


def claim(connection: sqlite3.Connection, at: datetime, until: datetime) -> Owed | None:
    """Hold the longest-due audit."""
    times = {"at": rows.micros(at), "until": rows.micros(until)}
    claimed = lookup.one(connection, queries.CLAIM_AUDIT, **times)
    if claimed is None:
        return None
    (row,) = lookup.every(connection, queries.TURN, id=claimed["id"])
    return Owed(
        turn=lookup.turn_of(connection, row, texts.kept(connection, row["workspace"], row["event"])),
        profile=lookup.profile(row["profile"]),
        place=row["place"],
        scope=row["scope"],
        number=row["number"],
        attempts=row["attempts"],
    )


def settle(
    connection: sqlite3.Connection, turn_id: str, ledger: Ledger, step: Step, at: datetime
) -> tuple[Landed, ...]:
    """Record a ledger and fold what can be folded."""
    row = _numbered(connection, turn_id)
    if row["ledger"] is not None:
        return ()
    late = row["fate"] == "hole"
    reading = _read_alone(lookup.profile(row["profile"]), ledger, late=late)
    landing = {"id": turn_id, "ledger": rows.ledger_column(ledger), "at": rows.micros(at)}
    connection.execute(queries.LAND_LEDGER, landing | _columns(reading))
    texts.keep(connection, row["workspace"], row["event"], rows.ledger_texts(ledger))
    return (_landed(row, reading),) if late else _fold_on(connection, row["scope"], step)


def give_up(
    connection: sqlite3.Connection, turn_id: str, reason: str, step: Step, usage: Usage | None
) -> tuple[Landed, ...]:
    """Make a hole for good and fold on."""
    row = _numbered(connection, turn_id)
    _add_wasted(connection, turn_id, usage)
    if not lookup.one(connection, queries.ABANDON_AUDIT, id=turn_id, reason=rows.packed(reason)):
        return ()
    return _fold_on(connection, row["scope"], step)


def postpone(connection: sqlite3.Connection, turn_id: str, due: datetime, attempts: int, usage: Usage | None) -> None:
    """Release a claim until later."""
    _add_wasted(connection, turn_id, usage)
    later = {"id": turn_id, "due": rows.micros(due), "attempts": attempts}
    connection.execute(queries.POSTPONE_AUDIT, later)


def pass_over(connection: sqlite3.Connection, step: Step, blocked_since: datetime) -> tuple[Landed, ...]:
    """Make holes of what has blocked too long and fold on, scope by scope."""
    landed: list[Landed] = []
    for row in lookup.every(connection, queries.BLOCKED_SCOPES, blocked_since=rows.micros(blocked_since)):
        holes = {"scope": row["scope"], "reach": row["reach"], "reason": rows.packed(LATE)}
        connection.execute(queries.MAKE_HOLES, holes)
        landed += _fold_on(connection, row["scope"], step)
    return tuple(landed)


def _numbered(connection: sqlite3.Connection, turn_id: str) -> sqlite3.Row:
    row = lookup.one(connection, queries.TURN, id=turn_id)
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
    return _UNREAD


def _fold_on(connection: sqlite3.Connection, scope: str, step: Step) -> tuple[Landed, ...]:
    (row,) = lookup.every(connection, queries.SCOPE, scope=scope)
    state, number = rows.state(row["state"]), row["folded"]
    landed: list[Landed] = []
    while row := _settled(connection, scope, number + 1):
        item = _item(connection, row)
        folded = step(state, item)
        if isinstance(item, Audited):
            connection.execute(queries.MARK_FOLDED, {"id": row["id"]} | _columns(folded.reading or _UNREAD))
        landed.append(_landed(row, folded.reading))
        state, number = folded.state, number + 1
    if landed:
        saved = {"scope": scope, "folded": number, "state": rows.state_column(state)}
        connection.execute(queries.SAVE_SCOPE, saved)
    return tuple(landed)


def _settled(connection: sqlite3.Connection, scope: str, number: int) -> sqlite3.Row | None:
    row = lookup.one(connection, queries.TURN_BY_NUMBER, scope=scope, number=number)
    return row if row and (row["ledger"] is not None or row["fate"] == "hole") else None


def _item(connection: sqlite3.Connection, row: sqlite3.Row) -> Item:
    if row["fate"] == "hole":  # whatever landed in it later
        return Hole(reason=rows.unpacked(row["hole_reason"]))
    kept = texts.kept(connection, row["workspace"], row["event"])
    return Audited(profile=lookup.profile(row["profile"]), ledger=rows.ledger_of(row["ledger"], kept))


def _landed(row: sqlite3.Row, reading: Reading | None) -> Landed:
    same: dict[str, Any] = {key: row[key] for key in ("place", "scope", "number")}
    return Landed(turn_id=row["id"], reading=reading, **same)


def _columns(reading: Reading) -> dict[str, float | None]:
    return {"coherence": reading.coherence, "confidence": reading.confidence, "drift": reading.drift}
