"""Values: the declared profile that everything else serves. Validated when made; no files are read here."""

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
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
    "fixed answer": 2_000,
    "documents": 8,
    "document name": 80,
    "knowledge": 40_000,
    "fallbacks": 4,
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
    """A hard rule, and what follows where it is broken.

    `patterns` are regular expressions, case ignored: a draft in which one is found breaks the rule. So does a member's
    message in which one of `message_patterns` is found, and then no answer is drafted at all. What breaks the rule is
    not sent; `answer_with` is said instead of the profile's general words, and with `notify` a moderator is called.
    """

    id: str
    text: str
    patterns: tuple[str, ...] = ()
    message_patterns: tuple[str, ...] = ()
    answer_with: str | None = None
    notify: bool = False

    def __post_init__(self) -> None:
        _slug("id", self.id, LIMITS["rule id"])
        _text("text", self.text, LIMITS["rule text"])
        for key in ("patterns", "message_patterns"):
            for index, pattern in enumerate(getattr(self, key)):
                _pattern(f"{key}[{index}]", pattern)
        if self.answer_with is not None:
            _text("answer_with", self.answer_with, LIMITS["fixed answer"])
        elif self.message_patterns:
            raise InvalidProfile("answer_with", "is missing; it says what is answered where message_patterns are found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A piece of the community's knowledge, by name, as its models are shown it."""

    name: str
    text: str

    def __post_init__(self) -> None:
        _text("name", self.name, LIMITS["document name"])
        _text("text", self.text, LIMITS["knowledge"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the persona says when it may not or cannot answer."""

    suppressed: str = "I drafted an answer, but it would have broken one of my rules, so I will not send it."
    unjudged: str = "I could not have my answer checked just now, so I am not sending it. Please ask again in a moment."
    failed: str = "I could not come up with an answer just now. Please ask again in a moment."
    spent: str = "I have used up what I may spend for now, so I cannot answer. Please try again later."

    def __post_init__(self) -> None:
        for key in ("suppressed", "unjudged", "failed", "spent"):
            _text(key, getattr(self, key), LIMITS["wording"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A persona: its worldview, values and hard rules.

    `beta` in [0, 1) is how long its memory lasts: 0.9 is about ten turns. `knowledge` is what it may rely on, as whole
    texts. `fallbacks` lists the providers that may see this community's words where a role's own is unavailable.
    """

    name: str
    worldview: str
    values: tuple[Value, ...]
    rules: tuple[Rule, ...]
    wording: Wording = field(default_factory=Wording)
    beta: float = 0.9
    knowledge: tuple[Document, ...] = ()
    fallbacks: tuple[str, ...] = ()

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
        self._check_knowledge()
        _at_most("fallbacks", self.fallbacks, LIMITS["fallbacks"])
        _distinct("fallbacks", "", self.fallbacks)

    def __hash__(self) -> int:
        """By what tells personas apart already: what is made of a profile once is looked up several times a turn."""
        return hash((self.name, self.worldview))

    def _check_knowledge(self) -> None:
        _at_most("knowledge", self.knowledge, LIMITS["documents"])
        _distinct("knowledge", "name", [document.name for document in self.knowledge])
        size = sum(len(document.text) for document in self.knowledge)
        if size > LIMITS["knowledge"]:
            raise InvalidProfile(
                "knowledge", f"has {size} characters in all; at most {LIMITS['knowledge']} are allowed"
            )

    @property
    def value_names(self) -> tuple[str, ...]:
        """Names in declared order."""
        return tuple(value.name for value in self.values)

    @property
    def library(self) -> dict[str, str]:
        """The text of each document by its name, in declared order."""
        return {document.name: document.text for document in self.knowledge}

    @property
    def weights(self) -> tuple[float, ...]:
        """Weights in declared order, normalised to sum 1."""
        largest = max(value.weight for value in self.values)
        scaled = [value.weight / largest for value in self.values]  # first by the largest: no overflow, no underflow
        total = math.fsum(scaled)
        return tuple(weight / total for weight in scaled)


@lru_cache(maxsize=256)
def canonical(profile: Profile) -> str:
    """The whole profile as JSON, the same text for the same wording; `revived` reads it back.

    What is empty, None or False is left out, so that a key which nobody uses yet changes no digest.
    """
    return json.dumps(_stated(asdict(profile)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@lru_cache(maxsize=256)
def digest(profile: Profile) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(profile).encode()).hexdigest()


def revived(text: str) -> Profile:
    """The profile whose canonical text this is. Trusts its source: for texts that `canonical` wrote."""
    raw = json.loads(text)
    rubrics = [Rubric(**value["rubric"]) if "rubric" in value else None for value in raw["values"]]
    values = tuple(Value(**value | {"rubric": rubric}) for value, rubric in zip(raw["values"], rubrics, strict=True))
    rules = tuple(Rule(**_listed(rule, "patterns", "message_patterns")) for rule in raw["rules"])
    knowledge = tuple(Document(**document) for document in raw.get("knowledge", ()))
    parts: dict[str, Any] = {
        "values": values,
        "rules": rules,
        "wording": Wording(**raw["wording"]),
        "knowledge": knowledge,
    }
    return Profile(**(_listed(raw, "fallbacks") | parts))


def _listed(raw: dict[str, Any], *keys: str) -> dict[str, Any]:
    return raw | {key: tuple(raw.get(key, ())) for key in keys}


def _stated(found: Any) -> Any:  # noqa: ANN401  # JSON, of any depth
    match found:
        case dict():
            items = cast("dict[str, Any]", found).items()
            return {key: _stated(item) for key, item in items if item is not False and item not in (None, ())}
        case tuple():
            return [_stated(item) for item in cast("tuple[Any, ...]", found)]
        case bool():
            return found
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


def _at_most(key: str, items: Sequence[object], limit: int) -> None:
    if len(items) > limit:
        raise InvalidProfile(key, f"may hold at most {limit} entries, not {len(items)}")


def _distinct(key: str, field: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name.casefold() in seen:
            raise InvalidProfile(f"{key}[{index}]{field and f'.{field}'}", f"{name!r} is given twice")
        seen.add(name.casefold())
