"""A burst over real sockets: every message has one outcome, each channel keeps its order, others are served."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.chat import office
from bot.settings.config import Limits
from tests.bench.burst import Fate, suffered
from tests.bench.crowd import QUIET, Crowd
from tests.whole.discord_bot import DiscordBot, models

MESSAGES = 300
CHANNELS = 10
IN_LINE = 1_000


async def overrun(store: Path, *, waiting: int) -> Fate:
    """A burst on a bot in this process, with its Discord beside it."""
    crowd = Crowd(messages=MESSAGES, channels=CHANNELS)
    orders = {"warm": crowd.warm, "burst": crowd.burst, "tell": crowd.tell}

    async def order(word: str) -> Any:
        return await orders[word]()

    bot = DiscordBot(loopback=crowd.loopback, store=store, limits=Limits(waiting=waiting), models=models(lambda: 0.001))
    async with asyncio.timeout(120), crowd.loopback.running(), bot.up():
        return await suffered(bot, order)


@pytest.mark.slow
async def test_a_burst_that_may_wait_is_answered_in_full_and_in_order(tmp_path: Path) -> None:
    fate = await overrun(tmp_path / "safi.db", waiting=IN_LINE)
    assert fate.outcomes == {"turn": MESSAGES + CHANNELS + QUIET}
    assert fate.answered == MESSAGES + CHANNELS + QUIET
    assert (fate.lost, fate.disordered, fate.seen.notices) == (0, 0, 0)


@pytest.mark.slow
async def test_of_a_burst_that_may_not_wait_each_message_is_answered_or_turned_away(tmp_path: Path) -> None:
    fate = await overrun(tmp_path / "safi.db", waiting=2)
    assert set(fate.outcomes) == {"turn", "limited (busy)"}
    assert fate.outcomes.total() == MESSAGES + CHANNELS + QUIET
    assert fate.answered == fate.outcomes["turn"] < MESSAGES
    assert (fate.lost, fate.disordered) == (0, 0)
    assert 0 < fate.seen.notices <= fate.outcomes["limited (busy)"]
    assert len(fate.seen.quiet) == QUIET


@pytest.mark.slow
async def test_what_is_more_than_can_be_in_hand_waits_at_discord_and_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "IN_HAND", 5)
    fate = await overrun(tmp_path / "safi.db", waiting=IN_LINE)
    assert fate.outcomes == {"turn": MESSAGES + CHANNELS + QUIET}
    assert (fate.answered, fate.lost, fate.disordered) == (MESSAGES + CHANNELS + QUIET, 0, 0)
