"""Far more messages at once than can be answered: every one is accounted for, in order, and none is held for long."""

import asyncio
import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.chat.port import Place, Posted
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.cards import hearing
from bot.turns.lines import Lines
from safi.ports import Request
from tests.bot.making import conversing
from tests.bot.outcomes import kept, outcomes
from tests.doubles import PLACE, FakeChat, inbound

CHANNELS, EACH, WAITING = 20, 30, 4


class Channels(FakeChat):
    """What was said in each."""

    def __init__(self) -> None:
        super().__init__()
        self.by_place: dict[Place, list[str]] = {}

    async def say(self, place: Place, text: str, **rest: Any) -> Posted:
        self.by_place.setdefault(place, []).append(text)
        return await FakeChat.say(self, place, text, **rest)


async def test_a_burst_is_answered_in_order_as_far_as_may_wait_and_the_rest_is_turned_away(
    store: SQLiteStore, tmp_path: Path
) -> None:
    chat, go_on = Channels(), asyncio.Event()

    async def slow(request: Request) -> str:
        await go_on.wait()
        return request.messages[-1].text

    converse = conversing(store, chat, intellect=ScriptedModel(slow), waiting=WAITING, history=0, _lines=Lines(str))
    places = [replace(PLACE, channel=f"c{number}") for number in range(CHANNELS)]
    burst = [(place, turn * CHANNELS + index) for turn in range(EACH) for index, place in enumerate(places)]
    async with asyncio.TaskGroup() as group:
        hearing_them = [
            group.create_task(converse.hear(inbound(f"q{number}", number, place=place))) for place, number in burst
        ]
        turned_away = hearing_them[CHANNELS * (WAITING + 1) :]
        await asyncio.wait(turned_away)
        assert not any(task.done() for task in hearing_them[: CHANNELS * (WAITING + 1)])
        go_on.set()
    answered = [number for _, number in burst[: CHANNELS * (WAITING + 1)]]
    assert chat.by_place == {
        place: [f"q{number}" for number in answered if number % CHANNELS == index] for index, place in enumerate(places)
    }
    assert chat.cards == [hearing.BUSY] * CHANNELS
    assert sorted(chat.places, key=Place.encode) == sorted(places, key=Place.encode)
    found, words = outcomes(tmp_path / "safi.db"), kept(tmp_path / "safi.db")
    assert found == {f"m{n}": "turn" if n in answered else "limited: busy" for _, n in burst}
    assert words == {f"m{n}": f"q{n}" if n in answered else "" for _, n in burst}


async def test_a_line_that_everybody_has_left_takes_no_room(store: SQLiteStore) -> None:
    lines = Lines(str)
    await conversing(store, FakeChat(), _lines=lines).hear(inbound("Hi", 1))
    gc.collect()
    assert len(lines) == 0
