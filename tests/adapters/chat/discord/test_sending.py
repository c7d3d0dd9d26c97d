"""What is posted: in parts, once each, as a reply, silent; and what is said where Discord does not take it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.discord import places, text
from adapters.chat.discord.buttons import rating_view
from adapters.chat.discord.failures import NEEDED, PERMISSION_LACKING, REPLY_FORBIDDEN, missing, reason
from adapters.chat.discord.limits import LIMITS
from adapters.chat.discord.sending import Sender, cut, nonce
from adapters.chat.port import Card, ChatError, Place
from adapters.chat.splitting import ATTACHED, UNATTACHED
from tests.adapters.chat.discord.simulated import simulated
from tests.doubles import NOON

HERE = places.place(guild=1, channel=2)
METADATA = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": NOON.isoformat()}
LONG = "\n\n".join(f"Paragraph {number}. " + "word " * 80 for number in range(40))


@dataclass
class Wire:
    """Stands in for discord.py's client: keeps what is sent, and fails as it is told to, once each."""

    failures: list[Exception | None] = field(default_factory=list[Exception | None])
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    slept: list[float] = field(default_factory=list[float])

    def sender(self, patience: float = 60.0) -> Sender:
        return Sender(client=self._client, clock=self, under=lambda: None, patience=patience)

    async def _client(self) -> discord.Client:
        return cast("discord.Client", self)

    def get_partial_messageable(self, channel: int, *, guild_id: int | None) -> "Wire":
        return self

    def get_channel(self, channel: int) -> None:
        return None

    async def send(self, **made: Any) -> Any:
        self.sent.append(made)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        return SimpleNamespace(id=100 + len(self.sent))

    def now(self) -> datetime:
        return NOON

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def refused(status: int, code: int, kind: type[discord.HTTPException] = discord.HTTPException) -> discord.HTTPException:
    """An error as discord.py raises it; its words are the platform's, or what was sent."""
    response = SimpleNamespace(status=status, reason="")
    return kind(cast("aiohttp.ClientResponse", response), {"code": code, "message": "a canary"})


def down() -> discord.HTTPException:
    return refused(503, 0, discord.DiscordServerError)


@given(turn_id=st.text(), part=st.integers(0, 9), other=st.text())
def test_a_part_has_one_nonce_that_is_its_own_and_fits(turn_id: str, part: int, other: str) -> None:
    turn_id, other = (each.encode("utf-8", "replace").decode() for each in (turn_id, other))
    assert nonce(turn_id, part) == nonce(turn_id, part)
    assert len(nonce(turn_id, part)) <= LIMITS.message.nonce
    assert nonce(turn_id, part) != nonce(turn_id, part + 1)
    assert (nonce(turn_id, part) == nonce(other, part)) == (turn_id == other)


def test_a_short_answer_is_one_part_and_a_long_one_at_most_five_with_the_rest_attached() -> None:
    (only,) = cut("Hello", turn_id="t", reply_to="7")
    assert (only.content, only.reply_to, only.rest, only.rated) == ("Hello", "7", None, True)
    parts = cut(LONG, turn_id="t", reply_to="7")
    assert len(parts) == LIMITS.message.parts
    assert all(text.length(part.content) <= LIMITS.message.content for part in parts)
    assert [part.reply_to for part in parts] == ["7", None, None, None, None]
    assert [part.rest for part in parts] == [None, None, None, None, LONG]
    assert len({part.nonce for part in parts}) == len(parts)


def test_words_that_nobody_could_see_are_no_answer() -> None:
    with pytest.raises(ChatError, match="nothing to be read"):
        cut("\u200b \u2060", turn_id="t", reply_to=None)


async def test_an_answer_goes_out_in_order_and_silently() -> None:
    wire = Wire()
    posted = await wire.sender().say(HERE, LONG, turn_id="t", reply_to="7")
    assert (posted.message_id, posted.more) == ("101", ("102", "103", "104", "105"))
    assert [made["nonce"] for made in wire.sent] == [nonce("t", number) for number in range(5)]
    assert all(made["suppress_embeds"] for made in wire.sent)
    reference = wire.sent[0]["reference"]
    assert (reference.message_id, reference.channel_id, reference.fail_if_not_exists) == (7, 2, False)
    assert ["reference" in made for made in wire.sent[1:]] == [False] * 4
    assert wire.sent[-1]["file"].filename == "answer.md"


async def test_what_may_have_arrived_is_sent_again_with_the_same_nonce() -> None:
    wire = Wire(failures=[aiohttp.ServerDisconnectedError(), down()])
    await wire.sender().say(HERE, "Hello", turn_id="t", reply_to=None)
    assert [made["nonce"] for made in wire.sent] == [nonce("t", 0)] * 3
    assert wire.slept == [1.0, 3.0]


async def test_after_three_tries_it_is_given_up() -> None:
    wire = Wire(failures=[down(), RuntimeError("Session is closed"), ConnectionResetError()])
    with pytest.raises(ChatError, match="could not be reached"):
        await wire.sender().say(HERE, "Hello", turn_id="t", reply_to=None)


async def test_what_is_refused_is_not_sent_again() -> None:
    wire = Wire(failures=[refused(403, 50001, discord.Forbidden)])
    with pytest.raises(ChatError, match="View Channel"):
        await wire.sender().say(HERE, "Hello", turn_id="t", reply_to=None)
    assert len(wire.sent) == 1


@pytest.mark.parametrize("refusal", [refused(403, REPLY_FORBIDDEN, discord.Forbidden), refused(400, 160009)])
async def test_where_replies_are_not_allowed_the_answer_is_no_reply(refusal: discord.HTTPException) -> None:
    wire = Wire(failures=[refusal])
    await wire.sender().say(HERE, "Hello", turn_id="t", reply_to="7")
    assert ["reference" in made for made in wire.sent] == [True, False]
    assert len({made["nonce"] for made in wire.sent}) == 1


async def test_where_no_file_can_be_attached_the_answer_says_that_it_goes_on() -> None:
    lacking = refused(403, PERMISSION_LACKING, discord.Forbidden)
    wire = Wire(failures=[None, None, None, None, lacking])
    posted = await wire.sender().say(HERE, LONG, turn_id="t", reply_to=None)
    assert len(posted.more) == 4
    tried, last = wire.sent[-2:]
    assert ("file" in tried, "file" in last) == (True, False)
    assert last["content"] == tried["content"].removesuffix(ATTACHED) + UNATTACHED
    assert last["nonce"] == tried["nonce"]
    assert text.length(last["content"]) <= LIMITS.message.content


async def test_where_nothing_can_be_said_nothing_more_is_tried() -> None:
    lacking = refused(403, PERMISSION_LACKING, discord.Forbidden)
    wire = Wire(failures=[lacking])
    with pytest.raises(ChatError, match="lacks a permission"):
        await wire.sender().say(HERE, "Hello", turn_id="t", reply_to="7")
    assert len(wire.sent) == 1


@pytest.mark.parametrize("odd", [TypeError("string indices"), KeyError("id")])
async def test_an_answer_of_discords_that_cannot_be_read_may_mean_that_it_arrived(odd: Exception) -> None:
    wire = Wire(failures=[odd])
    assert (await wire.sender().say(HERE, "Hello", turn_id="t", reply_to=None)).message_id == "102"
    assert [made["nonce"] for made in wire.sent] == [nonce("t", 0)] * 2


@pytest.mark.parametrize(
    "odd", [TypeError("a canary"), AttributeError("a canary"), discord.ClientException("a canary")]
)
async def test_whatever_discords_client_raises_ends_no_more_than_what_was_to_be_said(odd: Exception) -> None:
    told = rf"what Discord answered cannot be read \({type(odd).__name__}\)"
    with pytest.raises(ChatError, match=told):
        await Wire(failures=[odd] * 3).sender().say(HERE, "Hello", turn_id="t", reply_to=None)
    with pytest.raises(ChatError, match=told):
        await Wire(failures=[odd]).sender().show(HERE, Card(title="Hello"))


class Orphaned(Wire):
    """A client that knows a thread and not its parent."""

    def get_channel(self, channel: int) -> Any:
        guild = cast("Any", SimpleNamespace(id=1, me=None, get_channel=lambda _: None))  # pyright: ignore[reportUnknownLambdaType]  # nothing is there
        payload = {"id": "2", "parent_id": "3", "owner_id": "4", "name": "", "type": 11, "thread_metadata": METADATA}
        payload |= {"message_count": 0, "member_count": 0}
        return discord.Thread(guild=guild, state=cast("Any", None), data=cast("Any", payload))


async def test_in_a_thread_without_a_parent_nobody_knows_which_permission_is_missing() -> None:
    wire = Orphaned(failures=[refused(403, PERMISSION_LACKING, discord.Forbidden)])
    with pytest.raises(ChatError, match=r"lacks a permission in the channel$"):
        await wire.sender().say(HERE, "Hello", turn_id="t", reply_to=None)


async def test_what_is_out_counts_although_a_later_part_fails(caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire(failures=[None, None, refused(403, 50001, discord.Forbidden)])
    posted = await wire.sender().say(HERE, LONG, turn_id="t", reply_to=None)
    assert (posted.message_id, posted.more) == ("101", ("102",))
    assert "2 of 5 parts were posted" in caplog.text


async def test_a_question_that_cannot_be_on_discord_is_not_replied_to() -> None:
    wire = Wire()
    await wire.sender().say(HERE, "Hello", turn_id="t", reply_to="m7")
    assert wire.sent[0]["reference"] is None


async def never() -> discord.Client:
    await asyncio.Event().wait()
    raise AssertionError


async def test_nobody_waits_for_ever() -> None:
    sender = Sender(client=never, clock=Wire(), under=lambda: None, patience=0.0)
    with pytest.raises(ChatError, match="in time"):
        await sender.say(HERE, "Hello", turn_id="t", reply_to=None)
    with pytest.raises(ChatError, match="in time"):
        await sender.show(HERE, Card(title="Hello"))


TOLD = (
    (refused(404, 10003), "not there any more"),
    (refused(403, 50007), "no direct messages"),
    (refused(400, 50083), "archived"),
    (refused(400, 160005), "locked"),
    (refused(403, 50013), "lacks permissions in the channel: Send Messages"),
    (refused(400, 50035), "status 400, code 50035"),
    (discord.RateLimited(61.4), "61 seconds"),
    (TimeoutError(), "in time"),
    (aiohttp.ClientError(), "could not be reached"),
)


@pytest.mark.parametrize(("error", "words"), TOLD, ids=[words for _, words in TOLD])
def test_every_refusal_has_its_words_and_none_of_ours(error: Exception, words: str) -> None:
    told = reason(error, ("Send Messages",))
    assert words in told
    assert "canary" not in told


def test_a_permission_that_is_missing_is_named_where_it_is_unknown_which_it_is_not() -> None:
    assert reason(refused(403, 50013)) == "the bot lacks a permission in the channel"
    assert missing(discord.Permissions.none(), thread=False) == tuple(
        name for flag, name in NEEDED.items() if flag != "send_messages_in_threads"
    )
    assert missing(discord.Permissions(**dict.fromkeys(NEEDED, True)), thread=True) == ()


async def test_on_discord_an_answer_has_its_buttons_under_the_last_part_and_the_rest_in_a_file() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        posted = await there.chat.say(here, LONG, turn_id="t", reply_to=None)
        messages = there.own()
        assert [str(message.id) for message in messages] == [posted.message_id, *posted.more]
        assert [bool(message.components) for message in messages] == [False] * 4 + [True]
        (file,) = messages[-1].attachments
        assert (await file.read()).decode() == LONG


async def test_on_discord_nothing_stands_under_words_that_nobody_is_asked_about() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        await there.chat.say(here, "You are not alone.", turn_id="t", reply_to=None, rated=False)
        assert not there.own()[0].components


async def test_on_discord_nothing_stands_under_answers_where_that_is_off() -> None:
    async with simulated(rating_buttons=False) as there:
        await there.ada.send(there.channel, f"{there.bot} hello")
        assert not there.own()[0].components
        assert rating_view() is not None


async def test_on_discord_a_missing_permission_is_named() -> None:
    async with simulated() as there:
        here = places.place(guild=there.guild.id, channel=there.channel.id)
        looks = {"permissions": discord.Permissions(view_channel=True).value}
        for role in list(there.env.backend.get_guild(there.guild.id).roles):
            there.env.backend.edit_role(there.guild.id, role, looks)
        await there.env.settle()
        with pytest.raises(ChatError, match="lacks permissions in the channel: Send Messages"):
            await there.chat.say(here, "Hello", turn_id="t", reply_to=None)


async def test_on_discord_a_channel_that_is_gone_is_told() -> None:
    async with simulated() as there:
        gone = places.place(guild=there.guild.id, channel=1)
        with pytest.raises(ChatError, match="not there any more"):
            await there.chat.say(gone, "Hello", turn_id="t", reply_to=None)
        with pytest.raises(ChatError, match="not there any more"):
            await there.chat.show(gone, Card(title="Hello"))


async def test_a_place_of_another_platform_is_refused() -> None:
    with pytest.raises(ChatError, match="no place"):
        await Wire().sender().say(Place(workspace="console", channel="c"), "Hello", turn_id="t", reply_to=None)
