"""What somebody changed in a store, took from it or put into it is found, and the first bad link is named."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import lookup, queries
from adapters.store.chain import START, Chain
from adapters.store.verify import queries as whole
from tests.adapters.store.living import changed, copied, first, lived, proof


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is valid."""
    path = tmp_path_factory.mktemp("untouched") / "store.db"
    asyncio.run(lived(path))
    return path


@pytest.fixture
def path(untouched: Path, tmp_path: Path) -> Path:
    """A copy of it, with its key."""
    return copied(untouched, tmp_path)


def link_of(path: Path, kind: str, subject: str) -> int:
    """The height of a link."""
    with closing(sqlite3.connect(path)) as connection:
        found = "select height from links where kind = ? and subject = ?"
        return connection.execute(found, (kind, subject)).fetchone()[0]


@pytest.mark.parametrize(
    ("statement", "kind", "problem"),
    [
        ("update turns set ledger = replace(ledger, '1', '-1') where id = 'turn-3'", "ledger", "changed"),
        ("update turns set landed_at = landed_at + 1 where id = 'turn-3'", "ledger", "changed"),
        ("update turns set outcome = 'suppressed' where id = 'turn-3'", "turn", "changed"),
        ("update turns set detail = '{\"a\":1}' where id = 'turn-3'", "turn", "changed"),
        ("update turns set number = 99 where id = 'turn-3'", "delivery", "changed"),
        ("update turns set message_id = 'posted-1' where id = 'turn-3'", "delivery", "changed"),
        ("update turns set delivered_at = delivered_at + 1 where id = 'turn-3'", "delivery", "changed"),
        ("update turns set context = '[1]' where id = 'turn-3'", "turn", "changed"),
        ("update events set author = 'Eve' where id = 'event-3'", "turn", "other person"),
        ("update events set at = at + 1 where id = 'event-3'", "turn", "changed"),
        ("update texts set body = '\"No.\"' where event = 'event-3' and part = 'draft'", "turn", "other text"),
        ("update texts set body = '{}' where event = 'event-3' and part = 'reasons'", "ledger", "other text"),
        ("delete from texts where event = 'event-3' and part = 'message'", "turn", "no text"),
        ("delete from texts where event = 'event-3' and part = 'quotes'", "ledger", "no text"),
        ("update events set gone = 'expired' where id = 'event-3'", "turn", "kept"),
        ("update turns set delivery = 'unknown' where id = 'turn-3'", "turn", "contradiction"),
        ("update turns set hole_reason = 'none' where id = 'turn-3'", "turn", "contradiction"),
        ("update turns set audit = 'owed' where id = 'turn-3'", "turn", "contradiction"),
        ("update events set place = 'attic' where id = 'event-3'", "turn", "contradiction"),
        ("update events set salt = 7 where id = 'event-3'", "turn", "other person"),
        ("update events set salt = x'00' where id = 'event-3'", "turn", "other person"),
        ("update events set speaker = x'00' where id = 'event-3'", "turn", "other person"),
        ("update turns set persona = x'00' where id = 'turn-3'", "turn", "changed"),
        ("delete from turns where id = 'turn-3'", "turn", "no row"),
        ("delete from events where id = 'event-3'", "turn", "changed"),
    ],
)
async def test_the_first_bad_link_is_named(path: Path, statement: str, kind: str, problem: str) -> None:
    changed(path, statement)
    found = await first(path)
    assert (found.problem, found.workspace, found.kind, found.subject) == (problem, "home", kind, "turn-3")
    assert found.height == link_of(path, kind, "turn-3")


@pytest.mark.parametrize("kind", ["reset", "restore", "checkpoint", "profile", "erase", "hold"])
async def test_a_changed_operation_is_found(path: Path, kind: str) -> None:
    changed(path, f"update operations set detail = '{{}}', at = at + 1 where kind = '{kind}'")
    assert {finding.problem for finding in (await proof(path)).findings} >= {"changed"}


async def test_an_operation_that_changed_places_with_one_of_another_workspace_is_found(path: Path) -> None:
    changed(path, "update operations set workspace = iif(workspace = 'home', 'away', 'home') where kind = 'checkpoint'")
    assert {(finding.problem, finding.workspace) for finding in (await proof(path)).findings} >= {
        ("changed", "home"),
        ("changed", "away"),
    }


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update operations set actor = 'Eve' where kind = 'reset'", "other actor"),
        ("update operations set actor = '', salt = null where kind = 'hold' and workspace = 'away'", "no actor"),
        (
            "update memories set state = replace(state, '0.', '0.0') where scope = 'lobby' and number = 1",
            "other memory",
        ),
        ("update memories set state = replace(state, '0.', '0.0') where scope = 'lobby' and number = 3", "memory"),
        ("update memories set state = '?' where scope = 'lobby' and number = 3", "memory"),
        ("delete from memories where scope = 'attic' and number = 1", "no memory"),
        ("update turns set coherence = 10 where id = 'turn-3'", "reading"),
        ("update turns set coherence = 10 where id = 'turn-2'", "reading"),
        ("update turns set drift = null where id = 'turn-3'", "reading"),
        ("update turns set fate = null where id = 'turn-3'", "fate"),
        ("update turns set fate = 'folded' where id = 'turn-18'", "fate"),
        ("update scopes set folded = folded - 1 where id = 'attic'", "unfolded"),
        ("update scopes set numbered = numbered + 1 where id = 'attic'", "counted"),
        ("update scopes set numbered = 'many' where id = 'attic'", "counted"),
        ("update scopes set digest = 'none' where id = 'attic'", "counted"),
        ("update scopes set workspace = 'away' where id = 'attic'", "counted"),
        ("insert into memories select scope, 99, state from memories where scope = 'attic' and number = 1", "counted"),
        ("insert into memories select scope, 0.5, state from memories where scope = 'attic' and number = 1", "counted"),
        ("insert into memories select scope, -1, state from memories where scope = 'attic' and number = 1", "counted"),
        ("delete from scopes where id = 'attic'", "no scope"),
        ("update turns set ledger = '?' where id = 'turn-2'", "unreadable"),
        ("update turns set ledger = '{}' where id = 'turn-3'", "unreadable"),
        ("update turns set coherence = 1 where id = 'turn-17'", "contradiction"),
        ("update turns set audit = 'abandoned' where id = 'turn-17'", "contradiction"),
        ("update turns set coherence = 1 where id = 'turn-18'", "reading"),
        ("update operations set actor = 'Eve' where salt is null", "other actor"),
        ("insert into texts values ('home', 'event-12', 'draft', '\"Back.\"', 'salt')", "kept"),
        ("update events set speaker = 'member-1' where id = 'event-12'", "kept"),
        ("insert into texts values ('home', 'event-17', 'reasons', '{}', 'salt')", "new text"),
        ("update turns set number = 0.5 where id = 'turn-3'", "counted"),
        ("update operations set number = 1 where kind = 'baseline'", "same number"),
        ("update profiles set body = replace(body, 'Mean well', 'Mean ill')", "profile"),
        ("delete from profiles where body like '%sage%'", "no profile"),
        ("delete from holds", "hold"),
        ("update holds set since = since + 1", "hold"),
        ("delete from chain_keys", "no key"),
    ],
)
async def test_what_follows_from_the_record_is_made_anew_and_compared(path: Path, statement: str, problem: str) -> None:
    changed(path, statement)
    assert problem in {finding.problem for finding in (await proof(path)).findings}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("delete from links where height = (select max(height) from links where workspace = 'home')", "turn"),
        ("delete from links where workspace = 'home'", "operation"),
        (
            "insert into operations select 'new', workspace, null, null, 'erase', detail, actor, salt, at "
            "from operations where kind = 'reset'",
            "operation",
        ),
        ("update turns set fate = 'hole', hole_reason = '\"?\"', audit = 'abandoned' where id = 'turn-17'", "hole"),
        (
            "update turns set delivery = 'delivered', delivered_at = 1, message_id = 'x' where id = 'turn-19'",
            "delivery",
        ),
    ],
)
async def test_what_was_put_in_has_no_link(path: Path, statement: str, kind: str) -> None:
    changed(path, statement)
    found = [finding for finding in (await proof(path)).findings if finding.problem == "not linked"]
    assert kind in {finding.kind for finding in found}


async def test_two_ledgers_that_changed_places_are_found(path: Path) -> None:
    swapped = (
        "update turns set ledger = (select ledger from kept where id <> turns.id) where id in (select id from kept)"
    )
    changed(
        path,
        "create table kept as select id, ledger from turns where id in ('turn-1', 'turn-2')",
        swapped,
        "drop table kept",
    )
    found = await first(path)
    assert (found.problem, found.kind, found.subject, found.number, found.more) == ("changed", "ledger", "turn-1", 1, 1)


async def test_two_links_that_changed_places_are_found(path: Path) -> None:
    swap = "update links set height = {} where workspace = 'home' and height = {}"
    changed(path, swap.format(-1, 5), swap.format(5, 6), swap.format(6, -1))
    found = await first(path)
    assert (found.problem, found.height) == ("changed", 5)


async def test_a_link_that_is_gone_from_the_middle_is_found_with_the_one_behind_it(path: Path) -> None:
    changed(path, "delete from links where workspace = 'home' and height = 5")
    found = await first(path)
    assert (found.problem, found.height, found.detail) == ("gap", 6, "5")


async def test_a_beginning_that_is_gone_without_a_checkpoint_is_found(path: Path) -> None:
    changed(path, "delete from links where workspace = 'home' and height < 5")
    found = await first(path)
    assert (found.problem, found.height) == ("no checkpoint", 5)


@pytest.mark.parametrize("table", ["links", "turns", "events", "texts", "operations", "memories", "scopes", "profiles"])
async def test_a_table_that_was_emptied_is_missed(path: Path, table: str) -> None:
    changed(path, f"delete from {table}")
    assert (await proof(path)).findings


@pytest.mark.parametrize("fingerprint", [False, True], ids=["the old fingerprint", "a new fingerprint"])
async def test_a_chain_that_was_made_anew_without_the_key_is_found_from_its_first_link(
    path: Path, fingerprint: bool
) -> None:
    changed(path, "update turns set ledger = replace(ledger, '1', '-1') where id = 'turn-3'")
    _forge(path, Chain(key=b"of somebody else"), fingerprint=fingerprint)
    found = (await proof(path)).findings
    assert [finding.problem for finding in found][:1] == (["another key"] if fingerprint else ["changed"])
    bad = next(finding for finding in found if finding.workspace == "home")
    assert (bad.problem, bad.height, bad.more) == ("changed", 1, _links(path) - 1)


def _forge(path: Path, chain: Chain, *, fingerprint: bool) -> None:
    """Make every link anew with another key, as well as anybody can."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for workspace in ("home", "away"):
            before = START
            for link in lookup.every(connection, whole.LINKS, workspace=workspace):
                query = whole.OPERATION if link["kind"] == "operation" else queries.TURN
                (row,) = lookup.every(connection, query, id=link["subject"])
                before = chain.mark(before, link, row)
                place = {"mark": before, "workspace": workspace, "height": link["height"]}
                forged = "update links set mark = :mark where workspace = :workspace and height = :height"
                connection.execute(forged, place)
        if fingerprint:
            connection.execute("update chain_keys set fingerprint = :new", {"new": chain.fingerprint})


def _links(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select count(*) from links where workspace = 'home'").fetchone()[0]
