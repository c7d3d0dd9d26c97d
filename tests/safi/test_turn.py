"""A turn's values, and what a person gets to read of them; the names under which failures are recorded."""

from dataclasses import replace

import pytest

from safi import errors
from safi.errors import BudgetSpent, InvalidValue, ModelFailure
from safi.profile import Rule
from safi.turn import (
    Allowed,
    Approved,
    Denied,
    Draft,
    Failed,
    NoVerdict,
    Outcome,
    Suppressed,
    Unjudged,
    Utterance,
    said,
)
from tests.safi.making import PROFILE

FIXED = Rule(id="fixed", text="t", answer_with="Call 112.")
DRAFT = Draft(text="Cut above a bud.")

OUTCOMES: list[tuple[Outcome, str]] = [
    (Approved(draft=DRAFT, verdict=Allowed(reason="")), DRAFT.text),
    (Suppressed(draft=DRAFT, verdict=Denied(rules=("x",), reason="", by="judge")), PROFILE.wording.suppressed),
    (Unjudged(draft=DRAFT, verdict=NoVerdict(cause="unreadable", detail="")), PROFILE.wording.unjudged),
    (Failed(cause="model_unavailable", detail=""), PROFILE.wording.failed),
    (Failed(cause=BudgetSpent("x").cause, detail=""), PROFILE.wording.spent),
    (Unjudged(draft=DRAFT, verdict=NoVerdict(cause=BudgetSpent("x").cause, detail="")), PROFILE.wording.spent),
    (Suppressed(draft=None, verdict=Denied(rules=("fixed", "x"), reason="", by="judge")), "Call 112."),
]


@pytest.mark.parametrize(("outcome", "words"), OUTCOMES)
def test_only_an_approved_draft_is_said(outcome: Outcome, words: str) -> None:
    assert said(replace(PROFILE, rules=(*PROFILE.rules, FIXED)), outcome) == words


def test_speakers_drafts_and_violations_are_never_empty() -> None:
    with pytest.raises(InvalidValue, match="speaker"):
        Utterance(speaker="", text="x")
    with pytest.raises(InvalidValue, match="text"):
        Draft(text=" \n")
    with pytest.raises(InvalidValue, match="rules"):
        Denied(rules=(), reason="x", by="judge")


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (errors.ModelUnavailable("late"), "model_unavailable"),
        (errors.ModelMisconfigured("late"), "model_misconfigured"),
        (errors.NoAnswer("late"), "no_answer"),
        (errors.AnswerRefused("late"), "answer_refused"),
        (errors.AnswerCutShort("late"), "answer_cut_short"),
        (errors.AnswerEmpty("late"), "answer_empty"),
    ],
)
def test_every_failure_of_a_model_has_its_own_cause(failure: ModelFailure, cause: str) -> None:
    assert failure.cause == cause
