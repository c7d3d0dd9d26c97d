"""The chain's key: made with the store, kept in a file outside it, and asked for ever after."""

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final

from adapters.store import lookup, queries
from adapters.store.adoption import adopt
from adapters.store.chain import Chain
from adapters.store.faults import translated
from adapters.store.file import flush
from safi.errors import StoreUnavailable

DIGITS: Final = 64
"""Hexadecimal digits of a key: 256 bits."""

OTHERS: Final = 0o077
"""The rights of everybody but a file's owner."""

_PENDING: Final = ".new"


def key_file(store: Path) -> Path:
    """Where a store's key lies if nobody says otherwise."""
    return store.with_name(f"{store.stem}.key")


def read(file: Path) -> Chain:
    """The key of a file. Raises StoreUnavailable."""
    with translated(str(file)):
        if file.stat().st_mode & OTHERS:
            raise StoreUnavailable(f"{file}: others may read this key: take their rights away (chmod 600)")
        text = file.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != DIGITS or not set(text) <= set("0123456789abcdef"):
        raise StoreUnavailable(f"{file}: is not a key of this program: put the right file there, from a copy")
    return Chain(key=bytes.fromhex(text))


def missed(store: Path, file: Path) -> None:
    """Raises StoreUnavailable where a store's key is there and the store is not: it would be begun anew in silence."""
    with translated(str(store)):
        lost = file.exists() and not (store.exists() and store.stat().st_size)
    if lost:
        raise _gone(str(store), file)


def opened(connection: sqlite3.Connection, file: Path, *, store: str) -> Chain:
    """The chain of a store, whose key is made where there is neither key nor chain. Run in no transaction.

    Raises StoreUnavailable for a key that is missing or another store's.
    """
    made = lookup.one(connection, queries.FINGERPRINT)
    pending = file.with_name(file.name + _PENDING)
    if made is not None:
        if pending.exists() and not file.exists():  # it ended just before the last step
            _place(pending, file)
        return _known(file, made["fingerprint"], store)
    if file.exists():
        if lookup.one(connection, queries.ANY_RECORD):
            raise StoreUnavailable(
                f"{store}: its chain was taken away, for its key {file} is there: put a backup in place"
            )
        raise _gone(store, file)
    chain = _make(pending)
    begin(connection, chain)
    _place(pending, file)
    return chain


def known(connection: sqlite3.Connection, file: Path, store: str) -> Chain | None:
    """The chain of a store that is only read; None where nothing was ever linked. Raises StoreUnavailable."""
    made = lookup.one(connection, queries.FINGERPRINT)
    return _known(file, made["fingerprint"], store) if made else None


def begin(connection: sqlite3.Connection, chain: Chain) -> None:
    """Take the key for this store's, together with what it links; all of it or nothing. Run in no transaction."""
    connection.execute("begin immediate")
    try:
        adopt(connection, chain)
        connection.execute(queries.KEEP_FINGERPRINT, {"fingerprint": chain.fingerprint})
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def at_hand(file: Path, store: str) -> Chain:
    """The key of a store that was linked, whichever key that is. Raises StoreUnavailable."""
    if not file.exists():
        raise StoreUnavailable(
            f"{file}: is missing, and the chain of {store} was made with it: put it back from a copy"
        )
    return read(file)


def _known(file: Path, fingerprint: str, store: str) -> Chain:
    chain = at_hand(file, store)
    if chain.fingerprint != fingerprint:
        raise StoreUnavailable(f"{file}: is not the key that the chain of {store} was made with: put that one there")
    return chain


def _gone(store: str, file: Path) -> StoreUnavailable:
    return StoreUnavailable(
        f"{store}: is gone or empty, though its key {file} is there: see that its disk is mounted, or put a backup "
        "in its place; to begin a new record, move the key away, and the list of the erased beside it"
    )


def _make(file: Path) -> Chain:
    key = secrets.token_bytes(DIGITS // 2)
    with translated(str(file)):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.unlink(missing_ok=True)  # of a start that ended too early: nothing was linked with it
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
        with os.fdopen(handle, "w", encoding="ascii") as open_file:
            open_file.write(key.hex() + "\n")
            open_file.flush()
            os.fsync(handle)
        flush(file.parent)
    return Chain(key=key)


def _place(pending: Path, file: Path) -> None:
    with translated(str(file)):
        pending.rename(file)
        flush(file.parent)
