"""The whole adapter over real sockets, against a Discord on this machine: cuts, faults, bad events; one answer each."""

import asyncio
import threading
from types import MethodType

import discord
import pytest
from discord.gateway import KeepAliveHandler

from adapters.chat.discord import places
from adapters.chat.discord.platform import Discord
from adapters.chat.discord.settings import Settings
from adapters.chat.port import ChatError, Inbound
from adapters.chat.supervision import ChatRefused
from tests.adapters.chat.cuts import CutAfter, CutBefore
from tests.adapters.chat.discord.loopback.faults import Fault, Garbled, Limited, Refused
from tests.adapters.chat.discord.loopback.gateway import Op
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.adapters.chat.discord.serving import Line, Noon, connecting, line
from tests.adapters.chat.discord.simulated import Core, KeptNotes
from tests.doubles import NOON

POST = ("POST", "/channels/*/messages")


async def test_what_was_missed_in_a_cut_is_answered_once_after_a_resume() -> None:
    async with line() as there:
        await there.asked("one")
        there.loopback.cut()
        await there.asked("two", "three")
        assert there.texts == [f"You said: {text}" for text in ("one", "two", "three")]
        received = there.loopback.gateway.received
        assert (len(received(Op.IDENTIFY)), len(received(Op.RESUME))) == (1, 1)


async def test_a_session_that_is_lost_is_begun_anew_by_the_same_client() -> None:
    async with line() as there:
        there.loopback.gateway.forget()
        there.loopback.cut()
        await there.loopback.until(lambda: there.events.count("ready") == 2)
        await there.asked("still there?")
        assert len(there.clients) == 1


@pytest.mark.parametrize(
    "fault",
    [Limited(), Limited(everywhere=True), Refused(status=503), CutBefore(), CutAfter(), Garbled()],
    ids=["limited", "limited everywhere", "503", "cut before", "cut after", "garbled"],
)
async def test_an_answer_is_posted_once_whatever_happens_on_its_way(fault: Fault) -> None:
    async with line() as there:
        there.loopback.fail(*POST, fault)
        await there.asked("hello")
        await there.asked("and again")
        assert there.texts == ["You said: hello", "You said: and again"]
        assert not there.core.refused


async def test_an_outage_is_told_and_the_next_question_is_answered() -> None:
    async with line() as there:
        there.loopback.fail(*POST, *[Refused(status=503)] * 3)
        there.loopback.say(there.loopback.general, there.loopback.owner, "hello")
        await there.loopback.until(lambda: there.core.refused)
        assert there.core.refused == ["Discord refused it (status 503, code 0)"]
        await there.asked("again")


async def test_a_message_that_is_told_twice_is_answered_once() -> None:
    async with line() as there:
        message = there.loopback.say(there.loopback.general, there.loopback.owner, "hello")
        there.loopback.again(message)
        await there.asked("and?")
        assert there.texts == ["You said: hello", "You said: and?"]


@pytest.mark.parametrize("payload", [{}, {"id": "1", "channel_id": "x"}, {"id": "1", "channel_id": "2"}], ids=range(3))
async def test_a_malformed_message_is_passed_over_on_the_same_line(
    payload: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    async with line() as there:
        there.loopback.dispatch("MESSAGE_CREATE", payload)
        await there.asked("still there?")
        assert len(there.clients) == 1
    assert "MESSAGE_CREATE that cannot be read" in caplog.text


async def test_a_turn_that_is_said_again_after_a_restart_stands_there_once() -> None:
    loopback, posted = Loopback(base=NOON), set[str]()
    for _ in range(2):
        async with line(loopback) as there:
            heard = await _heard(there)
            again = await there.chat.say(heard.place, "An answer.", turn_id="turn", reply_to=None)
            posted.add(again.message_id)
    assert loopback.texts(loopback.general).count("An answer.") == len(posted) == 1


async def _heard(there: Line) -> Inbound:
    await there.asked("where are we?")
    return there.core.heard[-1]


async def test_a_text_that_is_attached_is_downloaded() -> None:
    async with line() as there:
        there.loopback.say(
            there.loopback.general,
            there.loopback.owner,
            "look",
            attachments={"notes.txt": b"Apples.", "x.bin": b"\x00"},
        )
        await there.answered("look")
        (heard,) = there.core.heard
        assert [(file.name, file.text) for file in heard.files] == [("notes.txt", "Apples.")]
        assert heard.unread == ("x.bin",)


async def test_a_burst_over_channels_keeps_the_order_of_each() -> None:
    loopback = Loopback(base=NOON)
    rooms = [loopback.channel(f"room-{number}") for number in range(5)]
    async with line(loopback) as there:
        for number in range(10):
            for room in rooms:
                loopback.say(room, loopback.owner, str(number))
        await loopback.until(lambda: all(len(loopback.texts(room)) == 10 for room in rooms))
        for room in rooms:
            assert [heard.text for heard in there.core.heard if heard.place.channel == str(room.id)] == [
                str(number) for number in range(10)
            ]


async def test_while_nothing_can_be_posted_nobody_is_told_that_it_was() -> None:
    async with line() as there:
        heard = await _heard(there)
    with pytest.raises(ChatError):
        await there.chat.say(heard.place, "too late", turn_id="t", reply_to=None)


async def test_behind_a_proxy_rest_gateway_and_files_are_all_reached_through_it() -> None:
    """No machine has that name: only the proxy knows where it leads."""
    async with line(Loopback(base=NOON, name="discord.test")) as there:
        there.loopback.say(there.loopback.general, there.loopback.owner, "look", attachments={"notes.txt": b"Apples."})
        await there.answered("look")
        assert [file.text for file in there.core.heard[0].files] == ["Apples."]


async def test_what_is_said_before_all_is_ready_waits_for_that() -> None:
    loopback = Loopback(base=NOON)
    place = places.place(guild=loopback.home.id, channel=loopback.general.id)
    chat = Discord(Settings(token=loopback.token), notes=KeptNotes(), clock=Noon(), connect=connecting(loopback))
    async with loopback.running(), asyncio.TaskGroup() as group:
        said = group.create_task(chat.say(place, "Hello", turn_id="t", reply_to=None))
        running = group.create_task(chat.run(Core(chat=chat).handlers()))
        await said
        running.cancel()
    assert loopback.texts(loopback.general) == ["Hello"]


async def test_a_client_that_discord_turned_away_is_replaced() -> None:
    loopback = Loopback(base=NOON)
    loopback.gateway.refusals.append(4013)
    async with line(loopback) as there:
        await there.asked("hello")
        assert len(there.clients) == 2


async def test_a_token_that_discord_does_not_know_ends_the_run_with_what_to_do() -> None:
    loopback = Loopback(base=NOON)
    async with loopback.running():
        with pytest.raises(ChatRefused, match="Reset Token"):
            await Discord(Settings(token="another"), notes=KeptNotes(), clock=Noon()).run(Core().handlers())


async def test_an_intent_that_is_not_granted_ends_the_run_with_what_to_do() -> None:
    loopback = Loopback(base=NOON)
    settings = Settings(token=loopback.token, free_response=frozenset({loopback.general.id}))
    async with loopback.running():
        with pytest.raises(ChatRefused, match="Privileged Gateway Intents"):
            await Discord(settings, notes=KeptNotes(), clock=Noon()).run(Core().handlers())


async def test_it_is_closed_to_the_end_however_often_that_is_cancelled() -> None:
    loopback, clients = Loopback(base=NOON), list[discord.Client]()
    connect = connecting(loopback, clients.append)
    chat = Discord(Settings(token=loopback.token), notes=KeptNotes(), clock=Noon(), connect=connect)
    async with loopback.running():
        async with asyncio.TaskGroup() as group:
            running = group.create_task(chat.run(Core(chat=chat).handlers()))
            await chat.ready()
            for _ in range(4):
                running.cancel()
                await asyncio.sleep(0)
        (client,) = clients
        assert client.is_closed()
        assert client.http.connector.closed
    hearts = [heart for heart in threading.enumerate() if isinstance(heart, KeepAliveHandler)]
    for heart in hearts:
        heart.join()


async def test_a_connection_that_is_given_up_while_it_is_made_leaves_nothing_that_beats() -> None:
    loopback, begun = Loopback(base=NOON), asyncio.Event()

    class Slow(discord.Client):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            begun.set()
            await asyncio.Event().wait()

    async def connect(client: discord.Client) -> None:
        client.before_identify_hook = MethodType(Slow.before_identify_hook, client)
        await client.start(loopback.token)

    chat = Discord(Settings(token=loopback.token), notes=KeptNotes(), clock=Noon(), connect=connect)
    async with loopback.running(), asyncio.TaskGroup() as group:
        running = group.create_task(chat.run(Core(chat=chat).handlers()))
        await begun.wait()
        hearts = [heart for heart in threading.enumerate() if isinstance(heart, KeepAliveHandler)]
        assert hearts
        running.cancel()
    for heart in hearts:
        heart.join()
