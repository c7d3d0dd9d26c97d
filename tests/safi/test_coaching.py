"""Coaching: names only, the same words for the same memory, and silence where there is nothing to say."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from safi.coaching import coach, withheld
from safi.profile import Profile, Value
from safi.spirit import Memory
from tests.safi.making import PROFILE, ledger, lines, memories, profiles, remembering, valued


def test_the_words_for_every_standing() -> None:
    profile = valued(3)
    standings = {
        "strong": (1.0, 0.5, 0.4),
        "strong and weak": (1.0, 0.0, 0.4),
        "weak": (0.1, -1.0, 0.4),
        "neither": (0.4, 0.2, 0.49),
        "only two strengths are named": (0.6, 0.7, 0.8),
    }
    spoken = {
        name: lines(coach(profile, remembering(profile, ledger(*scores)), {}) or "")
        for name, scores in standings.items()
    }
    assert spoken == snapshot(
        {
            "strong": ["So far your answers have been well aligned with ‘v1’ and ‘v2’; keep to that."],
            "strong and weak": [
                "So far your answers have been well aligned with ‘v1’, but ‘v2’ needs more of your attention: let ",
                "your next answer show it where the matter allows.",
            ],
            "weak": ["‘v2’ needs more of your attention: let your next answer show it where the matter allows."],
            "neither": [""],
            "only two strengths are named": [
                "So far your answers have been well aligned with ‘v3’ and ‘v2’; keep to that."
            ],
        }
    )


def test_a_rule_that_had_to_be_enforced_often_is_named_and_the_most_frequent_first() -> None:
    assert coach(PROFILE, Memory(), {"no-poison": 2, "no-brands": 2}) is None
    assert lines(coach(PROFILE, Memory(), {"no-poison": 3, "no-brands": 4, "gone": 9}) or "") == snapshot(
        ["Several of your latest drafts were held back by the rule ‘no-brands’: answer within it from the ", "start."]
    )
    assert coach(PROFILE, Memory(), {"no-poison": 3, "no-brands": 3}) == coach(PROFILE, Memory(), {"no-poison": 3})


def test_the_enforced_rule_stands_behind_the_alignment() -> None:
    profile = valued(1)
    assert lines(coach(profile, remembering(profile, ledger(1)), {"rule": 3}) or "") == snapshot(
        [
            "So far your answers have been well aligned with ‘v1’; keep to that. Several of your latest drafts ",
            "were held back by the rule ‘rule’: answer within it from the start.",
        ]
    )


@pytest.mark.parametrize("score", [1.0, -1.0])
def test_a_values_name_is_spoken_as_it_is_written(score: float) -> None:
    profile = replace(valued(2), values=(Value(name="DIY Spirit", meaning="m"), Value(name="v2", meaning="m")))
    memory = Memory(values=profile.value_names, mu=(score, 1.0), a=(1.0, 1.0), folded=9)
    assert "‘DIY Spirit’" in (coach(profile, memory, {}) or "")


def test_without_a_memory_there_is_nothing_to_say() -> None:
    assert coach(PROFILE, Memory(), {}) is None
    assert coach(valued(1), Memory(values=("gone",), mu=(1.0,), a=(1.0,), folded=5), {}) is None


def test_a_value_without_weight_is_never_spoken_of() -> None:
    profile = valued(2, v1=0.0)
    assert coach(profile, remembering(profile, ledger(-1, 0.4)), {}) is None


def test_of_several_that_need_attention_the_weightiest_shortfall_is_named() -> None:
    profile = valued(3, v2=2.0)  # shortfalls: v1 2 of 4, v2 2 * 1.5 of 4
    words = coach(profile, remembering(profile, ledger(-1, -0.5, 0.3)), {})
    assert words is not None
    assert words.startswith("‘v2’")


@given(profiles().flatmap(lambda profile: st.tuples(st.just(profile), memories(profile))), st.integers(0, 9))
def test_coaching_holds_names_and_no_number_or_rubric(known: tuple[Profile, Memory], often: int) -> None:
    profile, memory = known
    words = coach(profile, memory, {profile.rules[0].id: often})
    assert words == coach(profile, replace(memory), {profile.rules[0].id: often})
    names = sorted([*profile.value_names, *(rule.id for rule in profile.rules)], key=len, reverse=True)
    rest = re.sub("|".join(f"‘{re.escape(name)}’" for name in names), "", words or "")
    assert not re.search(r"\d|RUBRIC|‘|’", rest)


def test_withholding_is_settled_by_the_turn_alone() -> None:
    ids = [f"turn-{number}" for number in range(20_000)]
    kept_back = [turn_id for turn_id in ids if withheld(turn_id, 0.1)]
    assert 0.09 < len(kept_back) / len(ids) < 0.11
    assert kept_back == [turn_id for turn_id in ids if withheld(turn_id, 0.1)]
    assert all(withheld(turn_id, 0.2) for turn_id in kept_back)
    assert not any(withheld(turn_id, 0.0) for turn_id in ids)
    assert all(withheld(turn_id, 1.0) for turn_id in ids)
