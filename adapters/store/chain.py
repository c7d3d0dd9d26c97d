"""The chain: each link bears a keyed mark over what it stands for and over the one before, so no past changes unseen.

A link holds nothing but hashes of texts: all else lies in the row that it stands for, and is read there when it is
checked. Mark: HMAC-SHA256 (RFC 2104) over the previous mark and the link in JSON.
"""

import hmac
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.store import lookup, queries
from adapters.store.rows import packed
from safi.ports.proof import Head

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "turn": (
        *("id", "event", "asked_id", "asked_at", "place", "scope", "position", "persona", "digest", "context"),
        *("coaching", "outcome", "detail", "drafting", "judging", "committed_at"),
    ),
    "delivery": ("id", "scope", "number", "message_id", "delivered_at"),
    "ledger": ("id", "ledger", "landed_at"),
    "hole": ("id", "hole_reason"),
    "operation": ("id", "scope", "number", "kind", "detail", "at"),
}
"""What a link of each kind stands for: columns of the record of its turn, or of its operation."""

Row = Mapping[str, Any] | sqlite3.Row
"""Values by the names of columns."""

START: Final = "0" * 64
"""What stands in the place of a mark before the first link."""

_FINGERPRINTED: Final = b"the key of a record's chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What makes links: the key, and `salt`, which gives 32 unguessable hexadecimal digits."""

    key: bytes
    salt: Callable[[], str] = lambda: secrets.token_hex(16)

    @property
    def fingerprint(self) -> str:
        """Tells which key this is, and nothing of it."""
        return self.keyed(_FINGERPRINTED)

    def keyed(self, content: bytes) -> str:
        """HMAC-SHA256 of `content` under the key, 64 hexadecimal digits."""
        return hmac.digest(self.key, content, "sha256").hex()

    def mark(self, before: str, link: Row, row: Row) -> str:
        """The mark of a link (its `workspace`, `height`, `kind` and `sealed`) over what `row` holds of it."""
        place = [link["workspace"], link["height"], link["kind"], link["sealed"]]
        return self.keyed(packed([before, *place, *(row[name] for name in COLUMNS[link["kind"]])]).encode())

    def summary(self, kinds: Iterable[str], row: Row) -> str:
        """One mark over what links of these kinds stand for, for when the links themselves go."""
        return self.keyed(packed([[row[name] for name in COLUMNS[kind]] for kind in kinds]).encode())

    def append(self, connection: sqlite3.Connection, kind: str, row: Row, sealed: Mapping[str, str]) -> int:
        """Link what `row` holds (COLUMNS of its kind, the workspace), with these hashes of texts; gives the height."""
        last = head(connection, row["workspace"])
        link = {"workspace": row["workspace"], "height": last.height + 1, "kind": kind, "sealed": packed(sealed)}
        mark = self.mark(last.mark, link, row)
        connection.execute(queries.APPEND_LINK, link | {"subject": row["id"], "mark": mark})
        return last.height + 1


def kinds(row: sqlite3.Row) -> tuple[str, ...]:
    """The kinds of links that stand for a turn as it is."""
    there = {
        "turn": True,
        "delivery": row["delivery"] == "delivered",
        "hole": row["fate"] == "hole",
        "ledger": row["ledger"] is not None,
    }
    return tuple(kind for kind, is_there in there.items() if is_there)


def head(connection: sqlite3.Connection, workspace: str) -> Head:
    """The last link of a workspace, of height 0 where there is none."""
    row = lookup.one(connection, queries.HEAD, workspace=workspace)
    height, mark = (row["height"], row["mark"]) if row else (0, START)
    return Head(workspace=workspace, height=height, mark=mark)
