"""Backups beside a bot under load, restored elsewhere: every turn that was durable before is there, all as it was."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from adapters.store.sqlite import open_store
from adapters.store.verify.record import verified
from safi.ports import TurnRecord
from safi.record import Audited, State, fold
from tests.whole.busy_bot import AT_ONCE, SCOPES

ROOT: Final = Path(__file__).parents[2]
BEFORE: Final = 6 * AT_ONCE
"""So many turns are durable before the first backup begins."""


@dataclass(slots=True)
class Load:
    """A busy bot, and the turns that it has named."""

    process: Process
    durable: set[str] = field(default_factory=set[str])
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Hear every turn, until there are no more."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.durable.add(line.decode().strip())
            self._heard.set()
        self._heard.set()

    async def reach(self, turns: int) -> None:
        """Wait until so many are durable. A bot that ended early is an error."""
        while len(self.durable) < turns:
            assert self.process.returncode is None, "the bot ended"
            self._heard.clear()
            await self._heard.wait()

    async def end(self) -> None:
        """Let it finish its round."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert await self.process.wait() == 0


@asynccontextmanager
async def busy(store: Path) -> AsyncGenerator[Load]:
    """A bot under load on that store, which is no more at the end."""
    process = await started("tests.whole.busy_bot", str(store))
    load = Load(process)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(load.listen())
            yield load
            await load.end()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def started(module: str, *arguments: str, folder: Path = ROOT) -> Process:
    """A process of ours in that folder."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=PIPE,
        stdout=PIPE,
    )


async def told(folder: Path, *arguments: str) -> str:
    """What a command says that succeeds."""
    process = await started("bot", *arguments, folder=folder)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


def refolded(records: Iterable[TurnRecord]) -> State:
    """A scope's memory from nothing, in the order of its numbers, up to the first without a ledger.

    A turn that was not delivered yet at that moment has no number.
    """
    state = State()
    numbered = {record.number: record for record in records if record.number is not None}
    for _, record in sorted(numbered.items()):
        if record.ledger is None:
            break
        state = fold(state, Audited(profile=record.profile, ledger=record.ledger)).state
    return state


async def require_whole(path: Path, key: Path, durable: set[str]) -> None:
    """Every one of these turns is there, audited; every memory is what its record gives; every link holds."""
    proof = await verified(path, key=key)
    assert proof.findings == ()
    async with open_store(path, key=key) as store:
        records = {scope: await store.turns(scope, limit=1_000_000) for scope in SCOPES}
        memories = {scope: await store.state(scope) for scope in SCOPES}
    assert durable <= {each.turn.id for of_scope in records.values() for each in of_scope if each.audit == "landed"}
    assert {scope: refolded(of_scope) for scope, of_scope in records.items()} == memories


@pytest.mark.slow
async def test_two_backups_under_load_are_each_the_store_as_it_was_and_the_bot_goes_on(tmp_path: Path) -> None:
    path, key = tmp_path / "state" / "safi.db", tmp_path / "state" / "safi.key"
    snapshots: list[set[str]] = []
    async with busy(path) as load:
        for number in (1, 2):
            await load.reach(BEFORE + len(load.durable))
            snapshots.append(set(load.durable))
            assert "is as it was recorded" in await told(tmp_path, "backup", f"{number}.db")
        await load.reach(len(load.durable) + AT_ONCE)
    for number, durable in enumerate(snapshots, start=1):
        folder = tmp_path / f"restored-{number}"
        (folder / "state").mkdir(parents=True)
        shutil.copy(key, folder / "state")
        assert "is as it was recorded" in await told(folder, "restore", str(tmp_path / f"{number}.db"))
        await require_whole(folder / "state" / "safi.db", folder / "state" / "safi.key", durable)
    await require_whole(path, key, load.durable)
