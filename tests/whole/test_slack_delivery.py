"""The whole bot where Slack brings things twice, late, wrongly signed, or over a line that is dead: one answer each."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.slack.socket import DEAF_AFTER
from adapters.chat.supervision import PAUSES
from tests.adapters.chat.cuts import CutAfter
from tests.adapters.chat.slack.loopback import payloads
from tests.adapters.chat.slack.loopback.calls import Call
from tests.adapters.chat.slack.loopback.deliveries import Delivery, Retry, What
from tests.adapters.chat.slack.loopback.lines import Health, Reason
from tests.adapters.chat.slack.loopback.team import Message
from tests.adapters.chat.slack.loopback.web import Signature
from tests.whole.slack_world import Mode, Site, World, world

BOTH = pytest.mark.parametrize("mode", ["socket", "http"])

HELLO = "An answer to “hello?”"


class Holding:
    """Models that begin to think, and go on only when they are told to."""

    def __init__(self, there: World) -> None:
        self.there = there
        self.go_on = asyncio.Event()
        there.minds.before = self.think

    async def think(self) -> None:
        self.there.slack.changes.tell()
        await self.go_on.wait()

    async def begun(self) -> None:
        await self.there.until(lambda: self.there.minds.drafting)


def forged(site: Site, text: str = "hello?") -> Delivery:
    """An event that nobody has brought yet, of a message that nobody has told of."""
    space = site.space
    said = Message(ts=space.team.ids.time(), channel=site.general.id, author=site.ada.id, team=space.team.id)
    said.text = f"<@{space.bot}> {text}"
    return Delivery(id="forged", kind="events_api", payload=payloads.callback(space.team, payloads.mention(said)))


def one_answer(there: World) -> bool:
    """Whether the one message that there was had one answer, one turn, one row in the record."""
    home = there.home
    outcomes = [outcome for _, outcome, _ in there.outcomes()]
    return (home.space.texts(home.general), outcomes, len(there.turns)) == ([HELLO], ["turn"], 1)


@BOTH
async def test_an_event_that_comes_three_times_is_answered_once_and_acknowledged_each_time(
    tmp_path: Path, mode: Mode
) -> None:
    async with world(tmp_path, mode=mode) as there:
        holding, space = Holding(there), there.home.space
        await space.says(there.home.ada, there.home.general, "hello?")
        (event,) = space.deliveries
        for number in (1, 2):
            space.again(event, Retry(number=number))
        await there.until(lambda: len(event.answers) == 3)
        holding.go_on.set()
        await there.until(lambda: there.turns)
        space.again(event, Retry(number=3))
        await there.until(lambda: len(event.answers) == 4)
        assert one_answer(there)


@BOTH
async def test_a_mention_that_comes_as_two_events_is_answered_once(tmp_path: Path, mode: Mode) -> None:
    async with world(tmp_path, mode=mode, follow_threads=True) as there:
        await there.ask("hello?")
        brought = [each.event for each in there.home.space.deliveries[:2]]
        assert [event["type"] for event in brought] == ["app_mention", "message"]
        await there.home.space.acknowledged()
        assert one_answer(there)


@BOTH
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["mention first", "message first"])
async def test_whichever_of_two_events_comes_first_and_whenever_the_other(
    tmp_path: Path, mode: Mode, order: tuple[int, int]
) -> None:
    async with world(tmp_path, mode=mode, follow_threads=True) as there:
        space, home = there.home.space, there.home
        mention = forged(there.home)
        message = Delivery(id="other", kind="events_api", payload=dict(mention.payload))
        message.payload["event"] = mention.event | {"type": "message", "channel_type": "channel"}
        message.payload["event_id"] = "Ev-other"
        first, second = ((mention, message)[number] for number in order)
        space.again(first)
        await there.until(lambda: there.turns)
        space.again(second)
        await there.until(lambda: second.acknowledged)
        assert home.space.texts(home.general) == [HELLO]
        assert one_answer(there)


@BOTH
async def test_a_first_delivery_that_says_retry_number_0_is_answered(tmp_path: Path, mode: Mode) -> None:
    async with world(tmp_path, mode=mode) as there:
        there.home.space.again(forged(there.home), Retry(number=0))
        await there.until(lambda: there.turns)
        assert one_answer(there)


@BOTH
async def test_a_message_is_acknowledged_when_it_is_kept_while_a_model_still_thinks(tmp_path: Path, mode: Mode) -> None:
    async with world(tmp_path, mode=mode) as there:
        holding, kept, home = Holding(there), list[Any](), there.home

        def look(what: What, which: Delivery | Call) -> None:
            if what == "acknowledged":
                kept.append(there.outcomes())

        there.slack.journal.watchers.append(look)
        said = await home.space.says(home.ada, home.general, "hello?")
        assert kept == [[(f"{home.general.id}:{said.ts}", None, None)]]
        await holding.begun()
        assert home.space.texts(home.general) == []
        holding.go_on.set()
        await there.until(lambda: there.turns)
        (event,), (posted,) = home.space.deliveries, home.space.calls("chat.postMessage")
        journal = there.slack.journal
        assert journal.place("acknowledged", event) < journal.place("called", posted)
        assert one_answer(there)


@pytest.mark.parametrize("signature", ["wrong", "missing", "stale"])
async def test_what_is_not_signed_rightly_is_refused_and_nothing_of_it_heard(
    tmp_path: Path, signature: Signature
) -> None:
    async with world(tmp_path, mode="http") as there:
        event = forged(there.home)
        there.home.space.again(event, signature=signature)
        await there.until(lambda: event.statuses)
        assert (event.statuses, there.outcomes(), there.minds.asked) == ([401], [], [])
        there.home.space.again(event, Retry(number=1))
        await there.until(lambda: there.turns)
        assert one_answer(there)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_line_that_slack_renews_is_replaced_at_once_and_no_answer_is_lost(
    tmp_path: Path, reason: Reason
) -> None:
    async with world(tmp_path) as there:
        holding, home, lines = Holding(there), there.home, there.home.space.lines
        await home.space.says(home.ada, home.general, "hello?")
        await holding.begun()
        there.clock.pass_time(61)
        lines.part(reason)
        await there.until(lambda: lines.greeted == 2)
        holding.go_on.set()
        await there.until(lambda: there.turns)
        assert one_answer(there)
        assert (await there.ask("again?")).text == "An answer to “again?”"
        assert len(lines.live) == 1


async def test_a_line_that_is_cut_is_replaced_and_what_was_missed_is_answered_once(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, lines = there.home, there.home.space.lines
        lines.cut()
        await home.space.says(home.ada, home.general, "hello?", wait=False)
        await there.sleep_out(PAUSES[0])
        await there.until(lambda: there.turns)
        for late in home.space.lose_patience():
            await there.until(lambda late=late: late.acknowledged)
        assert one_answer(there)


@pytest.mark.parametrize("health", ["silent", "dead"])
async def test_a_line_that_brings_nothing_any_more_is_noticed_and_what_it_swallowed_answered_once(
    tmp_path: Path, health: Health
) -> None:
    async with world(tmp_path) as there:
        home, lines = there.home, there.home.space.lines
        lines.haunt(health)
        await home.space.says(home.ada, home.general, "hello?", wait=False)
        there.clock.pass_time(DEAF_AFTER.total_seconds())
        await there.sleep_out(PAUSES[0])
        await there.until(lambda: lines.greeted == 2)
        assert there.turns == []
        (late,) = home.space.lose_patience()
        await there.until(lambda: there.turns)
        assert late.acknowledged
        assert one_answer(there)


async def test_a_line_over_which_slack_pings_is_not_taken_for_deaf(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        lines = there.home.space.lines
        for number in range(1, 5):
            there.clock.pass_time(DEAF_AFTER.total_seconds() - 1)
            lines.say(b"ping")
            await there.until(lambda number=number: lines.live[0].pongs == number)
        assert lines.opened == 1
        assert (await there.ask("hello?")).text == HELLO


async def test_an_answer_is_given_after_a_restart_in_between(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        holding, home = Holding(there), there.home
        await home.space.says(home.ada, home.general, "hello?")
        await holding.begun()
        (event,) = home.space.deliveries
        assert event.acknowledged
        there.minds.before = None
        await there.restart()
        await there.until(lambda: there.turns)
        home.space.again(event, Retry(number=1))
        await there.until(lambda: len(event.answers) == 2)
        assert one_answer(there)


async def test_where_slack_does_not_answer_a_post_that_was_made_it_is_not_made_again(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        there.slack.fail("chat.postMessage", CutAfter())
        await home.space.says(home.ada, home.general, "hello?")
        await there.until(lambda: len(home.space.calls("assistant.threads.setStatus")) == 2)  # set, and cleared
        assert home.space.texts(home.general) == [HELLO]
        await there.restart()
        assert (await there.ask("and now?")).text == "An answer to “and now?”"
        assert len(home.space.texts(home.general)) == 2
