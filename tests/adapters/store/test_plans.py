"""What is asked for on every turn walks an index: its cost does not grow with what is stored."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from adapters.store import queries
from adapters.store.schema import migrate, shipped

ON_EVERY_TURN = {
    name: getattr(queries, name)
    for name in (
        "ACCEPT_EVENT", "CLOSE_EVENT", "LAST_POSITION", "NEXT_NUMBER", "DELIVER_TURN", "CLAIM_AUDIT", "POSTPONE_AUDIT",
        "LAND_LEDGER", "MARK_FOLDED", "ABANDON_AUDIT", "MAKE_HOLE", "BLOCKING", "SCOPE", "MARK_SCOPE", "KEEP_MEMORY",
        "LATEST_MEMORY", "MEMORY", "HEAD", "APPEND_LINK", "EVENT", "OPERATION_BY_NUMBER", "TURN", "TURN_BY_NUMBER",
        "TURNS", "TURNS_IN_PLACE", "TURNS_WITHIN", "TEXTS", "CONVERSATION", "ENFORCED", "OWED_IN_SCOPE",
        "RELEASE_CLAIMS", "IN_DOUBT", "DOUBT_DELIVERY", "NOTE_CALL", "SPENT", "KEEP_CHECK", "LAST_CHECK", "SAID",
        "WITHDRAW", "ASKED_AS", "SHOWN", "EXCHANGES", "TO_DELIVER", "CLAIMED", "TO_SETTLE", "TO_FOLD", "FOLDED",
        "NEXT_UNDER_PROFILE", "KEEP_POST", "VOTE", "TAKE_BACK", "REPORT", "REPORTS", "NOTED", "JOT",
        "FORGET_VOTERS", "FORGET_REPORTERS", "FORGET_REASONS", "DROP_TURN", "DROP_EVENTS", "DROP_CALLS", "EXPIRING",
        "LAST_CHECKPOINT", "CHECKPOINT",
    )
}  # fmt: skip  # a table, not a column of names


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, shipped(), store="it")
        yield connection


def plan(connection: sqlite3.Connection, query: str) -> list[str]:
    names = dict.fromkeys(_names(query))
    return [row["detail"] for row in connection.execute(f"explain query plan {query}", names)]


def _names(query: str) -> list[str]:
    return [word.split(":", 1)[1].strip("),;") for word in query.split() if ":" in word]


@pytest.mark.parametrize("name", ON_EVERY_TURN)
def test_no_table_is_read_from_end_to_end(connection: sqlite3.Connection, name: str) -> None:
    steps = plan(connection, ON_EVERY_TURN[name])
    whole = [step for step in steps if step.startswith("SCAN") and "USING" not in step and "latest" not in step]
    assert whole == [], steps
    assert [step for step in steps if "TEMP B-TREE" in step] == [], steps


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (queries.CLAIM_AUDIT, "turns_due"),
        (queries.RELEASE_CLAIMS, "turns_due"),
        (queries.IN_DOUBT, "turns_unsent"),
        (queries.CONVERSATION, "turns_of_place"),
        (queries.TURNS, "turns_of_scope (scope=?)"),
        (queries.TURNS_IN_PLACE, "turns_of_scope_in_place (scope=? AND place=?)"),
        (queries.TURNS_WITHIN, "turns_of_scope (scope=?)"),
        (queries.ENFORCED, "turns_of_scope"),
        (queries.OWED, "turns_"),
        (queries.OPEN_EVENTS, "events_open"),
        (queries.SPENT, "COVERING INDEX calls_of_time (at>?)"),
        (queries.SAID, "events_of_message"),
        (queries.SAID, "turns_posted"),
        (queries.ASKED_AS, "events_of_message"),
        (queries.POSTED, "turns_posted"),
        (queries.POSTED_WITHIN, "turns_posted (place>? AND place<?)"),
        (queries.UNSENT, "turns_unsent"),
        (queries.OWED_OF_SCOPE, "turns_owed (scope=?)"),
        (queries.FORGET_VOTERS, "votes_named (at<?)"),
        (queries.FORGET_REPORTERS, "reports_named (at<?)"),
        (queries.DROP_EVENTS, "events_without_turn (at<?)"),
        (queries.DROP_EVENTS, "sqlite_autoindex_events_1 (workspace=? AND id=?)"),
        (queries.DROP_CALLS, "calls_of_time (at<?)"),
        (queries.LAST_CHECKPOINT, "operations_of_kind (workspace=? AND kind=?)"),
        (queries.LAST_CHECKPOINT, "links_of_operations (workspace=? AND subject=?)"),
        (queries.OLD_CHECKPOINTS, "operations_of_kind (workspace=? AND kind=? AND at<?)"),
    ],
)
def test_what_is_looked_for_has_an_index_of_its_own(connection: sqlite3.Connection, query: str, index: str) -> None:
    assert any(index in step for step in plan(connection, query)), plan(connection, query)
