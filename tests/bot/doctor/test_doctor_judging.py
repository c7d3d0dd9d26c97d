"""What the doctor knows of servers and judges without asking them: clocks, plain addresses, checks that were made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.store.sqlite import SQLiteStore
from bot import wiring
from bot.doctor import judges, servers
from bot.doctor.servers import Server
from bot.judging.admission import Admitted, Barred, Why
from bot.settings.config import Personas
from bot.settings.personas import catalogue
from safi.ports import JudgeCheck
from tests.bot.judging.panels import panel
from tests.doubles import NOON

CHECK = JudgeCheck(digest="d", will="mine:a", conscience="mine:b", version="v", at=NOON, passed=True, report="{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a server showed."""

    url: str = "https://models.example.org/v1"
    distrust: str | None = None
    fault: str | None = None
    expires: datetime | None = None
    date: datetime | None = None


def server(shown: Shown) -> Server:
    return Server(provider="mine", shown=shown, at=NOON)


@pytest.mark.parametrize(
    ("shown", "state", "sentence"),
    [
        (Shown(), "ok", "models.example.org is trusted."),
        (Shown(fault="no answer"), "skipped", "models.example.org could not be reached: no answer."),
        (Shown(url="http://localhost:1/v1", fault="gone"), "ok", "localhost:1 is on this machine and needs none."),
        (
            Shown(distrust="wrong version number"),
            "problem",
            "models.example.org cannot be trusted: wrong version number.",
        ),
        (
            Shown(url="http://models.example.org"),
            "warning",
            "models.example.org is asked without encryption, so everyone on the way can read keys and words.",
        ),
    ],
)
def test_a_server_is_told_of_by_what_it_showed(shown: Shown, state: str, sentence: str) -> None:
    (finding,) = servers.certificates([server(shown)])
    assert (finding.state, finding.sentence) == (state, sentence)


@pytest.mark.parametrize(
    ("ahead", "state", "sentence"),
    [
        (0, "ok", "It agrees with models.example.org's."),
        (-90, "ok", "It agrees with models.example.org's."),
        (420, "warning", "This machine's clock is 7 minutes ahead of models.example.org's."),
        (-3600, "warning", "This machine's clock is 60 minutes behind models.example.org's."),
    ],
)
def test_a_clock_that_is_far_off_is_warned_of(ahead: int, state: str, sentence: str) -> None:
    seen = [server(Shown()), server(Shown(date=NOON - timedelta(seconds=ahead)))]
    finding = servers.clock(seen)
    assert (finding.state, finding.sentence) == (state, sentence)


@pytest.mark.parametrize(
    ("why", "state", "remedy"),
    [
        ("failed", "problem", "Name other models in roles.will and roles.conscience."),
        ("unchecked", "warning", "Run `safi-bot doctor --judges`."),
        ("no cases", "warning", "Write some into a file that ends in .check.jsonl, beside the persona's own."),
    ],
)
def test_judges_that_may_not_sit_are_told_with_what_to_do(why: Why, state: str, remedy: str) -> None:
    barred = Barred(why=why, sentence="ada: its judges did not pass. Run that, or overrule this.")
    finding = judges.finding("ada", barred)
    assert (finding.name, finding.state, finding.remedy) == ("judges ada", state, remedy)
    assert finding.sentence == "Its judges did not pass."


def test_judges_that_passed_are_told_with_the_day() -> None:
    finding = judges.finding("ada", Admitted(check=CHECK))
    assert finding.sentence == "Will on mine:a and Conscience on mine:b passed their check of 22 November 2026."


def test_stand_ins_that_passed_are_told_too_and_one_that_failed_can_be_taken_out() -> None:
    assert judges.finding("ada", Admitted(check=CHECK, stand_ins=(CHECK,))).sentence.endswith("So did 1 stand-in.")
    barred = Barred(why="failed", sentence="ada: it failed. Run that.", stand_in="spare")
    assert str(judges.finding("ada", barred).remedy).startswith("Name another model in models.spare.judge, or take it")


async def test_a_store_that_is_not_there_knows_of_no_check() -> None:
    profile, screen = catalogue(Personas()).default, wiring.open_screen()
    (finding,) = await judges.judges(profile, Personas(), [panel()], judges.NOTHING_KNOWN, screen)
    assert (finding.state, finding.remedy) == ("warning", "Run `safi-bot doctor --judges`.")


async def test_cases_that_cannot_be_read_are_told(tmp_path: Path, store: SQLiteStore) -> None:
    shipped = Path(judges.__file__).parents[1] / "profiles" / "librarian.toml"
    (tmp_path / "mine.toml").write_text(shipped.read_text().replace('name = "librarian"', 'name = "mine"', 1))
    (tmp_path / "mine.check.jsonl").write_text("[]\n")
    personas = Personas(default="mine", folder=tmp_path)
    found = await judges.judges(catalogue(personas).default, personas, [panel()], store, wiring.open_screen())
    assert {(finding.name, finding.state) for finding in found} == {("judges", "problem")}
