"""Who looks for owed audits, and when: one worker a call, all of them at a tick, and no call is ever lost."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.scripted import ScriptedModel
from bot.settings import config
from bot.turns.audits import TICK_SECONDS, Audits
from safi.ledger import Ledger
from safi.ports import Landed, Owed, Request
from safi.record import Step
from safi.turn import Allowed, Approved, Draft, Turn, Uncoached
from safi.usage import Usage
from tests.bot.making import unseen
from tests.doubles import HandClock, ids, in_turn, ledger_text
from tests.safi.making import ALONE, PROFILE

GOOD = ledger_text(Patience=1, Honest_Doubt=0.5)
TURN = Turn(
    id="t",
    persona=PROFILE.name,
    digest="",
    prompt=ALONE,
    coaching=Uncoached(),
    outcome=Approved(draft=Draft(text="Cut above a bud."), verdict=Allowed(reason="")),
)
OWED = Owed(turn=TURN, profile=PROFILE, place="p", scope="s", number=1, attempts=0)


@dataclass(slots=True)
class Counted:
    """A queue of so many turns. It sees at once whether one is owed, and says so some rounds of the loop later."""

    owed: int = 0
    looks: int = 0
    settled: int = 0
    slow: Sequence[int] = (0,)

    async def claim(self, *, at: datetime, until: datetime) -> Owed | None:
        found, rounds = self.owed > 0, self.slow[self.looks % len(self.slow)]
        self.owed -= found
        self.looks += 1
        await turns_of_the_loop(rounds)
        return OWED if found else None

    async def settle(self, turn_id: str, ledger: Ledger, step: Step, *, at: datetime) -> tuple[Landed, ...]:
        self.settled += 1
        return ()

    async def give_up(
        self, turn_id: str, reason: str, step: Step, *, at: datetime, usage: Usage | None = None
    ) -> tuple[Landed, ...]:
        raise NotImplementedError

    async def postpone(self, turn_id: str, *, due: datetime, attempts: int, usage: Usage | None = None) -> None:
        raise NotImplementedError

    async def hasten(self, *, at: datetime) -> None:
        """Nothing waits."""

    async def pass_over(self, step: Step, *, blocked_since: datetime, at: datetime) -> tuple[Landed, ...]:
        raise NotImplementedError


def auditing(queue: Counted, clock: HandClock, at_once: int) -> Audits:
    return Audits(
        queue=queue,
        conscience=in_turn(GOOD),
        clock=clock,
        fresh=ids("nonce"),
        settings=config.Audits(at_once=at_once),
        lease=timedelta(minutes=3),
        landed=unseen,
    )


async def turns_of_the_loop(rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


async def test_one_call_brings_one_worker_and_a_tick_all_of_them() -> None:
    queue, clock = Counted(), HandClock()
    audits = auditing(queue, clock, at_once=8)
    seen = list[int]()

    async def looked() -> None:
        await turns_of_the_loop(100)
        seen.append(queue.looks)

    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        await looked()
        audits.wake()
        await looked()
        for _ in range(3):
            audits.wake()
        await looked()
        clock.pass_time(TICK_SECONDS)
        await looked()
        for _ in range(1_000):
            audits.wake()
        await looked()
        audits.finish()
    assert seen == [8, 9, 12, 20, 36]  # at most one look more for each worker, whatever the number of calls
    assert queue.looks == 44


async def test_turns_that_become_owed_together_are_audited_at_once() -> None:
    gate, asked = asyncio.Event(), list[Request]()

    async def slow(request: Request) -> str:
        asked.append(request)
        await gate.wait()
        return GOOD

    queue = Counted()
    audits = auditing(queue, HandClock(), at_once=3)
    audits.conscience = ScriptedModel(slow)
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        await turns_of_the_loop(100)
        for _ in range(2):
            queue.owed += 1
            audits.wake()
        await turns_of_the_loop(100)
        under_way = len(asked)
        gate.set()
        audits.finish()
    assert (under_way, queue.settled) == (2, 2)


@given(
    at_once=st.integers(1, 4),
    slow=st.lists(st.integers(0, 9), min_size=1, max_size=20),
    gaps=st.lists(st.integers(0, 12), max_size=30),
)
async def test_every_turn_that_became_owed_is_audited_without_a_tick(
    at_once: int, slow: list[int], gaps: list[int]
) -> None:
    queue = Counted(slow=slow)
    audits = auditing(queue, HandClock(), at_once)
    async with asyncio.TaskGroup() as group:
        group.create_task(audits.run())
        for gap in gaps:
            await turns_of_the_loop(gap)
            queue.owed += 1
            audits.wake()
        await turns_of_the_loop(1_000 + 100 * len(gaps))
        settled = queue.settled
        audits.finish()
    assert (settled, queue.owed) == (len(gaps), 0)
