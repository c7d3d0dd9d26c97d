"""Links what a program without a chain recorded, as it is found: what was changed before that, nobody can tell."""

import sqlite3

from adapters.store import lookup, queries, texts
from adapters.store.chain import Chain


def adopt(connection: sqlite3.Connection, chain: Chain) -> None:
    """Give every text its salt, and every turn, delivery, hole and ledger its link, in the order of the turns."""
    for row in lookup.every(connection, queries.UNSALTED_EVENTS):
        connection.execute(queries.SALT_EVENT, {"workspace": row["workspace"], "id": row["id"], "salt": chain.salt()})
    for row in lookup.every(connection, queries.UNSALTED_TEXTS):
        connection.execute(queries.SALT_TEXT, dict(row) | {"salt": chain.salt()})
    for turn in lookup.every(connection, queries.ALL_TURN_IDS):
        (row,) = lookup.every(connection, queries.TURN, id=turn["id"])
        _link(connection, chain, row)


def _link(connection: sqlite3.Connection, chain: Chain, row: sqlite3.Row) -> None:
    seals = texts.seals(connection, row["workspace"], row["event"])
    (event,) = lookup.every(connection, queries.EVENT, workspace=row["workspace"], event=row["event"])
    person = texts.sealed(event["salt"], texts.person(row["author"], row["speaker"]))
    of_ledger = {part: seal for part, seal in seals.items() if part in texts.OF_LEDGER}
    of_turn = {part: seal for part, seal in seals.items() if part not in texts.OF_LEDGER}
    chain.append(connection, "turn", row, {"person": person} | of_turn)
    if row["delivery"] == "delivered":
        chain.append(connection, "delivery", row, {})
    if row["fate"] == "hole":
        chain.append(connection, "hole", row, {})
    if row["ledger"] is not None:
        chain.append(connection, "ledger", row, of_ledger)
