"""What `safi-bot doctor` says of Slack: from facts, and as a whole from a Slack on this machine."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from adapters.chat.slack import settings
from adapters.chat.slack.checkup import ChannelFacts, Facts, Line
from bot.doctor import slack
from bot.doctor.finding import Finding
from bot.settings.platforms import Slack
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.bot.examining import examined
from tests.bot.on_platforms import configuration, settled, told

GENERAL: Final = "C0123456789"
MODS: Final = "C1123456789"
GROUP: Final = "S0123456789"
APPS: Final = "https://api.slack.com/apps"

TABLE: Final = Slack(moderators_channel=MODS, moderators=("U0123456789",))
WELL: Final = Facts(
    name="safi",
    workspace="Home",
    channels={GENERAL: ChannelFacts(name="general", member=True), MODS: ChannelFacts(name="mods", member=True)},
)


def found(table: Slack = TABLE, app: Facts = WELL, calling: tuple[str, ...] = ()) -> Mapping[str, Finding]:
    every = slack.findings("acme", table, app, calling)
    return {finding.name.removeprefix("slack acme "): finding for finding in every}


def of_general(channel: ChannelFacts, **changes: Any) -> Finding:
    """What is said of a channel that answers freely and of which this is known."""
    table = replace(TABLE, free_response_channels=(GENERAL,), **changes)
    seen = found(table, replace(WELL, channels={**WELL.channels, GENERAL: channel}))
    (finding,) = [seen[name] for name in (f"channel {GENERAL}", f"channel #{channel.name}") if name in seen]
    return finding


def test_an_app_that_lacks_nothing_is_well() -> None:
    table = replace(TABLE, moderator_groups=(GROUP,), personas={GENERAL: "gamemaster"})
    assert [told(finding) for finding in found(table, replace(WELL, groups={GROUP: "@mods"})).values()] == [
        ("ok", "It is @safi in the workspace Home.", None),
        ("ok", "The bot token has the scopes that the bot needs, and no other.", None),
        ("ok", "Slack opens a line to what is in the environment variable SLACK_APP_TOKEN.", None),
        ("ok", "The bot is in #mods.", None),
        ("ok", "The bot is in #general.", None),
        ("ok", "@mods may give moderators' commands.", None),
    ]


def test_where_nothing_is_known_of_the_app_its_line_is_told_all_the_same() -> None:
    seen = found(app=Facts(fault="Slack does not take the bot's token. Take another. Then start anew."))
    assert told(seen["app"]) == ("problem", "Slack does not take the bot's token.", "Take another. Then start anew.")
    assert seen.keys() == {"app", "app token"}
    away = found(app=Facts(fault="It is away", line=Line(fault="It is away")))
    assert [told(each) for each in away.values()] == [("problem", "It is away.", f"Look at {APPS}.")] * 2


def test_scopes_that_are_missing_are_a_problem_and_needless_ones_are_warned_of() -> None:
    every = list(
        slack.findings(
            "acme", TABLE, replace(WELL, missing=frozenset({"b:read", "a:read"}), needless=frozenset({"c"})), ()
        )
    )
    remedy = (
        f"Give the app the manifest of `safi-bot setup slack acme` at {APPS}, page “App Manifest”, and reinstall it, "
        "page “Install App”."
    )
    assert [told(each) for each in every if each.name == "slack acme scopes"] == [
        ("problem", "The bot token lacks a:read, b:read.", remedy),
        ("warning", "The bot token may do more than the bot needs: c.", remedy),
    ]


def test_by_http_the_manifest_that_mends_the_scopes_keeps_the_address() -> None:
    seen = found(replace(TABLE, mode="http"), replace(WELL, missing=frozenset({"a:read"})))
    assert "`safi-bot setup slack acme --url https://YOUR-HOST`" in (seen["scopes"].remedy or "")


def test_guests_are_warned_of_where_slack_keeps_them_out() -> None:
    assert told(found(replace(TABLE, guests=True, direct_messages=True))["guests"]) == (
        "warning",
        "slack.acme.guests is on, and Slack keeps guests from an app that answers direct messages.",
        "Switch one of the two off.",
    )
    assert "guests" not in found(replace(TABLE, guests=True))


def test_a_line_that_slack_does_not_open_is_told_with_what_to_do() -> None:
    app = replace(WELL, line=Line(fault="Socket Mode is switched off (x). Switch it on."))
    assert told(found(app=app)["app token"]) == ("problem", "Socket Mode is switched off (x).", "Switch it on.")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            Line(),
            (
                "ok",
                "The bot can listen at 127.0.0.1:3000, which Slack has to reach over HTTPS from the internet.",
                None,
            ),
        ),
        (
            Line(busy=True),
            (
                "warning",
                "Somebody listens at 127.0.0.1:3000 already.",
                "All is well if the bot runs; else set slack.acme.listen to an address that is free.",
            ),
        ),
        (Line(fault="It is no address. Choose another one."), ("problem", "It is no address.", "Choose another one.")),
    ],
)
def test_by_http_it_is_the_address_that_is_looked_at(line: Line, expected: tuple[str, str, str | None]) -> None:
    assert told(found(replace(TABLE, mode="http"), replace(WELL, line=line))["address"]) == expected


# ------------------------------------------------------------------------------------------------ channels and people

KEY: Final = "slack.acme.free_response_channels"


@pytest.mark.parametrize(
    ("channel", "sentence", "remedy"),
    [
        (ChannelFacts(name="general"), f"The bot is not in #general ({KEY}).", "Say there: /invite @safi"),
        (
            ChannelFacts(name="general", member=True, unseen="archived"),
            f"#general is archived ({KEY}).",
            "Unarchive it, or name another channel.",
        ),
        (
            ChannelFacts(unseen="not there"),
            f"Slack shows the bot no channel {GENERAL} ({KEY}).",
            "Correct the id, as it stands at the end of the channel's details; in a private channel say /invite @safi",
        ),
        (
            ChannelFacts(name="general", member=True, shared=True),
            f"Other organizations are in #general, so the bot does not answer there ({KEY}).",
            "Name another channel, or allow all such channels: slack.acme.shared_channels = true.",
        ),
    ],
)
def test_a_channel_that_cannot_be_used_is_told_with_its_key_and_what_to_do(
    channel: ChannelFacts, sentence: str, remedy: str
) -> None:
    assert told(of_general(channel)) == ("problem", sentence, remedy)


def test_a_shared_channel_is_well_where_they_are_allowed() -> None:
    assert of_general(ChannelFacts(name="general", member=True, shared=True), shared_channels=True).state == "ok"


def test_a_channel_that_may_not_be_asked_for_is_left_to_the_scopes() -> None:
    assert not [name for name in found(app=replace(WELL, channels={})) if name.startswith("channel")]


def test_a_channel_that_several_keys_name_is_told_with_all_of_them() -> None:
    table = replace(TABLE, personas={MODS: "gamemaster"})
    sentence = found(table, replace(WELL, channels={MODS: ChannelFacts(name="mods")}))["channel #mods"].sentence
    assert sentence == "The bot is not in #mods (slack.acme.moderators_channel, slack.acme.personas)."


def test_where_nobody_moderates_moderators_commands_are_closed_to_all() -> None:
    assert told(found(replace(TABLE, moderators=()))["moderators"]) == (
        "problem",
        "Nobody is a moderator, so moderators' commands are closed to all.",
        "Name people or user groups in slack.acme.moderators or slack.acme.moderator_groups.",
    )
    assert "moderators" not in found(replace(TABLE, moderators=(), moderator_groups=(GROUP,)))


def test_a_user_group_that_is_not_there_is_told() -> None:
    group = found(app=replace(WELL, groups={GROUP: None}))[f"group {GROUP}"]
    assert told(group)[:2] == (
        "problem",
        f"slack.acme.moderator_groups names {GROUP}, and there is no such user group.",
    )


def test_where_a_rule_calls_a_moderator_somebody_has_to_hear_it() -> None:
    assert "calls" not in found(calling=("ada",))
    nowhere = replace(TABLE, moderators_channel=None)
    assert told(found(nowhere)["moderators"])[:2] == ("warning", "Nobody is told of what needs a moderator.")
    assert told(found(nowhere, calling=("ada", "bob"))["calls"]) == (
        "problem",
        "ada, bob call a moderator where a rule says so, and nobody is told.",
        "Name a channel in slack.acme.moderators_channel.",
    )
    direct = found(replace(TABLE, direct_messages=True), calling=("ada",))["calls from direct messages"]
    assert told(direct) == (
        "problem",
        "ada calls a moderator where a rule says so, and no moderator can look into direct messages.",
        "Set slack.acme.direct_messages = false, or take `notify` and what it promises out of those rules.",
    )


# ---------------------------------------------------------------------------------------------------------- as a whole


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with no token."""
    settled(tmp_path, monkeypatch)


async def test_without_its_table_slack_is_not_looked_at(tmp_path: Path) -> None:
    assert not [name for name in await examined(configuration(tmp_path, "")) if name.startswith("slack")]


async def test_without_tokens_there_is_a_place_to_put_them(tmp_path: Path) -> None:
    token = (await examined(configuration(tmp_path, "[slack.acme]\n")))["slack acme token"]
    assert told(token)[:2] == ("problem", "There is no app token.")
    assert str(token.remedy).startswith("Set SLACK_APP_TOKEN in the environment, or name a file of mode 0600 in app_")


async def test_two_workspaces_are_looked_at_as_they_are_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loopback = Loopback()
    away = loopback.found("Away")
    for name, app in (("SLACK", loopback.home.team.app), ("AWAY", away.team.app)):
        monkeypatch.setenv(f"{name}_BOT_TOKEN", app.bot_token)
        monkeypatch.setenv(f"{name}_APP_TOKEN", app.app_token)
    tables = (
        f'[slack.acme]\nfree_response_channels = ["{loopback.general.id}"]\nmoderators = ["{loopback.owner.id}"]\n'
        f'[slack.away]\nbot_token_env = "AWAY_BOT_TOKEN"\napp_token_env = "AWAY_APP_TOKEN"\n'
        f'moderators_channel = "{loopback.general.id}"\n'
    )
    async with loopback.running():
        monkeypatch.setattr(settings, "API", loopback.api)
        seen = await examined(configuration(tmp_path, tables))
    assert seen["slack acme app"].sentence == "It is @safi in the workspace Home."
    assert seen["slack acme channel #general"].state == "ok"
    assert seen["slack away app"].sentence == "It is @safi in the workspace Away."
    assert seen[f"slack away channel {loopback.general.id}"].state == "problem"
    assert seen["slack away moderators"].state == "problem"
    assert loopback.home.team.app.bot_token not in str(seen)


async def test_two_workspaces_with_the_same_token_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-0123456789")
    monkeypatch.setenv("AWAY", "xoxb-0123456789")
    tables = '[slack.acme]\n[slack.away]\nbot_token_env = "AWAY"\napp_token_env = "AWAY_APP"\n'
    token = (await examined(configuration(tmp_path, tables)))["slack away token"]
    assert told(token) == (
        "problem",
        "It has the same bot token as slack.acme.",
        "Make an app for each workspace: safi-bot setup slack.",
    )


async def test_a_persona_that_is_not_there_is_told_with_its_channel(tmp_path: Path) -> None:
    personas = (await examined(configuration(tmp_path, f'[slack.acme.personas]\n{GENERAL} = "gamester"\n')))["personas"]
    assert personas.state == "problem"
    assert personas.sentence.startswith(f'slack.acme.personas.{GENERAL}: there is no persona "gamester"; did you mean')


async def test_the_judges_of_every_persona_that_answers_somewhere_are_looked_at(tmp_path: Path) -> None:
    seen = await examined(configuration(tmp_path, f'[slack.acme.personas]\n{GENERAL} = "gamemaster"\n'))
    assert {name for name in seen if name.startswith("judges")} == {"judges librarian", "judges gamemaster"}
