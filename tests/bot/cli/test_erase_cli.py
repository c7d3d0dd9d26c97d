"""`safi-bot erase` as a person types it: what is said, the exit status, and what becomes of a legal hold."""

import asyncio
import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from bot.__main__ import main
from bot.cli.erase import ACTOR, Person, erase
from bot.cli.judges import Terminal
from bot.retention import CONFIGURATION, Keeper
from bot.settings import config
from safi.ports import Erased, Expired
from safi.record import Step, fold
from tests.adapters.store import linking
from tests.adapters.store.making import at, audited, delivered, erased, ledger
from tests.doubles import HandClock

STORE = Path("state/safi.db")
ADA = ("erase", "--person", "Ada Lovelace")
ENDS_AT_THE_NEXT_START = (
    "The store is under a legal hold that the configuration no longer has, and which the next start will end: "
    "until then the erasure of “Ada Lovelace” waits."
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())


@pytest.fixture
async def store() -> None:
    """Two turns of Ada Lovelace's in two workspaces."""
    async with open_store(STORE) as store:
        await audited(store, 1, ledger())
        await delivered(store, 2, workspace="away", scope="den")


@pytest.fixture
async def held(store: None) -> None:  # what it begins with
    """The same under a legal hold, with an erasure that waits for its end."""
    async with open_store(STORE) as opened:
        await opened.hold(held=True, actor=CONFIGURATION, step=fold, at=at(1))
        await erased(opened, workspace="away")


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> list[str]:
    """The lines of a command, of either stream."""
    assert main(list(arguments)) == status
    said = capsys.readouterr()
    return [*said.out.splitlines(), *said.err.splitlines()]


def under(*, hold: bool) -> None:
    """A configuration with a legal hold or without."""
    Path("config.toml").write_text(f"[retention]\nlegal_hold = {str(hold).lower()}\n")


def kept() -> list[object]:
    """How many messages there are words of, holds that are on, erasures that wait, and what was done."""
    counts = (
        "select count(*) as many from events where gone is null",
        "select count(*) as many from holds",
        "select count(*) as many from erasures",
    )
    done = linking.found(STORE, "select distinct kind from operations order by kind")
    return [*(linking.found(STORE, count)[0]["many"] for count in counts), [row["kind"] for row in done]]


@dataclass(slots=True)
class Erasing:
    """A store in which Ada said something; it keeps what was asked of it, in order."""

    queued: bool = False
    said: Mapping[str, int] = field(default_factory=lambda: {"home": 2, "away": 1})
    asked: list[object] = field(default_factory=list[object])

    async def said_by(self, author: str, *, workspace: str | None) -> Mapping[str, int]:
        return self.said

    async def erase(self, author: str, *, workspace: str | None, actor: str, step: Step, at: datetime) -> Erased:
        self.asked.append((author, workspace, actor))
        return Erased(queued=True) if self.queued else Erased(events=sum(self.said.values()))

    async def expire(
        self, *, texts_before: datetime, ledgers_before: datetime, checkpoint_before: datetime, step: Step, at: datetime
    ) -> Expired:
        return Expired()

    async def hold(self, *, held: bool, actor: str, step: Step, at: datetime) -> Erased | None:
        self.asked.append((held, actor))
        return Erased()


async def asked(
    store: Erasing, answer: str | None, *, yes: bool = False, workspace: str | None = None, legal_hold: bool = False
) -> list[object]:
    """The exit status, and what was said to somebody with that answer."""

    async def line() -> str:
        return f"{answer}\n"

    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, answer=None if answer is None else line)
    keeper = Keeper(store=store, clock=HandClock(), settings=config.Retention(legal_hold=legal_hold))
    status = await erase(store, Person(author="Ada", workspace=workspace), keeper, terminal, yes=yes)
    return [status, *out.getvalue().splitlines(), *err.getvalue().splitlines()]


async def test_what_will_go_is_said_before_and_what_went_afterwards() -> None:
    store = Erasing()
    assert await asked(store, "y") == [
        0,
        "Of “Ada”, this will go for good, with the answers to it and the name on whatever was done:",
        "  2 messages in home",
        "  1 message in away",
        "3 messages of “Ada” went. Scores stay, and so does the chain.",
        "Backups made before still hold them; one that is restored loses them then.",
        "Erase this person now? [y/N] ",
    ]
    assert store.asked == [("Ada", None, ACTOR)]


def test_nobody_is_not_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase", "--person", " ", "--yes"]) == 2
    assert capsys.readouterr().err == "safi-bot: --person: must not be empty\n"


async def test_a_no_erases_nothing_and_nobody_neither() -> None:
    store = Erasing()
    assert (await asked(store, ""))[0] == 1
    assert (await asked(store, None))[0] == 2
    assert store.asked == []


async def test_under_a_legal_hold_it_waits_and_that_is_told() -> None:
    told = await asked(Erasing(queued=True), None, yes=True, legal_hold=True)
    assert told[-1] == "A legal hold keeps everything: “Ada” will be erased when it ends."


async def test_somebody_who_said_nothing_may_still_have_done_something() -> None:
    store = Erasing(said={})
    told = await asked(store, None, yes=True, workspace="home")
    assert told[1] == "No message of “Ada” is kept in home; a backup that is restored will lose them too."
    assert told[3] == "No message of “Ada” was there to go; nothing that was done here bears the name any more."
    assert store.asked == [("Ada", "home", ACTOR)]


@pytest.mark.usefixtures("store")
def test_a_person_is_erased_from_the_file_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Add --yes" in told(capsys, *ADA, status=2)[-1]
    assert "2 messages of “Ada Lovelace” went." in "\n".join(told(capsys, *ADA, "--yes"))
    assert b"Ada Lovelace" not in STORE.read_bytes()
    assert told(capsys, *ADA, "--yes")[0].startswith("No message of “Ada Lovelace” is kept anywhere")


@pytest.mark.usefixtures("store")
def test_a_legal_hold_that_no_start_has_begun_yet_counts(capsys: pytest.CaptureFixture[str]) -> None:
    under(hold=True)
    lines = told(capsys, *ADA, "--yes")
    assert lines[-1] == "A legal hold keeps everything: “Ada Lovelace” will be erased when it ends."
    assert kept() == [2, 1, 1, ["hold"]]


@pytest.mark.parametrize(("answer", "status"), [("", 1), (None, 2)])
async def test_no_legal_hold_begins_before_somebody_has_agreed(answer: str | None, status: int) -> None:
    store = Erasing()
    assert (await asked(store, answer, legal_hold=True))[0] == status
    assert store.asked == []
    await asked(store, "y", legal_hold=True)
    assert store.asked == [(True, CONFIGURATION), ("Ada", None, ACTOR)]


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("configured", [True, False])
def test_an_erasure_that_is_refused_leaves_a_legal_hold_as_it_is(
    capsys: pytest.CaptureFixture[str], configured: bool
) -> None:
    under(hold=configured)
    before = kept()
    told(capsys, "erase", "--person", "Nobody", status=2)
    assert kept() == before == [2, 1, 1, ["hold"]]


@pytest.mark.usefixtures("held")
def test_a_legal_hold_that_the_configuration_no_longer_has_is_left_to_the_next_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told(capsys, *ADA, "--yes")[-1] == ENDS_AT_THE_NEXT_START
    assert kept() == [2, 1, 2, ["hold"]]


@pytest.mark.usefixtures("held")
def test_what_waited_goes_at_the_next_start(capsys: pytest.CaptureFixture[str]) -> None:
    async def start() -> None:
        async with open_store(STORE) as opened:
            await Keeper(store=opened, clock=HandClock(), settings=config.Retention()).begin()

    told(capsys, *ADA, "--yes")
    asyncio.run(start())
    assert kept() == [0, 0, 0, ["erase", "hold", "release"]]
