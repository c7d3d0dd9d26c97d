"""Discord as a Chat: when something can be posted, where moderators are told, typing, commands, beginning and end."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import discord
import pytest
from simcord import HttpLogEntry

from adapters.chat.discord import client as client_module
from adapters.chat.discord import places
from adapters.chat.discord.platform import Discord
from adapters.chat.discord.settings import Settings
from adapters.chat.port import Card, ChatError, Command, Invocation, Place
from adapters.chat.supervision import ChatRefused
from tests.adapters.chat.discord.simulated import FREE, PATIENCE, Core, KeptNotes, World, simulated
from tests.doubles import HandClock

NOWHERE = Place(workspace="discord:1", channel="2")


class Watched(HandClock):
    """A clock that says when somebody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asleep.set()
        await super().sleep(seconds)


def bare(connect: Callable[[discord.Client], Any], clock: HandClock | None = None) -> Discord:
    return Discord(Settings(token="t"), notes=KeptNotes(), clock=clock or HandClock(), connect=connect)


async def unreached(client: discord.Client) -> None:
    raise AssertionError


def calls(there: World, method: str, end: str) -> list[HttpLogEntry]:
    return [call for call in there.env.http_requests if call.method == method and call.path.endswith(end)]


async def test_something_can_be_posted_once_it_is_ready() -> None:
    async with simulated() as there, asyncio.timeout(PATIENCE):
        await there.chat.ready()
        assert there.chat.remembers(f"discord:{there.guild.id}") == timedelta(minutes=2)


async def test_the_moderators_channel_of_a_server_is_the_configured_one_that_lies_in_it() -> None:
    async with simulated(moderators=frozenset({FREE, 1})) as there:
        workspace = places.place(guild=there.guild.id, channel=1).workspace
        assert there.chat.moderators(workspace) is None
        there.free()
        assert there.chat.moderators(workspace) == places.place(guild=there.guild.id, channel=FREE)
        assert there.chat.moderators("discord:1") is None
        assert there.chat.moderators("discord:@me") is None


async def test_a_card_is_posted() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        posted = await there.chat.show(here, Card(title="Status", sentence="All is well."))
        (message,) = there.own()
        assert (posted.place, posted.message_id) == (here, str(message.id))


async def test_typing_is_shown_while_the_bot_works_and_no_longer() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        async with there.chat.working(here):
            while not calls(there, "POST", "/typing"):  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0)
        with pytest.raises(ZeroDivisionError):
            async with there.chat.working(here):
                raise ZeroDivisionError


async def test_working_where_nothing_can_be_shown_harms_nobody() -> None:
    async with simulated() as there:
        there.env.inject_error("POST", "/channels/*/typing", status=403, code=50001)
        for place in (NOWHERE, Place(workspace="console", channel="c")):
            async with there.chat.working(place):
                await there.env.settle()
    async with bare(unreached).working(NOWHERE):
        pass


async def test_working_while_all_ends_harms_nobody() -> None:
    chat = bare(unreached)
    async with asyncio.TaskGroup() as over:
        pass
    chat._run._group = over  # pyright: ignore[reportPrivateUsage]  # as it is once a handler has failed
    async with chat.working(NOWHERE):
        pass


async def test_where_all_ends_before_anything_could_be_posted_it_is_never_ready() -> None:
    async def connect(client: discord.Client) -> None:
        await asyncio.Event().wait()

    chat = bare(connect)
    with pytest.RaisesGroup(pytest.RaisesExc(ChatError, match="has left")):
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(Core().handlers()))
            group.create_task(chat.ready())
            await asyncio.sleep(0)
            running.cancel()


async def test_whoever_waits_to_post_something_is_told_of_the_end() -> None:
    async def connect(client: discord.Client) -> None:
        await asyncio.Event().wait()

    chat = bare(connect)
    with pytest.RaisesGroup(pytest.RaisesExc(ChatError, match="has left")):
        async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
            running = group.create_task(chat.run(Core().handlers()))
            group.create_task(chat.say(NOWHERE, "Hello", turn_id="t", reply_to=None))
            await asyncio.sleep(0)
            running.cancel()


async def test_after_the_end_nothing_is_posted_any_more() -> None:
    async with simulated() as there:
        pass
    with pytest.raises(ChatError, match="has left"):
        await there.chat.say(NOWHERE, "Hello", turn_id="t", reply_to=None)


async def test_whoever_must_change_something_first_is_told_so_and_not_in_a_group() -> None:
    async def connect(client: discord.Client) -> None:
        raise discord.LoginFailure("Improper token has been passed.")

    with pytest.raises(ChatRefused, match="Reset Token"):
        await bare(connect).run(Core().handlers())


async def test_a_connection_that_ends_is_replaced_by_a_new_client() -> None:
    clients: list[discord.Client] = []
    again = asyncio.Event()

    async def connect(client: discord.Client) -> None:
        clients.append(client)
        if len(clients) == 2:
            again.set()
            await asyncio.Event().wait()
        raise KeyError

    clock = Watched()
    async with asyncio.TaskGroup() as group, asyncio.timeout(PATIENCE):
        running = group.create_task(bare(connect, clock).run(Core().handlers()))
        await clock.asleep.wait()
        clock.pass_time(1)
        await again.wait()
        running.cancel()
    assert clients[0] is not clients[1]
    assert clients[0].is_closed()


async def _run(_: Invocation) -> Card:
    return Card(title="Values", sentence="What it stands for.")


def _row(name: str) -> Command:
    return Command(name=name, summary=f"About {name}.", audience="everyone", run=_run)


async def test_discord_is_told_of_the_commands_only_if_they_have_changed() -> None:
    notes = KeptNotes()
    starts = ((("values",), 1), (("values",), 0), (("values", "about"), 1))
    for names, told in starts:
        core = Core(commands=tuple(map(_row, names)))
        async with simulated(core, notes=notes) as there:
            assert len(calls(there, "PUT", "/commands")) == told


async def test_commands_that_discord_does_not_take_stop_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(client: discord.Client) -> None:
        async def sync() -> None:
            raise ConnectionResetError

        client.tree.sync = sync  # type: ignore[attr-defined]

    notes = KeptNotes()
    async with simulated(Core(commands=(_row("values"),)), notes=notes, prepare=broken) as there:
        await there.ada.send(there.channel, f"{there.bot} hello")
        assert there.texts() == ["You said: hello"]
    assert "Discord was not told of the commands" in caplog.text
    assert not notes.kept


async def test_commands_that_discord_did_not_take_are_told_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_SYNC_AGAIN", 0.0)
    notes, tries, again = KeptNotes(), [ConnectionResetError()], asyncio.Event()

    def failing_once(client: discord.Client) -> None:
        async def sync() -> None:
            if tries:
                raise tries.pop()
            again.set()

        client.tree.sync = sync  # type: ignore[attr-defined]

    async with simulated(Core(commands=(_row("values"),)), notes=notes, prepare=failing_once) as there:
        await again.wait()
        await there.env.settle()
        assert len(notes.kept) == 1


async def test_when_discord_shows_a_command_that_is_gone_the_next_start_tells_it_anew() -> None:
    notes = KeptNotes()
    core = Core(commands=(_row("values"),))
    async with simulated(core, notes=notes) as there:
        there.env.bot.tree.remove_command("values")  # type: ignore[attr-defined]
        await there.ada.slash(there.channel, "values")
        await there.env.settle()
    async with simulated(core, notes=notes) as there:
        assert len(calls(there, "PUT", "/commands")) == 1


async def test_a_command_is_answered_and_a_button_under_an_answer_counts() -> None:
    async with simulated(Core(commands=(_row("values"),))) as there:
        result = await there.ada.slash(there.channel, "values")
        assert result.response is not None
        assert "What it stands for." in result.response.content
        await there.ada.send(there.channel, f"{there.bot} hello")
        (answer,) = there.own()
        await there.ada.click(answer, custom_id=answer.components[0].children[0].custom_id)  # type: ignore[union-attr]
        assert [rating.vote for rating in there.core.ratings] == ["up"]
