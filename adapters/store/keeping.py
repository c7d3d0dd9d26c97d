"""What goes when its time has come, or when a person asks; the chain stays valid. Bodies for the writer."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.store import audits, lookup, operations, queries, rows, texts
from adapters.store.chain import Chain, head, kinds
from adapters.store.operations import Done
from safi.ports import Erased, Expired
from safi.record import Step

AT_ONCE: Final = 500
"""Events whose texts go in one transaction, and rows of any other kind: others are not to wait for long."""

LINKS: Final = 6_000
"""After so many links, some 2,000 turns, a checkpoint is due before its time: what lies behind one goes at once.

That takes half a second, on a busy machine a whole one. A checkpoint holds every memory of its workspace, 440 bytes
each: a thousand of them come to a twenty-fifth of the 11 MB that lie between two.
"""

ANYWHERE: Final = ""
"""Stands for all workspaces."""

MONTH: Final = timedelta(days=31)
"""What calls took counts against caps for so long, however soon scores go."""

NOBODY: Final = "someone"
"""The tag of whoever said what is no longer kept."""

TIME: Final = "time"
"""Who lets go of what is old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """What is older goes: texts, and all the rest behind a checkpoint; and where the last checkpoint is, one is due."""

    texts: datetime
    ledgers: datetime
    checkpoint: datetime


def expire(connection: sqlite3.Connection, chain: Chain, ages: Ages, *, step: Step, at: datetime) -> Expired:
    """Write a checkpoint that is due, then let a share go of what is older: nothing of it grows with the store."""
    written = _write_checkpoint(connection, chain, ages.checkpoint, at)
    if held(connection):
        return Expired(held=True, more=written)
    old = lookup.every(connection, queries.EXPIRING, before=rows.micros(ages.texts), most=AT_ONCE)
    _forget(connection, chain, old, "expired", step)
    turns = _drop(connection, chain, ages.ledgers, at)
    went = len(old), _dropped(connection, ages.ledgers, at)
    return Expired(texts=len(old), turns=turns or 0, more=written or turns is not None or max(went) >= AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who does something and when, and what follows from it.

    `forgotten` is told of everybody who is erased, or is to be at the end of a hold, as `pseudonym` has them, and when,
    before anything of them goes.
    """

    actor: str
    at: datetime
    step: Step
    forgotten: Callable[[Sequence[str], datetime], None]


def erase(
    connection: sqlite3.Connection,
    chain: Chain,
    author: str,
    *,
    workspace: str | None,
    doing: Doing,
    until: int | None = None,
) -> Erased:
    """Erase a person's words, or queue that under a legal hold.

    It counts as done no earlier than the newest of what is erased, so that by its time all of that goes from a backup
    too, also where the clock is behind. `until`, in microseconds since 1970: what is later than that stays.
    """
    whose = {"author": author, "workspace": workspace, "until": until}
    found, acted = (lookup.every(connection, query, **whose) for query in (queries.OF_AUTHOR, queries.ACTED_IN))
    persons = {name: pseudonym(chain, name, author) for name in sorted({row["workspace"] for row in (*found, *acted)})}
    backups = pseudonym(chain, workspace or ANYWHERE, author)  # which may hold what is not here any more
    at = max([doing.at, *(rows.moment(row["at"]) for row in (*found, *acted))])
    doing.forgotten(sorted({*persons.values(), backups}), at)
    if held(connection):
        waiting = {"workspace": workspace or ANYWHERE, "author": author, "at": rows.micros(at)}
        connection.execute(queries.QUEUE_ERASURE, waiting)
        return Erased(queued=True)
    _forget(connection, chain, found, "erased", doing.step)
    for query in (queries.ERASE_VOTES, queries.ERASE_REPORTS, queries.FORGET_ASSIGNER):
        connection.execute(query, whose)
    events = Counter(row["workspace"] for row in found)
    acts = Counter(row["workspace"] for row in lookup.every(connection, queries.FORGET_ACTOR, **whose))
    reach = {} if until is None else {"until": until}
    for name, person in persons.items():
        detail = {"person": person, "events": events[name], "acts": acts[name]} | reach
        done = Done(kind="erase", actor="" if doing.actor == author else doing.actor, detail=detail)
        operations.record(connection, chain, name, done, at)
    return Erased(events=len(found))


def hold(connection: sqlite3.Connection, chain: Chain, *, on: bool, doing: Doing) -> Erased | None:
    """Begin or end a legal hold; at its end, erase what waited. None where nothing changes."""
    if held(connection) == on:
        return None
    done = Done(kind="hold" if on else "release", actor=doing.actor)
    for row in _workspaces(connection):
        operations.record(connection, chain, row["workspace"], done, doing.at)
    if on:
        connection.execute(queries.BEGIN_HOLD, {"since": rows.micros(doing.at)})
        return Erased()
    connection.execute(queries.END_HOLD)
    waited = [
        erase(connection, chain, row["author"], workspace=row["workspace"] or None, doing=doing)
        for row in lookup.every(connection, queries.QUEUED_ERASURES)
    ]
    return Erased(events=sum(each.events for each in waited))


def held(connection: sqlite3.Connection) -> bool:
    """Whether there is a legal hold."""
    return lookup.one(connection, queries.HELD) is not None


def pseudonym(chain: Chain, workspace: str, author: str) -> str:
    """A person in a workspace as a keyed hash: whoever has the key can tell whether it is this one, nobody else who."""
    return chain.keyed(rows.packed(["erased", workspace, author]).encode())


def _write_checkpoint(connection: sqlite3.Connection, chain: Chain, before: datetime, at: datetime) -> bool:
    """Write one in the first workspace where it is due; whether there was any."""
    for row in _workspaces(connection):
        workspace = row["workspace"]
        due = _is_due(connection, workspace, rows.micros(before))
        if due and not lookup.one(connection, queries.WAITING_ACT, workspace=workspace):
            done = Done(kind="checkpoint", actor=TIME, detail=_checkpoint(connection, chain, workspace))
            operations.record(connection, chain, workspace, done, at)
            return True
    return False


def _is_due(connection: sqlite3.Connection, workspace: str, before: int) -> bool:
    """Whether the last checkpoint is old, or far down."""
    (last,) = lookup.every(connection, queries.LAST_CHECKPOINT, workspace=workspace)
    if last["at"] is None or last["at"] < before:
        return True
    return head(connection, workspace).height - last["height"] >= LINKS


def _checkpoint(connection: sqlite3.Connection, chain: Chain, workspace: str) -> dict[str, object]:
    """Every memory with its number and the profile in force, the head, and the turns that are not finished."""
    top = head(connection, workspace)
    scopes = lookup.every(connection, queries.SCOPES_AT_CHECKPOINT, workspace=workspace)
    unfinished = lookup.every(connection, queries.UNFINISHED, workspace=workspace)
    return {
        "head": [top.height, top.mark],
        "memories": {row["scope"]: [row["folded"], row["state"], row["digest"]] for row in scopes},
        "unfinished": {row["id"]: _so_far(connection, chain, row["id"]) for row in unfinished},
    }


def _so_far(connection: sqlite3.Connection, chain: Chain, turn_id: str) -> dict[str, object]:
    """What a turn's links stand for until now: they go with what lies before the checkpoint, and the turn stays."""
    (row,) = lookup.every(connection, queries.TURN, id=turn_id)
    (event,) = lookup.every(connection, queries.EVENT, workspace=row["workspace"], event=row["event"])
    linked, seals = kinds(row), {} if event["gone"] else texts.of_event(connection, event)
    return {"kinds": linked, "mark": chain.summary(linked, row), "sealed": seals}


def _workspaces(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return lookup.every(connection, queries.WORKSPACES)


def _forget(connection: sqlite3.Connection, chain: Chain, events: Iterable[sqlite3.Row], why: str, step: Step) -> None:
    for event in events:
        of_event = {"workspace": event["workspace"], "event": event["id"]}
        for owed in lookup.every(connection, queries.OWED_FOR, **of_event):
            audits.give_up(connection, chain, owed["id"], why, step, None)
        connection.execute(queries.DROP_TEXTS, of_event)
        connection.execute(queries.FORGET_REASONS, of_event)
        connection.execute(queries.FORGET_EVENT, of_event | {"gone": why, "speaker": NOBODY})


def _dropped(connection: sqlite3.Connection, ledgers: datetime, at: datetime) -> int:
    """Let go of what no link stands for; gives how much went of whatever went most of."""
    before = {queries.DROP_EVENTS: ledgers, queries.DROP_CALLS: min(ledgers, at - MONTH)}
    return max(
        connection.execute(query, {"before": rows.micros(time), "most": AT_ONCE}).rowcount
        for query, time in before.items()
    )


def _drop(connection: sqlite3.Connection, chain: Chain, before: datetime, at: datetime) -> int | None:
    """Let go of what lies behind one checkpoint; gives how many turns that were, None where there is none to go by."""
    for row in _workspaces(connection):
        workspace = row["workspace"]
        old = lookup.every(connection, queries.OLD_CHECKPOINTS, workspace=workspace, before=rows.micros(before))
        for checkpoint in old:
            turns = _drop_behind(connection, chain, workspace, checkpoint, at)
            if turns is not None:
                return turns
    return None


def _drop_behind(
    connection: sqlite3.Connection, chain: Chain, workspace: str, checkpoint: sqlite3.Row, at: datetime
) -> int | None:
    """As `_drop`, behind this checkpoint."""
    (held_there,) = lookup.every(connection, queries.CHECKPOINT, id=checkpoint["id"])
    below, detail = {"workspace": workspace, "height": checkpoint["height"]}, rows.unpacked(held_there["detail"])
    turns = _finished_before(connection, below, detail["unfinished"])
    if turns is None:
        return None
    _drop_below(connection, below, detail["memories"], turns)
    gone = {"below": checkpoint["height"], "turns": len(turns)}
    operations.record(connection, chain, workspace, Done(kind="drop", actor=TIME, detail=gone), at)
    return len(turns)


def _drop_below(
    connection: sqlite3.Connection,
    below: Mapping[str, object],
    memories: Mapping[str, tuple[int, str | None, str | None]],
    turns: Iterable[sqlite3.Row],
) -> None:
    for row in turns:
        of_event = {"workspace": below["workspace"], "event": row["event"]}
        connection.execute(queries.DROP_TEXTS, of_event)
        connection.execute(queries.DROP_TURN, {"id": row["id"]})
        connection.execute(queries.DROP_EVENT, of_event)
    for scope, (number, *_) in memories.items():
        connection.execute(queries.DROP_MEMORIES, {"scope": scope, "number": number})
    connection.execute(queries.DROP_OPERATIONS, below)  # all folded: no checkpoint is written while one waits
    connection.execute(queries.DROP_LINKS, below)


def _finished_before(
    connection: sqlite3.Connection, below: Mapping[str, object], unfinished: Collection[str]
) -> list[sqlite3.Row] | None:
    """The turns that were linked below a height or stayed from before it, but for those that were `unfinished` there.

    None where something was linked to one of them since: that would stand for nothing.
    """
    last = lookup.one(connection, queries.OLDEST_CHECKPOINT, workspace=below["workspace"])
    stayed: Mapping[str, Mapping[str, Any]] = rows.unpacked(last["detail"])["unfinished"] if last else {}
    found = {row["id"]: row for row in lookup.every(connection, queries.TURNS_BEFORE, **below)}
    linked = {turn_id: row["linked"] for turn_id, row in found.items()}
    for turn_id, so_far in stayed.items():
        linked[turn_id] = linked.get(turn_id, 0) + len(so_far["kinds"])
        if turn_id not in found:
            (found[turn_id],) = lookup.every(connection, queries.TURN, id=turn_id)
    turns = [row for turn_id, row in found.items() if turn_id not in unfinished]
    return turns if all(linked[row["id"]] == len(kinds(row)) for row in turns) else None
