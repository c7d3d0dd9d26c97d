"""What the store's tests put into it: one profile, and short ways to events, turns and ledgers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import pytest

from adapters.store.sqlite import open_store
from safi.ledger import Entry, Ledger
from safi.ports import Accounts, Archive, AuditQueue, Event, Journal, JudgeChecks, Recall
from safi.profile import Profile, Rule, Value, digest
from safi.turn import (
    Allowed,
    Approved,
    Coached,
    Coaching,
    Denied,
    Draft,
    Exchange,
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
from safi.usage import Usage


class Store(Journal, AuditQueue, Recall, Archive, Accounts, JudgeChecks, Protocol):
    """What every store is."""


Opening = Callable[[Path], AbstractAsyncContextManager[Store]]

STORES: Final[dict[str, Opening]] = {"sqlite": open_store}

every_store: Final = pytest.mark.parametrize("opening", STORES.values(), ids=STORES.keys())

PROFILE: Final = Profile(
    name="friend",
    worldview="Be of use.",
    values=(Value(name="kindness", meaning="Mean well."), Value(name="honesty", meaning="Say what is.", weight=2)),
    rules=(Rule(id="no-insults", text="Insult nobody."), Rule(id="no-secrets", text="Give no secret away.")),
)
OTHER: Final = Profile(
    name="sage", worldview="Know.", values=(Value(name="wit", meaning="Be apt."),), rules=PROFILE.rules
)

YES: Final = Approved(draft=Draft(text="Start with three chords."), verdict=Allowed(reason="harmless"))
NO: Final = Suppressed(
    draft=Draft(text="You fool."), verdict=Denied(rules=("no-insults", "no-secrets"), reason="an insult", by="judge")
)
BY_PATTERN: Final = Suppressed(
    draft=Draft(text="Oaf."), verdict=Denied(rules=("no-insults",), reason="found: oaf", by="pattern")
)
BUILT_IN: Final = Suppressed(
    draft=Draft(text="Take this key."),
    verdict=Denied(rules=("built-in/no-secrets",), reason="a secret", by="built-in"),
)
UNDRAFTED: Final = Suppressed(
    draft=None, verdict=Denied(rules=("no-insults",), reason="found in the message", by="pattern")
)
UNSURE: Final = Unjudged(draft=Draft(text="Well."), verdict=NoVerdict(cause="model_unavailable", detail="529"))
SILENT: Final = Failed(cause="answer_empty", detail="no text came")
OUTCOMES: Final[dict[str, Outcome]] = {
    "approved": YES,
    "suppressed by the judge": NO,
    "suppressed by a pattern": BY_PATTERN,
    "suppressed by a built-in rule": BUILT_IN,
    "suppressed without a draft": UNDRAFTED,
    "unjudged": UNSURE,
    "failed": SILENT,
}
COACHINGS: Final[dict[str, Coaching]] = {
    "coached": Coached(text="Mind kindness."),
    "withheld": Withheld(text="Mind honesty."),
    "uncoached": Uncoached(),
}

USAGE: Final = Usage(
    model="scripted:a",
    seconds=0.25,
    input_tokens=12,
    cached_tokens=8,
    written_tokens=4,
    output_tokens=3,
    first_token=0.125,
    cost=0.0031,
    calls=2,
    instead_of="scripted:first",
)
"""What a model took, with all that can be known of it."""


def at(minute: float) -> datetime:
    """That many minutes into the test's day."""
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def event(number: int, *, place: str = "lobby", text: str | None = None, minute: float = 0) -> Event:
    """A message that reached the bot."""
    return Event(
        id=f"event-{number}",
        workspace="home",
        place=place,
        message_id=f"asked-{number}",
        author="Ada Lovelace",
        speaker="member-1",
        text=f"Question {number}?" if text is None else text,
        at=at(minute),
    )


def answer(
    asked: Event,
    outcome: Outcome = YES,
    *,
    profile: Profile = PROFILE,
    coaching: Coaching = COACHINGS["uncoached"],
    history: tuple[Exchange, ...] = (),
) -> Turn:
    """A turn that answers an event: turn-1 answers event-1."""
    message = Utterance(speaker=asked.speaker, text=asked.text)
    return Turn(
        id=asked.id.replace("event", "turn"),
        persona=profile.name,
        digest=digest(profile),
        prompt=Prompt(message=message, history=history),
        coaching=coaching,
        outcome=outcome,
    )


def ledger(kindness: float | None = 1, honesty: float | None = 0.5) -> Ledger:
    """A ledger for PROFILE; None is a value that the answer did not touch."""
    return Ledger(entries=(_entry("kindness", kindness), _entry("honesty", honesty)))


async def committed(
    store: Store, number: int, outcome: Outcome = YES, *, scope: str = "lobby", place: str = "lobby", minute: float = 0
) -> Turn:
    """A turn that was accepted and committed, not sent."""
    asked = event(number, place=place, minute=minute)
    turn = answer(asked, outcome)
    assert await store.accept(asked)
    await store.commit(asked, turn, profile=PROFILE, scope=scope, at=at(minute))
    return turn


async def delivered(
    store: Store, number: int, outcome: Outcome = YES, *, scope: str = "lobby", place: str = "lobby", minute: float = 0
) -> str:
    """The id of a turn that was accepted, committed and delivered."""
    turn = await committed(store, number, outcome, scope=scope, place=place, minute=minute)
    await store.deliver(turn.id, message_id=f"posted-{number}", at=at(minute))
    return turn.id


async def everything(store: Store) -> list[object]:
    """All that can be looked up in the lobby."""
    return [*await figures(store), await store.turns("lobby", limit=9)]


async def figures(store: Store) -> list[object]:
    """All that can be looked up in the lobby but for its turns."""
    return [
        await store.state("lobby"),
        await store.conversation("lobby", limit=9),
        await store.enforced("lobby", last=9),
        await store.standing("lobby"),
        await store.audits_owed(),
    ]


def _entry(value: str, score: float | None) -> Entry:
    if score is None:
        return Entry(value=value)
    sentence, quote = (0, None) if score < 0 else (1, "Start with three chords.")
    return Entry(value=value, score=score, confidence=0.75, sentence=sentence, reason="It shows.", quote=quote)
