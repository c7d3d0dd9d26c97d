"""What `safi-bot doctor` says of Discord: from facts, and as a whole from a Discord on this machine."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from adapters.chat.discord.checkup import ChannelFacts, Facts
from adapters.store.sqlite import open_store
from bot.doctor import discord
from bot.doctor.calls import calling
from bot.doctor.finding import Finding
from bot.settings.platforms import Discord
from safi.ports import Assignment
from safi.profile import Rule
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.bot.examining import examined
from tests.bot.on_platforms import DISCORD_TOKEN, configuration, settled, told
from tests.doubles import NOON, small_profile

GENERAL: Final = "123456789012345678"
MODS: Final = "223456789012345678"
PORTAL: Final = "https://discord.com/developers/applications"

SETTINGS: Final = Discord(moderators_channels=(MODS,))
WELL: Final = Facts(
    name="safi",
    application=42,
    servers=("Home",),
    channels={
        int(GENERAL): ChannelFacts(name="general", server="Home"),
        int(MODS): ChannelFacts(name="mods", server="Home"),
    },
)


def found(settings: Discord = SETTINGS, account: Facts = WELL, calling: tuple[str, ...] = ()) -> Mapping[str, Finding]:
    every = discord.findings(settings, account, calling)
    return {finding.name.removeprefix("discord "): finding for finding in every}


def of_general(channel: ChannelFacts) -> Finding:
    """What is said of a channel that answers freely and of which this is known."""
    settings = replace(SETTINGS, free_response_channels=(GENERAL,))
    account = replace(WELL, reads_content=True, channels={**WELL.channels, int(GENERAL): channel})
    names = {f"channel {GENERAL}", f"channel #{channel.name}"}
    (finding,) = [finding for name, finding in found(settings, account).items() if name in names]
    return finding


def test_an_account_that_lacks_nothing_is_well() -> None:
    settings = replace(SETTINGS, personas={GENERAL: "gamemaster"}, moderator_roles=("323456789012345678",))
    account = replace(WELL, roles={323456789012345678: "Keepers in Home"})
    assert [told(finding) for finding in found(settings, account).values()] == [
        ("ok", "Discord knows what is in the environment variable DISCORD_TOKEN.", None),
        ("ok", "The account safi is in 1 server.", None),
        ("ok", "No privileged intent is needed.", None),
        ("ok", "In #mods in Home the bot has every permission that it needs.", None),
        ("ok", "In #general in Home the bot has every permission that it needs.", None),
        ("ok", "Keepers in Home may give moderators' commands.", None),
    ]


def test_what_keeps_anything_from_being_known_is_all_that_is_told() -> None:
    account = Facts(fault="Discord does not know this token. Make a new one. Then put it in.")
    (finding,) = found(account=account).values()
    assert told(finding) == ("problem", "Discord does not know this token.", "Make a new one. Then put it in.")


def test_a_fault_without_advice_leads_to_the_portal() -> None:
    (finding,) = found(account=Facts(fault="It is away")).values()
    assert told(finding) == ("problem", "It is away.", f"Look at {PORTAL}.")


def test_an_account_in_no_server_is_to_be_invited() -> None:
    account = found(account=replace(WELL, servers=()))["account"]
    assert told(account)[:2] == ("warning", "The account safi is in no server yet.")
    assert str(account.remedy).startswith("Invite it: https://discord.com/oauth2/authorize?client_id=42&scope=bot+app")


def test_an_account_that_anybody_may_invite_is_warned_of() -> None:
    invitation = found(account=replace(WELL, public=True))["invitation"]
    assert told(invitation) == (
        "warning",
        "Anybody may invite the bot, and you pay for its answers there.",
        f"If that is not meant, switch Public Bot off at {PORTAL}/42/bot.",
    )


# ---------------------------------------------------------------------------------------- the Message Content intent

REVIEW: Final = "Discord reviews this intent once the bot reaches more than 10,000 people in all its servers."


@pytest.mark.parametrize(
    ("free", "on", "expected"),
    [
        (False, False, ("ok", "No privileged intent is needed.", None)),
        (
            False,
            True,
            ("ok", "No privileged intent is needed. The Message Content intent is on, and nothing here uses it.", None),
        ),
        (
            True,
            True,
            ("ok", f"discord.free_response_channels needs the Message Content intent, which is on. {REVIEW}", None),
        ),
        (
            True,
            False,
            (
                "problem",
                "discord.free_response_channels needs the Message Content intent, which is off, so Discord would not "
                f"let the bot in. {REVIEW}",
                f"Switch it on at {PORTAL}/42/bot under Privileged Gateway Intents, or empty "
                "discord.free_response_channels.",
            ),
        ),
    ],
)
def test_the_intent_is_needed_by_free_response_channels_alone(
    *, free: bool, on: bool, expected: tuple[str, str, str | None]
) -> None:
    settings = replace(SETTINGS, free_response_channels=(GENERAL,) if free else ())
    assert told(found(settings, replace(WELL, reads_content=on))["intent"]) == expected


# ------------------------------------------------------------------------------------------------ channels and roles


@pytest.mark.parametrize(
    ("lacking", "state"),
    [(("Embed Links", "Attach Files"), "warning"), (("Send Messages",), "problem"), (("View Channel",), "problem")],
)
def test_missing_permissions_are_named_with_the_channel_in_which_to_give_them(
    lacking: tuple[str, ...], state: str
) -> None:
    names = ", ".join(lacking)
    assert told(of_general(ChannelFacts(name="general", server="Home", lacking=lacking))) == (
        state,
        f"In #general in Home the bot lacks {names}.",
        f"Give its role {names} in the settings of #general, under Permissions.",
    )


@pytest.mark.parametrize("unseen", ["not there", "hidden", "a thread", "wordless"])
def test_a_channel_that_cannot_be_used_is_told_with_its_key_and_what_to_do(unseen: str) -> None:
    finding = of_general(replace(ChannelFacts(), unseen=unseen))
    assert finding.state == "problem"
    assert GENERAL in finding.sentence
    assert finding.sentence.endswith(" (discord.free_response_channels).")


def test_a_channel_that_several_keys_name_is_told_with_all_of_them() -> None:
    settings = replace(SETTINGS, personas={MODS: "gamemaster"})
    account = replace(WELL, channels={int(MODS): ChannelFacts(unseen="not there")})
    sentence = found(settings, account)[f"channel {MODS}"].sentence
    assert sentence == f"There is no channel {MODS} (discord.moderators_channels, discord.personas)."


def test_a_role_of_no_server_is_told() -> None:
    role = found(account=replace(WELL, roles={7: None}))["role 7"]
    assert told(role)[:2] == (
        "problem",
        "discord.moderator_roles names 7, a role of no server that the bot is in.",
    )


def test_moderators_need_one_channel_of_text_a_server() -> None:
    assert found(replace(SETTINGS, moderators_channels=()))["moderators"].state == "warning"
    two = replace(SETTINGS, moderators_channels=(MODS, GENERAL))
    assert found(two)["moderators"].sentence == (
        "discord.moderators_channels names more than one channel of Home, and only one is used."
    )
    forum = replace(WELL, channels={int(MODS): ChannelFacts(name="mods", server="Home", forum=True)})
    assert told(found(account=forum)["moderators"]) == (
        "problem",
        "discord.moderators_channels names the forum #mods.",
        "Name a channel of text.",
    )


def test_where_a_rule_calls_a_moderator_somebody_has_to_hear_it() -> None:
    assert "calls" not in found(calling=("ada",))
    nobody = found(replace(SETTINGS, moderators_channels=()), calling=("ada", "bob"))
    assert "moderators" not in nobody
    assert told(nobody["calls"]) == (
        "problem",
        "ada, bob call a moderator where a rule says so, and nobody is told in Home.",
        "Name a text channel of each of these servers in discord.moderators_channels.",
    )
    second = found(account=replace(WELL, servers=("Home", "Away", "B", "C", "D")), calling=("ada",))
    assert second["calls"].sentence == (
        "ada calls a moderator where a rule says so, and nobody is told in Away, B, C and 1 other server."
    )
    direct = found(replace(SETTINGS, direct_messages=True), calling=("ada",))
    assert told(direct["calls from direct messages"])[:2] == (
        "problem",
        "ada calls a moderator where a rule says so, and direct messages have none.",
    )


def test_a_persona_calls_moderators_by_a_rule_that_notifies() -> None:
    rule = Rule(id="in-need", text="Answer nobody in need.", answer_with="Call 112.", notify=True)
    assert calling((small_profile(), small_profile(name="bob", rules=(rule,)))) == ("bob",)


# ---------------------------------------------------------------------------------------------------------- as a whole


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with no token."""
    settled(tmp_path, monkeypatch)


async def test_without_its_table_discord_is_not_looked_at(tmp_path: Path) -> None:
    assert not [name for name in await examined(configuration(tmp_path, "")) if name.startswith("discord")]


async def test_without_a_token_there_is_a_place_to_put_one(tmp_path: Path) -> None:
    token = (await examined(configuration(tmp_path, "[discord]\n")))["discord token"]
    assert told(token)[:2] == ("problem", "There is no token.")
    assert str(token.remedy).startswith("Set DISCORD_TOKEN in the environment, or name a file of mode 0600 in token_")


async def test_a_discord_is_looked_at_as_it_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)
    loopback = Loopback(base=NOON, token=DISCORD_TOKEN)
    keys = f'[discord]\nmoderators_channels = ["{loopback.general.id}"]\nmoderator_roles = ["{GENERAL}"]\n'
    async with loopback.running():
        seen = await examined(configuration(tmp_path, keys))
    assert seen["discord account"].sentence == "The account safi is in 1 server."
    assert seen["discord channel #general"].state == "ok"
    assert seen[f"discord role {GENERAL}"].state == "problem"
    assert DISCORD_TOKEN not in str(seen)


async def test_a_token_that_discord_refuses_is_told_with_the_page_that_makes_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)
    async with Loopback(base=NOON, token="another").running():
        account = (await examined(configuration(tmp_path, "[discord]\n")))["discord account"]
    assert told(account)[:2] == ("problem", "Discord does not know this token.")
    assert PORTAL in str(account.remedy)


async def test_a_persona_that_is_not_there_is_told_with_its_channel(tmp_path: Path) -> None:
    personas = (await examined(configuration(tmp_path, f'[discord.personas]\n{GENERAL} = "gamester"\n')))["personas"]
    assert personas.state == "problem"
    assert personas.sentence.startswith(f'discord.personas.{GENERAL}: there is no persona "gamester"; did you mean')


async def test_the_judges_of_every_persona_that_answers_somewhere_are_looked_at(tmp_path: Path) -> None:
    seen = await examined(configuration(tmp_path, f'[discord.personas]\n{GENERAL} = "gamemaster"\n'))
    assert {name for name in seen if name.startswith("judges")} == {"judges librarian", "judges gamemaster"}


async def test_a_persona_that_moderators_gave_to_a_channel_is_one_of_them(tmp_path: Path) -> None:
    file = configuration(tmp_path, "")
    async with open_store(tmp_path / "state" / "safi.db") as store:
        given = Assignment(workspace="discord:1", channel=GENERAL, persona="gamemaster")
        await store.assign(given, actor="ann", at=NOON)
    assert "judges gamemaster" in await examined(file)
