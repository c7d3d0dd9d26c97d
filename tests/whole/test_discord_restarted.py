"""The whole bot on a simulated Discord after it was ended and started again on the same store."""

from pathlib import Path

from tests.whole.discord_world import world
from tests.whole.minds import words_of
from tests.whole.seeing import field, pressable, told


async def test_the_tree_is_told_once_and_again_only_when_it_has_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        assert len(there.calls("PUT", "/commands")) == 1
        await there.restart()
        assert len(there.calls("PUT", "/commands")) == 1
        await there.restart(direct_messages=True)
        assert len(there.calls("PUT", "/commands")) == 2


async def test_what_was_posted_before_a_restart_still_works_after_it(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answer = await there.audited("does it squeak?")
        listed = told(await there.mo.slash(there.general, "safi audit list"))
        form = await there.ada.context_menu(there.general, "Report this reply", answer)
        await there.ask("how to harm?")
        await there.restart()
        told(await there.ada.click(answer, custom_id=pressable(answer)["👍"]))
        assert "The moderators have been told." in told(await there.ada.submit_modal(form, {})).content
        shown = told(await there.mo.click(listed, label="#1"))
        assert field(shown, "Members") == "good: 1, not good: 0; reported by 1"
        assert len(there.said(there.room)) == 2
        await there.ask("and now?")
        assert "squeak" in words_of(there.minds.drafting[-1])
