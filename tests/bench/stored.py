"""Stores that hold many audits already: a thousand lived through the store itself, then copied many times over.

They are kept in a folder that git ignores, until the schema or their making changes, or their texts are due to go.
Run as a module it makes one: `python -m tests.bench.stored COUNT FOLDER`.
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from adapters.store.schema import shipped
from adapters.store.sqlite import SQLiteStore
from bot import wiring
from bot.cli.opening import configured
from bot.clock import SystemClock
from bot.hearing.scopes import Scopes, speaker
from bot.settings.config import Store
from bot.settings.personas import catalogue
from safi.conscience import read
from safi.ledger import Ledger
from safi.ports import Call, Event
from safi.profile import Profile, digest
from safi.record import fold
from safi.turn import Allowed, Approved, Draft, Exchange, Prompt, Turn, Uncoached, Utterance
from safi.usage import Usage
from tests.bench import copying
from tests.bench.contenders.ours import WORKSPACE, place
from tests.bench.racing import CACHE, ROOT
from tests.bench.wording import AUDITOR, DRAFT, answers, question

LANES: Final = 50
"""Channels, each with a memory of its own."""

LIVED: Final = 1_000
"""Turns that are lived; what is more is copies of them."""

AGE: Final = timedelta(days=13)
"""How long ago the past began, with a turn a second: a million end today, and no text is old enough to go."""

KEPT: Final = timedelta(days=14)
"""How long a store is kept: texts go after 30 days, and a run that lets them go measures something else."""

SHOWN: Final = 8
"""Earlier exchanges that a turn's models saw."""

_NOTE: Final = "made.json"
_USAGE: Final = Usage(model="bench:drafter", seconds=0.8, input_tokens=400, output_tokens=60, cost=0.0007)
_ROLES: Final = ("intellect", "will", "conscience")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What every turn of the past has in common, and what was said in each lane."""

    store: SQLiteStore
    profile: Profile
    scopes: Scopes
    ledger: Ledger
    now: datetime
    said: dict[int, tuple[Exchange, ...]] = field(default_factory=dict[int, tuple[Exchange, ...]])

    async def add(self, numbers: range) -> None:
        """So many turns, from the message to the folded ledger; each step of all of them in few transactions."""
        events = [self._event(number) for number in numbers]
        turns = [self._turn(number, event) for number, event in zip(numbers, events, strict=True)]
        await _all(self.store.accept(event) for event in events)
        await _all(
            self.store.commit(event, turn, profile=self.profile, scope=self._scope(event), at=event.at)
            for event, turn in zip(events, turns, strict=True)
        )
        await _all(
            self.store.deliver(turn.id, message_id=turn.id, at=event.at)
            for event, turn in zip(events, turns, strict=True)
        )
        await _all(
            self.store.settle(turn.id, self.ledger, fold, at=event.at)
            for event, turn in zip(events, turns, strict=True)
        )
        for event in events:
            for role in _ROLES:
                self.store.note(Call(at=event.at, role=role, fate="answered", usage=_USAGE))

    def _event(self, number: int) -> Event:
        where = place(number % LANES)
        author = f"member-{number % LANES}"
        return Event(
            id=copying.event_name(number),
            workspace=WORKSPACE,
            place=where.encode(),
            message_id=copying.event_name(number),
            author=author,
            speaker=speaker(where, author),
            text=question(number),
            at=self.now - AGE + timedelta(seconds=number),
        )

    def _turn(self, number: int, event: Event) -> Turn:
        message, lane = Utterance(speaker=event.speaker, text=event.text), number % LANES
        history, name = self.said.get(lane, ()), copying.turn_name(number)
        self.said[lane] = (*history, Exchange(id=name, message=message, answer=DRAFT))[-SHOWN:]
        return Turn(
            id=name,
            persona=self.profile.name,
            digest=digest(self.profile),
            prompt=Prompt(message=message, history=history),
            coaching=Uncoached(),
            outcome=Approved(draft=Draft(text=DRAFT), verdict=Allowed(reason="Nothing in the draft touches a rule.")),
            drafting=_USAGE,
            judging=_USAGE,
        )

    def _scope(self, event: Event) -> str:
        return self.scopes.scope(place(int(event.author.removeprefix("member-"))))


async def _all(steps: Iterable[Awaitable[object]]) -> None:
    await asyncio.gather(*steps)


async def live(count: int, file: Path, *, after: int = 0) -> None:
    """Live so many turns through the bodies of the store in this file, behind those that it has already."""
    config = configured(None)
    found = catalogue(config.personas, wiring.open_screen().problem)
    profile = found.default
    ledger = Ledger(entries=read(profile, DRAFT, answers()[AUDITOR]), usage=_USAGE)
    async with wiring.open_store(Store(path=file)) as store:
        past = _Past(
            store=store,
            profile=profile,
            scopes=Scopes(catalogue=found, sharing="channel"),
            ledger=ledger,
            now=SystemClock().now(),
        )
        await past.add(range(after, after + count))


def build(count: int, folder: Path) -> None:
    """Make a store with so many audits in this folder: at most LIVED, or a multiple of it."""
    lived, file = min(count, LIVED), folder / "safi.db"
    asyncio.run(live(lived, file))
    copying.multiply(file, count // lived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A store with many audits, and how many seconds it took to make, whenever that was; `mib` is its size."""

    folder: Path
    seconds: float
    mib: float


def is_kept(count: int) -> bool:
    """Whether a store with so many audits is there that can still be used."""
    note = _folder(count) / _NOTE
    if not note.exists():
        return False
    at = datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["at"])
    return SystemClock().now() - at < KEPT


def made(count: int) -> Made:
    """A store with so many audits: the one that is kept, or a new one."""
    folder = _folder(count)
    note = folder / _NOTE
    if not is_kept(count):
        _clear(count)
        folder.mkdir(parents=True)
        at, began = SystemClock().now(), time.perf_counter()
        subprocess.run([sys.executable, "-m", "tests.bench.stored", str(count), str(folder)], cwd=ROOT, check=True)
        told = {"seconds": time.perf_counter() - began, "at": at.isoformat()}
        note.write_text(json.dumps(told), encoding="utf-8")
    seconds: float = json.loads(note.read_text(encoding="utf-8"))["seconds"]
    return Made(folder=folder, seconds=seconds, mib=(folder / "safi.db").stat().st_size / 2**20)


def read_through(store: Made) -> None:
    """Have the system hold the file in memory, as it holds what is used every day."""
    with (store.folder / "safi.db").open("rb", buffering=0) as file:
        while file.read(2**20):
            pass


def _clear(count: int) -> None:
    """Stores of so many audits that cannot be used any more: they are large."""
    for old in CACHE.glob(f"*-{count}"):
        shutil.rmtree(old)


def _folder(count: int) -> Path:
    """Named by the schema and by the code that fills it."""
    making = [Path(__file__), Path(copying.__file__)]
    key = hashlib.sha256(shipped()[-1].checksum.encode() + b"".join(file.read_bytes() for file in making))
    return CACHE / f"{key.hexdigest()[:12]}-{count}"


if __name__ == "__main__":
    build(int(sys.argv[1]), Path(sys.argv[2]))
