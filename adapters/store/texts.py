"""Texts, kept apart from all else by the event they belong to, so that they can go while the rest stays."""

import sqlite3
from typing import Any

from adapters.store import queries
from adapters.store.rows import Texts, packed, unpacked


def keep(connection: sqlite3.Connection, workspace: str, event: str, texts: Texts) -> None:
    """Keep these texts of an event or its turn."""
    rows = [
        {"workspace": workspace, "event": event, "part": part, "body": packed(text)} for part, text in texts.items()
    ]
    connection.executemany(queries.KEEP_TEXT, rows)


def kept(connection: sqlite3.Connection, workspace: str, event: str) -> dict[str, Any]:
    """What is still kept of an event's and its turn's texts, by part."""
    rows: list[sqlite3.Row] = connection.execute(queries.TEXTS, {"workspace": workspace, "event": event}).fetchall()
    return {row["part"]: unpacked(row["body"]) for row in rows}
