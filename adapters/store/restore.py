"""Puts a backup in a store's place, and the store that was there aside; at every moment one of them is in place."""

import os
import sqlite3
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from adapters.store import keeping, lookup, operations, queries, rows
from adapters.store.backup import copy, journals, proved, reading, require, unused, workshop
from adapters.store.chain import START, Chain
from adapters.store.checkup import PATIENCE
from adapters.store.faults import DAMAGED_BACKUP, translated
from adapters.store.file import flush, held, leave
from adapters.store.forgotten import beside
from adapters.store.keeping import Doing
from adapters.store.keys import begin, key_file, known, opened, read
from adapters.store.operations import Done
from adapters.store.schema import migrate, shipped, version
from adapters.store.untouched import untouched
from adapters.store.verify.found import UNREADABLE
from adapters.store.worker import connect
from safi.errors import StoreUnavailable
from safi.ports import Erased
from safi.ports.proof import Head, Proof
from safi.record import fold

ACTOR: Final = "restore"
"""Who puts backups in place, as the record has it."""

_CHAINED: Final = 4
"""The first version of a store that has a chain."""

_BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done, with a backup of this `version`; the store is of the `latest`.

    `proof` is what a check of the store came to; None where there is no chain yet and no key for one, so that the next
    start makes both. `linked`: it got its chain just now. So many people were erased in it again, and for so many that
    waits, under its legal hold. `unlisted`: where the list of the erased was looked for and is not; None where it was
    there, or nobody could be told by it. `relisted`: so many erasures that the store which was there had linked were
    missing from the list, and are on it now. `aside`: where that store lies now; None where there was none.
    """

    version: int
    latest: int
    proof: Proof | None = None
    linked: bool = False
    erased: int = 0
    queued: int = 0
    unlisted: Path | None = None
    relisted: int = 0
    aside: Path | None = None


def restore(file: Path, store: Path, *, key: Path | None = None, at: datetime) -> Restored | Proof:
    """Put a backup in a store's place, which nobody else may be using.

    It is made ready in a copy: checked, brought up to date, rid of everybody who was erased since, by the list of the
    erased or by the store that is there, and marked in each chain. Where it is not as it was recorded, nothing is done,
    and the proof of that returned. Raises StoreUnavailable, and then nothing was done either.
    """
    require(file)
    key = key or key_file(store)
    with translated(str(store)), _held(store) as target:
        if file.samefile(target):
            raise StoreUnavailable(f"{file}: is the store itself: name a backup of it")
        with workshop(target, "restoring") as folder:
            draft = folder / target.name
            with reading(file) as backup:
                copy(backup, str(file), draft, damaged=DAMAGED_BACKUP)
            linked = _linked_erasures(target, key)
            made = _made_ready(draft, file, key, linked, at)
            if isinstance(made, Proof):
                return made
            relisted = beside(key).take_in(linked)
            if not target.stat().st_size:  # it was made to be held
                leave(draft, like=key)
            return replace(made, relisted=relisted, aside=_put_in_place(draft, target, at))


@contextmanager
def _held(store: Path) -> Generator[Path]:
    """The store's own file, held. Where there was none, one is made to be held: it does not stay empty."""
    there = store.exists()
    with held(store):
        target = store.resolve() if store.is_symlink() else store
        try:
            yield target
        finally:
            if not there and not target.stat().st_size:
                target.unlink()


def _linked_erasures(store: Path, key: Path) -> Mapping[str, int]:
    """Who was erased in a store and when, as the list has it, by links that bear its key's mark.

    Nobody where it cannot be read with that key: one that is damaged is replaced all the same.
    """
    if not store.stat().st_size:
        return {}
    try:
        with untouched(store) as connection:
            chain = known(connection, key, str(store))
            found = lookup.every(connection, queries.LINKED_ERASURES) if chain else []
            return _latest(row for row in found if chain and _bears_out(chain, row))
    except StoreUnavailable:
        return {}


def _bears_out(chain: Chain, erasure: sqlite3.Row) -> bool:
    """Whether its link bears the key's mark: of a store that was changed, nothing else is to reach the list."""
    link = {**erasure, "kind": "operation"}
    try:
        return erasure["mark"] == chain.mark(erasure["before"] or START, link, erasure)
    except UNREADABLE:
        return False


def _latest(erasures: Iterable[sqlite3.Row]) -> Mapping[str, int]:
    latest: dict[str, int] = {}
    for row in erasures:
        detail = rows.unpacked(row["detail"])
        latest[detail["person"]] = max(detail.get("until", row["at"]), latest.get(detail["person"], 0))
    return latest


def _made_ready(draft: Path, file: Path, key: Path, linked: Mapping[str, int], at: datetime) -> Restored | Proof:
    """Make the copy what the store is to be. `file` is the backup, for errors; `linked` is who else was erased."""
    with closing(connect(draft, PATIENCE)) as connection, translated(str(file), damaged=DAMAGED_BACKUP):
        migrations = shipped()
        made = Restored(version=version(connection, migrations, str(file)), latest=len(migrations))
        migrate(connection, migrations, store=str(file))
        chain = known(connection, key, str(file))
        if chain is None and key.exists():
            chain, made = _linked(connection, made, str(file), key), replace(made, linked=True)
        copied = _Copy(connection=connection, chain=chain, file=file, key=key, linked=linked) if chain else None
        rejoined = _rejoined(copied, made, at) if copied else made
        _settle(connection)
    flush(draft)
    return rejoined


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A copy of a backup, with its chain, the file of its key, and who was erased in the store that it will replace."""

    connection: sqlite3.Connection
    chain: Chain
    file: Path
    key: Path
    linked: Mapping[str, int]

    def check(self) -> Proof:
        return proved(self.connection, self.file, self.key)


def _linked(connection: sqlite3.Connection, made: Restored, name: str, key: Path) -> Chain:
    """The chain of what was never linked, made with a key that is there."""
    if made.version >= _CHAINED:
        return opened(connection, key, store=name)  # it can tell whether a chain was taken away
    chain = read(key)
    begin(connection, chain)
    return chain


def _rejoined(copied: _Copy, made: Restored, at: datetime) -> Restored | Proof:
    """Check the copy against its chain, record there what becomes of it, and check that."""
    before = copied.check()
    if before.findings:
        return before
    copied.connection.execute("begin immediate")
    erasures = _erased_again(copied, at)
    _record(copied, before.heads, at)
    copied.connection.execute("commit")
    after, queued = copied.check(), sum(each.queued for each in erasures)
    if after.findings:
        return after
    listed = beside(copied.key).file
    unlisted = None if listed.exists() else listed
    return replace(made, proof=after, erased=len(erasures) - queued, queued=queued, unlisted=unlisted)


def _erased_again(copied: _Copy, at: datetime) -> list[Erased]:
    """Everybody who was erased since, as far as the copy has them from before; under a legal hold that waits."""
    connection, chain, listed = copied.connection, copied.chain, beside(copied.key).known()
    doing = Doing(actor=ACTOR, at=at, step=fold, forgotten=lambda _, __: None)
    again: list[Erased] = []
    for row in lookup.every(connection, queries.AUTHORS):
        author, workspace = row["author"], row["workspace"]
        marks = [keeping.pseudonym(chain, where, author) for where in (workspace, keeping.ANYWHERE)]
        until = max((times[mark] for times in (listed, copied.linked) for mark in marks if mark in times), default=None)
        if until is not None and row["at"] <= until:
            again.append(keeping.erase(connection, chain, author, workspace=workspace, doing=doing, until=until))
    return again


def _record(copied: _Copy, ends: Iterable[Head], at: datetime) -> None:
    """Mark in each chain where the backup ended: what was there beyond that is not in it."""
    for end in ends:
        done = Done(kind="replace", actor=ACTOR, detail={"head": [end.height, end.mark]})
        operations.record(copied.connection, copied.chain, end.workspace, done, at)


def _put_in_place(draft: Path, target: Path, at: datetime) -> Path | None:
    """The old store has its new name before it loses its old one: the path never leads nowhere."""
    aside = unused(target.with_name(f"{target.name}.replaced-{at:%Y%m%dT%H%M%SZ}"))
    there = target.stat().st_size > 0  # an empty one was made to be held
    if there:
        _set_aside(target, aside, draft)
    for old, new in zip(journals(target), journals(aside), strict=True):
        with suppress(FileNotFoundError):
            old.rename(new)  # a journal beside another store than its own would spoil it
    draft.replace(target)
    flush(target.parent)
    return aside if there else None


def _set_aside(target: Path, aside: Path, draft: Path) -> None:
    owner = target.stat()
    if owner.st_uid != os.geteuid():
        os.chown(draft, owner.st_uid, owner.st_gid)  # a superuser restores what another user's bot is to open
    _take_in(target)
    aside.hardlink_to(target)


def _take_in(target: Path) -> None:
    """Have the store that is there in one file; one that is damaged stays as it is."""
    try:
        with closing(connect(target, PATIENCE)) as connection, translated(str(target)):
            _settle(connection)
    except StoreUnavailable as error:
        code: int = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_OK)
        if code & 0xFF not in _BROKEN:  # an extended code has its primary one in the low byte
            raise


def _settle(connection: sqlite3.Connection) -> None:
    """Take the journal into the file. Opened again, it has one again."""
    connection.execute("pragma journal_mode = delete").fetchall()
