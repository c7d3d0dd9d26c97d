"""The Will's first pass: what code can see for certain, before any model is asked. It knows rules, not judges."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from safi.errors import PatternTooSlow
from safi.exhibit import visible
from safi.ports import Screen
from safi.profile import Profile
from safi.turn import Denied, Draft, NoVerdict, Utterance

KEYS: Final = "built-in/no-secrets"
"""The rule that every persona has: no key, token or password is posted. Its id is none that a profile can have."""

_BY_MESSAGE: Final = "a pattern of the rule was found in the message"
_BY_DRAFT: Final = "a pattern of the rule was found in the draft"


def foreclosed(profile: Profile, message: Utterance, screen: Screen) -> Denied | None:
    """The rules that forbid to answer this message at all. A pattern that takes too long is left to the judge."""
    patterns = [(rule.id, rule.message_patterns) for rule in profile.rules if rule.message_patterns]
    readings = _readings(message.text, screen)
    broken = tuple(rule for rule, found in patterns if _any_in_time(found, readings, screen))
    return Denied(rules=broken, reason=_BY_MESSAGE, by="pattern") if broken else None


def first_pass(profile: Profile, draft: Draft, screen: Screen) -> Denied | NoVerdict | None:
    """What code sees in a draft; None where it sees nothing. A pattern that takes too long gives no verdict."""
    readings = _readings(draft.text, screen)
    try:
        broken = tuple(rule.id for rule in profile.rules if _any(rule.patterns, readings, screen))
    except PatternTooSlow as problem:
        return NoVerdict(cause="pattern_too_slow", detail=str(problem))
    if broken:
        return Denied(rules=broken, reason=_BY_DRAFT, by="pattern")
    if kinds := screen.secrets(draft.text):
        return Denied(rules=(KEYS,), reason=f"the draft holds a secret: {', '.join(kinds)}", by="built-in")
    return None


def _readings(text: str, screen: Screen) -> tuple[str, ...]:
    """A text as a reader may take it: in one line, without unseen characters and letter variants; and unmasked."""
    seen = " ".join(unicodedata.normalize("NFKC", visible(text)).split())
    return tuple(dict.fromkeys((seen, screen.unmasked(seen))))


def _any(patterns: Sequence[str], readings: Sequence[str], screen: Screen) -> bool:
    return any(screen.found(pattern, reading) for pattern in patterns for reading in readings)


def _any_in_time(patterns: Sequence[str], readings: Sequence[str], screen: Screen) -> bool:
    try:
        return _any(patterns, readings, screen)
    except PatternTooSlow:
        return False
