"""The virtual loop: time passes without waiting, one seed is one order, and who waits for ever is found."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.simulation.loop import EPOCH, Deadlock, VirtualClock, VirtualLoop


def in_virtual_time(seed: int, work: Coroutine[Any, Any, None]) -> float:
    """Run it; gives the virtual seconds that it took."""
    loop = VirtualLoop(Random(seed))
    try:
        loop.run_until_complete(work)
        return loop.time()
    finally:
        loop.close()


def test_a_day_passes_at_once() -> None:
    async def sleep() -> None:
        async with asyncio.timeout(90_000):
            await asyncio.sleep(86_400)

    assert in_virtual_time(1, sleep()) == pytest.approx(86_400)


def test_a_clock_that_is_set_wrong_sleeps_right() -> None:
    loop = VirtualLoop(Random(1))
    clock = VirtualClock(loop)
    clock.ahead = timedelta(hours=-1)

    loop.run_until_complete(clock.sleep(60))
    loop.close()

    assert abs(clock.now() - EPOCH - timedelta(minutes=-59)) < timedelta(seconds=1)


def test_the_seed_decides_who_goes_first() -> None:
    def order(seed: int) -> list[int]:
        ran: list[int] = []

        async def run(number: int) -> None:
            ran.append(number)

        async def race() -> None:
            async with asyncio.TaskGroup() as group:
                for number in range(9):
                    group.create_task(run(number))

        in_virtual_time(seed, race())
        return ran

    assert order(1) == order(1) != order(2)
    assert sorted(order(1)) == [*range(9)]


def test_who_waits_for_ever_is_found() -> None:
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        in_virtual_time(1, wait())
