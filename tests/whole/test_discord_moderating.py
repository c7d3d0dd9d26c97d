"""The whole bot on a simulated Discord, as its moderators meet it, and members who have something to tell them."""

import csv
import io
import json
from pathlib import Path

import pytest

from bot.export import AUDITS, LEDGER
from tests.whole.discord_world import World, world
from tests.whole.minds import Minds
from tests.whole.seeing import field, pressable, told, words


async def test_moderators_see_what_became_of_an_answer(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        status = told(await there.mo.slash(there.general, "safi status"))
        assert field(status, "Turns") == "1 approved"
        assert field(status, "Audits") == "1 remembered, 0 owed, 0 without a ledger"
        listed = told(await there.mo.slash(there.general, "safi audit list"))
        assert "“does it squeak?”" in await words(listed)
        shown = [
            told(await there.mo.slash(there.general, "safi audit show", number=1)),
            told(await there.mo.context_menu(there.general, "Audit this reply", answer)),
            told(await there.mo.click(listed, label="#1")),
        ]
        for card in shown:
            assert card.content.startswith("**Audit · #1**")
            assert field(card, "Said") == "An answer to “does it squeak?”"
            assert field(card, "Gate").startswith("let out")
        assert len(there.said()) == 1


async def test_the_panel_leads_on_and_posts_what_moderators_want_all_to_see(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        await there.audited("does it squeak?")
        panel = told(await there.boss.slash(there.general, "safi panel"))
        assert list(pressable(panel)) == ["Status", "Latest audits", "Values", "Help"]
        await there.boss.click(panel, label="Status")
        assert panel.content.startswith("**Status**")
        await there.boss.click(panel, label="Post to channel")
        assert [each.content for each in there.said()][1:] == ["**Status**"]


async def test_members_ask_why_and_report_and_the_moderators_are_told_no_words_of_it(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        why = told(await there.ada.context_menu(there.general, "Why this answer?", answer))
        assert why.content.startswith("**Why this answer · #1**")
        assert field(why, "Asked") == "does it squeak?"
        form = await there.ada.context_menu(there.general, "Report this reply", answer)
        assert form.modal is not None
        thanks = told(await there.ada.submit_modal(form, {"reason": "it was rude"}))
        assert "The moderators have been told." in thanks.content
        again = await there.ada.submit_modal(await there.ada.click(why, label="Report this reply"), {})
        assert "You reported this reply before" in told(again).content
        (card,) = there.said(there.room)
        link = f"https://discord.com/channels/{there.home.id}/{there.general.id}/{answer.id}"
        assert pressable(card) == {"Go to message": link}
        assert "Reason: it was rude" in await words(card)
        assert "squeak" not in await words(card)
        status = told(await there.mo.slash(there.general, "safi status"))
        assert field(status, "Reports").startswith("1 on #1")


async def test_thumbs_by_button_and_by_reaction_are_counted(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        thanked = told(await there.ada.click(answer, custom_id=pressable(answer)["👍"]))
        await there.mo.react(answer, "👎")
        shown = told(await there.mo.slash(there.general, "safi audit show"))
        assert field(shown, "Members") == "good: 1, not good: 1"
        await there.ada.click(thanked, label="Take it back")
        await there.mo.unreact(answer, "👎")
        shown = told(await there.mo.slash(there.general, "safi audit show"))
        assert field(shown, "Members") == "no votes"
        await there.ada.react(answer, "👍")
        status = told(await there.mo.slash(there.general, "safi status"))
        assert "judge" in field(status, "Agreement")


async def test_a_persona_that_is_assigned_answers_in_the_channel_and_its_threads_and_nowhere_else(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as there:
        thread, elsewhere = there.thread(), there.home.create_text_channel("elsewhere")
        offered = await there.mo.autocomplete(there.general, "safi persona assign", "name", "b")
        assert [choice["value"] for choice in offered] == ["bob"]
        given = told(await there.mo.slash(there.general, "safi persona assign", name="bob"))
        for channel in (there.general, thread, elsewhere):
            await there.ask("who are you?", channel)
        assert who(there.minds) == ["bob", "bob", "ada"]
        await there.restart()
        await there.ask("who are you?", thread)
        await there.mo.click(given, label="Back to ada")
        await there.ask("who are you?", thread)
        assert who(there.minds)[3:] == ["bob", "ada"]


async def test_a_channel_that_is_paused_is_silent_until_it_is_resumed(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        paused = told(await there.mo.slash(there.general, "safi persona pause"))
        await there.ada.send(there.general, f"{there.bot} hello?")
        assert there.said() == []
        assert there.minds.asked == []
        await there.mo.click(paused, label="Resume")
        await there.ask("hello?")


@pytest.mark.parametrize("what", ["audits", "ledger"])
async def test_the_record_is_exported_as_files_that_can_be_read_back(tmp_path: Path, what: str) -> None:
    async with world(tmp_path) as there:
        await there.audited("=does it squeak?")
        await there.audited("elsewhere", there.thread())
        columns = {"audits": AUDITS, "ledger": LEDGER}[what]
        table = await exported(there, what, "csv")
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
        lines = [json.loads(line) for line in (await exported(there, what, "jsonl")).splitlines()]
        assert [tuple(row) for row in (*rows, *lines)] == [columns] * 2 * len(rows)
        assert len(rows) == (2 if what == "audits" else 4)
        assert {row["words"] for row in rows} == {"here", "elsewhere"}
        if what == "audits":
            assert [row["asked"] for row in rows] == ["", "'=does it squeak?"]
            assert [line["asked"] for line in lines] == [None, "=does it squeak?"]


async def exported(there: World, what: str, form: str) -> bytes:
    card = told(await there.mo.slash(there.general, f"safi export {what}", format=form))
    (file,) = card.attachments
    assert file.filename.endswith(f".{form}")
    return await file.read()


def who(minds: Minds) -> list[str]:
    """Who answered, of each draft."""
    return ["bob" if "You are Bob" in request.system[0] else "ada" for request in minds.drafting]
