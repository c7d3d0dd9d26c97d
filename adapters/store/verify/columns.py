"""Columns of a turn that no link holds because others give them: where they disagree, one of them was changed.

Nothing holds what only a worker needs: `attempts`, `due`, `lease` and `wasted`; whether a turn that was not delivered
is `committed` or `unknown`; whether the audit of a hole that was made for lateness is still `owed` or was `abandoned`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from adapters.store.audits import LATE
from adapters.store.rows import packed

_AGREE: Final[Mapping[str, Callable[[sqlite3.Row], bool]]] = {
    "delivery": lambda row: (row["delivery"] == "delivered") == (row["delivered_at"] is not None),
    "message_id": lambda row: (row["message_id"] is None) == (row["delivered_at"] is None),
    "number": lambda row: row["number"] is None or row["delivered_at"] is not None,
    "audit": lambda row: (row["number"] is None) == (row["audit"] is None),
    "ledger": lambda row: (row["audit"] == "landed") == (row["ledger"] is not None),
    "landed_at": lambda row: (row["landed_at"] is None) == (row["ledger"] is None),
    "fate": lambda row: row["fate"] is None or row["number"] is not None,
    "hole_reason": lambda row: (row["fate"] == "hole") == (row["hole_reason"] is not None),
    "given up": lambda row: row["audit"] != "abandoned" or row["fate"] == "hole",
    "owed": lambda row: not (row["audit"] == "owed" and row["fate"] == "hole") or row["hole_reason"] == packed(LATE),
    "event": lambda row: row["became"] == "turn" and row["reason"] is None and row["asked_in"] == row["place"],
}
"""For each column, or state, whether it agrees with the others."""

_READING: Final = ("coherence", "confidence", "drift")


def at_odds(turn: sqlite3.Row) -> Iterator[str]:
    """What of a turn is at odds with the rest of it."""
    yield from (name for name, agrees in _AGREE.items() if not agrees(turn))
    if turn["ledger"] is None and any(turn[name] is not None for name in _READING):
        yield "reading"
