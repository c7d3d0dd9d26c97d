"""The Will's first pass: what code can see for certain, before any model is asked. It knows rules, not judges."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from safi.errors import PatternTooSlow
from safi.exhibit import hides, visible
from safi.ports import Screen
from safi.profile import Profile
from safi.turn import Denied, Draft, NoVerdict, Utterance

KEYS: Final = "built-in/no-secrets"
"""The rule that every persona has: no key or token is posted. No profile can have an id like these three."""

MENTIONS: Final = "built-in/no-mass-mentions"
"""The rule that every persona has: nobody is called who did not take part, least of all everybody."""

HIDDEN: Final = "built-in/no-hidden-text"
"""The rule that every persona has: all of an answer can be seen, in the order in which it is read."""

_BY_MESSAGE: Final = "a pattern of the rule was found in the message"
_BY_DRAFT: Final = "a pattern of the rule was found in the draft"

# What stands in backticks is shown and calls nobody, and to explain it is an ordinary answer; an adapter makes every
# mention dead in any case. A backtick behind a backslash opens nothing; one or two reach no further than their line.
_CODE: Final = re.compile(r"(?<![\\`])(?:```.*?```|(`{1,2})(?!`)[^\n]+?(?<!`)\1)(?!`)", re.DOTALL)
_MARKUP: Final = re.compile(r"[*_~\\]+|\|\|")
_CALL_TO_ALL: Final = re.compile(
    r"""
    @everyone\b                                        # wherever it stands, it calls
    | (?:(?<!\w)@(?:here|channel)\b | @(?:here|channel)\b(?!\.\w))     # but no address, such as ann@here.org
    | <!(?:everyone|here|channel|subteam)\b | <@&\w    # as the platforms write it
    """,
    re.VERBOSE | re.IGNORECASE,
)


def foreclosed(profile: Profile, message: Utterance, screen: Screen) -> Denied | None:
    """The rules that forbid to answer this message at all. A pattern that takes too long is left to the judge."""
    patterns = {rule.id: rule.message_patterns for rule in profile.rules if rule.message_patterns}
    broken = screen.matches(patterns, _readings(_shown(message.text), screen)).found if patterns else ()
    return Denied(rules=broken, reason=_BY_MESSAGE, by="pattern") if broken else None


def first_pass(profile: Profile, draft: Draft, screen: Screen) -> Denied | NoVerdict | None:
    """What code sees in a draft; None where it sees nothing. A pattern that takes too long gives no verdict."""
    shown = _shown(draft.text)
    readings = _readings(shown, screen)
    matches = screen.matches({rule.id: rule.patterns for rule in profile.rules if rule.patterns}, readings)
    if matches.found:
        return Denied(rules=matches.found, reason=_BY_DRAFT, by="pattern")
    try:
        broken = dict(_built_in(draft.text, shown, readings, screen))
    except PatternTooSlow as problem:
        return NoVerdict(cause="pattern_too_slow", detail=str(problem))
    if broken:
        return Denied(rules=tuple(broken), reason="; ".join(broken.values()), by="built-in")
    if matches.unknown:
        return NoVerdict(cause="pattern_too_slow", detail=f"the patterns of {', '.join(matches.unknown)} took too long")
    return None


def _built_in(text: str, shown: str, readings: Sequence[str], screen: Screen) -> Iterator[tuple[str, str]]:
    """The built-in rules that a draft breaks, each with what was seen."""
    if kinds := dict.fromkeys(kind for reading in readings for kind in screen.secrets(reading)):
        yield KEYS, f"the draft holds a secret: {', '.join(kinds)}"
    if _calls_all(shown):
        yield MENTIONS, "the draft calls a whole channel, group or role"
    if hides(text):
        yield HIDDEN, "the draft holds text that nobody sees, or that is read in another order than it stands"


def _calls_all(shown: str) -> bool:
    if "@" not in shown and "<" not in shown:
        return False
    return _CALL_TO_ALL.search(_MARKUP.sub("", _CODE.sub(" ", shown))) is not None


def _shown(text: str) -> str:
    """A text without unseen characters and letter variants."""
    return unicodedata.normalize("NFKC", visible(text))


def _readings(shown: str, screen: Screen) -> tuple[str, ...]:
    """What is shown as a reader may take it: in one line, and unmasked."""
    seen = " ".join(shown.split())
    return tuple(dict.fromkeys((seen, screen.unmasked(seen))))
