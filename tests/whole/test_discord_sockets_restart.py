"""The whole bot under real sockets, killed and started anew: no question is answered twice, and old buttons work."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.chat.discord.settings import Settings
from adapters.store.sqlite import SQLiteStore, open_store
from bot.app import SENT_AGAIN_WITHIN
from bot.errors import ConfigError
from bot.serving import serve
from safi.ports import Event
from safi.profile import Profile
from safi.turn import Turn
from tests.adapters.chat.discord.loopback.interaction import Interaction
from tests.adapters.chat.discord.loopback.loopback import TOKEN, Loopback
from tests.doubles import NOON
from tests.whole.discord_bot import DiscordBot, breaches, record

SAFETY_S: Final = 60.0
LATER_S: Final = SENT_AGAIN_WITHIN.total_seconds() + 1
OLD_VOTE: Final = "safi1:vote:down"


class Halting(SQLiteStore):
    """An open store that stops for good at one step of a message, and says that it does."""

    def __init__(self, opened: SQLiteStore, step: str, halted: asyncio.Event, tell: Callable[[], None]) -> None:
        vars(self).update(vars(opened))
        self._step = step
        self._halted = halted
        self._tell = tell

    async def _halt(self, step: str) -> None:
        if step == self._step:
            self._halted.set()
        self._tell()
        if step == self._step:
            await asyncio.Event().wait()

    async def accept(self, event: Event) -> bool:
        accepted = await super().accept(event)
        await self._halt("accepted")
        return accepted

    async def commit(self, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime) -> None:
        await self._halt("drafted")
        await super().commit(event, turn, profile=profile, scope=scope, at=at)
        await self._halt("committed")

    async def deliver(self, turn_id: str, *, message_id: str, more: Sequence[str] = (), at: datetime) -> int | None:
        await self._halt("posted")
        return await super().deliver(turn_id, message_id=message_id, more=more, at=at)


@pytest.fixture
def bot(tmp_path: Path) -> DiscordBot:
    return DiscordBot(loopback=Loopback(base=NOON), store=tmp_path / "safi.db")


async def killed(bot: DiscordBot, step: str, *questions: str) -> list[int]:
    """The bot is asked, and killed at a step of the first answer, with all accepted; the ids of the questions."""
    halted = asyncio.Event()
    async with bot.up(lambda store: Halting(store, step, halted, bot.loopback.changes.tell)) as kill:
        asked = bot.ask(*questions)
        await bot.loopback.until(lambda: halted.is_set() and len(record(bot.store).outcomes) == len(asked))
        kill()
    return asked


@pytest.mark.parametrize("step", ["accepted", "drafted", "committed", "posted"])
async def test_a_question_is_answered_once_wherever_the_bot_was_killed(bot: DiscordBot, step: str) -> None:
    async with bot.loopback.running():
        before = await killed(bot, step, "one")
        async with bot.up():
            after = bot.ask("two")
            await bot.answered("one", "two")
    assert bot.texts() == ["re: one", "re: two"]
    assert breaches(bot, *before, *after) == []


async def test_what_was_posted_by_a_bot_that_was_killed_is_posted_again_and_still_stands_once(bot: DiscordBot) -> None:
    async with bot.loopback.running():
        await killed(bot, "posted", "one")
        async with bot.up():
            await bot.answered("one")
    assert bot.texts() == ["re: one"]
    assert len(bot.loopback.calls("POST", "/messages")) == 2


@pytest.mark.parametrize(("step", "stands"), [("committed", []), ("posted", ["re: one"])])
async def test_once_discord_may_have_forgotten_it_nothing_is_posted_again(
    bot: DiscordBot, step: str, stands: list[str]
) -> None:
    async with bot.loopback.running():
        (before,) = await killed(bot, step, "one")
        bot.loopback.world.nonces.clear()
        bot.clock.pass_time(LATER_S)
        async with bot.up():
            (after,) = bot.ask("two")
            await bot.answered("two")
    assert bot.texts() == [*stands, "re: two"]
    assert record(bot.store).outcomes == {str(before): "turn", str(after): "turn"}
    assert sorted(record(bot.store).deliveries) == [(str(before), "unknown"), (str(after), "delivered")]


async def test_several_that_waited_are_answered_in_their_order_after_a_restart(bot: DiscordBot) -> None:
    questions = ["one", "two", "three"]
    async with bot.loopback.running():
        asked = await killed(bot, "committed", *questions)
        async with bot.up():
            asked += bot.ask("four")
            await bot.answered(*questions, "four")
    assert bot.texts() == [f"re: {question}" for question in (*questions, "four")]
    assert breaches(bot, *asked) == []


async def test_a_question_that_is_told_again_after_a_restart_is_answered_once(bot: DiscordBot) -> None:
    async with bot.loopback.running():
        async with bot.up():
            (first,) = bot.ask("one")
            await bot.answered("one")
        async with bot.up():
            bot.loopback.again(first)
            (second,) = bot.ask("two")
            await bot.answered("two")
    assert bot.texts() == ["re: one", "re: two"]
    assert breaches(bot, first, second) == []


async def shown(bot: DiscordBot, interaction: Interaction) -> dict[str, Any]:
    """The last message that answers an interaction, once more than waiting is shown."""
    there = bot.loopback
    await there.until(lambda: any(told["content"] or told["embeds"] for told in there.replies(interaction)))
    return there.replies(interaction)[-1]


def text(told: dict[str, Any]) -> str:
    return json.dumps([told["content"], told["embeds"]], ensure_ascii=False)


def button(told: dict[str, Any], label: str) -> str:
    """The custom id of a button under a message."""
    return next(
        part["custom_id"] for row in told["components"] for part in row["components"] if part.get("label") == label
    )


async def answer_of_before(bot: DiscordBot) -> int:
    """The id of an answer that the bot gave before it was started anew."""
    async with bot.up():
        bot.ask("one")
        await bot.answered("one")
    return int(bot.loopback.posted(bot.loopback.general)[0]["id"])


async def test_an_old_thumb_counts_after_a_restart(bot: DiscordBot) -> None:
    async with bot.loopback.running():
        answer = await answer_of_before(bot)
        async with bot.up():
            told = await shown(bot, bot.loopback.press(answer, OLD_VOTE, bot.loopback.owner))
    assert "Noted: 👎" in told["content"]
    with closing(sqlite3.connect(bot.store)) as store:
        assert store.execute("select vote from votes").fetchall() == [("down",)]


async def test_an_old_button_of_a_card_works_after_a_restart(bot: DiscordBot) -> None:
    there = bot.loopback
    async with there.running():
        await answer_of_before(bot)
        async with bot.up():
            card = await shown(bot, there.slash(there.general, there.owner, "safi status"))
        async with bot.up():
            pressed = there.press(int(card["id"]), button(card, "Latest audits"), there.owner)
            await there.until(lambda: "audits" in text(there.replies(pressed)[-1] if pressed.replies else card).lower())


async def test_an_old_form_is_taken_after_a_restart(bot: DiscordBot) -> None:
    there = bot.loopback
    room = there.channel("moderators")
    bot.settings = Settings(token=TOKEN, moderators=frozenset({room.id}))
    async with there.running():
        answer = await answer_of_before(bot)
        async with bot.up():
            asked = there.menu(answer, "Report this reply", there.owner)
            await there.until(lambda: asked.response)
            assert asked.modal
        async with bot.up():
            sent = there.submit_modal(asked, reason="It is not so.")
            await shown(bot, sent)
            await there.until(lambda: there.posted(room))
    assert "It is not so." in text(there.posted(room)[0])


async def ended(bot: DiscordBot) -> str:
    """What ends a run, in the words that whoever started it reads."""
    async with bot.loopback.running(), open_store(bot.store) as store, asyncio.timeout(SAFETY_S):
        with pytest.raises(ConfigError) as refused:
            await serve(bot.app(store), (), print, ())
    return str(refused.value)


async def test_a_token_that_discord_does_not_know_ends_the_run_in_plain_words(bot: DiscordBot) -> None:
    bot.settings = Settings(token="another")
    assert "Discord does not know this token. Make a new one at" in await ended(bot)


async def test_an_intent_that_is_not_granted_ends_the_run_in_plain_words(bot: DiscordBot) -> None:
    bot.settings = Settings(token=TOKEN, free_response=frozenset({bot.loopback.general.id}))
    assert "Privileged Gateway Intents" in await ended(bot)
