"""Coaching: memory put into one or two plain sentences for the Intellect. Names only; it knows no rubric, no number."""

import hashlib
from collections.abc import Mapping
from typing import Final

from safi.profile import Profile
from safi.spirit import Memory, carried

STRONG_FROM: Final = 0.5
"""Corrected memory from which a value counts as a strength."""

CARE_BELOW: Final = 0.2
"""Corrected memory below which a value needs attention."""

ENFORCED_OFTEN: Final = 3
"""Suppressions by one rule, within those lately counted, from which it is named."""

MOST_STRENGTHS: Final = 2


def coach(profile: Profile, memory: Memory, enforced: Mapping[str, int]) -> str | None:
    """What memory has to say before the next draft; None while it has nothing.

    `enforced` says how often each rule, by id, suppressed a draft lately. The same memory gives the same words.
    """
    standing = _standing(profile, memory)
    strong = sorted(
        (name for name, (m, _) in standing.items() if m >= STRONG_FROM), key=lambda name: -standing[name][0]
    )
    weak = [name for name, (m, _) in standing.items() if m < CARE_BELOW]
    worst = max(weak, key=lambda name: standing[name][1], default=None)
    sentences = [_alignment(strong[:MOST_STRENGTHS], worst), _enforcement(profile, enforced)]
    return " ".join(sentence for sentence in sentences if sentence) or None


def withheld(turn_id: str, share: float) -> bool:
    """Whether this turn's coaching is kept back, for a `share` in [0, 1] of all turns. The same id, the same answer."""
    draw = int.from_bytes(hashlib.sha256(f"coaching {turn_id}".encode()).digest()[:8])
    return draw < share * 2**64


def _standing(profile: Profile, memory: Memory) -> dict[str, tuple[float, float]]:
    """(m, weighted shortfall) of every value that has a weight and a memory, in declared order."""
    m = carried(memory, profile.value_names).m
    known = zip(profile.value_names, profile.weights, m, strict=True)
    return {name: (m, weight * (1 - m)) for name, weight, m in known if m is not None and weight > 0}


def _alignment(strong: list[str], worst: str | None) -> str:
    praise = f"So far your answers have been well aligned with {_listed(strong)}"
    care = f"‘{worst}’ needs more of your attention: let your next answer show it where the matter allows."
    match strong, worst:
        case [], None:
            return ""
        case _, None:
            return f"{praise}; keep to that."
        case [], _:
            return care
        case _:
            return f"{praise}, but {care}"


def _enforcement(profile: Profile, enforced: Mapping[str, int]) -> str:
    often = [rule.id for rule in profile.rules if enforced.get(rule.id, 0) >= ENFORCED_OFTEN]
    if not often:
        return ""
    most = max(often, key=lambda rule: enforced[rule])
    return f"Several of your latest drafts were held back by the rule ‘{most}’: answer within it from the start."


def _listed(names: list[str]) -> str:
    return " and ".join(f"‘{name}’" for name in names)
