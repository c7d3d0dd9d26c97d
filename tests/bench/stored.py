"""Stores that hold many audits already, made through the store itself; kept in a folder that git ignores.

Run as a module it makes one: `python -m tests.bench.stored COUNT FOLDER`.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.store.schema import shipped
from adapters.store.sqlite import SQLiteStore
from bot import wiring
from bot.cli.opening import configured
from bot.clock import SystemClock
from bot.config import Store
from bot.personas import catalogue
from bot.scopes import Scopes, speaker
from safi.conscience import read
from safi.ledger import Ledger
from safi.ports import Event
from safi.profile import Profile, digest
from safi.record import fold
from safi.turn import Allowed, Approved, Draft, Prompt, Turn, Uncoached, Utterance
from safi.usage import Usage
from tests.bench.contenders.ours import WORKSPACE, place
from tests.bench.racing import ROOT
from tests.bench.wording import AUDITOR, DRAFT, answers, question

CACHE: Final = ROOT / ".bench"
LANES: Final = 50
BATCH: Final = 2_000
_NOTE: Final = "made.json"
_USAGE: Final = Usage(model="bench:drafter", seconds=0.8, input_tokens=400, output_tokens=60, cost=0.0007)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What every turn of the past has in common."""

    store: SQLiteStore
    profile: Profile
    scopes: Scopes
    ledger: Ledger
    now: datetime

    async def add(self, numbers: range) -> None:
        """So many turns, from the message to the folded ledger; each step of all of them in few transactions."""
        events = [self._event(number) for number in numbers]
        turns = [self._turn(event) for event in events]
        await _all(self.store.accept(event) for event in events)
        await _all(
            self.store.commit(event, turn, profile=self.profile, scope=self._scope(event), at=event.at)
            for event, turn in zip(events, turns, strict=True)
        )
        await _all(
            self.store.deliver(turn.id, message_id=turn.id, at=event.at)
            for event, turn in zip(events, turns, strict=True)
        )
        await _all(self.store.settle(turn.id, self.ledger, fold, at=self.now) for turn in turns)

    def _event(self, number: int) -> Event:
        where = place(number % LANES)
        author = f"member-{number % LANES}"
        return Event(
            id=f"past-{number}",
            workspace=WORKSPACE,
            place=where.encode(),
            message_id=f"past-{number}",
            author=author,
            speaker=speaker(where, author),
            text=question(number),
            at=self.now - timedelta(days=60) + timedelta(seconds=number),
        )

    def _turn(self, event: Event) -> Turn:
        return Turn(
            id=f"turn-{event.id}",
            persona=self.profile.name,
            digest=digest(self.profile),
            prompt=Prompt(message=Utterance(speaker=event.speaker, text=event.text)),
            coaching=Uncoached(),
            outcome=Approved(draft=Draft(text=DRAFT), verdict=Allowed(reason="Nothing in the draft touches a rule.")),
            drafting=_USAGE,
            judging=_USAGE,
        )

    def _scope(self, event: Event) -> str:
        return self.scopes.scope(place(int(event.author.removeprefix("member-"))))


async def _all(steps: Iterable[Awaitable[object]]) -> None:
    await asyncio.gather(*steps)


async def build(count: int, folder: Path) -> None:
    """Make a store with so many audits in this folder."""
    config = configured(None)
    found = catalogue(config.personas, wiring.open_screen().problem)
    profile = found.default
    ledger = Ledger(entries=read(profile, DRAFT, answers()[AUDITOR]), usage=_USAGE)
    async with wiring.open_store(Store(path=folder / "safi.db")) as store:
        past = _Past(
            store=store,
            profile=profile,
            scopes=Scopes(catalogue=found, sharing="channel"),
            ledger=ledger,
            now=SystemClock().now(),
        )
        for first in range(0, count, BATCH):
            await past.add(range(first, min(first + BATCH, count)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A store with many audits, and how many seconds it took to make, whenever that was; `mib` is its size."""

    folder: Path
    seconds: float
    mib: float


def is_kept(count: int) -> bool:
    """Whether a store of this schema with so many audits was made before."""
    return (_folder(count) / _NOTE).exists()


def made(count: int) -> Made:
    """A store with so many audits: the one that is kept, or a new one."""
    folder = _folder(count)
    note = folder / _NOTE
    if not note.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.bench.stored", str(count), str(folder)], cwd=ROOT, check=True)
        note.write_text(json.dumps({"seconds": time.perf_counter() - began}), encoding="utf-8")
    seconds: float = json.loads(note.read_text(encoding="utf-8"))["seconds"]
    return Made(folder=folder, seconds=seconds, mib=(folder / "safi.db").stat().st_size / 2**20)


def _folder(count: int) -> Path:
    return CACHE / f"{shipped()[-1].checksum[:12]}-{count}"


if __name__ == "__main__":
    asyncio.run(build(int(sys.argv[1]), Path(sys.argv[2])))
