"""The loopback Discord is proved with discord.py itself, and by it what discord.py does when things go wrong."""

import asyncio
from io import BytesIO

import aiohttp
import discord
import pytest

from tests.adapters.chat.cuts import CutAfter, CutBefore, Held
from tests.adapters.chat.discord.loopback.bare import UNPRIVILEGED, Bare, online, started
from tests.adapters.chat.discord.loopback.faults import Garbled, Limited, Refused
from tests.adapters.chat.discord.loopback.gateway import Op
from tests.adapters.chat.discord.loopback.guild import Payload
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.doubles import NOON

POST = ("POST", "/channels/*/messages")
POSTED = ("POST", "/messages")
READING = discord.Intents(UNPRIVILEGED.value, message_content=True)


@pytest.fixture
def loopback() -> Loopback:
    return Loopback(base=NOON)


def room(client: Bare) -> discord.TextChannel:
    found = client.get_channel(client.loopback.general.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_client_logs_in_and_hears_what_is_said(loopback: Loopback) -> None:
    ada = loopback.person("ada")
    async with online(loopback, Bare(loopback)) as client:
        said = loopback.say(loopback.general, ada, "good day")
        await loopback.until(lambda: client.heard)
        message = client.heard[0]
        assert (message.id, message.clean_content, message.created_at.date()) == (said, "@safi good day", NOON.date())
        assert message.mentions == [client.user]


async def test_what_was_missed_between_cut_and_resume_is_heard_once(loopback: Loopback) -> None:
    ada = loopback.person("ada")
    async with online(loopback, Bare(loopback)) as client:
        loopback.say(loopback.general, ada, "one")
        await loopback.until(lambda: client.heard)
        loopback.cut()
        loopback.say(loopback.general, ada, "two")
        loopback.say(loopback.general, ada, "three")
        await loopback.until(lambda: "resumed" in client.events)
        loopback.say(loopback.general, ada, "four")
        await loopback.until(lambda: len(client.heard) == 4)
        assert [message.clean_content for message in client.heard] == [
            f"@safi {text}" for text in ("one", "two", "three", "four")
        ]
        assert (len(loopback.gateway.received(Op.IDENTIFY)), len(loopback.gateway.received(Op.RESUME))) == (1, 1)


@pytest.mark.parametrize("how", ["close code", "op 7", "op 9"])
async def test_a_polite_end_is_resumed_too(loopback: Loopback, how: str) -> None:
    async with online(loopback, Bare(loopback)) as client:
        match how:
            case "close code":
                loopback.cut(4000)
            case "op 7":
                loopback.gateway.reconnect()
            case _:
                loopback.gateway.invalidate(resumable=True)
        loopback.say(loopback.general, loopback.owner, "missed")
        await loopback.until(lambda: client.heard)
        await loopback.until(lambda: "resumed" in client.events)
        assert len(client.heard) == 1


@pytest.mark.parametrize("how", ["told", "found out"])
async def test_a_lost_session_is_begun_anew_and_what_was_missed_stays_missed(loopback: Loopback, how: str) -> None:
    async with online(loopback, Bare(loopback)) as client:
        if how == "told":
            loopback.gateway.invalidate()
        else:
            loopback.gateway.forget()
            loopback.cut()
        loopback.say(loopback.general, loopback.owner, "missed")
        await loopback.until(lambda: client.events.count("ready") == 2)
        loopback.say(loopback.general, loopback.owner, "heard")
        await loopback.until(lambda: client.heard)
        assert [message.clean_content for message in client.heard] == ["@safi heard"]
        assert len(loopback.gateway.received(Op.IDENTIFY)) == 2


async def test_a_wrong_token_is_a_login_failure_over_rest(loopback: Loopback) -> None:
    loopback.token = "another"
    async with started(loopback, Bare(loopback)) as running:
        assert isinstance(await running, discord.LoginFailure)


@pytest.mark.parametrize("code", [4004, 4013])
async def test_a_gateway_that_refuses_for_good_ends_the_client(loopback: Loopback, code: int) -> None:
    loopback.gateway.refusals.append(code)
    client = Bare(loopback)
    async with started(loopback, client) as running:
        error = await running
        assert isinstance(error, discord.ConnectionClosed)
        assert (error.code, client.is_closed()) == (code, True)


async def test_an_intent_the_portal_does_not_grant_is_named_as_such(loopback: Loopback) -> None:
    client = Bare(loopback, READING)
    async with started(loopback, client) as running:
        assert isinstance(await running, discord.PrivilegedIntentsRequired)
        assert not client.is_closed()  # unlike after a ConnectionClosed: whoever catches it has to close


@pytest.mark.parametrize("granted", [False, True])
async def test_only_a_granted_intent_brings_the_text_of_what_is_not_for_the_bot(granted: bool) -> None:
    loopback = Loopback(base=NOON, privileged=discord.Intents(message_content=True).value)
    async with online(loopback, Bare(loopback, READING if granted else UNPRIVILEGED)) as client:
        loopback.say(loopback.general, loopback.owner, "among us", mentions_bot=False)
        loopback.say(loopback.general, loopback.owner, "to you")
        loopback.say(loopback.dm(loopback.owner), loopback.owner, "in private", mentions_bot=False)
        await loopback.until(lambda: len(client.heard) == 3)
        assert [message.clean_content for message in client.heard] == [
            "among us" if granted else "",
            "@safi to you",
            "in private",
        ]


@pytest.mark.parametrize("payload", [{}, {"id": "1", "channel_id": "x"}, {"id": "1", "channel_id": "2"}])
async def test_a_malformed_message_ends_the_client_with_a_bare_error(loopback: Loopback, payload: Payload) -> None:
    client = Bare(loopback)
    async with started(loopback, client) as running:
        loopback.dispatch("MESSAGE_CREATE", payload)
        assert isinstance(await running, KeyError | ValueError)
        assert (client.is_closed(), client.ws.open) == (False, True)  # it hears nothing more, and its heart goes on
        await client.ws.close()


async def test_a_client_that_ended_so_can_connect_again_once_its_socket_is_closed(loopback: Loopback) -> None:
    client = Bare(loopback)
    async with started(loopback, client) as running, asyncio.TaskGroup() as tasks:
        loopback.dispatch("MESSAGE_CREATE", {})
        await running
        await client.ws.close()
        tasks.create_task(client.connect())
        await loopback.until(lambda: client.events.count("ready") == 2)
        loopback.say(loopback.general, loopback.owner, "hello")
        await loopback.until(lambda: client.heard)
        assert len(loopback.gateway.connections) == 1
        await client.close()


async def test_a_frame_that_is_no_json_ends_the_client_with_a_bare_error(loopback: Loopback) -> None:
    async with started(loopback, client := Bare(loopback)) as running:
        loopback.gateway.live[0].put("{not json")
        assert isinstance(await running, ValueError)
        await client.ws.close()


async def test_a_silent_connection_is_left_and_what_it_kept_is_heard(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback, heartbeat_timeout=0.2)) as client:
        loopback.gateway.stall()
        loopback.say(loopback.general, loopback.owner, "hello")
        await loopback.until(lambda: client.heard)
        assert "resumed" in client.events


async def test_heartbeats_are_answered(loopback: Loopback) -> None:
    loopback.gateway.heartbeat_s = 0.01
    async with online(loopback, Bare(loopback)) as client:
        await loopback.until(lambda: len(loopback.gateway.received(Op.HEARTBEAT)) > 2)
        await loopback.until(lambda: client.latency < 60)


@pytest.mark.slow  # discord.py waits up to two seconds before it fails
async def test_a_gateway_that_is_away_at_first_ends_the_client_with_a_bare_error(loopback: Loopback) -> None:
    loopback.gateway.absent = 1
    async with started(loopback, Bare(loopback)) as running:
        assert isinstance(await running, AttributeError)  # client.ws is still None when discord.py asks it for a number


async def test_a_message_told_twice_is_heard_twice(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        said = loopback.say(loopback.general, loopback.owner, "hello")
        loopback.again(said)
        await loopback.until(lambda: len(client.heard) == 2)
        assert [message.id for message in client.heard] == [said, said]


async def test_a_nonce_sent_twice_is_one_message(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        first = await room(client).send("hello", nonce="turn-1")
        second = await room(client).send("hello", nonce="turn-1")
        assert first.id == second.id
        assert loopback.texts(loopback.general) == ["hello"]
        assert [call.body["enforce_nonce"] for call in loopback.calls(*POSTED)] == [True, True]


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_rate_limit_is_waited_for(loopback: Loopback, everywhere: bool) -> None:
    async with online(loopback, Bare(loopback)) as client:
        loopback.fail(*POST, Limited(everywhere=everywhere), Limited())
        await room(client).send("hello")
        assert [call.status for call in loopback.calls(*POSTED)] == [429, 429, 200]
        assert loopback.texts(loopback.general) == ["hello"]


async def test_a_bad_gateway_is_tried_again_by_the_client_and_503_is_not(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        loopback.fail(*POST, Refused(status=502), Refused(status=503))
        with pytest.raises(discord.DiscordServerError):
            await room(client).send("hello")
        assert [call.status for call in loopback.calls(*POSTED)] == [502, 503]


async def test_a_lost_answer_is_a_bare_error_though_the_message_stands(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        for fault in (CutBefore(), CutAfter(), Garbled()):
            loopback.fail(*POST, fault)
            with pytest.raises((aiohttp.ServerDisconnectedError, ValueError)):
                await room(client).send(type(fault).__name__, nonce=type(fault).__name__)
        assert loopback.texts(loopback.general) == ["CutAfter", "Garbled"]
        await room(client).send("CutAfter", nonce="CutAfter")
        assert loopback.texts(loopback.general) == ["CutAfter", "Garbled"]


async def test_a_call_can_be_held_back(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client, asyncio.TaskGroup() as tasks:
        go = asyncio.Event()
        loopback.fail(*POST, Held(until=go))
        sending = tasks.create_task(room(client).send("hello"))
        await loopback.until(lambda: loopback.calls(*POSTED))
        assert loopback.texts(loopback.general) == []
        go.set()
        await sending
        assert loopback.texts(loopback.general) == ["hello"]


async def test_files_go_up_and_come_down(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        sent = await room(client).send("see there", file=discord.File(BytesIO(b"long"), "answer.md"))
        assert await sent.attachments[0].read() == b"long"
        assert loopback.calls(*POSTED)[0].files == {"answer.md": b"long"}
        loopback.say(loopback.general, loopback.owner, "and this?", attachments={"notes.txt": b"notes"})
        await loopback.until(lambda: client.heard)
        assert await client.heard[0].attachments[0].read() == b"notes"
        await sent.edit(attachments=[discord.File(BytesIO(b"short"), "answer.md")])
        assert await sent.attachments[0].read() == b"long"
        assert [told["size"] for told in loopback.posted(loopback.general)[0]["attachments"]] == [5]


async def test_a_message_is_answered_edited_liked_and_deleted(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        said = loopback.say(loopback.general, loopback.owner, "hello")
        await loopback.until(lambda: client.heard)
        async with client.heard[0].channel.typing():
            sent = await client.heard[0].reply("hi")
        await sent.edit(content="hi there")
        await sent.add_reaction("👍")
        loopback.react(sent.id, "👎", loopback.owner)
        await loopback.until(lambda: client.events.count("raw_reaction_add") == 2)
        assert loopback.posted(loopback.general)[0]["message_reference"]["message_id"] == str(said)
        assert loopback.texts(loopback.general) == ["hi there"]
        loopback.edit(said, "hello again")
        loopback.delete(said)
        await loopback.until(lambda: "raw_message_delete" in client.events)
        await sent.delete()
        assert (loopback.texts(loopback.general), len(loopback.calls("POST", "/typing"))) == ([], 1)
        with pytest.raises(discord.HTTPException, match="Unknown message"):
            await client.heard[0].reply("too late")


async def test_what_discord_refuses_is_refused(loopback: Loopback) -> None:
    async with online(loopback, Bare(loopback)) as client:
        with pytest.raises(discord.HTTPException, match="2000 or fewer"):
            await room(client).send("x" * 2_001)
        with pytest.raises(discord.HTTPException, match="empty message"):
            await room(client).send(" "[:0])
        with pytest.raises(discord.NotFound):
            await room(client).fetch_message(1)
