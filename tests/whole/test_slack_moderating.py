"""The whole bot on a loopback Slack, as its moderators meet it, and members who have something to tell them."""

import csv
import io
import json
from pathlib import Path

import pytest

from bot.cards import places
from bot.export import AUDITS, LEDGER
from tests.adapters.chat.slack.loopback.faults import Limited, Refused
from tests.adapters.chat.slack.loopback.team import Message
from tests.whole.minds import Minds, words_of
from tests.whole.slack_giving import Giver
from tests.whole.slack_seeing import pressable, read, shown, words
from tests.whole.slack_world import Mode, World, world

AUDIT, WHY, REPORT = "safi1:audit show", "safi1:why", "safi1:report"
"""How Slack calls the shortcuts on messages."""


def givers(there: World, answer: Message) -> tuple[Giver, Giver]:
    """A member and a moderator in the channel, with an answer there."""
    home = there.home
    ada, mo = (
        Giver(there=there, site=home, person=each, channel=home.general, answer=answer) for each in (home.ada, home.mo)
    )
    return ada, mo


async def test_moderators_see_what_became_of_an_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        home, (_, mo) = there.home, givers(there, answer)
        status = read(await mo.types("status"))
        assert "1 approved" in status
        assert "1 remembered, 0 owed, 0 without a ledger" in status
        listed = await home.space.types(home.mo, home.general, "/safi audit list")
        assert "“does it squeak?”" in words(shown(listed))
        seen = [
            await mo.types("audit show 1"),
            await mo.final(await home.space.chooses(home.mo, AUDIT, answer)),
            await mo.final(await home.space.presses(home.mo, listed.message, "#1")),
        ]
        for card in seen:
            assert "Audit · #1" in words(card)
            assert "An answer to “does it squeak?”" in read(card)
            assert "let out" in read(card)
        assert len(home.space.texts(home.general)) == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_members_ask_why_and_report_and_the_moderators_are_told_no_words_of_it(
    tmp_path: Path, mode: Mode
) -> None:
    async with world(tmp_path, mode=mode) as there:
        answer = await there.audited("does it squeak?")
        home, (ada, mo) = there.home, givers(there, answer)
        why = await home.space.chooses(home.ada, WHY, answer)
        assert "Why this answer · #1" in words(shown(why))
        assert "does it squeak?" in read(shown(why))
        form = await home.space.chooses(home.ada, REPORT, answer)
        sent = await home.space.submits(home.ada, form.modal, {"Reason": "it was rude"})
        assert "The moderators have been told." in words(await ada.final(sent))
        again = await ada.final(await home.space.presses(home.ada, why.message, "Report this reply"))
        assert "You reported this reply before" in words(again)
        (card,) = home.space.team.posted(home.room.id)
        (link,) = pressable(card).values()
        assert link.startswith(f"https://home.slack.com/archives/{home.general.id}/p{answer.ts.replace('.', '')}")
        assert "it was rude" in words(card)
        assert "squeak" not in words(card)
        assert "1 on #1" in read(await mo.types("status"))


async def test_what_members_think_of_an_answer_is_counted(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        home, (_, mo) = there.home, givers(there, answer)
        thanked = await home.space.presses(home.ada, answer, "Good answer")
        await home.space.presses(home.mo, answer, "Not a good answer")
        assert "good: 1, not good: 1" in read(await mo.types("audit show"))
        await home.space.presses(home.ada, thanked.message, "Take it back")
        assert "good: 0, not good: 1" in read(await mo.types("audit show"))


async def test_a_persona_that_is_assigned_answers_in_the_channel_and_its_threads_and_nowhere_else(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as there:
        home, first = there.home, await there.ask("who are you?")
        elsewhere = home.space.channel("elsewhere", *home.persons)
        given = await home.space.types(home.mo, home.general, "/safi persona assign bob")
        await there.ask("who are you?")
        await there.ask("who are you?", thread=first.thread)
        await there.ask("who are you?", channel=elsewhere)
        assert who(there.minds) == ["ada", "bob", "bob", "ada"]
        await there.restart()
        await there.ask("who are you?", thread=first.thread)
        await home.space.presses(home.mo, given.message, "Back to ada")
        await there.ask("who are you?", thread=first.thread)
        assert who(there.minds)[4:] == ["bob", "ada"]


def who(minds: Minds) -> list[str]:
    return ["bob" if "Bob" in request.system[0] else "ada" for request in minds.drafting]


async def test_a_channel_that_is_paused_is_silent_until_it_is_resumed(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        paused = await home.space.types(home.mo, home.general, "/safi persona pause")
        await home.space.says(home.ada, home.general, "hello?")
        await there.recorded(lambda: [outcome for _, outcome, _ in there.outcomes()] == ["ignored"])
        assert home.space.texts(home.general) == []
        assert there.minds.asked == []
        await home.space.presses(home.mo, paused.message, "Resume")
        await there.ask("hello?")


@pytest.mark.parametrize("what", ["audits", "ledger"])
async def test_the_record_is_exported_as_files_into_the_moderators_direct_messages(tmp_path: Path, what: str) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        home, (_, mo) = there.home, givers(there, answer)
        for form in ("csv", "jsonl"):
            assert "direct messages" in read(await mo.types(f"export {what} {form}"))
        table, lines = home.space.team.posted(home.space.dm(home.mo).id)
        (csv_file,), (jsonl_file,) = table.files, lines.files
        rows = list(csv.DictReader(io.StringIO(home.space.team.contents[csv_file["id"]].decode("utf-8-sig"))))
        columns = AUDITS if what == "audits" else LEDGER
        assert list(rows[0]) == list(columns)
        read_back = [json.loads(line) for line in home.space.team.contents[jsonl_file["id"]].decode().splitlines()]
        assert len(read_back) == len(rows)
        assert home.space.texts(home.general) == [answer.text]


async def test_what_was_posted_before_a_restart_still_works_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        home, (ada, mo) = there.home, givers(there, answer)
        listed = await home.space.types(home.mo, home.general, "/safi audit list")
        form = await home.space.chooses(home.ada, REPORT, answer)
        await home.space.opens_home(home.mo)
        picked = await home.space.selects(home.mo, home.space.team.homes[home.mo.id], home.general.id)
        await there.restart()
        await home.space.presses(home.ada, answer, "Good answer")
        sent = await home.space.submits(home.ada, form.modal, {"Reason": ""})
        assert "The moderators have been told." in words(await ada.final(sent))
        card = read(await mo.final(await home.space.presses(home.mo, listed.message, "#1")))
        assert "good: 1, not good: 0; reported by 1" in card
        anew = await home.space.opens_home(home.mo)
        assert "1 approved" in words(picked.modal)
        assert "1 approved" in words(anew.modal)
        await there.ask("and now?", thread=answer.thread)
        assert "squeak" in words_of(there.minds.drafting[-1])


async def test_where_slack_says_that_it_is_asked_too_often_moderators_stay_so_for_a_minute(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        lee = Giver(there=there, site=home, person=home.lee, channel=home.general, answer=await there.ask("hello?"))
        assert "1 approved" in read(await lee.types("status"))
        there.slack.fail("usergroups.users.list", *[Limited(retry_after=30)] * 2)
        there.clock.pass_time(59)
        assert "1 approved" in read(await lee.types("status"))
        there.clock.pass_time(2)
        assert places.moderators_only().title in words(await lee.types("status"))


async def test_where_slack_does_not_say_who_somebody_is_a_command_ends_with_one_clear_line(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        there.slack.fail("users.info", *[Refused(error="internal_error")] * 4)
        refused = await home.space.types(home.mo, home.general, "/safi status")
        assert "approved" not in words(shown(refused))
        assert "Slack does not" in words(shown(refused))
