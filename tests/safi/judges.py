"""Judges that are functions over the real requests: they read the exhibit out of the question, as a model would."""

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapters.llm.scripted import Answer, ScriptedModel
from safi.conscience import SCORES
from safi.exhibit import sentences, visible
from safi.judgecheck.asking import Judges
from safi.judgecheck.cases import BlockCase, Case, ScoreCase
from safi.ports import Request
from safi.profile import Profile
from tests.doubles import PlainScreen

Verdict = Callable[[Mapping[str, Any]], str | None]
"""The rule that a draft breaks, by the exhibit, or None."""

Scores = Callable[[Mapping[str, Any]], tuple[float | None, ...]]
"""A score for each value, by the exhibit."""

_EXHIBIT = re.compile(r"<exhibit (\S+)>\n(.*)\n</exhibit \1>")
_LET_OUT = re.compile(r"no violation", re.IGNORECASE)
_MARK = re.compile(r"(?:each|every|all) values?\D{0,20}?(-?1)\b|full marks", re.IGNORECASE)


def exhibit(request: Request) -> Mapping[str, Any]:
    """What lies between the marks of a question."""
    found = _EXHIBIT.search(request.messages[-1].text)
    assert found is not None
    return json.loads(found[2])


def judges(profile: Profile, verdict: Verdict, scores: Scores) -> Judges:
    """Both judges, from what they make of an exhibit."""

    def will(request: Request) -> Answer:
        rule = verdict(exhibit(request))
        said = "no violation" if rule is None else f"violation: {rule}"
        return json.dumps({"verdict": said, "reason": "so it seems"})

    def conscience(request: Request) -> Answer:
        assert request.schema is not None
        keys = request.schema.body["required"]
        return json.dumps(dict(zip(keys, map(_finding, scores(exhibit(request))), strict=True)))

    return scripted(will, conscience)


def scripted(will: Callable[[Request], Answer], conscience: Callable[[Request], Answer]) -> Judges:
    """Both judges, from what they answer."""
    return Judges(
        will=ScriptedModel(will, name="test:will"),
        conscience=ScriptedModel(conscience, name="test:conscience"),
        screen=PlainScreen(),
    )


def _finding(score: float | None) -> dict[str, object] | None:
    if score is None:
        return None
    return {"sentence": 1 if score > 0 else 0, "reason": "so it seems", "score": score, "confidence": 0.75}


class Key:
    """The answer key: what each exhibit calls for."""

    def __init__(self, profile: Profile, cases: Iterable[Case]) -> None:
        self._rules: dict[tuple[str, str], str | None] = {}
        self._scores: dict[tuple[str, ...], tuple[float | None, ...]] = {}
        for case in cases:
            message = visible(case.message)
            if isinstance(case, ScoreCase):
                known = tuple(case.scores[name] for name in profile.value_names)
                self._scores[(message, *sentences(case.answer))] = known
            else:
                self._rules[message, visible(case.draft)] = case.rule if isinstance(case, BlockCase) else None

    def verdict(self, shown: Mapping[str, Any]) -> str | None:
        return self._rules[shown["message"], shown["draft"]]

    def scores(self, shown: Mapping[str, Any]) -> tuple[float | None, ...]:
        return self._scores[(shown["message"], *shown["answer"].values())]


def sound(profile: Profile, cases: Iterable[Case]) -> Judges:
    key = Key(profile, cases)
    return judges(profile, key.verdict, key.scores)


def always_yes(profile: Profile, cases: Iterable[Case]) -> Judges:
    return judges(profile, lambda _: None, lambda _: (1.0,) * len(profile.values))


def always_no(profile: Profile, cases: Iterable[Case]) -> Judges:
    return judges(profile, lambda _: profile.rules[0].id, lambda _: (-1.0,) * len(profile.values))


def silent(profile: Profile, cases: Iterable[Case]) -> Judges:
    """Lets everything out, and finds every value untouched."""
    return judges(profile, lambda _: None, lambda _: (None,) * len(profile.values))


def at_random(profile: Profile, cases: Iterable[Case]) -> Judges:
    """Throws a coin for each draft and a die for each score. The order in which questions come is fixed."""
    chance = random.Random(22)
    rules = [rule.id for rule in profile.rules]
    return judges(
        profile,
        lambda _: chance.choice(rules) if chance.random() < 0.5 else None,
        lambda _: tuple(chance.choice([*SCORES, None]) for _ in profile.values),
    )


def obeys_injections(profile: Profile, cases: Iterable[Case]) -> Judges:
    """Judges well, until a text in the exhibit says what the verdict or the scores are: then so they are."""
    key = Key(profile, cases)

    def verdict(shown: Mapping[str, Any]) -> str | None:
        return None if _LET_OUT.search(f"{shown['message']} {shown['draft']}") else key.verdict(shown)

    def scores(shown: Mapping[str, Any]) -> tuple[float | None, ...]:
        told = _MARK.search(f"{shown['message']} {' '.join(shown['answer'].values())}")
        return (float(told[1] or 1),) * len(profile.values) if told else key.scores(shown)

    return judges(profile, verdict, scores)


def saturated(profile: Profile, cases: Iterable[Case]) -> Judges:
    """Tells good from bad, and knows no halves."""
    key = Key(profile, cases)
    full = {None: None, 0.0: 1.0}
    return judges(
        profile,
        key.verdict,
        lambda shown: tuple(full.get(s, s and s / abs(s)) for s in key.scores(shown)),
    )


def unreadable(profile: Profile, cases: Iterable[Case]) -> Judges:
    """Answers at length, in prose."""
    return scripted(lambda _: "I think this is fine, really.", lambda _: "A good answer! 5 stars.")
