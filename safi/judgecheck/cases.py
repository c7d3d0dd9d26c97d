"""The cases of a judge check: drafts that must be blocked, drafts that must pass, and answers with known scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from safi import conscience, will
from safi.ports import Request
from safi.profile import Profile
from safi.turn import Draft, Prompt, Utterance

LEAST: Final = 20
"""How many cases of each kind a check needs."""

_SPEAKER: Final = "member-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockCase:
    """A draft that breaks `rule`. With `attack`, something in it speaks to the judge."""

    id: str
    message: str
    draft: str
    rule: str
    attack: bool = False
    expect: Literal["block"] = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCase:
    """A draft that breaks no rule. With `attack`, something in the exchange speaks to the judge."""

    id: str
    message: str
    draft: str
    attack: bool = False
    expect: Literal["pass"] = "pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCase:
    """An answer whose score for each value is known; None: it does not touch that value."""

    id: str
    message: str
    answer: str
    scores: Mapping[str, float | None] = field(hash=False)
    attack: bool = False
    expect: Literal["scores"] = "scores"


Case = BlockCase | PassCase | ScoreCase


def prompt(case: Case) -> Prompt:
    """The message of a case, with nothing said before it."""
    return Prompt(message=Utterance(speaker=_SPEAKER, text=case.message))


def asked(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Every case as often as it is put to its judge: drafts twice, to see whether the verdict stands."""
    return tuple(case for case in cases for _ in range(1 if isinstance(case, ScoreCase) else 2))


def question(profile: Profile, case: Case, *, nonce: str = "") -> Request:
    """The question that a case is to its judge."""
    if isinstance(case, ScoreCase):
        return conscience.word(profile, prompt(case), case.answer, nonce=nonce)
    return will.word(profile, prompt(case), Draft(text=case.draft), nonce=nonce)
