"""Where a chain begins: with its first link, or with the checkpoint behind which the rest of it went."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.store import lookup, rows
from adapters.store.chain import START
from adapters.store.verify import queries
from adapters.store.verify.found import UNREADABLE
from safi.record import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where a chain begins: with its first link, or with a checkpoint and what that recorded of its `workspace`.

    `memories` are by scope, each with the number after which it stood, and `digests` the profiles in force with the
    last numbers; `unfinished` are turns whose links went.
    """

    workspace: str | None = None
    height: int = 1
    before: str | None = START
    at: int | None = None
    memories: Mapping[str, tuple[int, State]] = field(default_factory=dict[str, tuple[int, State]])
    digests: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    unfinished: Mapping[str, Any] = field(default_factory=dict[str, Any])


def base_of(connection: sqlite3.Connection, workspace: str) -> Base:
    """Where the chain of a workspace begins; without a mark before it where its checkpoint cannot be read."""
    oldest = lookup.one(connection, queries.BASE, workspace=workspace)
    if oldest is None or oldest["height"] == 1:
        return Base()
    try:
        return _checkpointed(workspace, oldest)
    except UNREADABLE:
        return Base(height=oldest["height"] if isinstance(oldest["height"], int) else 1, before=None)


def _checkpointed(workspace: str, oldest: sqlite3.Row) -> Base:
    """The beginning that a checkpoint recorded. Raises what is UNREADABLE."""
    detail = rows.unpacked(oldest["detail"])
    height, before = detail["head"]
    memories: dict[str, tuple[int, str | None, str | None]] = {
        _bare(key): kept for key, kept in detail["memories"].items()
    }
    rows.moment(oldest["at"])
    return Base(
        workspace=workspace,
        height=int(height) + 1,
        before=str(before),
        at=oldest["at"],
        memories={
            scope: (int(number), rows.state(state) if state else State())
            for scope, (number, state, _) in memories.items()
        },
        digests={scope: digest for scope, (_, _, digest) in memories.items()},
        unfinished={_bare(turn_id): _so_far(kept) for turn_id, kept in detail["unfinished"].items()},
    )


def _so_far(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What a checkpoint holds of a turn that was not finished."""
    return {"kinds": tuple(map(str, kept["kinds"])), "mark": kept["mark"], "sealed": dict(kept["sealed"])}


def _bare(key: str) -> str:
    """A key as it may be asked for. Raises what is UNREADABLE."""
    return key.encode().decode()
