"""Who watches a platform: moderators are called to a message, and nobody's words go anywhere."""

import logging

import pytest

from adapters.chat.port import Place, Posted
from bot.duty import Duty
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Denied, Prompt, Suppressed, Turn, Uncoached, Utterance
from tests.bot.making import text_of
from tests.doubles import NOON, PLACE, FakeChat

ROOM = Place(workspace="w", channel="moderators")
ASKED = Posted(place=PLACE, message_id="m1")
RULES = (Rule(id="in-need", text="Answer nobody in need."), Rule(id="no-codes", text="No codes."))
TURN = Turn(
    id="t1",
    persona="ada",
    digest="d",
    prompt=Prompt(message=Utterance(speaker="member-x", text="SAID")),
    coaching=Uncoached(),
    outcome=Suppressed(draft=None, verdict=Denied(rules=("in-need",), reason="it does", by="pattern")),
)
EVENT = Event(
    id="e", workspace="w", place=PLACE.encode(), message_id="m", author="ann", speaker="x", text="SAID", at=NOON
)


async def test_moderators_are_called_to_the_message_in_their_own_place_without_its_words() -> None:
    chat = FakeChat(room=ROOM)
    await Duty(chat=chat).called(ASKED, TURN, RULES)
    (card,) = chat.cards
    assert chat.places == [ROOM]
    assert card.about == ASKED
    assert "in-need, no-codes" in text_of(card)
    assert "SAID" not in text_of(card)


async def test_where_there_is_no_such_place_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    chat = FakeChat()
    await Duty(chat=chat).called(ASKED, TURN, RULES)
    assert chat.cards == []
    assert "turn t1 calls for a moderator: in-need, no-codes" in caplog.text
    assert "w has no place where moderators are told of it" in caplog.text


async def test_a_platform_that_takes_nothing_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    await Duty(chat=FakeChat(room=ROOM, broken=True)).called(ASKED, TURN, RULES)
    assert "its moderators could not be told: the platform is away" in caplog.text


async def test_the_rest_is_written_down_without_anybodys_words(caplog: pytest.LogCaptureFixture) -> None:
    chat = FakeChat(room=ROOM)
    duty = Duty(chat=chat)
    with caplog.at_level(logging.INFO):
        await duty.turned(PLACE, TURN)
        await duty.landed(Landed(turn_id="t1", place=PLACE.encode(), scope="s", number=7, reading=None))
        await duty.left_over([EVENT], [EVENT, EVENT])
        await duty.draining(3)
    assert [record.getMessage() for record in caplog.records] == [
        'turn t1 in ["w","c",null]: suppressed',
        "#7 of s: a hole",
        "the last run left messages: 1 are answered now, for 2 it is too late",
        "waiting for 3 audits under way",
    ]
    assert chat.cards == []
