"""What is kept of texts and persons, held against the hashes that were linked when they came."""

import sqlite3
from collections.abc import Iterator, Mapping

from adapters.store import lookup, queries
from adapters.store.keeping import NOBODY
from adapters.store.texts import OF_LEDGER, person, sealed
from adapters.store.verify.found import UNREADABLE
from safi.ports.proof import Problem

Trouble = tuple[Problem, str]
"""What is wrong, and of what."""


def of_turn(connection: sqlite3.Connection, turn: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
    """What is wrong with what was asked, by whom, and with what was said."""
    kept = _kept(connection, turn)
    loose = turn["ledger"] is None
    parts = {part: text for part, text in kept.items() if loose or part not in OF_LEDGER}
    yield from _person(turn, seals)
    yield from _texts(turn, parts, {part: seal for part, seal in seals.items() if part != "person"})


def of_ledger(connection: sqlite3.Connection, turn: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
    """What is wrong with a ledger's reasons and quotes."""
    kept = _kept(connection, turn)
    yield from _texts(turn, {part: text for part, text in kept.items() if part in OF_LEDGER}, seals)


def of_actor(operation: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
    """What is wrong with who did something. Somebody who was erased left nothing."""
    erased = operation["salt"] is None and operation["actor"] == ""
    if not erased and _seal(operation["salt"], operation["actor"]) != seals.get("actor"):
        yield "other actor", ""


def _kept(connection: sqlite3.Connection, turn: sqlite3.Row) -> dict[str, sqlite3.Row]:
    found = lookup.every(connection, queries.TEXTS, workspace=turn["workspace"], event=turn["event"])
    return {row["part"]: row for row in found}


def _texts(turn: sqlite3.Row, kept: Mapping[str, sqlite3.Row], seals: Mapping[str, str]) -> Iterator[Trouble]:
    gone = turn["gone"] is not None
    for part in sorted(kept.keys() | seals.keys(), key=str):  # whoever changes a store may put in anything
        if part in kept and gone:
            yield "kept", part
        elif part not in seals:
            yield "new text", part
        elif part not in kept:
            if not gone:
                yield "no text", part
        elif _seal(kept[part]["salt"], kept[part]["body"]) != seals[part]:
            yield "other text", part


def _person(turn: sqlite3.Row, seals: Mapping[str, str]) -> Iterator[Trouble]:
    if turn["gone"] is None:
        if _seal(turn["salt"], _person_of(turn)) != seals.get("person"):
            yield "other person", ""
    elif (turn["author"], turn["speaker"], turn["salt"]) != ("", NOBODY, None):
        yield "kept", "person"


def _person_of(turn: sqlite3.Row) -> object:
    try:
        return person(turn["author"], turn["speaker"])
    except UNREADABLE:
        return None


def _seal(salt: object, body: object) -> str | None:
    """None where a cell holds what is no text."""
    if not (isinstance(salt, str) and isinstance(body, str)):
        return None
    try:
        return sealed(salt, body)
    except UnicodeEncodeError:
        return None
