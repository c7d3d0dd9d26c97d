"""What the gate decided, and why there was no answer, in plain words."""

from typing import Final

from safi.firstpass import HIDDEN, KEYS, MENTIONS
from safi.turn import Approved, Denied, Draft, Failed, Outcome, Suppressed, Unjudged

_CAUSES: Final = {
    "model_unavailable": "the model could not be reached in time",
    "budget_spent": "the operator's own cap on spending is reached",
    "model_misconfigured": "the model's vendor refuses such requests until a key, a model id or a setting is changed",
    "no_answer": "the model gave no answer",
    "answer_refused": "the model declined",
    "answer_cut_short": "the model did not come to an end within its limit",
    "answer_empty": "the model said nothing that can be read",
    "unreadable": "the model's answer was not of the asked form",
    "pattern_too_slow": "a rule's pattern took too long over the draft, so nobody knows whether it is found there",
}
"""What the causes of the record mean."""

_BUILT_IN: Final = {
    KEYS: "no key, token or password is posted",
    MENTIONS: "nobody is called who did not take part, least of all everybody",
    HIDDEN: "no text is hidden in an answer",
}
"""What the rules say that every persona has."""

_REASON: Final = 200
"""Characters of a judge's reason or of a failure's details: a member may have led a model to write at any length."""


def ruling(outcome: Outcome) -> str:
    """As `verdict`, for everyone: a judge's reason and a failure's details may quote what was held back."""
    match outcome:
        case Suppressed(verdict=Denied(by="judge") as denied, draft=Draft()):
            return f"held back by {_rules(denied)} (judge)"
        case Unjudged(verdict=none):
            return f"held back without a verdict: {cause(none.cause)}"
        case Failed(cause=name):
            return f"nothing to judge, there was no draft: {cause(name)}"
        case Approved() | Suppressed():
            return verdict(outcome)


def verdict(outcome: Outcome) -> str:
    """What the Will decided and who saw it, or why it did not come to that."""
    match outcome:
        case Approved(verdict=allowed):
            return f"let out: {line(allowed.reason, _REASON)}"
        case Suppressed(draft=None, verdict=denied):
            return undrafted(denied)
        case Suppressed(verdict=denied):
            return f"held back {broken(denied)}"
        case Unjudged(verdict=none):
            return f"held back without a verdict: {cause(none.cause)} ({line(none.detail, _REASON)})"
        case Failed(cause=name, detail=detail):
            return f"nothing to judge, there was no draft: {cause(name)} ({line(detail, _REASON)})"


def undrafted(denied: Denied) -> str:
    """Why nobody was asked for a draft."""
    return f"no answer was drafted: the message itself called for the fixed words of {_rules(denied)}"


def broken(denied: Denied) -> str:
    """What a draft breaks, who saw it, and why."""
    if denied.by == "built-in":
        return f"by the rule of every persona that {_built_in(denied)}: {denied.reason}"
    seen = "" if denied.by == "pattern" else f" ({denied.by})"  # a pattern says so itself
    return f"by {_rules(denied)}{seen}: {line(denied.reason, _REASON)}"


def cause(name: str) -> str:
    """What a cause of the record means."""
    return _CAUSES.get(name, name)


def line(text: str, most: int) -> str:
    """The beginning of a text, on one line of at most so many characters."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _rules(denied: Denied) -> str:
    return f"the rule {', '.join(denied.rules)}"


def _built_in(denied: Denied) -> str:
    return " and that ".join(_BUILT_IN.get(rule, rule) for rule in denied.rules)
