"""`safi-bot verify` as a person types it: what it prints, what can be given back to it, and its exit status."""

import asyncio
import json
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from bot.__main__ import main
from bot.cli.verify import sentence
from safi.ports.proof import Finding
from safi.record import fold
from tests.adapters.store.living import Life, changed, live
from tests.adapters.store.making import at

STORE = Path("state/safi.db")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def store() -> Path:
    """A store in which everything has happened, where it is looked for."""

    async def made() -> None:
        async with open_store(STORE) as store:
            await live(Life(store))

    asyncio.run(made())
    return STORE


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    """What it prints, after it ended with that status."""
    assert main(["verify", *arguments]) == status
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, status: int) -> str:
    """What it says where it prints nothing."""
    assert main(["verify", *arguments]) == status
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


def test_a_record_that_is_what_was_recorded_is_called_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *rest = printed(capsys).splitlines()
    assert first == (
        "Checked state/safi.db: 69 links in 2 chains, 19 turns (the words of 1 are gone), 23 numbers in 3 scopes, "
        "2 profiles."
    )
    assert second == "Every link holds, and every memory is what its record gives."
    assert [line.split()[:3] for line in rest[1:]] == [["head", '"away"', "10"], ["head", '"home"', "59"]]


def test_what_it_prints_can_be_given_back_whole(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("heads.txt").write_text(printed(capsys))
    assert "against 2 heads." in printed(capsys, "--heads", "heads.txt")


def test_what_was_changed_is_told_with_its_first_link(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(store, "update turns set ledger = replace(ledger, '1', '-1') where id in ('turn-3', 'turn-5')")
    told = printed(capsys, status=1).splitlines()
    assert told[1] == (
        "home, link 10 (ledger of turn turn-3, number 3, scope lobby): it, or what it stands for, is not what was "
        "linked; and 1 link after it"
    )
    assert "The record is not what was recorded." in told
    assert told[told.index("The record is not what was recorded.") + 1].startswith("`safi-bot restore FILE` puts")


def test_a_cut_tail_is_told_beside_its_head(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("heads.txt").write_text(f'head "home" 60 {"0" * 64}\nhead "away" 3 {"0" * 64}\n')
    told = printed(capsys, "--heads", "heads.txt", status=1)
    assert "home, head 60: the chain does not reach up to this head: its end was cut off" in told
    assert "away, head 3: another link stands where this head was" in told


def test_programs_get_one_object(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(store, "delete from memories where scope = 'lobby' and number = 3")
    report = json.loads(printed(capsys, "--json", status=1))
    assert list(report) == ["version", "status", "checked", "linked", "findings", "remarks", "heads"]
    assert (report["status"], report["linked"], report["checked"]["links"]) == (1, True, 69)
    (found,) = report["findings"]
    assert (found["problem"], found["scope"], found["number"]) == ("no memory", "lobby", 3)
    assert found["sentence"] == "home, turn turn-3, number 3, scope lobby: the memory after it is gone"


def test_an_empty_store_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    async def made() -> None:
        async with open_store(STORE):
            pass

    asyncio.run(made())
    assert printed(capsys) == "Nothing is recorded in state/safi.db yet.\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('head "home" 12\n', 'heads.txt: line 1: is no head, which reads head "workspace" height mark'),
        (f"fine\nhead home 12 {'0' * 64}\n", "heads.txt: line 2: is no head"),
        (f'head "\\x" 12 {"0" * 64}\n', "heads.txt: line 1: is no head"),
        ("Every link holds.\n", "heads.txt: holds no heads"),
        ("\udcff", "heads.txt: cannot be read"),
        (None, "heads.txt: cannot be read: No such file or directory"),
    ],
)
def test_heads_that_cannot_be_used_are_told_with_their_line(
    capsys: pytest.CaptureFixture[str], text: str | None, told: str
) -> None:
    if text is not None:
        Path("heads.txt").write_text(text, errors="surrogateescape")
    assert f"safi-bot: {told}" in refused(capsys, "--heads", "heads.txt", status=2)


def test_a_store_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, status=3) == "safi-bot: state/safi.db: there is no store yet\n"


def test_a_store_that_is_gone_is_missed_by_its_key(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in store.parent.glob("safi.db*"):
        file.unlink()
    told = "safi-bot: state/safi.db: is gone or empty, though its key state/safi.key is there: "
    assert refused(capsys, status=3).startswith(told)


def test_a_key_that_is_not_there_is_told(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store.with_suffix(".key").unlink()
    assert refused(capsys, status=3).startswith("safi-bot: state/safi.key: is missing")


@pytest.mark.parametrize("what", ["the key is gone", "others may read the key", "a newer program's", "no database"])
def test_that_nobody_could_check_it_is_another_word_than_that_it_was_changed(
    store: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    match what:
        case "the key is gone":
            store.with_suffix(".key").unlink()
        case "others may read the key":
            store.with_suffix(".key").chmod(0o644)
        case "a newer program's":
            changed(store, "insert into migrations values (999, 'later', 'unknown')")
        case _:
            store.write_text("Dear diary")
    said = refused(capsys, status=3)
    report = json.loads(printed(capsys, "--json", status=3))
    assert list(report) == ["version", "status", "error"]
    assert (report["status"], f"safi-bot: {report['error']}\n") == (3, said)


def test_what_a_person_wrote_wrong_keeps_its_status(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text("[stoer]\n")
    assert "stoer" in refused(capsys, "--json", status=2)


def test_the_help_says_what_each_status_means(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    assert "3 the record could not be checked." in " ".join(capsys.readouterr().out.split())


def test_with_another_key_nobody_is_sent_to_a_backup_which_that_key_cannot_open(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.with_suffix(".key").write_text("0" * 64 + "\n")
    told = printed(capsys, status=1)
    assert "The store says that its chain was made with another key than the one at hand" in told
    assert "Find the key that this store was made with first" in told
    assert "restore" not in told


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("create table shadow (x)", "The store has a part that this program did not make, table shadow: take it out"),
        ("drop view records", "The store lacks a part that this program made, view records"),
        ("alter table notes add column x", "A part of the store is not as this program made it, table notes"),
        ("delete from migrations", "The store's list of what made it is not the one that this program wrote"),
        (
            "insert into texts values ('home', 'nowhere', 'draft', '?', 'salt')",
            "home, event nowhere: a text is kept that belongs to no message (draft)",
        ),
        (
            "update links set subject = cast(subject as blob) where height = 10 and workspace = 'home'",
            "home, link 10 (ledger of turn b'turn-3'): what it stands for is gone",
        ),
        (
            "update links set kind = char(27) where height = 10 and workspace = 'home'",
            'home, link 10 ("\\u001b" of turn turn-3, number 3, scope lobby): it, or what it stands for',
        ),
        (
            "update turns set number = cast(x'ff' as text) where id = 'turn-3'",
            "home, link 6 (delivery of turn turn-3, scope lobby): it, or what it stands for",
        ),
    ],
)
def test_whatever_somebody_wrote_into_a_store_is_told_in_sentences(
    store: Path, capsys: pytest.CaptureFixture[str], statement: str, told: str
) -> None:
    changed(store, statement)
    lines = printed(capsys, status=1).splitlines()
    assert any(line.startswith(told) for line in lines)
    report = json.loads(printed(capsys, "--json", status=1))
    assert [each["sentence"] for each in report["findings"]] == lines[1 : len(report["findings"]) + 1]


def test_what_went_is_remarked_upon(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def aged() -> None:
        async with open_store(STORE) as opened:
            life = Life(opened, minute=60)
            await opened.hold(held=False, actor="mod", step=fold, at=at(60))
            await life.expired(texts=-1, ledgers=59, checkpoint=-1)

    asyncio.run(aged())
    Path("heads.txt").write_text(f'head "home" 3 {"0" * 64}\n')
    told = printed(capsys, "--heads", "heads.txt")
    (begins,) = [line for line in told.splitlines() if line.startswith("The chain of home begins with link ")]
    assert "a checkpoint of 2026-01-01 00:" in begins
    assert "Head 3 of home lies before what is left of its chain, so nobody can compare it." in told


def test_a_name_that_could_move_the_cursor_is_spelt_out() -> None:
    found = Finding(problem="not linked", workspace="a\x1b[2Jb", kind="turn", subject="turn-1", more=2)
    assert sentence(found) == r'"a\u001b[2Jb", turn turn-1: it has no link in the chain; and 2 more like it'
