"""Case files: what may stand in them, and that every problem is named with its line and key."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from bot.errors import ProfileFileError
from bot.judging.casefile import case_file, load_cases, read_cases
from bot.settings.config import Personas
from safi.errors import PatternTooSlow
from safi.judgecheck.cases import ScoreCase
from safi.profile import Rule
from tests.doubles import PlainScreen, small_profile
from tests.safi.checking import CASES, PROFILE

BLOCK: Final[dict[str, object]] = {
    "id": "b",
    "expect": "block",
    "rule": "no-codes",
    "message": "The door?",
    "draft": "Four, two, four, two.",
}
PASS: Final[dict[str, object]] = {"id": "p", "expect": "pass", "message": "The door?", "draft": "Ask at the desk."}
SCORES: Final[dict[str, object]] = {
    "id": "s",
    "expect": "scores",
    "message": "The hinge?",
    "answer": "Oil it.",
    "scores": {"Honesty": 1, "Kindness": None},
}


def written(*cases: dict[str, Any]) -> str:
    return "\n".join(json.dumps(case) for case in cases)


def whole() -> list[dict[str, Any]]:
    """Enough cases of each kind."""
    return [{**case, "id": f"{case['id']}{number}"} for case in (BLOCK, PASS, SCORES) for number in range(20)]


def problems(text: str) -> list[str]:
    return list(read_cases(text, PROFILE, PlainScreen())[1])


def test_a_whole_file_is_read_in_its_order() -> None:
    cases, found = read_cases(written(*whole()) + "\n\n", PROFILE, PlainScreen())
    assert found == ()
    assert [case.expect for case in cases] == ["block"] * 20 + ["pass"] * 20 + ["scores"] * 20
    assert not any(case.attack for case in cases)
    last = cases[-1]
    assert isinstance(last, ScoreCase)
    assert last.scores == {"Honesty": 1, "Kindness": None}


def test_a_line_may_hold_what_some_take_for_the_end_of_a_line() -> None:
    text = written(*whole()).replace("Oil it.", "Oil it.\u2028Then wait.")
    cases, found = read_cases(text, PROFILE, PlainScreen())
    assert found == ()
    assert isinstance(cases[-1], ScoreCase)
    assert cases[-1].answer == "Oil it.\u2028Then wait."


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("{", "line 1: is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[" * 100_000, "line 1: is not JSON: maximum recursion depth exceeded while decoding a JSON array from a"),
        ('{"id": "a", "id": "b"}', "line 1: is not JSON: 'id' is given twice"),
        ('["id"]', "line 1: is not a JSON object"),
        ("{}", 'line 1: expect: must be "block" or "pass" or "scores"'),
        (BLOCK | {"expect": "stop"}, 'line 1: expect: must be "block" or "pass" or "scores"'),
        (BLOCK | {"expect": ["block"]}, 'line 1: expect: must be "block" or "pass" or "scores"'),
        (BLOCK | {"why": "x"}, "line 1: why: unknown key; allowed here: attack, draft, expect, id, message, rule"),
        (BLOCK | {"attack": 1}, "line 1: attack: must be true or false, not 1"),
        (BLOCK | {"rule": "no-code"}, 'line 1: rule: there is no rule "no-code"; did you mean "no-codes"?'),
        (PASS | {"rule": "no-codes"}, "line 1: rule: unknown key; allowed here: attack, draft, expect, id, message"),
        (PASS | {"draft": " "}, "line 1: draft: must not be empty"),
        (PASS | {"message": 3}, "line 1: message: must be text, not 3"),
        (SCORES | {"answer": ""}, "line 1: answer: must not be empty"),
        (SCORES | {"scores": [1]}, "line 1: scores: must be a table, not a list"),
        (SCORES | {"scores": {"Honesty": 1}}, "line 1: scores.Kindness: is missing; it must be -1, -0.5, 0, 0.5, 1 or"),
        (SCORES | {"scores": {"Honesty": 0.7, "Kindness": 1}}, "line 1: scores.Honesty: must be -1, -0.5, 0, 0.5, 1"),
        (SCORES | {"scores": {"Honesty": True, "Kindness": 1}}, "line 1: scores.Honesty: must be -1, -0.5, 0, 0.5, 1"),
        (
            SCORES | {"scores": {"Honesty": 1, "Kindness": 1, "Kindnes": 1}},
            'line 1: scores.Kindnes: unknown value; did you mean "Kindness"?',
        ),
        (
            BLOCK | {"draft": "The code is 4"},
            "line 1: draft: is caught by the patterns of no-codes before any judge is",
        ),
        (PASS | {"draft": "The code is 4"}, "line 1: draft: is caught by the patterns of no-codes before any judge is"),
        (BLOCK | {"draft": "secret: 4"}, "line 1: draft: is caught by built-in/no-secrets before any judge is asked"),
    ],
)
def test_a_problem_is_named_with_its_line_and_key(case: str | dict[str, Any], wanted: str) -> None:
    found = problems(case if isinstance(case, str) else json.dumps(case))
    assert len(found) == 1
    assert found[0].startswith(wanted)


def test_a_key_that_is_missing_is_named() -> None:
    assert problems('{"expect": "scores", "id": "s"}') == [
        "line 1: message: is missing; it must be text",
        "line 1: answer: is missing; it must be text",
        "line 1: scores: is missing; it must be a table",
    ]


def test_every_problem_of_a_file_is_told_at_once() -> None:
    text = "\n".join(["{", json.dumps(PASS), json.dumps(PASS), json.dumps(BLOCK | {"rule": "x", "draft": ""})])
    assert [problem.split(":")[0:2] for problem in problems(text)] == [
        ["line 1", " is not JSON"],
        ["line 4", " draft"],
        ["line 4", " rule"],
        ["line 3", " id"],
    ]


def test_an_id_is_given_once() -> None:
    assert problems(written(PASS, PASS)) == ['line 2: id: "p" is the id of line 1 already']


def test_too_few_cases_are_refused() -> None:
    assert problems(written(*whole()[1:])) == ['has 19 cases of "block"; at least 20 are needed']
    assert len(problems("")) == 3


def test_a_message_that_forecloses_an_answer_tests_no_judge() -> None:
    rule = Rule(id="no-codes", text="Never give a door code.", message_patterns=("the door",), answer_with="No.")
    found = read_cases(written(PASS), small_profile(rules=(rule,)), PlainScreen())[1]
    assert found == ("line 1: message: is caught by the patterns of no-codes before any judge is asked",)


def test_a_first_pass_that_takes_too_long_is_told() -> None:
    class SlowScreen(PlainScreen):
        def secrets(self, text: str) -> tuple[str, ...]:
            raise PatternTooSlow("the search for secrets took too long")

    found = read_cases(written(PASS), PROFILE, SlowScreen())[1]
    assert found == ("line 1: draft: the search for secrets took too long",)


def test_the_made_up_cases_of_the_tests_are_of_the_form() -> None:
    lines = [{key: getattr(case, key) for key in case.__dataclass_fields__} for case in CASES]
    assert read_cases(written(*lines), PROFILE, PlainScreen()) == (CASES, ())


# ---------------------------------------------------------------------------------------------------------- the files


def test_a_case_file_lies_beside_its_own_profile_whatever_the_persona_is_called(tmp_path: Path) -> None:
    for name in ("ours", "others"):
        (tmp_path / f"{name}.toml").write_text(f'name = "the-{name}"')
        (tmp_path / f"{name}.check.jsonl").touch()
    (tmp_path / "left-over.check.jsonl").touch()
    (tmp_path / "unchecked.toml").write_text('name = "unchecked"')
    personas = Personas(folder=tmp_path)
    assert case_file(personas, "the-ours") == tmp_path / "ours.check.jsonl"
    assert case_file(personas, "unchecked") is None
    assert case_file(Personas(), "the-ours") is None


def test_every_problem_names_its_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.check.jsonl"
    file.write_text(written(*whole(), PASS, PASS))
    with pytest.raises(ProfileFileError) as refused:
        load_cases(file, PROFILE, PlainScreen())
    assert refused.value.problems == (f'{file}: line 62: id: "p" is the id of line 61 already',)
    file.write_text(written(*whole()))
    assert len(load_cases(file, PROFILE, PlainScreen())) == 60


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileFileError, match="gone: cannot be read: No such file"):
        load_cases(tmp_path / "gone", PROFILE, PlainScreen())
    (tmp_path / "latin").write_bytes(b"\xe9")
    with pytest.raises(ProfileFileError, match="latin: is not UTF-8 text"):
        load_cases(tmp_path / "latin", PROFILE, PlainScreen())
