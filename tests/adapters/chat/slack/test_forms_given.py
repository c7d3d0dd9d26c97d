"""Forms on Slack: who is asked for what, what is wrong with what they filled in, and where the answer is shown."""

from typing import Any

import pytest

from adapters.chat.attending import NOWHERE, OUTDATED, POSTED
from adapters.chat.orders import Order, written
from adapters.chat.port import ChatError, Place
from tests.adapters.chat.slack.practising import ADA, ANSWER, GENERAL, MO, ROOT, World, here, in_a_view, on_an_own_card


async def test_a_shortcut_that_needs_something_opens_a_form_at_once() -> None:
    there = World()
    await there.choose(ADA, "report")
    assert (there.view.how, there.view.by) == ("open", "trigger")
    assert there.practice.invoked == []
    assert there.sender.answers == []


async def test_what_was_filled_in_reaches_the_command_with_message_and_thread() -> None:
    there = World()
    there.people.readers.add((ADA, GENERAL))
    await there.choose(ADA, "report")
    await there.send(ADA, there.view.view, reason="rude", count="2")
    given = there.practice.last
    assert (given.command, dict(given.arguments)) == ("report", {"reason": "rude", "count": 2})
    assert (given.target, given.place, given.author) == (ANSWER, here(ROOT), ADA)
    assert (given.moderator, given.reads) == (False, True)


async def test_a_form_waits_for_its_answer_and_then_shows_it() -> None:
    there = World()
    await there.choose(ADA, "report")
    answer = await there.send(ADA, there.view.view)
    assert answer["response_action"] == "update"
    assert answer["view"]["title"]["text"] == "Report this reply"
    assert (there.view.how, there.view.by) == ("update", "VFORM")
    assert there.view.words.startswith("report")
    assert dict(there.practice.last.arguments) == {}


async def test_what_cannot_be_taken_is_told_at_its_field_and_the_form_stays() -> None:
    there = World()
    await there.choose(ADA, "report")
    answer = await there.send(ADA, there.view.view, reason="rude", count="many")
    assert answer == {
        "response_action": "errors",
        "errors": {"count": "“count” must be a whole number from 1 to 999,999,999."},
    }
    assert there.practice.invoked == []
    assert [shown.how for shown in there.client.views] == ["open"]


async def test_a_form_is_for_those_who_may_give_its_command() -> None:
    there = World()
    await there.choose(ADA, "note")
    assert there.client.views == []
    assert there.told.words.startswith("For moderators")
    await there.choose(MO, "note")
    assert there.view.how == "open"


async def test_who_no_longer_moderates_sends_a_form_in_vain() -> None:
    there = World()
    await there.choose(MO, "note")
    there.people.moderators.clear()
    await there.send(MO, there.view.view, reason="x")
    assert there.view.words.startswith("For moderators")
    assert not there.practice.last.moderator


async def test_a_button_opens_a_form_as_well_and_the_form_says_the_rest() -> None:
    there = World()
    await there.press(ADA, Order(command="report", target="77"), **on_an_own_card(ROOT))
    await there.send(ADA, there.view.view, reason="rude")
    given = there.practice.last
    assert (given.target, given.place, dict(given.arguments)) == ("77", here(ROOT), {"reason": "rude"})


@pytest.mark.parametrize("metadata", ["", "safi0:do:[]", written(Order(command="gone")), None])
async def test_a_form_from_an_older_version_says_so(metadata: str | None) -> None:
    there = World()
    answer = await there.send(ADA, {"type": "modal", "private_metadata": metadata})
    assert answer["view"]["title"]["text"] == "SAFi"
    assert (there.view.how, there.view.words) == ("update", OUTDATED)


async def test_a_button_in_a_view_puts_its_answer_into_the_view() -> None:
    there = World()
    await there.choose(MO, "note")
    await there.send(MO, there.view.view, reason="x")
    await there.press(MO, {"value": there.view.values[0]}, **in_a_view("modal"))
    assert (there.practice.last.command, there.practice.last.place) == ("audit list", here(ROOT))
    assert (there.view.how, there.view.by) == ("update", "VOPEN")
    assert there.view.words.startswith("audit list")


async def test_a_form_from_a_button_in_a_view_takes_its_place() -> None:
    there = World()
    await there.press(ADA, Order(command="report", target="77", place=here(ROOT)), **in_a_view("modal"))
    assert (there.view.how, there.view.by) == ("update", "VOPEN")
    await there.send(ADA, there.view.view, reason="rude")
    assert (there.practice.last.target, there.practice.last.place) == ("77", here(ROOT))


async def test_what_is_posted_from_a_view_is_posted_by_the_bot_where_it_is_about() -> None:
    there = World()
    await there.press(MO, Order(command="status", public=True, place=here(ROOT)), **in_a_view("modal"))
    ((where, card),) = there.sender.posted
    assert (where, card.title) == (here(ROOT), "status")
    assert not any(button.public for button in card.buttons)
    assert there.view.words == POSTED


@pytest.mark.parametrize(
    ("place", "unreachable", "told"),
    [
        (here(), ChatError("the bot is not in the channel"), "It could not be posted: the bot is not in the channel."),
        (None, None, NOWHERE),
    ],
)
async def test_what_cannot_be_posted_from_a_view_says_why(
    place: Place | None, unreachable: ChatError | None, told: str
) -> None:
    there = World()
    there.sender.unreachable = unreachable
    await there.press(MO, Order(command="status", public=True, place=place), **in_a_view("modal"))
    assert (there.sender.posted, there.view.words) == ([], told)


async def test_a_rating_needs_a_message() -> None:
    there = World()
    nothing: dict[str, Any] = {"value": "safi1:vote:up"}
    await there.press(ADA, nothing, **in_a_view("modal"))
    assert (there.practice.rated, there.view.words) == ([], NOWHERE)
