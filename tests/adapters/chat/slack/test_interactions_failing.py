"""What fails on the way of a command on Slack ends in a plain line for whoever waits and one in the log."""

import asyncio
import json
import logging
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from adapters.chat.attending import FAILED, LATE
from adapters.chat.port import ChatError
from adapters.chat.slack.answering import TOO_LATE
from adapters.chat.slack.calls import Refused
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.slack.practising import ADA, MO, World


async def test_a_failure_is_told_plainly_and_logged_without_anybodys_words(caplog: pytest.LogCaptureFixture) -> None:
    there = World(Practice(fault=RuntimeError("the canary")))
    await there.type(ADA, 'report "the canary"')
    assert (there.told.words, there.told.values) == (FAILED, [])
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("slack.home: the command report failed: RuntimeError\n")
    assert "commanding.py" in caplog.text
    assert "canary" not in caplog.text


async def test_a_command_that_takes_too_long_is_broken_off_and_says_so() -> None:
    practice = Practice()
    practice.free.clear()
    there = World(practice, deadline=0.05)
    await there.type(ADA, "values")
    assert there.told.words == LATE
    assert len(practice.invoked) == 1


async def test_whoever_closes_the_program_closes_its_commands() -> None:
    practice = Practice()
    practice.free.clear()
    there = World(practice)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(there.type(ADA, "values"))
        await practice.came.wait()
        waiting.cancel()
    assert there.sender.answers == []


async def test_a_card_that_slack_does_not_take_is_a_plain_line_instead(caplog: pytest.LogCaptureFixture) -> None:
    there = World()
    there.sender.faults.append(ChatError("it is too long for Slack"))
    await there.type(ADA, "values")
    assert there.told.words == FAILED
    assert [record.getMessage() for record in caplog.records] == [
        "slack.home: the command values failed: it is too long for Slack"
    ]


async def test_a_form_that_comes_too_late_says_so_where_it_was_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    there = World()
    there.client.faults.append(SlackApiError("too late", {"ok": False, "error": "expired_trigger_id"}))
    await there.choose(ADA, "report")
    assert there.told.words == TOO_LATE
    assert caplog.records == []


@pytest.mark.parametrize("code", ["expired_url", "used_url", "no_more_responses"])
async def test_an_interaction_that_is_over_is_logged_and_nothing_else(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    there = World()
    there.sender.faults.append(Refused("half an hour has passed", code))
    await there.type(ADA, "values")
    assert there.sender.answers == []
    assert len(caplog.records) == 1


async def test_where_nobody_can_be_told_the_log_is(caplog: pytest.LogCaptureFixture) -> None:
    there = World()
    there.sender.faults += [ChatError("away"), ChatError("away")]
    await there.type(ADA, "vlaues")
    assert [record.getMessage() for record in caplog.records] == [
        "slack.home: a command that is none failed: away",
        "nobody could be told that slack.home: a command that is none failed: away",
    ]


async def test_a_form_that_comes_too_late_for_slack_is_told_beside_it(caplog: pytest.LogCaptureFixture) -> None:
    there = World()
    there.client.faults.append(ChatError("it came too late: Slack waits three seconds for a form"))
    await there.choose(MO, "note")
    assert there.told.words == FAILED
    assert "slack.home: the shortcut for note failed: it came too late" in caplog.text


async def test_a_rating_that_cannot_be_kept_is_told_to_whoever_gave_it(caplog: pytest.LogCaptureFixture) -> None:
    there = World(Practice(fault=RuntimeError("away")))
    await there.press(ADA, {"value": "safi1:vote:up"})
    assert there.told.words == FAILED
    assert "slack.home: a button failed: RuntimeError" in caplog.text


RUBBISH = '[{}, {"user": null, "actions": []}, {"view": [], "container": "x", "actions": [{}, 1]}]'


@pytest.mark.parametrize("body", json.loads(RUBBISH))
async def test_what_slack_never_sends_raises_nothing(body: dict[str, Any]) -> None:
    there = World()
    await there.desk.typed(body)
    await there.desk.chosen(body)
    await there.desk.pressed(body)
    there.desk.filling(body)
    await there.desk.filled(body)
    await there.desk.opened(body)
