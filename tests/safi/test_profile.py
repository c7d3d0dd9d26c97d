"""A profile that cannot be lived by is refused, and its error names the key."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safi.errors import InvalidProfile
from safi.profile import LIMITS, Profile, Rubric, Rule, Value, Wording, canonical, digest, revived
from tests.safi.making import PROFILE, profiles, valued, words

VALUE = Value(name="Patience", meaning="Takes time.")
RULE = Rule(id="rule", text="Never.")
RUBRIC = Rubric(upheld="a", neutral="b", betrayed="c")

REFUSED: list[tuple[Callable[[], object], str, str]] = [
    (lambda: replace(RUBRIC, upheld=" "), "upheld", "must not be empty"),
    (lambda: replace(RUBRIC, neutral="x" * 501), "neutral", "has 501 characters; at most 500"),
    (lambda: replace(RUBRIC, betrayed=""), "betrayed", "must not be empty"),
    (lambda: replace(VALUE, name=""), "name", "must not be empty"),
    (lambda: replace(VALUE, name="x" * 61), "name", "has 61 characters; at most 60"),
    (lambda: replace(VALUE, meaning="\n"), "meaning", "must not be empty"),
    (lambda: replace(VALUE, weight=-0.1), "weight", "must be a finite number"),
    (lambda: replace(VALUE, weight=math.nan), "weight", "must be a finite number"),
    (lambda: replace(VALUE, weight=math.inf), "weight", "must be a finite number"),
    (lambda: replace(VALUE, weight=True), "weight", "must be a finite number"),
    (lambda: replace(VALUE, weight=10**400), "weight", "must be a finite number"),
    (lambda: replace(RULE, id="Has Space"), "id", "may hold a-z, 0-9 and hyphens"),
    (lambda: replace(RULE, id="-x"), "id", "may hold a-z, 0-9 and hyphens"),
    (lambda: replace(RULE, id="x\n"), "id", "may hold a-z, 0-9 and hyphens"),
    (lambda: replace(RULE, text=""), "text", "must not be empty"),
    (lambda: replace(RULE, patterns=("a", "")), "patterns[1]", "must not be empty"),
    (lambda: replace(RULE, patterns=("(",)), "patterns[0]", "is not a regular expression"),
    (lambda: replace(RULE, patterns=("a{99999999999999}",)), "patterns[0]", "is not a regular expression"),
    (lambda: replace(RULE, patterns=("a*",)), "patterns[0]", "is found even in an empty text"),
    (lambda: replace(RULE, patterns=("x" * 501,)), "patterns[0]", "has 501 characters"),
    (lambda: Wording(suppressed=""), "suppressed", "must not be empty"),
    (lambda: Wording(unjudged=" "), "unjudged", "must not be empty"),
    (lambda: Wording(failed="x" * 1_001), "failed", "has 1001 characters"),
    (lambda: replace(PROFILE, name="Gardener"), "name", "may hold a-z, 0-9 and hyphens"),
    (lambda: replace(PROFILE, worldview=""), "worldview", "must not be empty"),
    (lambda: replace(PROFILE, values=()), "values", "must hold between 1 and 12 entries, not 0"),
    (lambda: valued(13), "values", "must hold between 1 and 12 entries, not 13"),
    (lambda: replace(PROFILE, rules=()), "rules", "must hold between 1 and 50 entries, not 0"),
    (lambda: replace(PROFILE, values=(VALUE, replace(VALUE, name="patience"))), "values[1].name", "is given twice"),
    (lambda: replace(PROFILE, rules=(RULE, RULE)), "rules[1].id", "'rule' is given twice"),
    (lambda: replace(PROFILE, values=(replace(VALUE, weight=0),)), "values", "at least one weight must be positive"),
    (lambda: replace(PROFILE, beta=1.0), "beta", "must be at least 0 and below 1"),
    (lambda: replace(PROFILE, beta=-0.1), "beta", "must be at least 0 and below 1"),
    (lambda: replace(PROFILE, beta=math.nan), "beta", "must be at least 0 and below 1"),
    (lambda: replace(PROFILE, beta=False), "beta", "must be at least 0 and below 1"),
]


@pytest.mark.parametrize(("make", "key", "problem"), REFUSED, ids=[f"{n} {row[1]}" for n, row in enumerate(REFUSED)])
def test_what_cannot_be_lived_by_is_refused_under_its_key(make: Callable[[], Any], key: str, problem: str) -> None:
    with pytest.raises(InvalidProfile, match=re.escape(problem)) as refused:
        make()
    assert refused.value.key == key
    assert str(refused.value) == f"{key}: {refused.value.problem}"


def test_the_most_that_is_allowed_is_allowed() -> None:
    rules = tuple(replace(RULE, id=f"r{n}") for n in range(LIMITS["rules"]))
    assert len(replace(valued(12), rules=rules, worldview="x" * LIMITS["worldview"]).values) == 12


def test_a_pattern_that_no_draft_could_ever_match_is_refused() -> None:
    # Drafts are searched in their NFKC form, without unseen characters: there is no "…" and no soft hyphen in it.
    for pattern in ("wait…", "full\u00adwidth"):
        with pytest.raises(InvalidProfile):
            replace(RULE, patterns=(pattern,))


@given(profiles())
def test_weights_sum_to_one_in_declared_order(profile: Profile) -> None:
    assert math.fsum(profile.weights) == pytest.approx(1, abs=1e-12)
    first, *_ = profile.values
    for value, weight in zip(profile.values, profile.weights, strict=True):
        assert weight * first.weight == pytest.approx(profile.weights[0] * value.weight)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, 1.7e308])
def test_extreme_weights_neither_overflow_nor_vanish(scale: float) -> None:
    assert valued(4, v1=scale, v2=scale, v3=scale, v4=scale).weights == (0.25,) * 4


@given(profiles())
def test_the_canonical_text_reads_back_as_the_same_profile(profile: Profile) -> None:
    assert revived(canonical(profile)) == profile
    assert canonical(revived(canonical(profile))) == canonical(profile)
    assert re.fullmatch(r"[0-9a-f]{64}", digest(profile))


@given(profiles(), words)
def test_any_other_wording_has_another_digest(profile: Profile, other: str) -> None:
    value, rule = profile.values[0], profile.rules[0]
    wording = f"{other} and then some"
    changed = [
        replace(profile, worldview=profile.worldview + "!"),
        replace(profile, values=(replace(value, meaning=value.meaning + "!"), *profile.values[1:])),
        replace(profile, rules=(replace(rule, text=rule.text + "!"), *profile.rules[1:])),
        replace(profile, wording=Wording(suppressed=wording)),
        replace(profile, beta=profile.beta / 2 + 0.005),
    ]
    digests = {digest(each) for each in [profile, *changed]}
    assert len(digests) == len([each for each in changed if each != profile]) + 1


def test_equal_profiles_have_one_digest() -> None:
    whole, decimal = valued(1, v1=1), valued(1, v1=1.0)
    assert whole == decimal
    assert digest(whole) == digest(decimal)


def test_a_profile_names_its_values_in_declared_order() -> None:
    assert PROFILE.value_names == ("Patience", "Honest Doubt")
    assert PROFILE.weights == (0.25, 0.75)


@given(st.text(max_size=3))
def test_a_name_is_a_slug_or_refused(name: str) -> None:
    try:
        replace(PROFILE, name=name)
    except InvalidProfile:
        assert not re.fullmatch("[a-z0-9][a-z0-9-]*", name)


@pytest.mark.parametrize("name", [" Honesty", "Two\nlines", "Zero\u200bwidth", "Two  spaces", "\u2800"])
def test_a_name_that_cannot_be_told_from_another_at_sight_is_refused(name: str) -> None:
    with pytest.raises(InvalidProfile, match="name: must be one line without unseen characters"):
        Value(name=name, meaning="says what is so")
