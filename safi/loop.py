"""The loop: one turn from prompt to judged outcome, and one audit of it. All else happens around these two calls."""

from collections.abc import Mapping
from functools import partial

from safi import conscience as auditor
from safi import intellect as author
from safi import will
from safi.coaching import coach, withheld
from safi.errors import ModelFailure
from safi.firstpass import foreclosed
from safi.ledger import Ledger
from safi.ports import Gate, Model
from safi.profile import Profile, digest
from safi.spirit import Memory
from safi.turn import (
    Allowed,
    Approved,
    Coached,
    Coaching,
    Denied,
    Draft,
    Failed,
    NoVerdict,
    Outcome,
    Prompt,
    Suppressed,
    Turn,
    Uncoached,
    Unjudged,
    Verdict,
    Withheld,
    said,
)


async def respond(  # noqa: PLR0913  # all that a turn depends on stands here; nothing comes from elsewhere
    profile: Profile,
    prompt: Prompt,
    memory: Memory,
    enforced: Mapping[str, int],
    *,
    turn_id: str,
    intellect: Model,
    gate: Gate,
    nonce: str,
    withhold: float = 0.0,
) -> Turn:
    """Coach, draft, judge. Whatever a model does, the result is a Turn; only an approved one may be sent as drafted.

    A message that a rule's own patterns forbid to answer is judged at once, and no model is asked.

    `enforced` says how often each rule, by id, suppressed a draft lately. `nonce` must be fresh and unguessable. Of the
    coachings that are due, the share `withhold` in [0, 1] is kept back at random, decided by `turn_id` alone.
    """
    coaching = _coaching(coach(profile, memory, enforced), turn_id, withhold)
    begun = partial(Turn, id=turn_id, persona=profile.name, digest=digest(profile), prompt=prompt, coaching=coaching)
    if denied := foreclosed(profile, prompt.message, gate.screen):
        return begun(outcome=Suppressed(draft=None, verdict=denied))
    try:
        proposal = await author.propose(profile, prompt, coaching, model=intellect)
    except ModelFailure as failure:
        return begun(outcome=Failed(cause=failure.cause, detail=str(failure)), drafting=failure.usage)
    judgement = await will.judge(profile, prompt, proposal.draft, gate=gate, nonce=nonce)
    outcome = _outcome(proposal.draft, judgement.verdict)
    return begun(outcome=outcome, drafting=proposal.usage, judging=judgement.usage)


async def reflect(profile: Profile, turn: Turn, *, conscience: Model, nonce: str, again: bool = False) -> Ledger:
    """Audit what a turn said, `again` where an earlier audit of it could not be read.

    `nonce` must be fresh and unguessable. Raises ModelFailure or RefusedLedger.
    """
    answer = said(profile, turn.outcome)
    return await auditor.audit(profile, turn.prompt, answer, model=conscience, nonce=nonce, again=again)


def _coaching(due: str | None, turn_id: str, withhold: float) -> Coaching:
    if due is None:
        return Uncoached()
    return Withheld(text=due) if withheld(turn_id, withhold) else Coached(text=due)


def _outcome(draft: Draft, verdict: Verdict) -> Outcome:
    match verdict:
        case Allowed():
            return Approved(draft=draft, verdict=verdict)
        case Denied():
            return Suppressed(draft=draft, verdict=verdict)
        case NoVerdict():
            return Unjudged(draft=draft, verdict=verdict)
