"""Links what a program without a chain recorded, as it is found: what was changed before that, nobody can tell."""

import sqlite3
from contextlib import suppress

from adapters.store import lookup, numbers, queries, rows, texts
from adapters.store.chain import Chain, kinds
from safi.errors import InvalidValue
from safi.record import State, fold


def adopt(connection: sqlite3.Connection, chain: Chain) -> None:
    """Give every text its salt, and every turn, delivery, hole and ledger its link, in the order of the turns.

    Of an older store only the last memory of each scope is there; the others are made anew.
    """
    for row in lookup.every(connection, queries.UNSALTED_EVENTS):
        connection.execute(queries.SALT_EVENT, {"workspace": row["workspace"], "id": row["id"], "salt": chain.salt()})
    for row in lookup.every(connection, queries.UNSALTED_TEXTS):
        connection.execute(queries.SALT_TEXT, dict(row) | {"salt": chain.salt()})
    for turn in lookup.every(connection, queries.ALL_TURN_IDS):
        (row,) = lookup.every(connection, queries.TURN, id=turn["id"])
        _link(connection, chain, row)
    for scope in lookup.every(connection, queries.ALL_SCOPES):
        _remember(connection, scope)


def _link(connection: sqlite3.Connection, chain: Chain, row: sqlite3.Row) -> None:
    (event,) = lookup.every(connection, queries.EVENT, workspace=row["workspace"], event=row["event"])
    seals = texts.of_event(connection, event)
    of_ledger = {part: seal for part, seal in seals.items() if part in texts.OF_LEDGER}
    of_turn = {part: seal for part, seal in seals.items() if part not in texts.OF_LEDGER}
    sealed = {"turn": of_turn, "ledger": of_ledger}
    for kind in kinds(row):
        chain.append(connection, kind, row, sealed.get(kind, {}))


def _remember(connection: sqlite3.Connection, scope: sqlite3.Row) -> None:
    """Keep the memory after each number, as far as that can be read: what stands there is not to stop a start."""
    state = State()
    for number in range(1, scope["folded"]):
        with suppress(InvalidValue):
            entry = numbers.entry_of(connection, scope["id"], number)
            state = fold(state, entry.item).state if entry else state
        kept = {"scope": scope["id"], "number": number, "state": rows.state_column(state)}
        connection.execute(queries.KEEP_EARLIER_MEMORY, kept)
