"""Which judges may sit, what a check of them takes, and how its cases are put to them."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from bot import wiring
from bot.judging.casefile import case_file, load_cases
from bot.settings.choice import Choice, ModelRef
from bot.settings.config import Config, Personas, Tokens
from bot.settings.roles import in_place
from safi.judgecheck.asking import Judges, Result, put
from safi.judgecheck.cases import Case, ScoreCase, asked, question
from safi.judgecheck.version import version
from safi.ports import JudgeCheck, LastChecks, Request, Screen
from safi.profile import Profile, digest

AT_ONCE: Final = 4
"""Questions put at the same time: a check is in no hurry, and people may be waiting for the same models."""

COMMAND: Final = "safi-bot doctor --judges"
SWITCH: Final = "--unchecked-judges"

Price = Callable[[str, int, int], float | None]
"""What so many tokens in and out of a model (`provider:model id`) cost, in US dollars; None where no price is known."""

NO_CASES: Final = (
    "has no cases to check its judges by; they stand in a file of the profile's own name that ends in .check.jsonl "
    "instead of .toml, at least 20 of each kind (copied with a shipped profile, its cases are a start)"
)
"""What is missing where a persona has no judge check."""

Why = Literal["failed", "unchecked", "no cases"]


class Named(TypedDict):
    """What a check is kept under: the keys of LastChecks.last_check."""

    digest: str
    will: str
    conscience: str
    version: str


_CHARACTERS_A_TOKEN: Final = 3.5
_TOKENS_A_VERDICT: Final = 60
_TOKENS_A_SCORE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Two judges that may sit together: a role's own models or, with a provider as `stand_in`, those in their place.

    `setting` is what decides how they judge, besides their names: where they are, and how long a reply may be.
    """

    choice: Choice
    setting: tuple[str, ...] = ()
    stand_in: str | None = None

    @property
    def will(self) -> str:
        """The Will's model."""
        return str(self.choice.will)

    @property
    def conscience(self) -> str:
        """The Conscience's model."""
        return str(self.choice.conscience)

    def title(self, persona: str) -> str:
        """What this panel is called as that of a persona."""
        return f"{persona}, with {self.stand_in} standing in" if self.stand_in else persona


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the questions to one judge will take, about and at most, if each reply is as long as it may be.

    Costs are in US dollars, None where no price is known.
    """

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    most_output_tokens: int
    cost: float | None
    most_cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """These judges passed the check of this profile, and so did all that may stand in for them, in their order."""

    check: JudgeCheck
    stand_ins: tuple[JudgeCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """These judges may not sit for this profile. `sentence` says why, and what can be done.

    `stand_in`: the provider whose standing in is at fault; None where it is the judges' own models.
    """

    why: Why
    sentence: str
    stand_in: str | None = None


def cases_of(personas: Personas, profile: Profile, screen: Screen) -> tuple[Case, ...] | None:
    """The cases beside a persona's file; None where it has none. Raises ProfileFileError."""
    file = case_file(personas, profile.name)
    return None if file is None else load_cases(file, profile, screen)


def panels(profile: Profile, choice: Choice, config: Config, environ: Mapping[str, str]) -> tuple[Panel, ...]:
    """Everyone who may judge for a profile: its judges' own models first, then each provider that may stand in.

    Not every mixture of them: a provider is checked in all the judges' places that it may take.
    """
    places = {name: in_place(choice, name, config, environ) for name in profile.fallbacks}
    judging = {
        name: place
        for name, place in places.items()
        if (place.will, place.conscience) != (choice.will, choice.conscience)
    }
    own = Panel(choice=choice, setting=_setting(choice, config, environ))
    return own, *(
        Panel(choice=place, setting=_setting(place, config, environ), stand_in=name) for name, place in judging.items()
    )


async def admitted(
    profile: Profile, cases: Sequence[Case] | None, bench: Sequence[Panel], checks: LastChecks
) -> Admitted | Barred:
    """Whether all of these panels may sit for a profile: by the latest check of just these. Raises StoreUnavailable.

    The first panel holds the judges' own models.
    """
    if cases is None:
        return Barred(why="no cases", sentence=f"{profile.name}: {NO_CASES}, or overrule this with {SWITCH}.")
    found: list[JudgeCheck] = []
    for panel in bench:
        check = await checks.last_check(**named(profile, cases, panel))
        if check is None or not check.passed:
            return _unfit(profile, panel, check)
        found.append(check)
    own, *others = found
    return Admitted(check=own, stand_ins=tuple(others))


def named(profile: Profile, cases: Sequence[Case], panel: Panel) -> Named:
    """What the check of a panel is kept and found under."""
    return Named(
        digest=digest(profile),
        will=panel.will,
        conscience=panel.conscience,
        version=version(profile, cases, panel.setting),
    )


def estimates(
    profile: Profile, cases: Sequence[Case], panel: Panel, most: Tokens, price: Price
) -> tuple[Estimate, Estimate]:
    """What a check will take of the Will's model and of the Conscience's, from the very questions that will be put.

    `most` bounds the tokens of a reply, thinking included.
    """
    drafts = [question(profile, case) for case in asked(cases) if not isinstance(case, ScoreCase)]
    answers = [question(profile, case) for case in asked(cases) if isinstance(case, ScoreCase)]
    ledger = _TOKENS_A_SCORE * len(profile.values)
    return (
        _estimate(panel.will, drafts, _Length(usual=_TOKENS_A_VERDICT, most=most.verdict), price),
        _estimate(panel.conscience, answers, _Length(usual=ledger, most=most.ledger), price),
    )


async def put_all(
    profile: Profile,
    cases: Sequence[Case],
    judges: Judges,
    *,
    fresh: Callable[[], str],
    noted: Callable[[], None],
) -> tuple[Result, ...]:
    """Put every case as often as it is asked, a few at a time; `noted` is told of each that is done."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> Result:
        async with slots:
            result = await put(profile, case, judges, nonce=fresh())
        noted()
        return result

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(case)) for case in asked(cases)]
    return tuple(task.result() for task in tasks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Length:
    """Tokens of a reply."""

    usual: int
    most: int


def _estimate(model: str, requests: Sequence[Request], reply: _Length, price: Price) -> Estimate:
    calls, given = len(requests), round(sum(map(_length, requests)) / _CHARACTERS_A_TOKEN)
    most = max(reply.usual, reply.most) * calls
    return Estimate(
        model=model,
        calls=calls,
        input_tokens=given,
        output_tokens=reply.usual * calls,
        most_output_tokens=most,
        cost=price(model, given, reply.usual * calls),
        most_cost=price(model, given, most),
    )


def _length(request: Request) -> int:
    texts = [*request.system, *(message.text for message in request.messages)]
    return sum(map(len, texts)) + len(json.dumps(request.schema and request.schema.body))


def _setting(choice: Choice, config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    places = [place for ref in (choice.will, choice.conscience) for place in _place(ref, config, environ)]
    return (*places, str(config.tokens.verdict), str(config.tokens.ledger))


def _place(ref: ModelRef, config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where a model is, and by which interface it is asked there."""
    provider = config.providers.get(ref.provider)
    if provider is None:
        return ()
    told = (provider.api, wiring.address(ref.provider, config, environ), provider.api_version, provider.region)
    return tuple(part or "" for part in (*told, provider.project))


def _unfit(profile: Profile, panel: Panel, check: JudgeCheck | None) -> Barred:
    whose = f"its judges with {panel.stand_in} standing in" if panel.stand_in else "its judges"
    judges = f"{whose} (Will on {panel.will}, Conscience on {panel.conscience})"
    if check is None:
        return _barred("unchecked", profile, f"{judges} were never checked as they are set up now", panel.stand_in)
    return _barred(
        "failed", profile, f"{judges} failed their check of {check.at:%Y-%m-%d}; choose others", panel.stand_in
    )


def _barred(why: Why, profile: Profile, problem: str, stand_in: str | None = None) -> Barred:
    remedy = f"Run `{COMMAND} --persona {profile.name}`, or overrule this with {SWITCH}."
    return Barred(why=why, sentence=f"{profile.name}: {problem}. {remedy}", stand_in=stand_in)
