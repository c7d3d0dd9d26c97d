"""What fails on the way of a command ends in a plain line for whoever waits and one in the log, and nowhere else."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, cast

import discord
import pytest

from adapters.chat.attending import FAILED, LATE, NOWHERE
from adapters.chat.discord import buttons
from adapters.chat.discord.interactions import Interactions
from adapters.chat.discord.settings import Settings
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.discord.practising import practising

CALLBACK = "/interactions/*/*/callback"
ORIGINAL = "/webhooks/*/*/messages/@original"


@dataclass
class Response:
    """The first answer to an interaction."""

    type: discord.InteractionResponseType | None = None
    lines: list[str] = field(default_factory=list[str])

    def is_done(self) -> bool:
        return self.type is not None

    async def defer(self, **_: bool) -> None:
        self.type = discord.InteractionResponseType.deferred_channel_message

    async def send_message(self, line: str, **_: object) -> None:
        self.lines.append(line)


@dataclass
class Interaction:
    """A command that was typed, as much of it as a failing one needs."""

    channel: object = None
    guild_id: int | None = 1
    user: object = None
    custom_id: None = None
    command: None = None
    message: None = None
    type: discord.InteractionType = discord.InteractionType.application_command
    permissions: discord.Permissions = field(default_factory=discord.Permissions)
    response: Response = field(default_factory=Response)

    async def edit_original_response(self, *, content: str, **_: object) -> None:
        self.response.lines.append(content)


class Person:
    """Somebody whom Discord names."""

    id = 5


async def typed(practice: Practice, interaction: Interaction, *, deadline: float = 60) -> list[str]:
    """What whoever typed a command is told."""
    desk = Interactions(practice.handlers(), Settings(token="t"), deadline=deadline)
    await desk.typed(cast("Any", interaction), practice.commands()[0], {})
    return interaction.response.lines


def channel() -> discord.DMChannel:
    """A place, the simplest that there is."""
    payload: dict[str, Any] = {"id": "7", "type": 1, "recipients": [], "last_message_id": None}
    return discord.DMChannel(me=cast("Any", None), state=cast("Any", None), data=cast("Any", payload))


async def test_a_command_that_takes_too_long_is_broken_off_and_says_so() -> None:
    practice = Practice()
    practice.free.clear()
    assert await typed(practice, Interaction(channel=channel(), user=Person()), deadline=0.05) == [LATE]
    assert len(practice.invoked) == 1


async def test_where_the_bot_cannot_tell_the_place_it_says_so_at_once(caplog: pytest.LogCaptureFixture) -> None:
    assert await typed(Practice(), Interaction(user=Person())) == [NOWHERE]
    assert caplog.records == []


async def test_whoever_closes_the_program_closes_its_commands() -> None:
    practice = Practice()
    practice.free.clear()
    interaction = Interaction(channel=channel(), user=Person())
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(typed(practice, interaction))
        await practice.came.wait()
        waiting.cancel()
    assert interaction.response.lines == []


async def test_a_failure_is_told_plainly_and_logged_without_anybodys_words(caplog: pytest.LogCaptureFixture) -> None:
    async with practising(Practice(fault=RuntimeError("the canary"))) as there:
        result = await there.member.slash(there.channel, "report", reason="the canary")
        assert result.response is not None
        assert (result.response.content, result.response.ephemeral) == (FAILED, True)
        assert result.response.components == []
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert record.getMessage().startswith("the command report failed: RuntimeError\n")
        assert "commanding.py" in caplog.text
        assert "canary" not in caplog.text


async def test_a_button_that_fails_leaves_its_card_and_tells_whoever_pressed_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with practising() as there:
        shown = (await there.moderator.slash(there.channel, "safi audit list")).response
        assert shown is not None
        there.practice.fault = RuntimeError("the canary")
        result = await there.moderator.click(shown, label="Older")
        assert [(line.content, line.ephemeral) for line in result.followups] == [(FAILED, True)]
        assert shown.content == "**audit list**"
        assert "a button or form for audit list failed: RuntimeError" in caplog.text


@pytest.mark.parametrize("code", [10062, 40060])
async def test_an_interaction_that_is_over_is_logged_and_nothing_else(
    code: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with practising() as there:
        there.env.inject_error("POST", CALLBACK, status=404, code=code)
        result = await there.member.slash(there.channel, "values")
        assert (result.acknowledged, there.practice.invoked) == (False, [])
        assert [record.getMessage() for record in caplog.records] == [
            f"the command values failed: Discord refused it (status 404, code {code})"
        ]


async def test_a_card_that_discord_does_not_take_is_a_plain_line_instead(caplog: pytest.LogCaptureFixture) -> None:
    async with practising() as there:
        there.env.inject_error("PATCH", ORIGINAL, status=400, code=50035)
        result = await there.member.slash(there.channel, "values")
        assert result.response is not None
        assert (result.response.content, result.response.embeds) == (FAILED, [])
        assert "status 400, code 50035" in caplog.text


async def test_where_nobody_can_be_told_the_log_is(caplog: pytest.LogCaptureFixture) -> None:
    async with practising() as there:
        there.env.inject_error("PATCH", ORIGINAL, status=403, times=None)
        await there.member.slash(there.channel, "values")
        assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
        assert "nobody could be told that the command values failed" in caplog.text


async def test_a_rating_that_cannot_be_kept_is_told_to_whoever_gave_it(caplog: pytest.LogCaptureFixture) -> None:
    async with practising(Practice(fault=RuntimeError("away"))) as there:
        answer = await there.answer(buttons.rating_view())
        up = "safi1:vote:up"
        result = await there.member.click(answer, custom_id=up)
        assert result.response is not None
        assert (result.response.content, result.response.ephemeral) == (FAILED, True)
        assert "a button failed: RuntimeError" in caplog.text
