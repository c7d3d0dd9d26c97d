"""Texts, kept apart from all else by the event they belong to, so that they can go while the rest stays.

Each lies with a salt of its own, and what stays of it is their hash: without the salt nobody can try out what it was.
"""

import hashlib
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from adapters.store import queries
from adapters.store.rows import Texts, packed, unpacked

OF_LEDGER: Final = ("reasons", "quotes")
"""The parts that come with a ledger; the others come with its turn."""

Salt = Callable[[], str]
"""Gives 32 unguessable hexadecimal digits."""


def keep(
    connection: sqlite3.Connection, salt: Salt, texts: Texts, *, workspace: str, event: str, gone: str | None = None
) -> dict[str, str]:
    """Keep these texts of an event or its turn, unless its texts are `gone`; gives their hashes by part."""
    kept = [
        {"workspace": workspace, "event": event, "part": part, "body": packed(text), "salt": salt()}
        for part, text in texts.items()
    ]
    if gone is None:
        connection.executemany(queries.KEEP_TEXT, kept)
    return {text["part"]: sealed(text["salt"], text["body"]) for text in kept}


def kept(connection: sqlite3.Connection, workspace: str, event: str) -> dict[str, Any]:
    """What is still kept of an event's and its turn's texts, by part."""
    rows: list[sqlite3.Row] = connection.execute(queries.TEXTS, {"workspace": workspace, "event": event}).fetchall()
    return {row["part"]: unpacked(row["body"]) for row in rows}


def seals(connection: sqlite3.Connection, workspace: str, event: str) -> dict[str, str]:
    """The hashes of what is still kept of an event's and its turn's texts, by part."""
    rows: list[sqlite3.Row] = connection.execute(queries.TEXTS, {"workspace": workspace, "event": event}).fetchall()
    return {row["part"]: sealed(row["salt"], row["body"]) for row in rows if row["salt"] is not None}


def of_event(connection: sqlite3.Connection, event: sqlite3.Row) -> dict[str, str]:
    """The hashes of an event's and its turn's texts and, as "person", of who said it; for one that is not gone."""
    said_by = sealed(event["salt"], person(event["author"], event["speaker"]))
    return {"person": said_by} | seals(connection, event["workspace"], event["id"])


def sealed(salt: str, body: str) -> str:
    """The salted hash of a text: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256((salt + body).encode()).hexdigest()


def person(author: str, speaker: str) -> str:
    """Who said something, as it is hashed."""
    return packed([author, speaker])
