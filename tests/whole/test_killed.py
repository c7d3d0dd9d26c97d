"""SIGKILL of the real program at any step: when it starts again, nothing is lost, or done twice in effect."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from tests.whole.accounting import Fate, breaches, fate
from tests.whole.outside import Outside, Plan, message, said

ROOT: Final = Path(__file__).parents[2]

AS_IF_NOTHING: Final = Fate(answers=1, delivery="delivered", asked=1)
FATES: Final = {
    "before-accept": AS_IF_NOTHING,
    "after-accept": AS_IF_NOTHING,
    "before-commit": AS_IF_NOTHING,
    "after-commit": Fate(answers=0, delivery="unknown", asked=0),
    "before-send": Fate(answers=0, delivery="unknown", asked=0),
    "after-send": Fate(answers=1, delivery="unknown", asked=0),
    "before-mark": Fate(answers=1, delivery="unknown", asked=0),
    "after-mark": AS_IF_NOTHING,
    "before-claim": AS_IF_NOTHING,
    "after-claim": AS_IF_NOTHING,
    "before-ledger": AS_IF_NOTHING,
    "after-ledger": Fate(answers=1, delivery="delivered", asked=2),
    "before-settle": Fate(answers=1, delivery="delivered", asked=2),
    "within-settle": Fate(answers=1, delivery="delivered", asked=2),
    "after-settle": AS_IF_NOTHING,
}
"""What becomes of a message whose step a process died at. The last one asked about its audit is the one that counts."""

PLANTED: Final = {
    "update events set outcome = null where id = 'e1'": "e1 has no outcome",
    "delete from turns where event = 'e1'": "e1 has no turn",
    "update turns set message_id = 'at-sea' where event = 'e1'": "e1 was not posted as its turn says",
    "update turns set delivery = 'committed' where event = 'e2'": "e2 is neither sent nor doubted",
    "update turns set number = 9 where event = 'e1'": "the numbers of a scope are [2, 3, 9]",
    "update turns set number = null where event = 'e1'": "e1 has the number None",
    "update turns set audit = 'owed' where event = 'e1'": "1 audits are owed",
    "update turns set fate = null where event = 'e1'": "e1 is settled as ('landed', None)",
    "update turns set ledger = replace(ledger, '\"Honesty\"', '\"Candour\"')": "e1 has a ledger that was never given",
    "update turns set coherence = 2.125 where event = 'e1'": "readings are",
    "update memories set state = replace(state, '\"folded\":2', '\"folded\":3')": "memory is",
}
"""Wrongs done to the store of a program that ended well, and the breach that each must be found as."""

pytestmark = pytest.mark.slow


async def ended(outside: Outside, plan: Plan) -> int:
    """Run a process on a plan to its end, whichever that is; returns its exit status, negative for a signal's."""
    arguments = ("-m", "tests.whole.killed_bot", str(outside.folder), plan.packed())
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, env=os.environ, stderr=PIPE)
    try:
        _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode


@pytest.mark.parametrize("step", FATES)
async def test_a_kill_at_a_step_loses_nothing_and_does_nothing_twice(tmp_path: Path, step: str) -> None:
    outside = Outside(tmp_path)
    for time, victim in enumerate(("e3", "e6")):
        outside.bring(*(message(4 * time + number) for number in range(1, 5)))
        assert await ended(outside, Plan(run=2 * time + 1, step=step, victim=victim)) == -signal.SIGKILL
        assert [(entry.about, entry.text) for entry in outside.entries("killed")][time:] == [(victim, step)]
        assert await ended(outside, Plan(run=2 * time + 2)) == 0
        assert await breaches(outside) == []
        assert await fate(outside, victim) == FATES[step]


@pytest.mark.parametrize("step", ["after-commit", "before-send", "after-send", "before-mark"])
async def test_a_kill_between_commit_and_mark_is_as_if_nothing_where_the_platform_remembers(
    tmp_path: Path, step: str
) -> None:
    outside = Outside(tmp_path)
    outside.bring(*(message(number) for number in range(1, 5)))
    assert await ended(outside, Plan(run=1, step=step, victim="e3", remembers=True)) == -signal.SIGKILL
    assert await ended(outside, Plan(run=2, remembers=True)) == 0
    assert await breaches(outside) == []
    assert await fate(outside, "e3") == AS_IF_NOTHING


@pytest.mark.parametrize("seed", range(4))
async def test_a_kill_amid_group_commits_under_load_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    outside, chance = Outside(tmp_path), random.Random(seed)
    for run in range(1, 6):
        outside.bring(*(message(50 * run + number, channels=5, words=words(chance)) for number in range(50)))
        plan = Plan(run=run, statement=chance.randrange(10, 1_000), at_once=8)
        assert await ended(outside, plan) == -signal.SIGKILL, plan
        assert len(outside.entries("killed")) == run
    assert await ended(outside, Plan(run=6, at_once=8)) == 0
    assert await breaches(outside) == []


def words(chance: random.Random) -> str:
    """A message's words: mostly harmless, some insulting, some whose audit can never be read."""
    return chance.choice(("what now?", "what now?", "what now?", "insult me", "garbled?"))


async def test_a_program_that_nobody_kills_does_all_of_it_once_and_every_wrong_would_be_seen(tmp_path: Path) -> None:
    outside = Outside(tmp_path / "well")
    outside.folder.mkdir()
    texts = ("what now?", "insult me", "garbled?")
    outside.bring(*(message(number, channels=1, words=text) for number, text in enumerate(texts, start=1)))
    outside.bring(said("e4", "c0", " "), message(5, channels=1))
    assert [await ended(outside, Plan(run=run)) for run in (1, 2)] == [0, 0]
    assert await breaches(outside) == []
    assert await fate(outside, "e1") == AS_IF_NOTHING
    assert await fate(outside, "e2") == Fate(answers=1, delivery="delivered", asked=0)
    assert await fate(outside, "e3") == Fate(answers=1, delivery="delivered", asked=2)
    for number, (wrong, breach) in enumerate(PLANTED.items()):
        ill = Outside(tmp_path / f"ill-{number}")
        shutil.copytree(outside.folder, ill.folder)
        with closing(sqlite3.connect(ill.store)) as connection, connection:
            assert connection.execute(wrong).rowcount
        assert [told for told in await breaches(ill) if told.startswith(breach)], wrong
    outside.note("posted", "e1", "and once more")
    outside.bring(message(6))
    assert await breaches(outside) == ["e1 was answered 2 times", "e6 has no turn", "e6 was lost"]
