"""What holds for every chat adapter: its tests inherit `ChatContract` and say with `platform` how it is reached."""

import re
from contextlib import AbstractAsyncContextManager
from datetime import UTC, timedelta
from typing import Protocol

import pytest

from adapters.chat.port import Card, Chat, ChatError, Place
from tests.adapters.chat.practice import AUDIT, STATUS, Practice

HOSTILE = (
    "\x1b[45mcoloured\x1b[0m \x1b]0;title\x07 \x1b[2J \x9b31m",
    "bell \x07, backspace \x08\x08\x08, carriage\rreturn, null \x00",
    "[red]literal[/red] [link=https://example.org]x[/link] :smile: **bold** <b>",
    "reorder \u202eevitceted\u202c and \u2066isolate\u2069",
    "lone \ud800 surrogate",
    "]",
)
"""What a model may say and a platform must not obey."""

CONTROLS = re.compile(
    rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]|\r(?!\n)|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)
"""Controls and overrides of the reading direction, in UTF-8."""

PINGS = (
    "@everyone and @here",
    "@EVERYONE, @Here",
    "＠everyone and ﹫here",
    "@ｅｖｅｒｙｏｎｅ",
    "@\u200beveryone, @every\u2060one, @\u00adhere",
    "<@1>, <@!1>, <@&1>, <\u200b@1>, ＜@1＞",
    "</safi status:1>",
    "`@everyone` and ```\n@here\n```",
)
"""What a model may say and nobody must be disturbed by."""


class Platform(Protocol):
    """A chat adapter with a person before it."""

    chat: Chat
    place: Place
    author: str

    async def talk(self, practice: Practice, *lines: str) -> None:
        """Let the person say these lines to the bot, one after the other, and be done.

        Returns when `run` has, on a platform that ends with the person; else when all that was said was answered.
        """
        ...

    async def overhear(self, practice: Practice) -> None:
        """Have the bot speak, and another bot to it where there are any, and be done as with `talk`."""
        ...

    async def seen(self, text: str) -> str:
        """Wait until the person can read this; returns all that can be read."""
        ...

    def obeyed(self) -> bytes:
        """All that the platform would take for markup or control sequences of somebody else."""
        ...

    def pinged(self) -> list[str]:
        """Whom and what the platform would notify or call for what was posted."""
        ...

    def shows_work(self) -> bool:
        """Whether the person is shown that an answer is being made."""
        ...


class ChatContract:
    """Inherit this beside a fixture `platform`."""

    @pytest.fixture
    def platform(self) -> AbstractAsyncContextManager[Platform]:
        raise NotImplementedError

    async def test_a_message_is_heard_once_with_its_author_place_and_time(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            practice = Practice(there.chat)
            await there.talk(practice, "Good morning", "Good night")
            assert [inbound.text for inbound in practice.heard] == ["Good morning", "Good night"]
            assert {inbound.author for inbound in practice.heard} == {there.author}
            assert {inbound.place for inbound in practice.heard} == {there.place}
            assert all(
                inbound.at.utcoffset() == timedelta(0) and inbound.at.tzinfo is UTC for inbound in practice.heard
            )

    async def test_events_and_messages_have_ids_of_their_own(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            practice = Practice(there.chat)
            await there.talk(practice, "One", "One")
            assert len({inbound.event_id for inbound in practice.heard}) == 2
            assert len({inbound.message_id for inbound in practice.heard}) == 2

    async def test_neither_its_own_words_nor_another_bots_are_heard(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            practice = Practice(there.chat)
            await there.overhear(practice)
            assert not practice.heard

    async def test_its_place_survives_being_written_down(self, platform: AbstractAsyncContextManager[Platform]) -> None:
        async with platform as there:
            assert Place.decode(there.place.encode()) == there.place

    async def test_what_is_posted_has_its_place_and_an_id_of_its_own(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            posted = [
                await there.chat.say(there.place, "Hello", turn_id="1", reply_to=None),
                await there.chat.say(there.place, "Hello", turn_id="2", reply_to="m"),
                await there.chat.show(there.place, STATUS),
                await there.chat.show(there.place, AUDIT),
            ]
            assert {message.place for message in posted} == {there.place}
            assert len({message.message_id for message in posted}) == 4

    @pytest.mark.parametrize("text", HOSTILE)
    async def test_nothing_it_says_is_taken_for_markup_or_control(
        self, platform: AbstractAsyncContextManager[Platform], text: str
    ) -> None:
        hostile = Card(title=text, sentence=text, fields=((text, text),), lines=(text,), footer=text)
        async with platform as there:
            await there.chat.say(there.place, text, turn_id="1", reply_to=None)
            await there.chat.show(there.place, hostile)
            await there.chat.say(there.place, "The end.", turn_id="2", reply_to=None)
            await there.seen("The end.")
            assert there.obeyed() == b""

    @pytest.mark.parametrize("text", PINGS)
    async def test_nothing_that_it_posts_can_ping(
        self, platform: AbstractAsyncContextManager[Platform], text: str
    ) -> None:
        async with platform as there:
            await there.chat.say(there.place, text, turn_id="1", reply_to=None)
            await there.chat.show(there.place, Card(title=text, sentence=text, fields=((text, text),), footer=text))
            assert there.pinged() == []

    async def test_markup_stays_to_be_read_as_it_was_said(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            await there.chat.say(there.place, "[red]literal[/red] :smile:", turn_id="1", reply_to=None)
            await there.seen("[red]literal[/red] :smile:")

    async def test_work_is_no_longer_shown_when_it_is_done_or_has_failed(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            async with there.chat.working(there.place):
                pass
            assert not there.shows_work()
            with pytest.raises(ZeroDivisionError):
                async with there.chat.working(there.place):
                    raise ZeroDivisionError
            assert not there.shows_work()

    async def test_a_place_that_it_does_not_have_is_refused(
        self, platform: AbstractAsyncContextManager[Platform]
    ) -> None:
        async with platform as there:
            elsewhere = Place(workspace="elsewhere", channel="nowhere")
            with pytest.raises(ChatError):
                await there.chat.say(elsewhere, "Hello", turn_id="1", reply_to=None)
            with pytest.raises(ChatError):
                await there.chat.show(elsewhere, STATUS)

    async def test_it_ends_when_the_person_is_done(self, platform: AbstractAsyncContextManager[Platform]) -> None:
        async with platform as there:
            await there.talk(Practice(there.chat))
