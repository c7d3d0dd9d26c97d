"""What is heard on Discord and what is not, and what a message says, seen through discord.py under simcord."""

import discord
import pytest
from simcord.enums import MessageType

from adapters.chat.discord.inbound import place_of
from adapters.chat.discord.places import place
from adapters.chat.port import DIRECT_MESSAGES_OFF, Quoted
from tests.adapters.chat.discord.simulated import FREE, World, simulated


def _forget(there: World, thread: int) -> None:
    """Have the client know nothing of a thread, as of one that Discord did not tell of."""
    guild = there.env.bot.get_guild(there.guild.id)
    assert guild is not None
    guild._threads.pop(thread)  # pyright: ignore[reportPrivateUsage]  # nothing else makes it forget


async def test_only_what_is_addressed_to_the_bot_is_heard() -> None:
    async with simulated() as there:
        bob = there.guild.add_member(there.env.create_user("bob"))
        await there.ada.send(there.channel, "nobody in particular")
        await there.ada.send(there.channel, "@everyone hello")
        await there.ada.send(there.channel, f"{bob.mention} hello")
        await there.ada.send(there.channel, f"hello {there.bot}")
        assert [heard.text for heard in there.core.heard] == ["hello"]


async def test_a_mention_of_the_role_that_discord_made_for_the_bot_is_one_of_the_bot() -> None:
    async with simulated(free_response=frozenset({FREE})) as there:
        own, other = (there.guild.create_role(name) for name in ("safi", "others"))
        told = {"id": str(own.id), "name": "safi", "permissions": "0", "position": 1, "color": 0, "hoist": False}
        role = told | {"managed": True, "mentionable": True, "flags": 0, "tags": {"bot_id": str(there.me)}}
        there.env.backend.emit("GUILD_ROLE_UPDATE", {"guild_id": str(there.guild.id), "role": role})
        await there.ada.send(there.channel, f"{other.mention} good morning")
        await there.ada.send(there.channel, f"{own.mention} good morning")
        assert [heard.text for heard in there.core.heard] == ["good morning"]


async def test_bots_webhooks_the_bot_itself_and_the_platform_are_never_heard() -> None:
    async with simulated(free_response=frozenset({FREE})) as there:
        free = there.free()
        other = there.guild.add_member(there.env.create_user("other", bot=True))
        await other.send(free, f"{there.bot} good morning")
        await there.guild.create_webhook(free).send(f"{there.bot} good morning")
        there.guild.create_system_message(free, MessageType.NEW_MEMBER, author=there.ada)
        await there.chat.say(place(guild=there.guild.id, channel=FREE), "Hello", turn_id="t", reply_to=None)
        await there.env.settle()
        assert not there.core.heard
        assert there.texts(free) == ["Hello"]


async def test_a_reply_to_the_bot_is_heard_if_it_pings() -> None:
    async with simulated() as there:
        await there.ada.send(there.channel, f"{there.bot} one")
        (answer,) = there.own()
        reply = await there.ada.send(there.channel, "and two?", reply_to=answer)
        heard = there.core.heard[-1]
        assert (heard.text, heard.message_id, heard.replies_to) == ("and two?", str(reply.id), str(answer.id))
        assert heard.quoted is None


async def test_what_somebody_else_said_is_quoted_where_a_reply_mentions_the_bot() -> None:
    async with simulated(free_response=frozenset({FREE})) as there:
        bob = there.guild.add_member(there.env.create_user("bob"))
        said = await bob.send(there.channel, "The earth is flat.")
        await there.ada.send(there.channel, f"{there.bot} is that so?", reply_to=said)
        (heard,) = there.core.heard
        assert heard.quoted == Quoted(author=str(bob.id), text="The earth is flat.")
        assert heard.replies_to == str(said.id)


async def test_without_the_content_intent_a_quoted_message_may_be_empty_and_is_passed_on_as_such() -> None:
    async with simulated() as there:
        said = await there.ada.send(there.channel, "The earth is flat.")
        await there.ada.send(there.channel, f"{there.bot} is that so?", reply_to=said)
        (heard,) = there.core.heard
        assert (heard.quoted, heard.replies_to) == (Quoted(author=str(there.ada.id), text=""), str(said.id))


async def test_what_is_forwarded_is_never_taken() -> None:
    async with simulated(free_response=frozenset({FREE})) as there:
        free = there.free()
        secret = await there.ada.send(there.channel, "a canary")
        await there.ada.forward(secret, free)
        (heard,) = there.core.heard
        assert (heard.text, heard.quoted, heard.replies_to) == ("", None, None)


async def test_in_a_free_response_channel_and_its_threads_everything_is_heard() -> None:
    async with simulated(free_response=frozenset({FREE})) as there:
        free = there.free()
        there.env.backend.create_thread(FREE, "aside", there.ada.id)
        (thread,) = free.threads
        await there.ada.send(free, "one")
        await there.ada.send(thread, "two")
        first, second = there.core.heard
        assert (first.text, first.place) == ("one", place(guild=there.guild.id, channel=FREE))
        assert (second.text, second.place) == ("two", place(guild=there.guild.id, channel=FREE, thread=thread.id))
        assert there.texts(thread) == ["You said: two"]


async def test_a_thread_stands_under_its_channel() -> None:
    async with simulated() as there:
        thread = there.thread()
        await there.ada.send(thread, f"{there.bot} hello")
        (heard,) = there.core.heard
        assert heard.place == place(guild=there.guild.id, channel=there.channel.id, thread=thread.id)


async def test_a_thread_that_discord_did_not_tell_of_is_looked_up() -> None:
    async with simulated() as there:
        thread = there.thread()
        _forget(there, thread.id)
        await there.ada.send(thread, f"{there.bot} hello")
        assert [heard.place.thread for heard in there.core.heard] == [str(thread.id)]


async def test_what_is_said_where_nothing_can_be_looked_up_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    async with simulated() as there:
        thread = there.thread()
        _forget(there, thread.id)
        there.env.inject_error("GET", "/channels/*", status=403, code=50001)
        await there.ada.send(thread, "nobody asks where this was said")
        await there.ada.send(thread, f"{there.bot} hello")
        assert not there.core.heard
        assert "cannot be looked up" in caplog.text


async def test_direct_messages_are_heard_where_they_are_on() -> None:
    async with simulated(direct_messages=True) as there:
        await there.ada.send_dm("hello")
        (heard,) = there.core.heard
        assert (heard.text, heard.unanswered) == ("hello", None)
        assert heard.place.workspace == "discord:@me"
        assert there.texts(there.ada.user.dm_channel) == ["You said: hello"]


async def test_direct_messages_are_brought_without_their_words_where_they_are_off() -> None:
    async with simulated() as there:
        await there.ada.send_dm("a secret")
        (heard,) = there.core.heard
        assert (heard.text, heard.quoted, heard.files, heard.unanswered) == ("", None, (), DIRECT_MESSAGES_OFF)


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("{bot} hello", "hello"),
        ("{bot}, hello", "hello"),
        ("  {bot}\n{bot}: hello", "hello"),
        ("hello {bot}", "hello"),
        ("hello {bot}, how are you?", "hello, how are you?"),
        ("what does {bot} think", "what does think"),
        ("{bot} ask {ada} in {channel}", "ask @ada in #general"),
        ("{bot} ask <@123> in <#123> or <@&123>", "ask @unknown in #unknown or @unknown"),
        ("{bot} look <:party:123> <a:dance:456> </why:789>", "look :party: :dance: /why"),
        ("{bot} 1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("{bot}", ""),
    ],
)
async def test_a_message_is_read_as_people_see_it(typed: str, read_as: str) -> None:
    async with simulated() as there:
        typed = typed.format(bot=there.bot, ada=there.ada.mention, channel=there.channel.mention)
        await there.ada.send(there.channel, typed)
        assert [heard.text for heard in there.core.heard] == [read_as]


def test_what_is_no_channel_of_words_is_no_place() -> None:
    assert place_of(discord.Object(1)) is None
