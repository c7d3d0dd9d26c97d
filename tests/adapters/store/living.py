"""A store in which everything has happened that is linked, for the check of the whole record; and ways to change it."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.store.sqlite import SQLiteStore, open_store
from adapters.store.verify.record import verified
from safi.ledger import Entry, Ledger
from safi.ports import Event
from safi.ports.proof import Finding, Head, Proof
from safi.profile import Profile
from safi.record import Act, Baseline, Freeze, Reset, Restore, Thaw, fold
from safi.turn import Outcome
from tests.adapters.store.making import COACHINGS, NO, OTHER, PROFILE, SILENT, YES, answer, at, event, ledger

SHARES: Final = 20
"""More than there are to go in any of these lives."""


@dataclass(slots=True)
class Life:
    """What happens in a store, one minute after the other."""

    store: SQLiteStore
    minute: int = 0

    async def said(
        self,
        number: int,
        outcome: Outcome = YES,
        *,
        scope: str = "lobby",
        workspace: str = "home",
        author: str = "Ada",
        profile: Profile = PROFILE,
    ) -> Event:
        """A turn that was committed, not sent."""
        asked = await self.asked(number, scope=scope, workspace=workspace, author=author)
        await self.answered(asked, outcome, profile=profile)
        return asked

    async def asked(self, number: int, *, scope: str = "lobby", workspace: str = "home", author: str = "Ada") -> Event:
        """A message that waits for its turn."""
        self.minute += 1
        asked = replace(event(number, place=scope, minute=self.minute), workspace=workspace, author=author)
        await self.store.accept(asked)
        return asked

    async def answered(self, asked: Event, outcome: Outcome = YES, *, profile: Profile = PROFILE) -> None:
        """A turn for it, in the scope of its place."""
        turn = answer(asked, outcome, profile=profile, coaching=COACHINGS["coached"])
        await self.store.commit(asked, turn, profile=profile, scope=asked.place, at=at(self.minute))

    async def sent(self, number: int, outcome: Outcome = YES, **where: Any) -> None:
        """A turn that was sent too."""
        await self.said(number, outcome, **where)
        await self.store.deliver(f"turn-{number}", message_id=f"posted-{number}", at=at(self.minute))

    async def audited(self, number: int, found: Ledger | None = None) -> None:
        """A ledger for it."""
        self.minute += 1
        await self.store.settle(f"turn-{number}", found or ledger(number % 2, 0.5), fold, at=at(self.minute))

    async def lived(self, number: int, **where: Any) -> None:
        """A turn that was sent and audited."""
        await self.sent(number, **where)
        await self.audited(number)

    async def done(self, act: Act, actor: str = "mod", scope: str = "lobby", workspace: str = "home") -> None:
        """An operator's act."""
        self.minute += 1
        await self.store.operate(act, workspace=workspace, scope=scope, actor=actor, step=fold, at=at(self.minute))

    async def checkpoint(self) -> None:
        """A checkpoint of every workspace; nothing goes."""
        self.minute += 1
        await self.expired(texts=-1, ledgers=-1)

    async def expired(self, *, texts: float, ledgers: float, checkpoint: float | None = None) -> None:
        """What is older than these minutes goes, share by share."""
        ages = {"texts_before": at(texts), "ledgers_before": at(ledgers)}
        ages["checkpoint_before"] = at(self.minute if checkpoint is None else checkpoint)
        for _ in range(SHARES):
            if not (await self.store.expire(**ages, step=fold, at=at(self.minute))).more:
                return
        pytest.fail("there is always more to go")


async def live(life: Life) -> None:
    """A life: several workspaces and scopes, holes, late ledgers, operator events, an erasure, a hold, a checkpoint."""
    store = life.store
    for number in (1, 2, 3, 4):
        await life.sent(number)
    await life.audited(1)
    await life.audited(3)
    await store.pass_over(fold, blocked_since=at(life.minute + 1), at=at(life.minute))
    await life.audited(2)  # too late
    await store.give_up("turn-4", "unreadable", fold, at=at(life.minute))
    for number, act in enumerate((Baseline(), Freeze(), Thaw(), Restore(to=1), Reset()), start=5):
        await life.done(act, actor="Bob" if number == 5 else "mod")
        await life.lived(number)
    await life.sent(10, NO)
    await life.sent(11, SILENT)
    await life.lived(12, scope="attic", author="Bob")
    await life.lived(13, scope="attic")
    await life.lived(14, scope="yard", workspace="away", author="Bob")
    await life.checkpoint()
    await store.erase("Bob", workspace="home", actor="mod", step=fold, at=at(life.minute))
    await store.hold(held=True, actor="mod", step=fold, at=at(life.minute))
    await store.hold(held=False, actor="mod", step=fold, at=at(life.minute))
    await store.hold(held=True, actor="mod", step=fold, at=at(life.minute))
    await life.lived(15, scope="yard", workspace="away")
    await life.sent(16, profile=OTHER)
    await life.audited(16, Ledger(entries=(Entry(value="wit", score=1, confidence=1, sentence=1, reason="It is."),)))
    await life.sent(17)  # is owed, and holds up
    await life.lived(18)
    await life.said(19)  # was never sent
    await store.accept(event(20))


async def lived(path: Path) -> None:
    """A store of such a life."""
    async with open_store(path) as store:
        await live(Life(store))


async def proof(path: Path, *, key: Path | None = None, heads: tuple[Head, ...] = ()) -> Proof:
    """What its check comes to."""
    return await verified(path, key=key, heads=heads)


async def first(path: Path, **given: Any) -> Finding:
    """The first that is found."""
    found = (await proof(path, **given)).findings
    assert found, "nothing was found"
    return found[0]


def copied(path: Path, folder: Path) -> Path:
    """A copy of a store and its key in another folder."""
    shutil.copy(path.with_suffix(".key"), folder)
    return Path(shutil.copy(path, folder))


def changed(path: Path, *statements: str) -> None:
    """Somebody's hand in the file, who minds no rule of the schema."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma ignore_check_constraints = on")
        for statement in statements:
            assert connection.execute(statement).rowcount, f"changed nothing: {statement}"
