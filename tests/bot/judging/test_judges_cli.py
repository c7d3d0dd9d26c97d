"""`safi-bot doctor --judges` from inside: the cost, then consent, then the questions, the report and the record."""

import asyncio
import io
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import Models
from bot.cli.judges import Bench, Terminal, here, line_of, run
from bot.errors import ConfigError
from bot.judging.admission import Admitted, Panel, Price, admitted
from bot.settings.config import Personas, Tokens
from bot.settings.personas import Catalogue
from safi.errors import ModelUnavailable
from safi.judgecheck.asking import Judges
from tests.bot.judging.panels import Kept, check, models, panel
from tests.doubles import HandClock, Heard, PlainScreen, ids, small_profile
from tests.safi import judges
from tests.safi.checking import CASES, PROFILE

SOUND = judges.sound(PROFILE, CASES)


class Screenful(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def terminal(*answers: str, err: io.StringIO | None = None) -> Terminal:
    """A terminal at which a person says these words; without any, nobody is there."""
    left = list(answers)

    async def answer() -> str:
        return left.pop(0)

    return Terminal(out=io.StringIO(), err=err or io.StringIO(), answer=answer if answers else None)


def shown(stream: object) -> str:
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of personas that holds ada's case file."""
    (tmp_path / "ada.toml").write_text('name = "ada"')
    lines = [json.dumps({key: getattr(case, key) for key in case.__dataclass_fields__}) for case in CASES]
    (tmp_path / "ada.check.jsonl").write_text("\n".join(lines))
    return tmp_path


def a_quarter(model: str, input_tokens: int, output_tokens: int) -> float | None:
    return 0.25


def unknown(model: str, input_tokens: int, output_tokens: int) -> float | None:
    return None


def bench(folder: Path, seated: Judges = SOUND, kept: Kept | None = None, price: Price = a_quarter) -> Bench:
    twin = small_profile(name="bob", fallbacks=("spare",))

    @asynccontextmanager
    async def opened(_: Panel) -> AsyncGenerator[Models]:
        yield models(seated)

    return Bench(
        personas=Personas(folder=folder),
        catalogue=Catalogue(profiles=(PROFILE, twin), default=PROFILE),
        panels=lambda profile: [
            panel(),
            *(panel(name, name, stand_in=name) for name in profile.fallbacks),
        ],
        opened=opened,
        most=Tokens(),
        checks=kept or Kept(),
        screen=PlainScreen(),
        clock=HandClock(),
        fresh=ids("nonce"),
        price=price,
    )


async def test_the_cost_is_said_before_anything_is_asked(folder: Path) -> None:
    will = Heard("unasked")
    desk = terminal("n\n")
    assert await run(bench(folder, replace(SOUND, will=will)), [], yes=False, json_only=False, terminal=desk) == 1
    assert will.requests == []
    assert shown(desk.out).startswith("ada: 120 questions\n  96 verdicts by test:will: about ")
    assert "about $0.25, at most $0.25" in shown(desk.out)
    assert shown(desk.err) == "Put these questions now? [y/N] Nothing was asked.\n"


async def test_an_unknown_price_is_told_in_tokens(folder: Path) -> None:
    desk = terminal("n")
    await run(bench(folder, price=unknown), [], yes=False, json_only=False, terminal=desk)
    assert "tokens in, 5,800 out (at most 29,000), whose price is not known" in shown(desk.out)


@pytest.mark.parametrize(("answers", "yes"), [(("y\n",), False), (("Yes\n",), False), ((), True)])
async def test_judges_that_pass_are_reported_recorded_and_admitted(
    folder: Path, answers: tuple[str, ...], *, yes: bool
) -> None:
    kept, desk = Kept(), terminal(*answers)
    at = bench(folder, kept=kept)
    assert await run(at, [], yes=yes, json_only=False, terminal=desk) == 0
    assert "\nada: passed\n  Will (test:will) — sound" in shown(desk.out)
    assert "24 of 24 (86–100 %)" in shown(desk.out)
    assert [replace(each, report="{}") for each in kept.checks] == [check()]
    assert json.loads(kept.checks[0].report)["will"]["kind"] == "sound"
    assert isinstance(await admitted(PROFILE, CASES, [panel()], kept), Admitted)


async def test_judges_that_fail_are_recorded_as_such(folder: Path) -> None:
    kept, desk = Kept(), terminal()
    lenient = judges.always_yes(PROFILE, CASES)
    assert await run(bench(folder, lenient, kept), ["ada"], yes=True, json_only=False, terminal=desk) == 1
    assert "\nada: failed\n  Will (test:will) — always says yes" in shown(desk.out)
    assert [kept.passed for kept in kept.checks] == [False]


async def test_a_check_that_could_not_be_made_is_not_recorded(folder: Path) -> None:
    kept, desk = Kept(), terminal()
    away = judges.scripted(lambda _: ModelUnavailable("away"), lambda _: ModelUnavailable("away"))
    assert await run(bench(folder, away, kept), [], yes=True, json_only=False, terminal=desk) == 1
    assert "ada: the check could not be made" in shown(desk.out)
    assert kept.checks == []


async def test_nobody_at_the_terminal_and_no_yes_asks_nothing(folder: Path) -> None:
    desk = terminal()
    assert await run(bench(folder), [], yes=False, json_only=False, terminal=desk) == 2
    assert "Add --yes" in shown(desk.err)


async def test_as_json_one_object_stands_on_standard_output_and_nothing_else(folder: Path) -> None:
    desk = terminal("y")
    assert await run(bench(folder), [], yes=False, json_only=True, terminal=desk) == 0
    told = json.loads(shown(desk.out))
    assert told["passed"]
    assert sorted(told["personas"]["ada"]) == ["conscience", "made", "passed", "stand_ins", "took", "will"]
    assert told["personas"]["ada"]["took"]["calls"] == 120
    assert "ada: 120 questions" in shown(desk.err)


async def test_as_json_a_check_that_could_not_be_made_is_an_object_too(folder: Path) -> None:
    desk = terminal()
    away = judges.scripted(lambda _: ModelUnavailable("away"), lambda _: ModelUnavailable("away"))
    assert await run(bench(folder, away), [], yes=True, json_only=True, terminal=desk) == 1
    told = json.loads(shown(desk.out))
    assert (told["passed"], told["personas"]["ada"]["made"]) == (False, False)


async def test_two_personas_are_checked_one_after_the_other(folder: Path) -> None:
    (folder / "bob.toml").write_text('name = "bob"')
    (folder / "bob.check.jsonl").write_text((folder / "ada.check.jsonl").read_text())
    kept, desk = Kept(), terminal()
    assert await run(bench(folder, kept=kept), ["ada", "bob"], yes=True, json_only=False, terminal=desk) == 0
    assert len({each.digest for each in kept.checks}) == 2


async def test_who_may_stand_in_is_offered_checked_and_recorded_too(folder: Path) -> None:
    (folder / "bob.toml").write_text('name = "bob"')
    (folder / "bob.check.jsonl").write_text((folder / "ada.check.jsonl").read_text())
    kept, desk, machine = Kept(), terminal(), terminal()
    assert await run(bench(folder, kept=kept), ["bob"], yes=True, json_only=False, terminal=desk) == 0
    assert [each.will for each in kept.checks] == ["test:will", "test:spare"]
    assert "bob, with spare standing in: 120 questions" in shown(desk.out)
    assert "bob, with spare standing in: passed\n  Will (test:spare)" in shown(desk.out)
    assert await run(bench(folder), ["bob"], yes=True, json_only=True, terminal=machine) == 0
    told = json.loads(shown(machine.out))["personas"]["bob"]
    assert (told["will"]["model"], told["stand_ins"]["spare"]["will"]["model"]) == ("test:will", "test:spare")


@pytest.mark.parametrize(
    ("name", "problem"),
    [("eve", 'there is no persona "eve"; allowed here: ada, bob'), ("bob", "bob: has no cases to check its judges by")],
)
async def test_a_persona_that_cannot_be_checked_is_refused(folder: Path, name: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        await run(bench(folder), [name], yes=True, json_only=False, terminal=terminal())


async def test_progress_counts_up_at_a_terminal_and_is_told_in_quarters_elsewhere(folder: Path) -> None:
    for err, parts in ((Screenful(), 120), (io.StringIO(), 4)):
        await run(bench(folder), [], yes=True, json_only=False, terminal=terminal(err=err))
        assert err.getvalue().count("questions asked") == parts
        assert err.getvalue().endswith("ada: 120 of 120 questions asked\n")


# ------------------------------------------------------------------------------------------------------- the terminal


async def test_a_line_is_read_from_a_real_terminal() -> None:
    person, program = os.openpty()
    with os.fdopen(person, "w") as keys, os.fdopen(program) as stream:
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(line_of(stream)())
            await asyncio.sleep(0)
            assert not reading.done()
            keys.write("yes\n")
            keys.flush()
        assert reading.result() == "yes\n"


async def test_waiting_for_a_person_can_be_ended() -> None:
    person, program = os.openpty()
    with os.fdopen(person, "w"), os.fdopen(program) as stream:
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(line_of(stream)())
            await asyncio.sleep(0)
            reading.cancel()
        assert reading.cancelled()


def test_this_terminal_has_a_person_only_where_both_ends_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin, stderr, somebody in (
        (Screenful(), Screenful(), True),
        (Screenful(), io.StringIO(), False),
        (io.StringIO(), Screenful(), False),
        (None, Screenful(), False),
    ):
        monkeypatch.setattr("sys.stdin", stdin)
        monkeypatch.setattr("sys.stderr", stderr)
        assert (here().answer is not None) == somebody
