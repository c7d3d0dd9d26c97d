"""`safi-bot backup`, `restore` and `migrate` as a person types them: what is said, and the exit status."""

import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import backup
from adapters.store.schema import shipped
from adapters.store.sqlite import open_store
from bot.__main__ import main
from bot.cli.verify import heads_of
from safi.record import fold
from tests.adapters.store.making import at, audited, delivered, erased, ledger
from tests.adapters.store.restoring import first_schema

STORE = Path("state/safi.db")
LATEST = len(shipped())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    monkeypatch.chdir(tmp_path)


@pytest.fixture
async def store() -> None:
    """Two turns in two workspaces."""
    async with open_store(STORE) as store:
        await audited(store, 1, ledger())
        await delivered(store, 2, workspace="away", scope="den")


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> list[str]:
    """The lines of a command, of either stream."""
    assert main(list(arguments)) == status
    said = capsys.readouterr()
    return [*said.out.splitlines(), *said.err.splitlines()]


def changed(file: Path, statement: str) -> None:
    """Change something by hand."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


# ------------------------------------------------------------------------------------------------------------- backup


@pytest.mark.usefixtures("store")
def test_a_backup_says_what_it_holds_what_it_lacks_and_where_the_chains_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = told(capsys, "backup", "b.db")
    assert lines[0].startswith("b.db holds all of state/safi.db now (")
    assert lines[1:4] == [
        "It was checked, and is as it was recorded.",
        "Neither the key nor the list of the erased is in it: "
        "keep copies of state/safi.key and state/safi.key.erased elsewhere.",
        "Without the key no backup can be restored, and without the list whoever was erased comes back with it.",
    ]
    Path("heads.txt").write_text("\n".join(lines))
    assert [(head.workspace, head.height) for head in heads_of(Path("heads.txt"))] == [("away", 2), ("home", 3)]


@pytest.mark.usefixtures("store")
def test_what_was_changed_in_a_store_is_told_with_its_backup(capsys: pytest.CaptureFixture[str]) -> None:
    changed(STORE, "update turns set persona = 'impostor' where id = 'turn-1'")
    lines = told(capsys, "backup", "b.db", status=1)
    assert lines[1] == "It is not as it was recorded, and neither is the store."
    assert "turn-1" in lines[2]
    assert Path("b.db").exists()


@pytest.mark.usefixtures("store")
def test_a_backup_without_its_key_is_told_not_to_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("state/safi.key").unlink()
    lines = told(capsys, "backup", "b.db", status=1)
    assert lines[1].startswith("It could not be checked: state/safi.key: is missing")


def test_a_backup_of_an_older_store_is_told_not_to_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    first_schema(STORE)
    lines = told(capsys, "backup", "b.db")
    assert lines[1].startswith("It was not checked, being of version 1: `safi-bot migrate`")


@pytest.mark.usefixtures("store")
def test_a_backup_that_is_there_already_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.db").touch()
    assert told(capsys, "backup", "b.db", status=1) == ["safi-bot: b.db: is there already: choose another name"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("command", ["backup b.db", "restore b.db", "migrate"])
def test_whoever_ends_it_lets_it_clear_away_what_it_began(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    if command != "backup b.db":
        told(capsys, "backup", "b.db")
    if command == "migrate":
        first_schema(Path("old.db"))
        STORE.write_bytes(Path("old.db").read_bytes())
    before, handler = sorted(Path().rglob("*")), signal.getsignal(signal.SIGTERM)

    def ended(_: Path) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(backup, "flush", ended)
    with pytest.raises(SystemExit) as end:
        main(command.split())
    assert end.value.code == 143
    assert sorted(Path().rglob("*")) == before
    assert signal.getsignal(signal.SIGTERM) == handler


# ------------------------------------------------------------------------------------------------------------ restore


@pytest.mark.usefixtures("store")
def test_a_restore_without_a_list_of_the_erased_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "backup", "b.db")
    assert told(capsys, "restore", "b.db")[1] == (
        "There is no list of the erased in state/safi.key.erased: if anybody was, put it there and restore once more."
    )


@pytest.mark.usefixtures("store")
async def test_a_restore_says_what_it_did_and_where_the_old_store_lies(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "backup", "b.db")
    async with open_store(STORE) as opened:
        await erased(opened)
    lines = told(capsys, "restore", "b.db")
    assert lines[:3] == [
        "state/safi.db is now what b.db holds.",
        "1 person who had been erased since went from it again.",
        "It was checked, and is as it was recorded.",
    ]
    assert lines[3].startswith("The store that was there lies in state/safi.db.replaced-2")
    assert [line.split()[:2] for line in lines[4:]] == [["head", '"away"'], ["head", '"home"']]


@pytest.mark.usefixtures("store")
async def test_an_erasure_that_waits_for_the_end_of_a_backups_hold_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_store(STORE) as opened:
        await opened.hold(held=True, actor="mod-1", step=fold, at=at(1))
        told(capsys, "backup", "b.db")
        await opened.hold(held=False, actor="mod-1", step=fold, at=at(2))
        await erased(opened)
    lines = told(capsys, "restore", "b.db")
    assert lines[1] == "1 person who had been erased since will go from it when its legal hold ends."


@pytest.mark.usefixtures("store")
def test_a_backup_that_was_changed_is_not_restored_and_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "backup", "b.db")
    changed(Path("b.db"), "update turns set persona = 'impostor' where id = 'turn-1'")
    lines = told(capsys, "restore", "b.db", status=1)
    assert lines[0] == "b.db is not as it was recorded, so nothing was done."
    assert "turn-1" in lines[1]


@pytest.mark.usefixtures("store")
def test_a_restored_store_of_an_older_program_is_told_to_be_linked_now(capsys: pytest.CaptureFixture[str]) -> None:
    first_schema(Path("old.db"))
    lines = told(capsys, "restore", "old.db")
    assert lines[1:3] == [
        f"It was brought from version 1 to version {LATEST}.",
        "It was not linked to a chain before: what was changed in it until now, nobody can tell.",
    ]


def test_a_store_that_gets_its_chain_at_the_next_start_is_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    first_schema(Path("old.db"))
    assert told(capsys, "restore", "old.db")[2:] == ["It has no chain yet: the next start makes one, with its key."]


# ------------------------------------------------------------------------------------------------------------ migrate


def test_migrate_says_from_which_version_to_which_and_where_the_copy_lies(capsys: pytest.CaptureFixture[str]) -> None:
    first_schema(STORE)
    assert told(capsys, "migrate") == [
        f"state/safi.db was brought from version 1 to version {LATEST}.",
        f"As it was before, it lies in state/safi.db.before-v{LATEST}.",
    ]
    assert told(capsys, "migrate") == [f"state/safi.db is up to date: version {LATEST}."]


@pytest.mark.parametrize("command", ["migrate", "erase --person Ada --yes", "backup b.db"])
def test_where_there_is_no_store_none_is_made(capsys: pytest.CaptureFixture[str], command: str) -> None:
    lines = told(capsys, *command.split(), status=1)
    assert lines == ["safi-bot: state/safi.db: there is no store here: see that the path is the right one"]
    assert not STORE.exists()
