"""What Discord says of an account, asked of the loopback's REST side; its gateway is never spoken to."""

from collections.abc import Collection

import discord
import pytest

from adapters.chat.discord import checkup
from adapters.chat.discord.checkup import ChannelFacts, Facts
from adapters.chat.discord.settings import Settings
from adapters.chat.discord.supervisor import BAD_TOKEN
from tests.adapters.chat.cuts import CutBefore
from tests.adapters.chat.discord.loopback.faults import Refused
from tests.adapters.chat.discord.loopback.gateway import Op
from tests.adapters.chat.discord.loopback.guild import Channel, Guild, Payload
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.adapters.chat.discord.loopback.rest import Routes
from tests.adapters.chat.proxying import refusing
from tests.doubles import NOON

PATIENCE = 600.0
FORBIDDEN = {"message": "Missing Access", "code": 50001}


@pytest.fixture
def loopback() -> Loopback:
    return Loopback(base=NOON)


async def looked(loopback: Loopback, *channels: int, roles: Collection[int] = (), token: str = "") -> Facts:
    settings = Settings(token=token or loopback.token, moderator_roles=frozenset(roles))
    async with loopback.running():
        return await checkup.look(settings, channels, patience=PATIENCE)


def denying(channel: Channel, guild: Guild, *denied: str) -> Channel:
    """The same channel, where everybody is denied this."""
    value = discord.Permissions(**dict.fromkeys(denied, True)).value
    overwrite = {"id": str(guild.id), "type": 0, "allow": "0", "deny": str(value)}
    return Channel(id=channel.id, name=channel.name, guild_id=guild.id, overwrites=(overwrite,))


async def test_an_account_is_told_with_its_servers_and_no_gateway_is_asked(loopback: Loopback) -> None:
    loopback.guild("Workshop")
    facts = await looked(loopback)
    assert (facts.fault, facts.name, facts.application) == ("", "safi", loopback.bot.id)
    assert facts.servers == ("Home", "Workshop")
    assert not facts.reads_content
    assert {call.method for call in loopback.requests} == {"GET"}
    assert loopback.gateway.received(Op.IDENTIFY) == []


async def test_the_invitation_asks_for_the_six_permissions_and_both_scopes(loopback: Loopback) -> None:
    link = (await looked(loopback)).invitation
    least = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 38
    assert link == (
        f"https://discord.com/oauth2/authorize?client_id={loopback.bot.id}"
        f"&scope=bot+applications.commands&permissions={least}"
    )


@pytest.mark.parametrize("bit", [18, 19], ids=["granted after review", "switched on"])
async def test_the_message_content_intent_is_seen_in_the_applications_flags(loopback: Loopback, bit: int) -> None:
    answering(loopback, "/oauth2/applications/@me", {"flags": 1 << bit})
    assert (await looked(loopback)).reads_content


@pytest.mark.parametrize("public", [True, False])
async def test_it_is_told_whether_anybody_may_invite_the_bot(loopback: Loopback, *, public: bool) -> None:
    answering(loopback, "/oauth2/applications/@me", {"bot_public": public})
    assert (await looked(loopback)).public is public


def answering(loopback: Loopback, path: str, changed: Payload) -> None:
    """Let a path be answered as it is now, but for what is changed."""
    routes = loopback.server.routes
    before, first = Routes(list(routes.table)), Routes()
    first.add({("GET", path): lambda call: before.answer(call) | changed})
    routes.table[:0] = first.table


async def test_a_token_that_discord_does_not_know_is_told_in_the_supervisors_words(loopback: Loopback) -> None:
    assert await looked(loopback, token="another") == Facts(fault=BAD_TOKEN)


async def test_a_discord_that_cannot_be_reached_is_told(loopback: Loopback) -> None:
    loopback.fail("GET", "/users/@me", *[CutBefore()] * 9)
    fault = (await looked(loopback)).fault
    assert fault.startswith("Discord could not be reached (")
    assert fault.endswith("). See that this machine reaches https://discord.com.")


async def test_a_silent_discord_is_left_in_time(loopback: Loopback) -> None:
    settings = Settings(token=loopback.token)
    async with loopback.running():
        facts = await checkup.look(settings, [], patience=0)
    assert facts.fault.startswith("Discord did not take it in time. ")


async def test_of_a_channel_it_tells_the_permissions_that_are_missing(loopback: Loopback) -> None:
    room = loopback.channel("quiet")
    loopback.world.open(denying(room, loopback.home, "embed_links", "attach_files"))
    facts = await looked(loopback, loopback.general.id, room.id)
    assert facts.channels == {
        loopback.general.id: ChannelFacts(name="general", server="Home"),
        room.id: ChannelFacts(name="quiet", server="Home", lacking=("Embed Links", "Attach Files")),
    }


async def test_a_channel_that_is_not_there_hidden_or_no_channel_is_told_as_that(loopback: Loopback) -> None:
    thread, hidden = loopback.thread(loopback.general, "aside"), loopback.channel("hidden")
    alone = loopback.dm(loopback.person("ada"))
    loopback.fail("GET", f"/channels/{hidden.id}", Refused(status=403, body=FORBIDDEN))
    facts = await looked(loopback, 1, thread.id, hidden.id, alone.id)
    assert {identity: found.unseen for identity, found in facts.channels.items()} == {
        1: "not there",
        thread.id: "a thread",
        hidden.id: "hidden",
        alone.id: "wordless",
    }


FORUM = ChannelFacts(name="general", server="Home", forum=True)
WORDLESS = ChannelFacts(unseen="wordless")


@pytest.mark.parametrize(("kind", "facts"), [(15, FORUM), (4, WORDLESS), (99, WORDLESS)])
async def test_a_forum_is_taken_a_category_and_what_nobody_knows_yet_are_not(
    loopback: Loopback, kind: int, facts: ChannelFacts
) -> None:
    answering(loopback, "/channels/{channel}", {"type": kind})
    assert (await looked(loopback, loopback.general.id)).channels == {loopback.general.id: facts}


async def test_roles_are_told_with_their_servers_and_those_that_are_nowhere_as_none(loopback: Loopback) -> None:
    role = loopback.role("Moderators", discord.Permissions.none())
    facts = await looked(loopback, roles=[role.id, 1])
    assert facts.roles == {role.id: "Moderators in Home", 1: None}


async def test_nobody_looks_further_than_for_the_last_role(loopback: Loopback) -> None:
    role = loopback.role("Moderators", discord.Permissions.none())
    loopback.guild("Workshop")
    assert (await looked(loopback, roles=[role.id])).roles == {role.id: "Moderators in Home"}
    assert len(loopback.calls("GET", f"/guilds/{loopback.home.id}")) == 1


async def test_where_not_all_servers_are_searched_a_role_that_was_not_found_is_left_open(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "SEARCHED", 1)
    loopback.guild("Workshop")
    assert (await looked(loopback, roles=[1])).roles == {}


async def test_a_proxy_of_the_environment_is_asked_the_way_to_discord() -> None:
    async with refusing() as asked:
        facts = await checkup.look(Settings(token="unused"), (), patience=PATIENCE)
    assert asked == ["CONNECT discord.com:443 HTTP/1.1"]
    assert (
        facts.fault
        == "Discord could not be reached (ClientHttpProxyError). See that this machine reaches https://discord.com."
    )
