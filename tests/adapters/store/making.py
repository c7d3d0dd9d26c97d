"""What the store's tests put into it: one profile, and short ways to events, turns and ledgers."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypedDict

import pytest

from adapters.store.sqlite import open_store
from safi.ledger import Entry, Ledger
from safi.ports import (
    Accounts,
    Archive,
    Assignments,
    AuditQueue,
    Erased,
    Event,
    Expired,
    Journal,
    JudgeChecks,
    Notes,
    Operators,
    Opinions,
    Recall,
    Retention,
)
from safi.profile import Profile, Rule, Value, digest
from safi.record import Act, fold
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


class Store(
    Journal,
    AuditQueue,
    Recall,
    Archive,
    Accounts,
    JudgeChecks,
    Operators,
    Retention,
    Assignments,
    Opinions,
    Notes,
    Protocol,
):
    """What every store is."""


class Asked(TypedDict):
    """Where and when a message reached the bot, and whose it was."""

    place: str
    minute: float
    author: str
    workspace: str


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


LATER: Final = at(10_000_000)
"""When all is over that a test does."""


def event(
    number: int,
    *,
    place: str = "lobby",
    text: str | None = None,
    minute: float = 0,
    author: str = "Ada Lovelace",
    workspace: str = "home",
) -> Event:
    """A message that reached the bot."""
    return Event(
        id=f"event-{number}",
        workspace=workspace,
        place=place,
        message_id=f"asked-{number}",
        author=author,
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
    store: Store,
    number: int,
    outcome: Outcome = YES,
    *,
    scope: str = "lobby",
    place: str = "lobby",
    minute: float = 0,
    profile: Profile = PROFILE,
    author: str = "Ada Lovelace",
    workspace: str = "home",
) -> Turn:
    """A turn that was accepted and committed, not sent."""
    asked = event(number, place=place, minute=minute, author=author, workspace=workspace)
    turn = answer(asked, outcome, profile=profile)
    assert await store.accept(asked)
    await store.commit(asked, turn, profile=profile, scope=scope, at=at(minute))
    return turn


async def delivered(
    store: Store,
    number: int,
    outcome: Outcome = YES,
    *,
    scope: str = "lobby",
    place: str = "lobby",
    minute: float = 0,
    profile: Profile = PROFILE,
    author: str = "Ada Lovelace",
    workspace: str = "home",
) -> str:
    """The id of a turn that was accepted, committed and delivered."""
    asked: Asked = {"place": place, "minute": minute, "author": author, "workspace": workspace}
    turn = await committed(store, number, outcome, scope=scope, profile=profile, **asked)
    await store.deliver(turn.id, message_id=f"posted-{number}", at=at(minute))
    return turn.id


async def recovered(store: Journal) -> tuple[Event, ...]:
    """The events that a dead process left without an outcome, where nothing is to be sent any more."""
    left = await store.recover(unsent_since=lambda _: LATER, at=LATER)
    assert left.unsent == ()
    return left.events


async def audited(store: Store, number: int, found: Ledger, *, scope: str = "lobby", minute: float = 0) -> str:
    """The id of a turn that was delivered, and whose ledger landed at once."""
    turn_id = await delivered(store, number, scope=scope, minute=minute)
    await store.settle(turn_id, found, fold, at=at(minute))
    return turn_id


async def operated(
    store: Store, act: Act, *, minute: float = 0, scope: str = "lobby", workspace: str = "home", actor: str = "mod-1"
) -> int:
    """The number of what an operator did."""
    return await store.operate(act, workspace=workspace, scope=scope, actor=actor, step=fold, at=at(minute))


async def expired(
    store: Store, *, texts: float = 0, ledgers: float = 0, checkpoint: float = 0, minute: float = 0
) -> Expired:
    """What goes at a minute, with the minutes before which each kind is old; nothing is older than the test's day."""
    return await store.expire(
        texts_before=at(texts), ledgers_before=at(ledgers), checkpoint_before=at(checkpoint), step=fold, at=at(minute)
    )


async def erased(
    store: Store,
    author: str = "Ada Lovelace",
    *,
    workspace: str | None = "home",
    minute: float = 0,
    actor: str = "mod-1",
) -> Erased:
    """A person's words erased."""
    return await store.erase(author, workspace=workspace, actor=actor, step=fold, at=at(minute))


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
