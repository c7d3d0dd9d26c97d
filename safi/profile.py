"""Values: the declared profile that everything else serves. Validated when made; no files are read here."""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, cast

from safi.bounds import is_within
from safi.errors import InvalidProfile
from safi.exhibit import visible

LIMITS: Final = {
    "name": 40,
    "worldview": 8_000,
    "values": 12,
    "value name": 60,
    "meaning": 1_000,
    "anchor": 500,
    "rules": 50,
    "rule id": 40,
    "rule text": 1_000,
    "pattern": 500,
    "wording": 1_000,
}
"""Characters, or the number of items, that a profile may hold at most."""

_LARGEST: Final = math.nextafter(math.inf, 0)
_BELOW_ONE: Final = math.nextafter(1, 0)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Anchors for the Conscience: what an answer looks like that earns +1, 0 and -1."""

    upheld: str
    neutral: str
    betrayed: str

    def __post_init__(self) -> None:
        for key in ("upheld", "neutral", "betrayed"):
            _text(key, getattr(self, key), LIMITS["anchor"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A declared value. `weight` is any finite number >= 0; weights are normalised over the profile."""

    name: str
    meaning: str
    weight: float = 1.0
    rubric: Rubric | None = None

    def __post_init__(self) -> None:
        _text("name", self.name, LIMITS["value name"])
        if self.name != " ".join(visible(self.name).split()):
            raise InvalidProfile("name", "must be one line without unseen characters or spaces at its ends")
        _text("meaning", self.meaning, LIMITS["meaning"])
        if not is_within(self.weight, 0, _LARGEST):
            raise InvalidProfile("weight", f"must be a finite number of at least 0, not {self.weight!r:.40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule. `patterns` are regular expressions, case ignored: a draft in which one is found breaks the rule."""

    id: str
    text: str
    patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _slug("id", self.id, LIMITS["rule id"])
        _text("text", self.text, LIMITS["rule text"])
        for index, pattern in enumerate(self.patterns):
            _pattern(f"patterns[{index}]", pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the persona says when it may not or cannot answer."""

    suppressed: str = "I drafted an answer, but it would have broken one of my rules, so I will not send it."
    unjudged: str = "I could not have my answer checked just now, so I am not sending it. Please ask again in a moment."
    failed: str = "I could not come up with an answer just now. Please ask again in a moment."

    def __post_init__(self) -> None:
        for key in ("suppressed", "unjudged", "failed"):
            _text(key, getattr(self, key), LIMITS["wording"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A persona: its worldview, values and hard rules.

    `beta` in [0, 1) is how long its memory lasts: 0.9 is about ten turns.
    """

    name: str
    worldview: str
    values: tuple[Value, ...]
    rules: tuple[Rule, ...]
    wording: Wording = field(default_factory=Wording)
    beta: float = 0.9

    def __post_init__(self) -> None:
        _slug("name", self.name, LIMITS["name"])
        _text("worldview", self.worldview, LIMITS["worldview"])
        _count("values", self.values, LIMITS["values"])
        _count("rules", self.rules, LIMITS["rules"])
        _distinct("values", "name", [value.name for value in self.values])
        _distinct("rules", "id", [rule.id for rule in self.rules])
        if not any(value.weight > 0 for value in self.values):
            raise InvalidProfile("values", "at least one weight must be positive")
        if not is_within(self.beta, 0, _BELOW_ONE):
            raise InvalidProfile("beta", f"must be at least 0 and below 1, not {self.beta!r}")

    @property
    def value_names(self) -> tuple[str, ...]:
        """Names in declared order."""
        return tuple(value.name for value in self.values)

    @property
    def weights(self) -> tuple[float, ...]:
        """Weights in declared order, normalised to sum 1."""
        largest = max(value.weight for value in self.values)
        scaled = [value.weight / largest for value in self.values]  # first by the largest: no overflow, no underflow
        total = math.fsum(scaled)
        return tuple(weight / total for weight in scaled)


def canonical(profile: Profile) -> str:
    """The whole profile as JSON, the same text for the same wording; `revived` reads it back.

    What is empty or None is left out, so that a key which nobody uses yet changes no digest.
    """
    return json.dumps(_stated(asdict(profile)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(profile: Profile) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(profile).encode()).hexdigest()


def revived(text: str) -> Profile:
    """The profile whose canonical text this is. Trusts its source: for texts that `canonical` wrote."""
    raw = json.loads(text)
    rubrics = [Rubric(**value["rubric"]) if "rubric" in value else None for value in raw["values"]]
    values = tuple(Value(**value | {"rubric": rubric}) for value, rubric in zip(raw["values"], rubrics, strict=True))
    rules = tuple(Rule(**rule | {"patterns": tuple(rule.get("patterns", ()))}) for rule in raw["rules"])
    return Profile(**raw | {"values": values, "rules": rules, "wording": Wording(**raw["wording"])})


def _stated(found: Any) -> Any:  # noqa: ANN401  # JSON, of any depth
    match found:
        case dict():
            return {key: _stated(item) for key, item in cast("dict[str, Any]", found).items() if item not in (None, ())}
        case tuple():
            return [_stated(item) for item in cast("tuple[Any, ...]", found)]
        case int():
            return float(found)  # 1 and 1.0 are one weight, and must be one digest
        case _:
            return found


def _text(key: str, text: str, limit: int) -> None:
    if not text.strip():
        raise InvalidProfile(key, "must not be empty")
    if len(text) > limit:
        raise InvalidProfile(key, f"has {len(text)} characters; at most {limit} are allowed")


def _slug(key: str, text: str, limit: int) -> None:
    _text(key, text, limit)
    if not _NAME.fullmatch(text):
        raise InvalidProfile(key, f"may hold a-z, 0-9 and hyphens, starting with a letter or digit, not {text!r}")


def _pattern(key: str, pattern: str) -> None:
    _text(key, pattern, LIMITS["pattern"])
    try:
        found_in_nothing = re.search(pattern, "", re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidProfile(key, f"is not a regular expression: {error}") from error
    if pattern != unicodedata.normalize("NFKC", visible(pattern)):
        raise InvalidProfile(key, "holds a letter variant or an unseen character; drafts are searched without either")
    if found_in_nothing:
        raise InvalidProfile(key, "is found even in an empty text, so it would suppress every answer")


def _count(key: str, items: Sequence[object], limit: int) -> None:
    if not 1 <= len(items) <= limit:
        raise InvalidProfile(key, f"must hold between 1 and {limit} entries, not {len(items)}")


def _distinct(key: str, field: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name.casefold() in seen:
            raise InvalidProfile(f"{key}[{index}].{field}", f"{name!r} is given twice")
        seen.add(name.casefold())
