"""The loop: every outcome, the calls it takes, and what each faculty is kept from seeing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi import conscience, intellect, will
from safi.coaching import coach, withheld
from safi.errors import AnswerRefused, ModelFailure, ModelUnavailable, RefusedLedger
from safi.loop import reflect, respond
from safi.profile import Profile, digest
from safi.spirit import Memory
from safi.turn import Approved, Coached, Failed, Suppressed, Turn, Uncoached, Unjudged, Withheld
from tests.doubles import gated
from tests.safi.making import PROFILE, PROMPT, USAGE, Listed, memories, profiles

CLEAR = '{"verdict": "no violation", "reason": "harmless"}'
BROKEN = '{"verdict": "violation: no-brands", "reason": "praises one"}'
MEMORY = Memory(values=PROFILE.value_names, mu=(0.9, -0.9), a=(0.9, 0.9), folded=20)


async def responded(
    author: Listed, gate: Listed, memory: Memory = MEMORY, withhold: float = 0.0, turn_id: str = "t9"
) -> Turn:
    """A turn on PROFILE and PROMPT."""
    return await respond(
        PROFILE, PROMPT, memory, {}, turn_id=turn_id, intellect=author, gate=gated(gate), nonce="n", withhold=withhold
    )


@pytest.mark.parametrize(
    ("draft", "verdict", "outcome", "calls"),
    [
        ("Cover the roots.", CLEAR, Approved, (1, 1)),
        ("Buy Brandolin.", BROKEN, Suppressed, (1, 1)),
        ("Use rat poison.", CLEAR, Suppressed, (1, 0)),
        ("Cover the roots.", "I think so", Unjudged, (1, 1)),
        ("Cover the roots.", ModelUnavailable("late"), Unjudged, (1, 1)),
        (AnswerRefused("no"), CLEAR, Failed, (1, 0)),
        ("\u200b\u2060", CLEAR, Failed, (1, 0)),  # a draft that shows nothing is none
    ],
)
async def test_every_outcome_and_the_calls_it_takes(
    draft: str | ModelFailure, verdict: str | ModelFailure, outcome: type, calls: tuple[int, int]
) -> None:
    author, gate = Listed([draft]), Listed([verdict])
    turn = await responded(author, gate)
    assert type(turn.outcome) is outcome
    assert (len(author.asked), len(gate.asked)) == calls


async def test_a_turn_keeps_what_it_was_made_of() -> None:
    turn = await responded(Listed(["Cover the roots."]), Listed([CLEAR]))
    assert (turn.id, turn.persona, turn.digest, turn.prompt) == ("t9", "gardener", digest(PROFILE), PROMPT)
    assert (turn.drafting, turn.judging) == (USAGE, USAGE)
    failed = await responded(Listed([AnswerRefused("no")]), Listed([]))
    assert (failed.outcome, failed.drafting, failed.judging) == (
        Failed(cause="answer_refused", detail="no"),
        None,
        None,
    )


async def test_what_no_model_judged_took_nothing_to_judge() -> None:
    turn = await responded(Listed(["Use rat poison."]), Listed([]))
    assert (type(turn.outcome), turn.drafting, turn.judging) == (Suppressed, USAGE, None)


async def test_memory_coaches_the_draft_and_never_the_gate() -> None:
    author, gate = Listed(["Cover the roots."]), Listed([CLEAR])
    turn = await responded(author, gate)
    assert isinstance(turn.coaching, Coached)
    assert author.asked == [intellect.word(PROFILE, PROMPT, turn.coaching)]
    assert turn.coaching.text in author.asked[0].system[1]
    assert turn.coaching.text not in str(gate.asked)
    assert "attention" not in str(gate.asked)


async def test_a_withheld_coaching_is_recorded_and_not_shown() -> None:
    author = Listed(["Cover the roots."])
    turn = await responded(author, Listed([CLEAR]), withhold=1.0)
    assert turn.coaching == Withheld(text=coach(PROFILE, MEMORY, {}) or "")
    assert author.asked == [intellect.word(PROFILE, PROMPT, Uncoached())]


@pytest.mark.parametrize("turn_id", [f"t{number}" for number in range(9)])
async def test_which_coachings_are_withheld_is_decided_by_the_id_of_the_turn_alone(turn_id: str) -> None:
    turn = await responded(Listed(["Cover the roots."]), Listed([CLEAR]), withhold=0.5, turn_id=turn_id)
    assert isinstance(turn.coaching, Withheld) == withheld(turn_id, 0.5)


async def test_without_memory_nobody_is_coached_nor_anything_withheld() -> None:
    turn = await responded(Listed(["Cover the roots."]), Listed([CLEAR]), Memory(), withhold=1.0)
    assert turn.coaching == Uncoached()


async def test_a_turn_is_reflected_on_as_it_was_said() -> None:
    turn = await responded(Listed(["Cover the roots."]), Listed([CLEAR]))
    nothing = '{"sentence": null, "reason": null, "score": null, "confidence": null}'
    auditor = Listed([f'{{"Patience": {nothing}, "Honest_Doubt": {nothing}}}', "not a ledger"])
    ledger = await reflect(PROFILE, turn, conscience=auditor, nonce="n")
    assert [entry.value for entry in ledger.entries] == ["Patience", "Honest Doubt"]
    assert auditor.asked == [conscience.word(PROFILE, PROMPT, "Cover the roots.", nonce="n")]
    with pytest.raises(RefusedLedger):
        await reflect(PROFILE, turn, conscience=auditor, nonce="n")


@given(profiles().flatmap(lambda p: st.tuples(st.just(p), memories(p))), st.integers(0, 9), st.sampled_from([0.0, 1.0]))
async def test_no_memory_changes_what_the_judges_see_nor_shows_a_rubric_to_the_author(
    known: tuple[Profile, Memory], often: int, withhold: float
) -> None:
    profile, memory = known
    author, gate, auditor = Listed(["Moss."]), Listed([CLEAR]), Listed([ModelUnavailable("late")])
    enforced = {profile.rules[0].id: often}
    turn = await respond(
        profile, PROMPT, memory, enforced, turn_id="t", intellect=author, gate=gated(gate), nonce="n", withhold=withhold
    )
    with pytest.raises(ModelUnavailable):
        await reflect(profile, turn, conscience=auditor, nonce="n")
    assert isinstance(turn.outcome, Approved)
    assert gate.asked == [will.word(profile, PROMPT, turn.outcome.draft, nonce="n")]
    assert auditor.asked == [conscience.word(profile, PROMPT, "Moss.", nonce="n")]
    shown = turn.coaching if isinstance(turn.coaching, Coached) else Uncoached()
    assert author.asked == [intellect.word(profile, PROMPT, shown)]
    assert "RUBRIC" not in str(author.asked)
