"""What Slack says of an app, asked of the loopback's Web API; no line is ever held."""

import socket
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from adapters.chat.slack import checkup
from adapters.chat.slack.checkup import ChannelFacts, Facts, Line
from adapters.chat.slack.manifest import scopes
from adapters.chat.slack.settings import Settings, Socket, Web
from tests.adapters.chat.cuts import CutBefore
from tests.adapters.chat.slack.loopback.faults import Html, Refused
from tests.adapters.chat.slack.loopback.loopback import Loopback

PATIENCE = 600.0
REACH = "See that this machine reaches https://slack.com."


@pytest.fixture
def loopback() -> Loopback:
    """A Slack that has granted what the least settings want."""
    return Loopback(scopes=tuple(scopes(Settings(name="acme", bot_token="", line=Socket(token="")))))


def settings(loopback: Loopback, **changes: Any) -> Settings:
    app = loopback.home.team.app
    made = Settings(name="acme", bot_token=app.bot_token, line=Socket(token=app.app_token), api=loopback.api)
    return replace(made, **changes)


async def looked(loopback: Loopback, channels: Collection[str] = (), **changes: Any) -> Facts:
    async with loopback.running():
        return await checkup.look(settings(loopback, **changes), channels, patience=PATIENCE)


async def test_an_app_that_has_what_it_needs_is_told_with_its_workspace(loopback: Loopback) -> None:
    assert await looked(loopback) == Facts(name="safi", workspace="Home")
    assert sorted(call.method for call in loopback.journal.calls) == ["apps.connections.open", "auth.test"]


async def test_the_difference_in_scopes_is_told_both_ways(loopback: Loopback) -> None:
    loopback.home.team.app.scopes = (*loopback.home.team.app.scopes, "files:read")
    facts = await looked(loopback, follow_threads=True)
    assert facts.missing == {"channels:history", "groups:history"}
    assert facts.needless == {"files:read"}


async def test_a_bot_token_that_slack_does_not_know_is_told_in_the_words_of_run(loopback: Loopback) -> None:
    facts = await looked(loopback, bot_token="xoxb-another")
    assert facts.fault.startswith(
        "Slack does not take the bot's token of slack.acme (invalid_auth). Take the one that "
    )
    assert facts.line == Line()


async def test_an_app_token_that_slack_does_not_know_is_told_and_the_rest_is_looked_at(loopback: Loopback) -> None:
    facts = await looked(loopback, line=Socket(token="xapp-another"))
    assert (facts.fault, facts.name) == ("", "safi")
    assert facts.line.fault.startswith(
        "Slack does not take the app's token of slack.acme (invalid_auth). Make one that"
    )


async def test_tokens_of_two_apps_are_told_since_nothing_would_ever_be_heard(loopback: Loopback) -> None:
    app = loopback.home.team.app
    app.app_token = "xapp-1-A9-1-0123"  # nobody's
    facts = await looked(loopback)
    assert facts.line.fault == (
        f"The app token of slack.acme is of another app (A9) than its bot token ({app.id}). "
        "Take both from one app at https://api.slack.com/apps."
    )
    app.app_token = f"xapp-1-{app.id}-1-0123"
    assert (await looked(loopback)).line == Line()


async def test_where_slack_does_not_say_of_which_app_the_bot_is_nothing_is_said_of_it(loopback: Loopback) -> None:
    app = loopback.home.team.app
    app.app_token, app.scopes = "xapp-1-A9-1-0123", ()
    assert (await looked(loopback)).line == Line()


async def test_a_slack_that_cannot_be_reached_is_told(loopback: Loopback) -> None:
    loopback.fail("auth.test", CutBefore())
    loopback.fail("apps.connections.open", Html())
    facts = await looked(loopback)
    assert facts.fault.startswith("Slack could not be reached (")
    assert facts.fault.endswith(f"). {REACH}")
    assert facts.line.fault.endswith(REACH)


async def test_a_silent_slack_is_left_in_time(loopback: Loopback) -> None:
    async with loopback.running():
        facts = await checkup.look(settings(loopback), [], patience=0)
    late = f"Slack did not take it in time. {REACH}"
    assert facts == Facts(fault=late, line=Line(fault=late))


async def test_of_a_channel_it_tells_whether_the_bot_is_in_it_and_who_shares_it(loopback: Loopback) -> None:
    home = loopback.home
    away, shared = home.channel("away", bot=False), home.channel("partners", shared=True)
    invited, old = home.channel("soon", pending=True), home.channel("old", archived=True)
    every = [loopback.general.id, away.id, shared.id, invited.id, old.id, "C9999999999"]
    assert (await looked(loopback, every)).channels == {
        loopback.general.id: ChannelFacts(name="general", member=True),
        away.id: ChannelFacts(name="away"),
        shared.id: ChannelFacts(name="partners", member=True, shared=True),
        invited.id: ChannelFacts(name="soon", member=True, shared=True),
        old.id: ChannelFacts(name="old", member=True, unseen="archived"),
        "C9999999999": ChannelFacts(unseen="not there"),
    }


async def test_what_the_bot_may_not_ask_for_is_left_out(loopback: Loopback) -> None:
    lacking = Refused(error="missing_scope", more={"needed": "channels:read"})
    loopback.fail("conversations.info", lacking)
    loopback.fail("usergroups.list", lacking)
    facts = await looked(loopback, [loopback.general.id], moderator_groups=frozenset({"S0000000001"}))
    assert (facts.fault, facts.channels, facts.groups) == ("", {}, {})
    assert facts.missing == {"usergroups:read"}


@pytest.mark.parametrize("method", ["conversations.info", "usergroups.list"])
async def test_what_else_slack_refuses_is_told(loopback: Loopback, method: str) -> None:
    loopback.home.team.app.scopes = (*loopback.home.team.app.scopes, "usergroups:read")
    loopback.fail(method, Refused(error="fatal_error"))
    facts = await looked(loopback, [loopback.general.id], moderator_groups=frozenset({"S0000000001"}))
    assert facts.fault == f"Slack itself failed. {REACH}"


async def test_user_groups_are_told_by_name_and_those_that_are_nowhere_as_none(loopback: Loopback) -> None:
    loopback.home.team.app.scopes = (*loopback.home.team.app.scopes, "usergroups:read")
    group = loopback.home.group(loopback.owner)
    facts = await looked(loopback, moderator_groups=frozenset({group, "S9999999999"}))
    assert facts.groups.keys() == {group, "S9999999999"}
    assert str(facts.groups[group]).startswith("@")
    assert facts.groups["S9999999999"] is None


# ------------------------------------------------------------------------------------------------- where it listens


async def test_by_http_an_address_that_is_free_is_well_and_one_that_is_taken_is_told(loopback: Loopback) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        web = Web(host="127.0.0.1", port=port, secret="")
        assert (await looked(loopback, line=web)).line == Line(busy=True)
    assert (await looked(loopback, line=web)).line == Line()
    assert not [call for call in loopback.journal.calls if call.method == "apps.connections.open"]


async def test_an_address_of_another_machine_is_told(loopback: Loopback) -> None:
    line = (await looked(loopback, line=Web(host="192.0.2.1", port=3000, secret=""))).line
    assert line.fault == (
        "192.0.2.1:3000 is no address of this machine that the bot may listen at (Cannot assign requested address). "
        "Choose another one."
    )


async def test_an_address_that_has_no_number_is_told_by_what_went_wrong(loopback: Loopback) -> None:
    line = (await looked(loopback, line=Web(host="nobody.invalid", port=3000, secret=""))).line
    assert line.fault.endswith("that the bot may listen at (gaierror). Choose another one.")
