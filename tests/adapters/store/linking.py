"""Looks at a store's file from outside: whether its chain holds, link by link, and what else lies there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from typing import Any

from adapters.store import keys, lookup, queries, rows, texts
from adapters.store.chain import START, Chain


def found(store: Path, query: str, **named: object) -> list[dict[str, Any]]:
    """What a query finds, with the names of its columns."""
    with closing(sqlite3.connect(store)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in lookup.every(connection, query, **named)]


def operations(store: Path, kind: str) -> list[dict[str, Any]]:
    """What was done of a kind, oldest first."""
    return found(store, "select * from operations where kind = :kind order by at", kind=kind)


def links(store: Path, workspace: str = "home") -> list[str]:
    """The kinds of a workspace's links, from the lowest."""
    query = "select kind from links where workspace = :workspace order by height"
    return [link["kind"] for link in found(store, query, workspace=workspace)]


def broken(store: Path) -> list[str]:
    """What does not hold in the chains of a store."""
    with closing(sqlite3.connect(store)) as connection:
        connection.row_factory = sqlite3.Row
        return broken_links(connection, keys.read(keys.key_file(store)))


def broken_links(connection: sqlite3.Connection, chain: Chain) -> list[str]:
    """What does not hold in the chains that a connection sees."""
    every = lookup.every(connection, "select * from links order by workspace, height")
    return [
        problem
        for _, chained in groupby(every, key=lambda link: link["workspace"])
        for problem in _problems(connection, chain, list(chained))
    ]


def _problems(connection: sqlite3.Connection, chain: Chain, chained: list[sqlite3.Row]) -> Iterator[str]:
    height, mark = _start(connection, chained[0])
    for link in chained:
        name, height = f"{link['workspace']} {link['height']}", height + 1
        row = _row(connection, link)
        if row is None:
            yield f"{name}: stands for nothing that is there"
        elif (link["height"], link["mark"]) != (height, chain.mark(mark, link, row)):
            yield f"{name}: does not hold"
        elif link["kind"] != "operation" and not _sealed(connection, link, row):
            yield f"{name}: its texts are others"
        mark = link["mark"]


def _start(connection: sqlite3.Connection, first: sqlite3.Row) -> tuple[int, str]:
    """What lies before the first link: nothing, or what a checkpoint says."""
    if first["height"] == 1:
        return 0, START
    row = _row(connection, first)
    assert row is not None
    height, mark = rows.unpacked(row["detail"])["head"]
    return height, mark


def _row(connection: sqlite3.Connection, link: sqlite3.Row) -> sqlite3.Row | None:
    if link["kind"] == "operation":
        return lookup.one(connection, "select * from operations where id = :id", id=link["subject"])
    return lookup.one(connection, queries.TURN, id=link["subject"])


def _sealed(connection: sqlite3.Connection, link: sqlite3.Row, row: sqlite3.Row) -> bool:
    """Whether the texts that are still there are those that were linked."""
    seals = rows.unpacked(link["sealed"])
    there = texts.seals(connection, row["workspace"], row["event"])
    return all(there[part] == seal for part, seal in seals.items() if part in there)
