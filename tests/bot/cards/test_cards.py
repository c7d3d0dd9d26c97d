"""Cards: what is unknown is never a number, and what went wrong is said in words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.chat.port import Posted
from bot import cards
from bot.cards import phrases, rulings, turns
from safi.errors import ModelFailure
from safi.firstpass import HIDDEN, KEYS, MENTIONS
from safi.ledger import Entry, Ledger
from safi.ports import Agreement, Event, TurnRecord
from safi.profile import digest
from safi.record import State
from safi.spirit import Memory, Reading
from safi.turn import (
    Allowed,
    Approved,
    Denied,
    Draft,
    Failed,
    NoVerdict,
    Outcome,
    Prompt,
    Suppressed,
    Turn,
    Uncoached,
    Unjudged,
    Utterance,
    Withheld,
)
from tests.doubles import NOON, PLACE, small_profile

PROFILE = small_profile()
DRAFT = Draft(text="Oil the hinge.")
SENT = Approved(draft=DRAFT, verdict=Allowed(reason="harmless"))
MEMORY = Memory(values=PROFILE.value_names, mu=(0.5, 0.1), a=(1.0, 1.0), folded=9)
LEDGER = Ledger(
    entries=(
        Entry(value="Honesty", score=1, confidence=0.75, sentence=1, reason="says so", quote="Oil the hinge."),
        Entry(value="Kindness"),
    )
)
READING = Reading(coherence=8.25, confidence=0.75, drift=0.125)


def record(outcome: Outcome = SENT, **changes: Any) -> TurnRecord:
    event = Event(
        id="e1",
        workspace="w",
        place=PLACE.encode(),
        message_id="m1",
        author="ann",
        speaker="member-a",
        text="It squeaks.",
        at=NOON,
    )
    turn = Turn(
        id="t1",
        persona="ada",
        digest=digest(PROFILE),
        prompt=Prompt(message=Utterance(speaker="member-a", text="It squeaks.")),
        coaching=Uncoached(),
        outcome=outcome,
    )
    sent = TurnRecord(
        turn=turn,
        profile=PROFILE,
        event=event,
        scope="s",
        at=NOON,
        delivery="delivered",
        message_id="out-1",
        number=7,
        audit="landed",
        fate="folded",
        hole_reason=None,
        ledger=LEDGER,
        reading=READING,
    )
    return replace(sent, **changes)


def test_an_audit_shows_score_drift_and_a_bar_a_value() -> None:
    card = cards.audit_landed(record(), State(memory=MEMORY))
    assert (card.title, card.sentence) == ("Audit #7", "coherence 8.2 of 10 (confidence 75%) · drift 0.12")
    assert [(bar.label, bar.value, bar.note) for bar in card.bars] == [
        ("Honesty", 1, "confidence 75%"),
        ("Kindness", None, "not touched"),
    ]


@pytest.mark.parametrize(
    ("reading", "folded", "sentence"),
    [
        (replace(READING, drift=None), 9, "coherence 8.2 of 10 (confidence 75%) · drift unknown"),
        (READING, 4, "coherence 8.2 of 10 (confidence 75%) · drift warming up (4 of 5)"),
        (Reading(coherence=None, confidence=None, drift=None), 9, "no value touched, so no score · drift unknown"),
    ],
)
def test_what_is_unknown_is_said_in_words(reading: Reading, folded: int, sentence: str) -> None:
    state = State(memory=replace(MEMORY, folded=folded))
    assert cards.audit_landed(record(reading=reading), state).sentence == sentence


def test_a_late_ledger_is_shown_as_late() -> None:
    late = replace(READING, drift=None)
    card = cards.audit_landed(record(fate="hole", hole_reason="too late", reading=late), State(memory=MEMORY))
    assert card.sentence == "coherence 8.2 of 10 (confidence 75%); it came too late to be remembered"


def test_a_hole_says_why() -> None:
    hole = record(fate="hole", audit="abandoned", hole_reason="unreadable", ledger=None, reading=None)
    assert cards.audit_landed(hole, State()).sentence == (
        "none; memory stays as it was (the model's answer was not of the asked form)"
    )


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"audit": "owed", "fate": None}, "owed"),
        ({"audit": "owed", "fate": "hole"}, "owed, and passed over in memory"),
        ({"audit": None, "fate": None, "delivery": "committed"}, "none: it was not sent"),
        ({"audit": None, "fate": None, "delivery": "unknown"}, "none: nobody knows whether it was sent"),
        ({"audit": None, "fate": None}, "none: only what was sent as drafted is audited"),
    ],
)
def test_every_state_of_an_audit_has_its_words(changes: dict[str, Any], state: str) -> None:
    assert phrases.audit_state(record(ledger=None, reading=None, **changes)) == state


@pytest.mark.parametrize(
    ("outcome", "title", "words"),
    [
        (
            Suppressed(draft=DRAFT, verdict=Denied(rules=("no-codes",), reason="a code", by="judge")),
            "Held back",
            "by the rule no-codes (judge): a code",
        ),
        (
            Suppressed(draft=DRAFT, verdict=Denied(rules=(KEYS, MENTIONS), reason="a key; @everyone", by="built-in")),
            "Held back",
            "by the rule of every persona that no key, token or password is posted and that nobody is called who did "
            "not take part, least of all everybody: a key; @everyone",
        ),
        (
            Suppressed(draft=None, verdict=Denied(rules=("in-danger",), reason="found in the message", by="pattern")),
            "Fixed words",
            "no answer was drafted: the message itself called for the fixed words of the rule in-danger",
        ),
        (
            Unjudged(draft=DRAFT, verdict=NoVerdict(cause="pattern_too_slow", detail="no-codes")),
            "No answer",
            "held back without a verdict: a rule's pattern took too long over the draft, so nobody knows whether it is "
            "found there (no-codes)",
        ),
        (
            Failed(cause="budget_spent", detail="spend.day: $5 of $5"),
            "No answer",
            "nothing to judge, there was no draft: the operator's own cap on spending is reached (spend.day: $5 of $5)",
        ),
        (
            Unjudged(draft=DRAFT, verdict=NoVerdict(cause="model_unavailable", detail="status 500")),
            "No answer",
            "held back without a verdict: the model could not be reached in time (status 500)",
        ),
        (
            Failed(cause="model_misconfigured", detail="status 401"),
            "No answer",
            "nothing to judge, there was no draft: the model's vendor refuses such requests until a key, "
            "a model id or a setting is changed (status 401)",
        ),
    ],
)
def test_a_turn_without_an_answer_says_why_and_never_what_the_draft_was(
    outcome: Outcome, title: str, words: str
) -> None:
    card = cards.no_answer(outcome)
    assert card is not None
    assert (card.title, card.sentence) == (title, words)
    assert "hinge" not in str(card)


def test_a_gate_that_held_a_draft_back_names_the_rule() -> None:
    held = Suppressed(draft=DRAFT, verdict=Denied(rules=("no-codes",), reason="a code", by="judge"))
    assert rulings.verdict(held) == "held back by the rule no-codes (judge): a code"


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            Suppressed(draft=DRAFT, verdict=Denied(rules=("no-codes",), reason="a canary", by="judge")),
            "held back by the rule no-codes (judge)",
        ),
        (
            Unjudged(draft=DRAFT, verdict=NoVerdict(cause="unreadable", detail="a canary")),
            "held back without a verdict: the model's answer was not of the asked form",
        ),
        (Failed(cause="answer_refused", detail="a canary"), "nothing to judge, there was no draft: the model declined"),
    ],
)
def test_what_a_model_says_of_a_draft_that_was_held_back_is_not_for_everyone(outcome: Outcome, told: str) -> None:
    assert rulings.ruling(outcome) == told
    assert "a canary" in rulings.verdict(outcome)


def test_a_reason_is_one_line_of_a_certain_length() -> None:
    held = Suppressed(draft=DRAFT, verdict=Denied(rules=("no-codes",), reason="a\n\ncode " + "x" * 999, by="judge"))
    shown = rulings.verdict(held)
    assert shown.startswith("held back by the rule no-codes (judge): a code xxx")
    assert (len(shown) < 250, shown[-1]) == (True, "…")


def test_coaching_that_was_kept_back_says_so_and_what_it_was() -> None:
    assert phrases.coaching(Withheld(text="Mind honesty.")) == (
        "kept back at random, so that its effect can be known: Mind honesty."
    )


def test_a_turn_that_was_answered_needs_no_such_card() -> None:
    assert cards.no_answer(SENT) is None


def test_an_untouched_turn_has_its_word_in_the_list() -> None:
    silent = Reading(coherence=None, confidence=None, drift=None)
    assert "untouched" in turns.listed([record(reading=silent)], page=1, further=False).fields[0][1]


@pytest.mark.parametrize(
    ("rated", "agreed", "words"),
    [
        (0, 0, "not known: no answer has both a score and votes"),
        (9, 9, "too early to tell: members and Conscience judge 9 of 9 rated answers alike"),
        (10, 8, "good: members and Conscience judge 8 of 10 rated answers alike"),
        (10, 7, "fair: members and Conscience judge 7 of 10 rated answers alike"),
        (10, 5, "poor: members and Conscience judge 5 of 10 rated answers alike"),
        (10, 0, "poor: members and Conscience judge 0 of 10 rated answers alike"),
    ],
)
def test_agreement_has_a_word_once_there_is_enough_to_go_by(rated: int, agreed: int, words: str) -> None:
    assert phrases.agreement(Agreement(rated=rated, agreed=agreed)) == words


def test_moderators_who_are_called_to_a_message_are_led_to_it() -> None:
    asked = Posted(place=PLACE, message_id="m1")
    card = cards.person_needed((PROFILE.rules[0],), about=asked)
    assert (card.about, card.buttons) == (asked, ())


def test_counts_of_audits_are_grammatical() -> None:
    assert [cards.still_owed(number).sentence for number in (1, 2)] == ["1 audit still owed", "2 audits still owed"]


@pytest.mark.parametrize("rule", [KEYS, MENTIONS, HIDDEN])
def test_no_built_in_rule_is_shown_by_its_id(rule: str) -> None:
    assert rule not in rulings.broken(Denied(rules=(rule,), reason="seen", by="built-in"))


def test_every_failure_has_its_words() -> None:
    causes = [failure("it").cause for failure in failures(ModelFailure)]
    assert {"budget_spent", "answer_empty"} < set(causes)
    assert [cause for cause in causes if rulings.cause(cause) == cause] == []


def failures(parent: type[ModelFailure]) -> Iterator[type[ModelFailure]]:
    """Every failure of a model that can stand in the record: `parent` alone says too little to be raised."""
    for child in parent.__subclasses__():
        yield child
        yield from failures(child)
