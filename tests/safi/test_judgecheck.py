"""The judge check: each kind of judge is reported for what it is, by the loop's own questions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from safi import conscience, will
from safi.errors import AnswerRefused, BudgetSpent, ModelMisconfigured, ModelUnavailable
from safi.judgecheck.asking import Judges, put
from safi.judgecheck.cases import Case, asked, question
from safi.judgecheck.figures import Rate
from safi.judgecheck.report import NotMade, Report, conclude
from safi.judgecheck.version import version
from safi.ports import Request
from safi.profile import Profile, Value
from tests.doubles import Heard, PlainScreen, broken, clear, ledger_text
from tests.safi import judges
from tests.safi.checking import CASES, PROFILE, block, figure, results, scores

Maker = Callable[[Profile, Iterable[Case]], Judges]


async def report_on(make: Maker, cases: tuple[Case, ...] = CASES) -> Report:
    report = conclude(await results(PROFILE, cases, make(PROFILE, cases)), will="test:w", conscience="test:c")
    assert isinstance(report, Report)
    return report


# --------------------------------------------------------------------------------------------- what kind of judge it is


@pytest.mark.parametrize(
    ("make", "gate", "auditor"),
    [
        (judges.sound, "sound", "sound"),
        (judges.always_yes, "always-yes", "always-yes"),
        (judges.always_no, "always-no", "always-no"),
        (judges.at_random, "coin", "coin"),
        (judges.silent, "always-yes", "silent"),
        (judges.obeys_injections, "obeys", "obeys"),
        (judges.saturated, "sound", "saturated"),
        (judges.unreadable, "unreadable", "unreadable"),
    ],
)
async def test_a_judge_is_reported_for_what_it_is(make: Maker, gate: str, auditor: str) -> None:
    report = await report_on(make)
    assert (report.will.kind, report.conscience.kind) == (gate, auditor)
    assert report.passed == (make is judges.sound)


async def test_a_judge_that_is_wrong_too_often_is_weak() -> None:
    key = judges.Key(PROFILE, CASES)

    def erring(shown: Mapping[str, Any]) -> bool:
        return int(shown["message"].split()[1].strip(".")) in range(10, 17)

    def verdict(shown: Mapping[str, Any]) -> str | None:
        return None if erring(shown) else key.verdict(shown)

    def ranks(shown: Mapping[str, Any]) -> tuple[float | None, ...]:
        return tuple((score and -score * erring(shown)) or score for score in key.scores(shown))

    panel = judges.judges(PROFILE, verdict, ranks)
    report = conclude(await results(PROFILE, CASES, panel), will="w", conscience="c")
    assert isinstance(report, Report)
    assert (report.will.kind, report.conscience.kind) == ("weak", "weak")
    assert [miss.case for miss in report.will.wrong] == [f"block-{number}" for number in range(10, 17)]
    assert not report.passed


async def test_what_a_judge_got_wrong_is_told_in_a_few_words() -> None:
    yes, no, prose = [await report_on(make) for make in (judges.always_yes, judges.always_no, judges.unreadable)]
    assert yes.will.wrong[0].what.startswith("let out, though it breaks ")
    assert no.will.wrong[0].what == "held back by no-codes"
    assert prose.will.wrong[0].what == "no verdict (unreadable)"
    assert yes.conscience.wrong[0].what == "Honesty: gave +1, known -1; Kindness: gave +1, known -0.5"
    assert yes.conscience.wrong[4].what == "Honesty: gave +1, known null; Kindness: gave +1, known +0"
    assert prose.conscience.wrong[0].what == "no ledger (unreadable)"


# --------------------------------------------------------------------------------------------------------- the asking


async def test_a_draft_is_judged_twice_and_an_answer_audited_once() -> None:
    assert [case.id for case in asked((block(1), scores(1)))] == ["block-1", "block-1", "scores-1"]


async def test_each_question_is_the_loops_own_asked_afresh_and_of_no_other_model() -> None:
    profile = replace(PROFILE, fallbacks=("elsewhere",))
    gate, auditor = Heard(clear()), Heard(ledger_text(Honesty=1, Kindness=None))
    panel = Judges(will=gate, conscience=auditor, screen=PlainScreen())
    for case in (block(1), scores(1)):
        await put(profile, case, panel, nonce="n1")
    wanted = [question(profile, case, nonce="n1") for case in (block(1), scores(1))]
    assert [*gate.requests, *auditor.requests] == [replace(asked, key="", instead=()) for asked in wanted]
    assert wanted[0].key
    assert wanted[0].instead == wanted[1].instead == ("elsewhere",)


@pytest.mark.parametrize("make", [judges.sound, judges.unreadable])
async def test_what_a_judge_took_is_known_whether_it_can_be_read_or_not(make: Maker) -> None:
    panel = make(PROFILE, CASES)
    found = [await put(PROFILE, case, panel, nonce="n") for case in (block(7), scores(7))]
    assert [result.usage and result.usage.model for result in found] == ["test:will", "test:conscience"]


@pytest.mark.parametrize("failure", [ModelUnavailable("away"), ModelMisconfigured("no key"), BudgetSpent("spent")])
async def test_judges_out_of_reach_leave_the_check_unmade(failure: Exception) -> None:
    sound, away = judges.sound(PROFILE, CASES), judges.scripted(lambda _: failure, lambda _: failure)
    panels = (replace(sound, will=away.will), replace(sound, conscience=away.conscience))
    no_will, no_conscience = [
        conclude(await results(PROFILE, CASES, panel), will="w", conscience="c") for panel in panels
    ]
    lost, every = Rate(hits=96, of=96), Rate(hits=24, of=24)
    assert no_will == NotMade(judge="will", model="w", failed=lost, detail=str(failure))
    assert no_conscience == NotMade(judge="conscience", model="c", failed=every, detail=str(failure))


async def test_a_vendor_away_for_a_moment_counts_as_wrong_and_a_refusal_always_does() -> None:
    key, told = judges.Key(PROFILE, CASES), list[Request]()

    def gate(request: Request) -> str | Exception:
        told.append(request)
        if len(told) <= 9:
            return ModelUnavailable("away")
        rule = key.verdict(judges.exhibit(request))
        return clear() if rule is None else broken(rule)

    panel = judges.scripted(gate, lambda _: AnswerRefused("I would rather not"))
    report = conclude(await results(PROFILE, CASES, panel), will="w", conscience="c")
    assert isinstance(report, Report)
    assert figure(report.will, "answered") == Rate(hits=87, of=96)
    assert figure(report.will, "blocked") == Rate(hits=19, of=24)
    assert report.conscience.kind == "unreadable"
    assert report.conscience.wrong[0].what == "no ledger (answer_refused)"


# -------------------------------------------------------------------------------------------------------- the version


def test_a_check_is_asked_for_again_when_a_case_or_a_question_changes() -> None:
    same = version(PROFILE, CASES)
    assert len(same) == 12
    assert version(PROFILE, tuple(CASES)) == same
    reworded = replace(PROFILE, values=(*PROFILE.values[:1], Value(name="Kindness", meaning="otherwise")))
    others = {version(PROFILE, CASES[1:]), version(PROFILE, (replace(block(0), attack=False), *CASES[1:]))}
    assert len({same, version(reworded, CASES), *others}) == 4


def test_the_version_changes_with_the_wording_of_either_judges_question(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {version(PROFILE, CASES)}
    for module, text in ((will, "_QUESTION"), (will, "_GATE"), (conscience, "_QUESTION"), (conscience, "_AUDIT")):
        with monkeypatch.context() as patch:
            patch.setattr(module, text, f"{getattr(module, text)} Think twice.")
            seen.add(version(PROFILE, CASES))
    assert len(seen) == 5
