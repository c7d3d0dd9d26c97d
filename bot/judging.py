"""The judge check from the program's side: what it costs, how it is made, and which judges may sit."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.app import Models
from bot.casefile import case_file, load_cases
from bot.config import Personas
from safi.judgecheck.asking import Finding, Judges, put
from safi.judgecheck.cases import Case, ScoreCase, asked, question, version
from safi.ports import JudgeCheck, JudgeChecks, Request, Screen
from safi.profile import Profile, digest

AT_ONCE: Final = 4
"""Questions put at the same time: a check is in no hurry, and people may be waiting for the same models."""

COMMAND: Final = "safi-bot doctor --judges"
SWITCH: Final = "--unchecked-judges"

Price = Callable[[str, int, int], float | None]
"""What so many tokens in and out of a model (`provider:model id`) cost, in US dollars; None where no price is known."""

Why = Literal["failed", "unchecked", "no cases"]

_CHARACTERS_A_TOKEN: Final = 3.5
_TOKENS_A_VERDICT: Final = 60
_TOKENS_A_SCORE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """About what the questions to one judge will take; `cost` in US dollars, None where no price is known."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """These judges passed the check of this profile."""

    check: JudgeCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """These judges may not sit for this profile. `sentence` says why, and what can be done."""

    why: Why
    sentence: str


def cases_of(personas: Personas, profile: Profile, screen: Screen) -> tuple[Case, ...] | None:
    """The cases beside a persona's file; None where it has none. Raises ProfileFileError."""
    file = case_file(personas, profile.name)
    return None if file is None else load_cases(file, profile, screen)


async def admitted(
    profile: Profile, cases: Sequence[Case] | None, models: Models, checks: JudgeChecks
) -> Admitted | Barred:
    """Whether the judges may sit for a profile: by the latest check of just these. Raises StoreUnavailable."""
    if cases is None:
        return _barred(
            "no cases",
            profile,
            "there are no cases to check its judges by; write some, in x.check.jsonl beside its x.toml",
        )
    check = await checks.last_check(
        digest=digest(profile),
        will=models.will.name,
        conscience=models.conscience.name,
        version=version(profile, cases),
    )
    judges = f"its judges (Will on {models.will.name}, Conscience on {models.conscience.name})"
    if check is None:
        return _barred("unchecked", profile, f"{judges} were never checked for what it says now")
    if not check.passed:
        return _barred("failed", profile, f"{judges} failed their check of {check.at:%Y-%m-%d}; choose others")
    return Admitted(check=check)


def estimates(profile: Profile, cases: Sequence[Case], models: Models, price: Price) -> tuple[Estimate, Estimate]:
    """What a check will take of the Will's model and of the Conscience's, from the very questions that will be put."""
    drafts = [case for case in asked(cases) if not isinstance(case, ScoreCase)]
    answers = [case for case in asked(cases) if isinstance(case, ScoreCase)]
    ledger = _TOKENS_A_SCORE * len(profile.values)
    return (
        _estimate(models.will.name, [question(profile, case) for case in drafts], _TOKENS_A_VERDICT, price),
        _estimate(models.conscience.name, [question(profile, case) for case in answers], ledger, price),
    )


async def put_all(
    profile: Profile,
    cases: Sequence[Case],
    judges: Judges,
    *,
    fresh: Callable[[], str],
    noted: Callable[[], None],
) -> tuple[Finding, ...]:
    """Put every case as often as it is asked, a few at a time; `noted` is told of each that is done."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> Finding:
        async with slots:
            finding = await put(profile, case, judges, nonce=fresh())
        noted()
        return finding

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(case)) for case in asked(cases)]
    return tuple(task.result() for task in tasks)


def _estimate(model: str, requests: Sequence[Request], reply: int, price: Price) -> Estimate:
    characters = sum(map(_length, requests))
    given, got = round(characters / _CHARACTERS_A_TOKEN), reply * len(requests)
    return Estimate(
        model=model, calls=len(requests), input_tokens=given, output_tokens=got, cost=price(model, given, got)
    )


def _length(request: Request) -> int:
    texts = [*request.system, *(message.text for message in request.messages)]
    return sum(map(len, texts)) + len(json.dumps(request.schema and request.schema.body))


def _barred(why: Why, profile: Profile, problem: str) -> Barred:
    remedy = f"Run `{COMMAND} --persona {profile.name}`, or overrule this with {SWITCH}."
    return Barred(why=why, sentence=f"{profile.name}: {problem}. {remedy}")
