"""The check as a whole, in one snapshot, also while a running bot goes on writing."""

import asyncio
import errno
import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from adapters.store import lookup
from adapters.store import queries as single
from adapters.store.chain import Chain
from adapters.store.faults import translated
from adapters.store.keys import at_hand, key_file, missed
from adapters.store.rows import moment
from adapters.store.schema import How, Noted, foreign, newer, noted, shipped
from adapters.store.untouched import untouched
from adapters.store.verify import queries
from adapters.store.verify.base import Base
from adapters.store.verify.found import UNREADABLE, Found, plain
from adapters.store.verify.links import Walked, walk
from adapters.store.verify.memory import remember
from safi.errors import StoreUnavailable
from safi.ports.proof import Checked, Finding, Head, Problem, Proof, Remark

_HOW: Final[Mapping[How, Problem]] = {"extra": "put in", "missing": "taken out", "other": "remade"}
"""What it is called that something in the schema is not as this program made it."""

_STEPS: Final = 1_000
"""After so many steps of SQLite's machine it is asked whether anybody still waits."""


async def verified(path: Path, *, key: Path | None = None, heads: Sequence[Head] = ()) -> Proof:
    """Check a store, and its chains against heads that were kept elsewhere. Changes nothing, and needs no lock.

    `key` is the file of the chain's key; without one it lies beside the store. Raises StoreUnavailable for a store that
    is not there, is of another version or cannot be read, and for a key that is not there.
    """
    missed(path, key or key_file(path))
    _require(path)
    over = threading.Event()
    try:
        return await asyncio.to_thread(_read, over, path, key or key_file(path), heads)
    finally:
        over.set()  # whoever is cancelled does not wait for the rest of it


def _read(over: threading.Event, path: Path, key: Path, heads: Sequence[Head]) -> Proof:
    with untouched(path) as connection:
        connection.set_progress_handler(over.is_set, _STEPS)
        connection.execute("begin")
        return check(connection, path, key, heads)


def _require(path: Path) -> None:
    """Opening what is not there would make it."""
    with translated(str(path)):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not path.exists() or not path.stat().st_size:
            raise StoreUnavailable(f"{path}: there is no store yet")


def check(connection: sqlite3.Connection, path: Path, key: Path, heads: Sequence[Head] = ()) -> Proof:
    """Check the store that a connection has open, in a transaction or alone. Raises StoreUnavailable."""
    usual = connection.text_factory
    connection.text_factory = _text
    try:
        return _checked(connection, path, key, heads)
    finally:
        connection.text_factory = usual


def _checked(connection: sqlite3.Connection, path: Path, key: Path, heads: Sequence[Head]) -> Proof:
    found = Found()
    for (said,) in connection.execute("pragma integrity_check(3)"):  # unlike quick_check it reads the indexes too
        if said != "ok":
            found.add(("damaged", ""), Finding(problem="damaged", detail=said))
    try:
        _schema(connection, path, found)
        return _proof(connection, path, key, heads, found)
    except sqlite3.DatabaseError:
        if not found.findings():
            raise
        return Proof(checked=Checked(), linked=True, findings=found.findings())


def _text(raw: bytes) -> str | bytes:
    """Text; where it is none, its bytes, which nothing takes for text: whatever stands there is read."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _schema(connection: sqlite3.Connection, path: Path, found: Found) -> None:
    """The store is of this program's version, and holds what that makes, no more and no less."""
    ours, told = [migration.noted for migration in shipped()], foreign(connection)
    if not any(each.name == "migrations" for each in told):
        applied = noted(connection)
        _require_version(connection, path, applied)
        if applied != ours:
            found.add(("migrations", ""), Finding(problem="migrations"))
    for each in told:
        found.add((each.how, each.kind), Finding(problem=_HOW[each.how], detail=f"{each.kind} {plain(each.name)}"))


def _require_version(connection: sqlite3.Connection, path: Path, applied: Sequence[Noted]) -> None:
    """Raises StoreUnavailable for a store of another version; none for one that only says it is."""
    ours = [migration.noted for migration in shipped()]
    if applied[: len(ours)] == ours and len(applied) > len(ours):
        raise newer(str(path), len(applied), len(ours))
    older = applied == ours[: len(applied)] and len(applied) < len(ours)
    if older and not any(each.acts for each in foreign(connection, len(applied))):
        raise StoreUnavailable(f"{path}: was made by an older program: run `safi-bot migrate` first")


def _proof(connection: sqlite3.Connection, path: Path, key: Path, heads: Sequence[Head], found: Found) -> Proof:
    chain = _chain(connection, path, key)
    walked = _walked(connection, chain, found)
    numbered = _scopes(connection, walked, found)
    _holds(connection, walked, found)
    profiles = _profiles(connection, found)
    _texts(connection, found)
    remarks = (*_begun(walked), *_compared(connection, walked, heads, found))
    links, turns, gone = (sum(getattr(each, name) for each in walked.values()) for name in ("links", "turns", "gone"))
    many: dict[str, int] = {"links": links, "turns": turns, "gone": gone, "profiles": profiles, "compared": len(heads)}
    return Proof(
        checked=Checked(scopes=len(numbered), numbers=sum(numbered), **many),
        linked=chain is not None,
        heads=tuple(each.head for each in walked.values() if each.links and each.head),
        findings=found.findings(),
        remarks=remarks,
    )


def _chain(connection: sqlite3.Connection, path: Path, file: Path) -> Chain | None:
    """The key that is at hand, for a store that has a chain or ought to have one."""
    recorded = lookup.one(connection, single.FINGERPRINT) or lookup.one(connection, queries.ANY_LINK)
    return at_hand(file, str(path)) if recorded or file.exists() else None


def _walked(connection: sqlite3.Connection, chain: Chain | None, found: Found) -> dict[str, Walked]:
    """Every chain, by workspace."""
    workspaces = [row["workspace"] for row in lookup.every(connection, queries.CHAINED)]
    if chain is None:
        for workspace in workspaces:
            found.add(("", ""), Finding(problem="no chain", workspace=workspace))
        return {}
    fingerprints = {row["fingerprint"] for row in lookup.every(connection, single.FINGERPRINT)}
    if workspaces and not fingerprints:
        found.add(("", ""), Finding(problem="no key"))
    elif fingerprints - {chain.fingerprint}:
        found.add(("", ""), Finding(problem="another key"))
    return {workspace: walk(connection, chain, workspace, found) for workspace in workspaces}


def _scopes(connection: sqlite3.Connection, walked: Mapping[str, Walked], found: Found) -> list[int]:
    """Every scope's memory; gives for each how many numbers there were."""
    begun = {scope: each.base for each in walked.values() for scope in each.base.memories}
    recorded = [row["id"] for row in lookup.every(connection, queries.SCOPES)]
    return [
        remember(connection, scope, begun.get(scope, Base()), found) for scope in dict.fromkeys([*recorded, *begun])
    ]


def _holds(connection: sqlite3.Connection, walked: Mapping[str, Walked], found: Found) -> None:
    """A hold begins and ends with a link in every workspace, and takes in those that are new."""
    held = [row["since"] for row in lookup.every(connection, single.HELD)]
    for workspace, each in walked.items():
        kind, at = each.last_hold or ("none", None)
        told = each.last_hold is not None or each.holds
        if told and held != ([at] if kind == "hold" else []):
            found.add(("hold", ""), Finding(problem="hold", workspace=workspace, detail=kind))


def _profiles(connection: sqlite3.Connection, found: Found) -> int:
    """Every profile is the one that its digest names, and none is missing; gives how many there are."""
    profiles = lookup.every(connection, queries.PROFILES)
    for row in profiles:
        if not _is_named(row["digest"], row["body"]):
            found.add(("profiles", ""), Finding(problem="profile", detail=str(row["digest"])))
    for row in connection.execute(queries.WITHOUT_PROFILE):
        same: dict[str, Any] = {name: row[name] for name in ("workspace", "scope", "number")}
        lacking = Finding(problem="no profile", kind="turn", subject=row["id"], detail=str(row["digest"]), **same)
        found.add(("profiles", str(row["digest"])), lacking)
    return len(profiles)


def _texts(connection: sqlite3.Connection, found: Found) -> None:
    """Every text belongs to a message; what it says is checked with the link of that one's turn."""
    for row in connection.execute(queries.WITHOUT_EVENT):
        where: dict[str, Any] = {"workspace": row["workspace"], "subject": row["event"], "detail": row["part"]}
        found.add(("no event", ""), Finding(problem="no event", kind="event", **where))


def _is_named(digest: object, body: object) -> bool:
    try:
        return hashlib.sha256(str(body).encode()).hexdigest() == digest
    except UNREADABLE:
        return False


def _begun(walked: Mapping[str, Walked]) -> Iterator[Remark]:
    """Chains that no longer begin with their first link."""
    for workspace, each in walked.items():
        base = each.base
        if base.at is not None:
            yield Remark(about="checkpoint", workspace=plain(workspace), height=base.height, at=moment(base.at))


def _compared(
    connection: sqlite3.Connection, walked: Mapping[str, Walked], heads: Sequence[Head], found: Found
) -> Iterator[Remark]:
    """Hold heads against the chains; remarks on those that lie before what is left."""
    for head in heads:
        each = walked.get(head.workspace)
        if each is None or each.head is None or head.height > each.head.height:
            problem = "cut off"
        elif head.height < each.base.height - 1:
            yield Remark(about="incomparable", workspace=head.workspace, height=head.height)
            continue
        elif _mark_at(connection, each.base, head) != head.mark:
            problem = "anew"
        else:
            continue
        found.add((problem, head.workspace), Finding(problem=problem, workspace=head.workspace, height=head.height))


def _mark_at(connection: sqlite3.Connection, base: Base, head: Head) -> str | None:
    """The mark at a head's height; that of the link before a checkpoint is recorded by it."""
    if head.height == base.height - 1:
        return base.before
    row = lookup.one(connection, queries.LINK, workspace=head.workspace, height=head.height)
    return row["mark"] if row else None
