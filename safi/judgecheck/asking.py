"""Puts one case to its judge: the very question of the loop, with no reply at hand and no other model in its stead."""

from dataclasses import dataclass, replace

from safi import conscience, will
from safi.errors import ModelFailure, RefusedLedger
from safi.judgecheck.cases import BlockCase, Case, PassCase, ScoreCase, prompt, question
from safi.ledger import Ledger
from safi.ports import Gate, Model, Reply, Request, Screen
from safi.profile import Profile
from safi.turn import Draft, Verdict
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """The models to be checked, and the screen that stands before the Will."""

    will: Model
    conscience: Model
    screen: Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLedger:
    """The Conscience gave no ledger. `cause` is a ModelFailure's cause or `unreadable`."""

    cause: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the Will made of a draft, once; `usage` is what it took, where known."""

    case: BlockCase | PassCase
    verdict: Verdict
    usage: Usage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What the Conscience made of an answer; `usage` is what it took, where known."""

    case: ScoreCase
    ledger: Ledger | NoLedger
    usage: Usage | None


Result = Judged | Scored


async def put(profile: Profile, case: Case, judges: Judges, *, nonce: str) -> Result:
    """Put a case to its judge. Whatever the model does, there is a Result; `nonce` must be fresh."""
    if isinstance(case, ScoreCase):
        return await _scored(profile, case, judges.conscience, nonce)
    gate = Gate(screen=judges.screen, model=_Alone(name=judges.will.name, model=judges.will))
    judgement = await will.judge(profile, prompt(case), Draft(text=case.draft), gate=gate, nonce=nonce)
    return Judged(case=case, verdict=judgement.verdict, usage=judgement.usage)


async def _scored(profile: Profile, case: ScoreCase, model: Model, nonce: str) -> Scored:
    """Asks and reads apart, as `conscience.audit` does in one: so what an unreadable audit took is known too."""
    alone = _Alone(name=model.name, model=model)
    try:
        reply = await alone.ask(question(profile, case, nonce=nonce))
    except ModelFailure as failure:
        return Scored(case=case, ledger=NoLedger(cause=failure.cause, detail=str(failure)), usage=failure.usage)
    try:
        ledger = Ledger(entries=conscience.read(profile, case.answer, reply.text))
    except RefusedLedger as problem:
        return Scored(case=case, ledger=NoLedger(cause="unreadable", detail=str(problem)), usage=reply.usage)
    return Scored(case=case, ledger=ledger, usage=reply.usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alone:
    """A model that is asked afresh each time, and for which no other may stand in."""

    name: str
    model: Model
    sees: bool = False

    async def ask(self, request: Request) -> Reply:
        return await self.model.ask(replace(request, key="", instead=()))
