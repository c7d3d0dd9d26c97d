"""The whole bot with the most that it may be given, in any script: all that it sends is what Slack takes."""

from pathlib import Path

import pytest

from adapters.chat.slack.limits import LIMITS
from tests.whole.minds import Minds
from tests.whole.slack_giving import Giver
from tests.whole.slack_seeing import choosable, pressable, read, shown, words
from tests.whole.slack_world import World, world
from tests.whole.test_discord_crowded import SCRIPTS, crowd, longest

MARKUP = "`<!channel>` <@U123> <https://example.org|you> *_~&amp; "


async def settled(there: World, script: str) -> Giver:
    """A moderator of a strange name in a channel of a strange name, before an answer with an audit."""
    home = there.home
    home.mo.name, home.general.name = longest(script, 80), longest(script, 80)
    answer = await there.audited(longest(script, 1_500), by=home.mo)
    return Giver(there=there, site=home, person=home.mo, channel=home.general, answer=answer)


@pytest.mark.slow
@pytest.mark.parametrize("script", [*SCRIPTS, "slack"])
async def test_all_that_is_sent_is_what_slack_takes(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call is held against Slack's rules when the world ends."""
    monkeypatch.setitem(SCRIPTS, "slack", MARKUP)
    minds = Minds(draft=lambda _: f"So it is. {longest(script, 20_000)}")
    async with world(tmp_path, profiles=crowd(script), minds=minds) as there:
        giver, home = await settled(there, script), there.home
        await home.space.says(home.mo, home.general, "zzz")
        for row in there.life.app.commands:
            async for way, seen in giver.every_way(row):
                assert words(seen), (row.name, way)
        await home.space.opens_home(home.mo)
        await home.space.selects(home.mo, home.space.team.homes[home.mo.id], home.general.id)
        picker = await home.space.types(home.mo, home.general, f"/safi {longest(script, 500)}")
        assert 0 < len(choosable(shown(picker))) <= LIMITS.elements.options
        assert there.slack.breaches == []


async def test_two_hundred_personas_are_found_by_page_and_given_by_name(tmp_path: Path) -> None:
    async with world(tmp_path, profiles=crowd("chinese")) as there:
        home, pages = there.home, 1
        listed = await home.space.types(home.mo, home.general, "/safi persona list")
        while "More" in pressable(shown(listed)):
            listed = await home.space.presses(home.mo, listed.message, "More")
            pages += 1
        assert pages == 10
        assert "persona-198" in read(shown(listed))
        name = f"persona-198-{'p' * 28}"
        given = await home.space.types(home.mo, home.general, f"/safi persona assign {name}")
        assert "persona-198" in words(shown(given))
