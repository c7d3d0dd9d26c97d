"""The judge check from the program's side: which judges may sit, what a check takes, and what a person reads of it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.config import Personas
from bot.judging import AT_ONCE, Admitted, Barred, admitted, cases_of, estimates, put_all
from safi.judgecheck.asking import Judges
from safi.judgecheck.cases import asked
from safi.ports import Reply, Request
from tests.bot.judging import MODELS, Kept, check
from tests.doubles import PlainScreen, ids
from tests.safi import judges, making
from tests.safi.checking import CASES, PROFILE

# ------------------------------------------------------------------------------------------------- which judges may sit


async def test_judges_that_passed_may_sit() -> None:
    assert await admitted(PROFILE, CASES, MODELS, Kept([check()])) == Admitted(check=check())


@pytest.mark.parametrize(
    "other",
    [
        {"digest": "another profile"},
        {"will": "test:another"},
        {"conscience": "test:another"},
        {"version": "other words"},
    ],
)
async def test_a_check_of_other_judges_or_words_counts_for_nothing(other: dict[str, str]) -> None:
    verdict = await admitted(PROFILE, CASES, MODELS, Kept([check(**other)]))
    assert isinstance(verdict, Barred)
    assert verdict.why == "unchecked"


async def test_a_later_check_counts_in_an_earlier_ones_place() -> None:
    verdict = await admitted(PROFILE, CASES, MODELS, Kept([check(), check(passed=False)]))
    assert isinstance(verdict, Barred)
    assert verdict.why == "failed"


async def test_whoever_is_barred_reads_why_what_to_run_and_how_to_overrule_it() -> None:
    kept = Kept([check(passed=False)])
    said = [
        await admitted(PROFILE, None, MODELS, Kept()),
        await admitted(PROFILE, CASES, MODELS, Kept()),
        await admitted(PROFILE, CASES, MODELS, kept),
    ]
    told = [verdict.sentence for verdict in said if isinstance(verdict, Barred)]
    assert making.lines("\n".join(told)) == snapshot(
        [
            "ada: there are no cases to check its judges by; write some, in x.check.jsonl beside its x.toml. Run ",
            "`safi-bot doctor --judges --persona ada`, or overrule this with --unchecked-judges.",
            "ada: its judges (Will on test:will, Conscience on test:conscience) were never checked for what it ",
            "says now. Run `safi-bot doctor --judges --persona ada`, or overrule this with --unchecked-judges.",
            "ada: its judges (Will on test:will, Conscience on test:conscience) failed their check of 2026-11-22;",
            " choose others. Run `safi-bot doctor --judges --persona ada`, or overrule this with --unchecked-",
            "judges.",
        ]
    )


# --------------------------------------------------------------------------------------------------- what a check takes


def test_an_estimate_counts_every_question_and_asks_its_models_price() -> None:
    asked_for: list[tuple[str, int, int]] = []

    def price(model: str, given: int, got: int) -> float | None:
        asked_for.append((model, given, got))
        return None if model == "test:will" else 0.25

    verdicts, audits = estimates(PROFILE, CASES, MODELS, price)
    assert (verdicts.model, verdicts.calls, verdicts.cost) == ("test:will", 96, None)
    assert (audits.model, audits.calls, audits.cost) == ("test:conscience", 24, 0.25)
    assert asked_for == [(each.model, each.input_tokens, each.output_tokens) for each in (verdicts, audits)]
    assert 96 * 300 < verdicts.input_tokens < 96 * 600


async def test_questions_are_put_a_few_at_a_time_each_with_a_nonce_of_its_own() -> None:
    under_way, most = 0, 0
    nonces: list[str] = []

    @dataclass(frozen=True)
    class Watched:
        name: str = "watched"

        async def ask(self, request: Request) -> Reply:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            nonces.append(request.messages[0].text.split(">")[0])
            reply = await sound.will.ask(request) if request.schema and request.schema.name == "verdict" else None
            reply = reply or await sound.conscience.ask(request)
            under_way -= 1
            return reply

    sound, done = judges.sound(PROFILE, CASES), list[None]()
    panel = Judges(will=Watched(), conscience=Watched(), screen=PlainScreen())
    findings = await put_all(PROFILE, CASES, panel, fresh=ids("n"), noted=lambda: done.append(None))
    assert [finding.case for finding in findings] == [*asked(CASES)]
    assert len(set(nonces)) == len(nonces) == len(done) == len(findings)
    assert most <= AT_ONCE


def test_a_persona_without_a_case_file_has_no_cases(tmp_path: Path) -> None:
    assert cases_of(Personas(folder=tmp_path), PROFILE, PlainScreen()) is None
