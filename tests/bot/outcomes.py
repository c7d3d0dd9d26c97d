"""What became of events, as a store's file has it."""

import json
from pathlib import Path
from typing import Final

from tests.adapters.store.linking import found

_EVENTS: Final = (
    "select message_id, outcome, reason, body from events "
    "join texts on texts.event = events.id and texts.workspace = events.workspace and part = 'message' "
    "order by at, id"
)


def outcomes(store: Path) -> dict[str, str]:
    """For each message its outcome and the reason, such as `ignored: empty`; `turn`, or `open` for none."""
    return {row["message_id"]: _told(row["outcome"], row["reason"]) for row in found(store, _EVENTS)}


def kept(store: Path) -> dict[str, str]:
    """For each message the words that were kept of it."""
    return {row["message_id"]: json.loads(row["body"]) for row in found(store, _EVENTS)}


def _told(outcome: str | None, reason: str | None) -> str:
    return (outcome or "open") + (f": {json.loads(reason)}" if reason else "")
