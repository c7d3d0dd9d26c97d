"""The whole bot in two workspaces that call it over HTTP: each at its own address, by its own secret, and no other."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.adapters.chat.slack.loopback.deliveries import Delivery
from tests.whole.slack_seeing import read, shown
from tests.whole.slack_world import Site, World, world
from tests.whole.test_slack_delivery import HELLO, forged

NAMES = ("Home", "Other")


async def brought(there: World, event: Delivery, *, signed_by: Site, to: Site) -> int | None:
    """The status with which an event is answered at somebody's address."""
    app = replace(signed_by.space.team.app, address=to.space.team.app.address)
    return await there.slack.calling.bring(app, event)


async def test_each_workspace_is_answered_at_home_and_sees_its_own_alone(tmp_path: Path) -> None:
    async with world(tmp_path, mode="http", names=NAMES) as there:
        for site in there.sites:
            answer = await there.audited(f"hello, {site.name}?", site=site)
            assert answer.text == f"An answer to “hello, {site.name}?”"
            assert site.space.texts(site.general, answer.thread) == [answer.text]
        for site, other in zip(there.sites, reversed(there.sites), strict=True):
            listed = read(shown(await site.space.types(site.lee, site.general, "/safi audit list")))
            assert f"hello, {site.name}?" in listed
            assert f"hello, {other.name}?" not in listed


def typed(site: Site) -> Delivery:
    """A command that nobody has brought yet."""
    told = {"command": "/safi", "text": "about", "team_id": site.space.team.id, "user_id": site.ada.id}
    return Delivery(id="typed", kind="slash_commands", payload=told | {"channel_id": site.general.id})


@pytest.mark.parametrize("told", [forged, typed])
async def test_what_one_workspaces_app_has_signed_is_refused_at_the_others_address(
    tmp_path: Path, told: Callable[[Site], Delivery], caplog: pytest.LogCaptureFixture
) -> None:
    async with world(tmp_path, mode="http", names=NAMES) as there:
        home, other = there.sites
        for about in (home, other):  # it makes no difference which workspace it names
            assert await brought(there, told(about), signed_by=home, to=other) == 401
        assert (there.outcomes(), there.minds.asked, other.space.texts(other.general)) == ([], [], [])
        assert (await there.ask("hello?", site=other)).text == HELLO
    assert [each.args for each in caplog.records if "signing secret" in each.msg] == [("/slack/events", other.name)]


async def test_an_event_that_was_refused_elsewhere_is_answered_at_its_own_address(tmp_path: Path) -> None:
    async with world(tmp_path, mode="http", names=NAMES) as there:
        home, other = there.sites
        event = forged(home)
        assert await brought(there, event, signed_by=home, to=other) == 401
        assert await brought(there, event, signed_by=home, to=home) == 200
        await there.until(lambda: there.turns)
        assert home.space.texts(home.general) == [HELLO]
        assert other.space.texts(other.general) == []
