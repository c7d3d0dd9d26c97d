"""What can be looked up: rows made into turns, records and figures again. Only reads."""

import sqlite3
import sys
from collections import Counter
from functools import lru_cache
from typing import Any, Final

from adapters.store import queries, rows, texts
from adapters.store.faults import Damaged
from safi.ports import Event, Past, Standing, TurnRecord, Unsent
from safi.profile import Profile, revived
from safi.record import State
from safi.turn import Exchange, Prompt, Turn, Utterance, said

FURTHEST: Final = 100
"""So many messages back a chain of replies is followed."""

_EIGHT: Final = "abcdefgh"
"""The names of what is looked up at once."""


def one(connection: sqlite3.Connection, query: str, **named: object) -> sqlite3.Row | None:
    """The first row, or None. Takes in all rows: a statement that is not read to its end holds up the commit."""
    found = every(connection, query, **named)
    return found[0] if found else None


def every(connection: sqlite3.Connection, query: str, **named: object) -> list[sqlite3.Row]:
    """All rows."""
    return connection.execute(query, named).fetchall()


@lru_cache(maxsize=256)
def profile(connection: sqlite3.Connection, digest: str) -> Profile:
    """The profile of a digest; those in use are kept at hand."""
    row = one(connection, queries.PROFILE, digest=digest)
    try:
        return revived(row["body"] if row else "")
    except ValueError:
        raise Damaged from None


def state(connection: sqlite3.Connection, scope: str) -> State:
    """A scope's state after its last folded number."""
    row = one(connection, queries.LATEST_MEMORY, scope=scope)
    return rows.state(row["state"]) if row else State()


def conversation(connection: sqlite3.Connection, place: str, limit: int) -> tuple[Exchange, ...]:
    """A place's last exchanges, oldest first."""
    found = every(connection, queries.CONVERSATION, place=place, limit=limit)
    return tuple(_exchange(connection, row) for row in reversed(found))


def replied(connection: sqlite3.Connection, place: str, message_id: str, limit: int) -> tuple[Exchange, ...]:
    """The exchanges that lead to a message, oldest first."""
    found: list[Exchange] = []
    seen: set[str] = set()
    after: str | None = message_id
    while after is not None and after not in seen and len(seen) < FURTHEST and len(found) < limit:
        seen.add(after)
        turn_id, after = _said_as(connection, place, after)
        shown = one(connection, queries.SHOWN, id=turn_id) if turn_id else None
        found += [_exchange(connection, shown)] if shown else []
    return tuple(reversed(found))


def enforced(connection: sqlite3.Connection, scope: str, last: int) -> dict[str, int]:
    """How often each rule suppressed a draft among the last turns."""
    found = every(connection, queries.ENFORCED, scope=scope, last=last)
    return dict(Counter(rule for row in found for rule in rows.enforced(row)))


def past(
    connection: sqlite3.Connection, place: str, scope: str, *, replies_to: str | None, limit: int, last: int
) -> Past:
    """What a turn begins with."""
    return Past(
        state=state(connection, scope),
        enforced=enforced(connection, scope, last),
        conversation=conversation(connection, place, limit),
        replied=() if replies_to is None else replied(connection, place, replies_to, limit),
    )


def turns(
    connection: sqlite3.Connection, scope: str, limit: int, skip: int, *, place: str | None, within: str | None
) -> list[TurnRecord]:
    """A page of a scope's turns, in all places, in one, or in those whose keys begin so, newest first."""
    query = queries.TURNS
    if place is not None:
        query = queries.TURNS_IN_PLACE
    elif within is not None:
        query = queries.TURNS_WITHIN
    found = every(connection, query, scope=scope, place=place, within=within, limit=limit, skip=skip)
    return [_record(connection, row) for row in found]


def turn(connection: sqlite3.Connection, turn_id: str) -> TurnRecord | None:
    """One turn with all that became of it."""
    row = one(connection, queries.TURN, id=turn_id)
    return _record(connection, row) if row else None


def numbered(connection: sqlite3.Connection, scope: str, number: int) -> TurnRecord | None:
    """The turn that bears a number of a scope."""
    row = one(connection, queries.TURN_BY_NUMBER, scope=scope, number=number)
    return _record(connection, row) if row else None


def posted(connection: sqlite3.Connection, place: str, message_id: str) -> TurnRecord | None:
    """The turn whose words were posted under an id."""
    row = one(connection, queries.POSTED, place=place, message_id=message_id)
    return turn(connection, row["id"]) if row else None


def posted_within(connection: sqlite3.Connection, within: str, message_id: str) -> TurnRecord | None:
    """The turn whose words were posted under an id, in places whose keys begin so."""
    beyond = within + chr(sys.maxunicode)
    row = one(connection, queries.POSTED_WITHIN, within=within, beyond=beyond, message_id=message_id)
    return turn(connection, row["id"]) if row else None


def owed(connection: sqlite3.Connection, scope: str, limit: int) -> list[TurnRecord]:
    """The turns of a scope whose audits are owed, longest first."""
    return [_record(connection, row) for row in every(connection, queries.OWED_OF_SCOPE, scope=scope, limit=limit)]


def unsent(connection: sqlite3.Connection) -> tuple[Unsent, ...]:
    """The turns that were committed and not sent, oldest first."""
    found = (_record(connection, row) for row in every(connection, queries.UNSENT))
    return tuple(Unsent(event=record.event, turn=record.turn, profile=record.profile, at=record.at) for record in found)


def standing(connection: sqlite3.Connection, scope: str) -> Standing:
    """A scope in numbers."""
    outcomes, fates = Counter[str](), Counter[str]()
    for row in every(connection, queries.COUNTS, scope=scope):
        outcomes[row["outcome"]] += row["many"]
        fates[row["fate"]] += row["many"]
    (owed,) = every(connection, queries.OWED_IN_SCOPE, scope=scope)
    return Standing(
        outcomes=dict(outcomes),
        owed=owed["many"],
        folded=fates["folded"],
        holes=fates["hole"],
        oldest_owed=None if owed["oldest"] is None else rows.moment(owed["oldest"]),
    )


def audits_owed(connection: sqlite3.Connection) -> int:
    """How many audits are owed over all scopes."""
    (owed,) = every(connection, queries.OWED)
    return owed["many"]


def event(connection: sqlite3.Connection, row: sqlite3.Row) -> Event:
    """The event of an events' row."""
    kept = texts.kept(connection, row["workspace"], row["id"])
    return Event(
        id=row["id"],
        workspace=row["workspace"],
        place=row["place"],
        message_id=row["message_id"],
        author=row["author"],
        speaker=row["speaker"],
        text=kept.get("message", rows.GONE),
        at=rows.moment(row["at"]),
        replies_to=row["replies_to"],
    )


def turn_of(connection: sqlite3.Connection, row: sqlite3.Row, kept: rows.Texts, *, shown: int | None = None) -> Turn:
    """The turn of a record's row, with the last `shown` exchanges of its history; None is all of them."""
    return Turn(
        id=row["id"],
        persona=row["persona"],
        digest=row["digest"],
        prompt=Prompt(message=_message(row, kept), history=_history(connection, row, shown)),
        coaching=rows.coaching(row, kept),
        outcome=rows.outcome(row, kept),
        drafting=rows.usage(row["drafting"]),
        judging=rows.usage(row["judging"]),
    )


def _said_as(connection: sqlite3.Connection, place: str, message_id: str) -> tuple[str | None, str | None]:
    """The turn that a message of a place belongs to, if any, and what its question replied to, if anything."""
    said = {"place": place, "message_id": message_id}
    if row := one(connection, queries.POSTED, **said):
        return row["id"], row["replies_to"]
    row = one(connection, queries.ASKED_AS, **said)
    return (row["turn"], row["replies_to"]) if row else (None, None)


def _record(connection: sqlite3.Connection, row: sqlite3.Row) -> TurnRecord:
    kept = texts.kept(connection, row["workspace"], row["event"])
    reason = row["hole_reason"]
    return TurnRecord(
        turn=turn_of(connection, row, kept),
        profile=profile(connection, row["digest"]),
        event=_asked(row, kept),
        scope=row["scope"],
        at=rows.moment(row["committed_at"]),
        delivery=row["delivery"],
        message_id=row["message_id"],
        number=row["number"],
        audit=row["audit"],
        fate=row["fate"],
        hole_reason=None if reason is None else rows.unpacked(reason),
        ledger=None if row["ledger"] is None else rows.ledger_of(row["ledger"], kept),
        reading=rows.reading(row),
        wasted=rows.usage(row["wasted"]),
        withdrawn=row["withdrawn"] is not None,
    )


def _asked(row: sqlite3.Row, kept: rows.Texts) -> Event:
    same: dict[str, Any] = {key: row[key] for key in ("workspace", "place", "author", "speaker", "replies_to")}
    text, at = kept.get("message", rows.GONE), rows.moment(row["asked_at"])
    return Event(id=row["event"], message_id=row["asked_id"], text=text, at=at, **same)


def _message(row: sqlite3.Row, kept: rows.Texts) -> Utterance:
    return Utterance(speaker=row["speaker"], text=kept.get("message", rows.GONE))


def _history(connection: sqlite3.Connection, row: sqlite3.Row, last: int | None) -> tuple[Exchange, ...]:
    wanted: list[str] = rows.unpacked(row["context"])[-last if last else None :]
    found: dict[str, Exchange] = {}
    for start in range(0, len(wanted), len(_EIGHT)):
        ids = dict.fromkeys(_EIGHT) | dict(zip(_EIGHT, wanted[start:], strict=False))
        found |= {each["id"]: _exchange(connection, each) for each in every(connection, queries.EXCHANGES, **ids)}
    return tuple(found[turn_id] for turn_id in wanted if turn_id in found)


def _exchange(connection: sqlite3.Connection, row: sqlite3.Row) -> Exchange:
    kept = {part: rows.unpacked(row[part]) for part in ("message", "draft") if row[part] is not None}
    answer = said(profile(connection, row["digest"]), rows.outcome(row, kept))
    return Exchange(id=row["id"], message=_message(row, kept), answer=answer)
