"""The whole bot under real sockets: whatever happens on the line, each question is answered once, in its order."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from discord import http

from tests.adapters.chat.cuts import CutAfter, CutBefore, Held
from tests.adapters.chat.discord.loopback.faults import Fault, Garbled, Limited, Refused
from tests.adapters.chat.discord.loopback.gateway import Op
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.doubles import NOON
from tests.whole.discord_bot import DiscordBot, breaches

POST: Final = ("POST", "/channels/*/messages")
POSTED: Final = ("POST", "/messages")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncGenerator[DiscordBot]:
    """A bot that is up, on a Discord with a moment's patience."""
    bot = DiscordBot(loopback=Loopback(base=NOON), store=tmp_path / "safi.db")
    async with bot.loopback.running(), bot.up():
        yield bot


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py sleeps seconds between its own tries: here it does not."""

    async def at_once(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(http, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": at_once}))


def cut(bot: DiscordBot) -> None:
    bot.loopback.cut()


def cut_with_a_code(bot: DiscordBot) -> None:
    bot.loopback.cut(4000)


def asked_to_come_again(bot: DiscordBot) -> None:
    bot.loopback.gateway.reconnect()


def invalidated(bot: DiscordBot) -> None:
    bot.loopback.gateway.invalidate()


def forgotten(bot: DiscordBot) -> None:
    bot.loopback.gateway.forget()
    bot.loopback.cut()


@pytest.mark.parametrize("ending", [cut, cut_with_a_code, asked_to_come_again])
async def test_what_is_asked_while_the_line_is_down_is_answered_after_a_resume(
    bot: DiscordBot, ending: Callable[[DiscordBot], None]
) -> None:
    before = bot.ask("one")
    await bot.answered("one")
    ending(bot)
    missed = bot.ask("two", "three")
    await bot.answered("two", "three")
    after = bot.ask("four")
    await bot.answered("four")
    assert bot.texts() == ["re: one", "re: two", "re: three", "re: four"]
    assert breaches(bot, *before, *missed, *after) == []
    received = bot.loopback.gateway.received
    assert (len(received(Op.IDENTIFY)), len(received(Op.RESUME)), len(bot.clients)) == (1, 1, 1)


@pytest.mark.parametrize("ending", [invalidated, forgotten])
async def test_an_answer_that_is_under_way_when_the_session_is_lost_is_posted_all_the_same(
    bot: DiscordBot, ending: Callable[[DiscordBot], None]
) -> None:
    go = asyncio.Event()
    bot.loopback.fail(*POST, Held(until=go))
    questions = bot.ask("one", "two")
    await bot.loopback.until(lambda: bot.loopback.calls(*POSTED))
    ending(bot)
    await bot.loopback.until(lambda: len(bot.loopback.gateway.received(Op.IDENTIFY)) == 2)
    go.set()
    questions += bot.ask("three")
    await bot.answered("one", "two", "three")
    assert bot.texts() == ["re: one", "re: two", "re: three"]
    assert breaches(bot, *questions) == []
    assert len(bot.clients) == 1


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    "faults",
    [
        (CutBefore(),),
        (CutAfter(),),
        (CutBefore(), CutAfter()),
        (Limited(),),
        (Limited(everywhere=True), Limited()),
        (Refused(status=500),),
        (Refused(status=502), Refused(status=502)),
        (Refused(status=503),),
        (Refused(status=504), CutAfter(), Refused(status=503)),
        (Garbled(),),
        (Garbled(), CutBefore()),
    ],
    ids=str,
)
async def test_an_answer_is_posted_once_whatever_happens_to_its_post(
    bot: DiscordBot, faults: tuple[Fault, ...]
) -> None:
    bot.loopback.fail(*POST, *faults)
    questions = bot.ask("one", "two", "three")
    await bot.answered("one", "two", "three")
    assert bot.texts() == ["re: one", "re: two", "re: three"]
    assert breaches(bot, *questions) == []
    assert len(bot.loopback.calls(*POSTED)) == len(faults) + 3


async def test_a_message_that_is_told_twice_is_answered_once(bot: DiscordBot) -> None:
    (first,) = bot.ask("one")
    bot.loopback.again(first)
    await bot.answered("one")
    bot.loopback.again(first)
    (second,) = bot.ask("two")
    await bot.answered("two")
    assert bot.texts() == ["re: one", "re: two"]
    assert breaches(bot, first, second) == []


async def test_a_message_that_is_told_again_across_a_resume_is_answered_once(bot: DiscordBot) -> None:
    (first,) = bot.ask("one")
    await bot.answered("one")
    bot.loopback.cut()
    bot.loopback.again(first)
    (second,) = bot.ask("two")
    bot.loopback.again(second)
    await bot.answered("two")
    (third,) = bot.ask("three")
    await bot.answered("three")
    assert bot.texts() == ["re: one", "re: two", "re: three"]
    assert breaches(bot, first, second, third) == []


def broken(**changes: Any) -> Callable[[DiscordBot], None]:
    """A message that would be well but for this."""

    def tell(bot: DiscordBot) -> None:
        there = bot.loopback
        whole = there.world.draft(there.general, there.owner, {"content": "broken"})
        there.dispatch("MESSAGE_CREATE", {key: what for key, what in (whole | changes).items() if what != "missing"})

    return tell


def dispatched(event: str, payload: Any) -> Callable[[DiscordBot], None]:
    return lambda bot: bot.loopback.dispatch(event, payload)


def frame(text: str) -> Callable[[DiscordBot], None]:
    return lambda bot: bot.loopback.gateway.live[0].put(text)


MALFORMED: Final = {
    "empty": dispatched("MESSAGE_CREATE", {}),
    "null": dispatched("MESSAGE_CREATE", None),
    "a list": dispatched("MESSAGE_CREATE", []),
    "a text": dispatched("MESSAGE_CREATE", "broken"),
    "without id": broken(id="missing"),
    "an id that is no number": broken(id="x"),
    "without author": broken(author="missing"),
    "an author without id": broken(author={"username": "x"}),
    "without channel": broken(channel_id="missing"),
    "a channel nobody knows": broken(channel_id="1"),
    "without content": broken(content="missing"),
    "content that is a number": broken(content=7),
    "a time that is none": broken(timestamp="yesterday"),
    "mentions that are none": broken(mentions="everybody"),
    "mentions of nothing": broken(mentions=[None]),
    "a reference that is none": broken(message_reference=3, type=19),
    "an attachment that is none": broken(attachments=[{}]),
    "a type that is none": broken(type="x"),
    "an event nobody knows": dispatched("MESSAGE_SHOUTED", {"id": "1"}),
    "an edit of nothing": dispatched("MESSAGE_UPDATE", {}),
    "no JSON": frame("{"),
    "no frame": frame('{"d": {}}'),
    "an op nobody knows": frame('{"op": 99, "d": null, "s": null, "t": null}'),
    "no event": frame('{"op": 0, "d": {}, "s": null, "t": null}'),
}


@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
async def test_something_malformed_costs_no_answer_before_or_after_it(
    bot: DiscordBot, malformed: Callable[[DiscordBot], None]
) -> None:
    before = bot.ask("one", "two")
    malformed(bot)
    after = bot.ask("three", "four")
    await bot.answered("one", "two", "three", "four")
    assert bot.texts() == ["re: one", "re: two", "re: three", "re: four"]
    assert breaches(bot, *before, *after) == []


async def test_a_gateway_that_is_away_at_first_is_waited_for(tmp_path: Path) -> None:
    bot = DiscordBot(loopback=Loopback(base=NOON), store=tmp_path / "safi.db")
    bot.loopback.gateway.absent = 2
    async with bot.loopback.running(), bot.up():
        questions = bot.ask("one")
        await bot.answered("one")
    assert breaches(bot, *questions) == []
