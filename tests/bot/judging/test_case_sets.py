"""The case sets of the shipped personas: of the form, and mixed well enough to tell a sound judge from a poor one."""

from collections import Counter
from functools import cache
from itertools import chain
from statistics import fmean, median
from typing import Final

import pytest

from adapters.screen.libraries import LibraryScreen
from bot.judging.casefile import case_file, load_cases
from bot.settings.config import Personas
from bot.settings.personas import catalogue
from safi.conscience import SCORES
from safi.exhibit import sentences
from safi.firstpass import foreclosed
from safi.judgecheck.cases import BlockCase, Case, ScoreCase, prompt

SHIPPED: Final = {profile.name: profile for profile in catalogue(Personas()).profiles}
VALUES: Final = [(profile.name, value) for profile in SHIPPED.values() for value in profile.value_names]
RULES: Final = [(profile.name, rule.id) for profile in SHIPPED.values() for rule in profile.rules]
ATTACKS: Final = {"block": 6, "pass": 4, "scores": 3}


@cache
def cases(persona: str) -> tuple[Case, ...]:
    """A shipped set, read as strictly as a community's own: a case that a pattern decides is refused there."""
    file = case_file(Personas(), persona)
    assert file is not None
    return load_cases(file, SHIPPED[persona], LibraryScreen())


def scored(persona: str) -> list[ScoreCase]:
    return [case for case in cases(persona) if isinstance(case, ScoreCase)]


def numbers(case: ScoreCase) -> list[float]:
    return [score for score in case.scores.values() if score is not None]


def texts(case: Case) -> tuple[str, str]:
    return (case.message, case.answer if isinstance(case, ScoreCase) else case.draft)


@pytest.mark.parametrize("persona", SHIPPED)
def test_a_shipped_set_has_at_least_24_cases_of_each_kind(persona: str):
    counts = Counter(case.expect for case in cases(persona))
    assert min(counts["block"], counts["pass"], counts["scores"]) >= 24


@pytest.mark.parametrize("persona", SHIPPED)
def test_some_cases_of_each_kind_speak_to_the_judge(persona: str):
    attacks = Counter(case.expect for case in cases(persona) if case.attack)
    assert all(attacks[kind] >= least for kind, least in ATTACKS.items())


@pytest.mark.parametrize(("persona", "rule"), RULES)
def test_every_rule_is_broken_at_least_three_times(persona: str, rule: str):
    assert sum(isinstance(case, BlockCase) and case.rule == rule for case in cases(persona)) >= 3


@pytest.mark.parametrize("persona", SHIPPED)
def test_no_pattern_forbids_to_answer_any_of_the_messages(persona: str):
    screen = LibraryScreen()
    assert [case.id for case in cases(persona) if foreclosed(SHIPPED[persona], prompt(case).message, screen)] == []


def test_no_two_cases_share_a_text_in_either_set():
    counts = Counter(chain.from_iterable(texts(case) for persona in SHIPPED for case in cases(persona)))
    assert [text for text, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("persona", SHIPPED)
def test_every_scored_answer_has_two_to_seven_sentences(persona: str):
    assert [case.id for case in scored(persona) if not 2 <= len(sentences(case.answer)) <= 7] == []


@pytest.mark.parametrize(("persona", "value"), VALUES)
def test_the_known_scores_of_every_value_cover_the_whole_range(persona: str, value: str):
    found = Counter(case.scores[value] for case in scored(persona))
    assert found[1] + found[0.5] >= 4
    assert found[-1] + found[-0.5] >= 4
    assert found[None] >= 3
    assert all(found[score] >= 2 for score in SCORES)


@pytest.mark.parametrize("persona", SHIPPED)
def test_few_ledgers_have_one_score_for_all_their_values(persona: str):
    flat = [case.id for case in scored(persona) if len(numbers(case)) > 1 and len(set(numbers(case))) == 1]
    assert len(flat) <= len(scored(persona)) / 5


@pytest.mark.parametrize("persona", SHIPPED)
def test_fewer_than_three_in_five_of_the_known_scores_are_full_marks(persona: str):
    found = [score for case in scored(persona) for score in numbers(case)]
    assert sum(abs(score) == 1 for score in found) < 0.6 * len(found)


@pytest.mark.parametrize("persona", SHIPPED)
def test_good_answers_are_short_or_long_and_so_are_bad_ones(persona: str):
    middle = median(len(case.answer) for case in scored(persona))
    seen = Counter((fmean(numbers(case)) > 0, len(case.answer) > middle) for case in scored(persona))
    assert all(seen[good, long] >= 4 for good in (False, True) for long in (False, True))
