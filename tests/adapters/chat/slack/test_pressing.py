"""Buttons on Slack: they answer where they stand, are about what they say, and post only for moderators."""

import pytest

from adapters.chat.attending import MODERATORS, NOTED, OUTDATED, UNRATED
from adapters.chat.orders import Order, Vote, written
from adapters.chat.port import ChatError, File, Place, Rating
from adapters.chat.slack import buttons
from tests.adapters.chat.commanding import Practice
from tests.adapters.chat.slack.practising import ADA, ANSWER, MO, ROOT, World, here, on_a_card, on_an_own_card

OLDER = Order(command="audit list", arguments={"page": 2})
FOR_ALL = Order(command="status", public=True)


async def test_a_button_on_a_card_for_one_person_puts_the_next_card_in_its_place() -> None:
    there = World()
    await there.press(MO, OLDER, **on_an_own_card(ROOT))
    assert dict(there.practice.last.arguments) == {"page": 2}
    assert (there.told.replace, there.told.thread) == (True, ROOT)
    assert there.told.words.startswith("audit list")


async def test_a_button_on_a_card_for_all_answers_whoever_pressed_it_alone() -> None:
    there = World()
    await there.press(MO, OLDER)
    assert (there.told.replace, there.told.thread) == (False, ROOT)
    assert (there.practice.last.place, there.practice.last.reads) == (here(ROOT), True)


async def test_a_button_says_all_that_it_does() -> None:
    there = World()
    await there.press(MO, Order(command="memory reset", confirmed=True, target="77"), **on_a_card(thread=None))
    given = there.practice.last
    assert (given.command, given.confirmed, given.target, given.place) == ("memory reset", True, "77", here())


async def test_the_buttons_of_an_answer_are_about_the_same_place_wherever_slack_shows_it() -> None:
    there = World()
    await there.choose(MO, "why")
    await there.press(MO, {"value": there.told.values[0]}, **on_an_own_card())
    assert (there.practice.last.command, there.practice.last.place) == ("audit list", here(ROOT))
    assert there.practice.last.reads


async def test_pressing_is_no_way_round_what_somebody_may() -> None:
    there = World()
    await there.press(ADA, Order(command="memory reset", confirmed=True))
    assert there.told.words.startswith("For moderators")
    assert not there.practice.last.moderator
    await there.press(ADA, FOR_ALL)
    assert there.told.words == MODERATORS
    assert len(there.practice.invoked) == 1


@pytest.mark.parametrize("user", [ADA, MO])
async def test_what_another_channel_said_is_read_by_those_who_may_read_there(user: str) -> None:
    there, elsewhere = World(), Place(workspace="slack:T1", channel="CDEN")
    there.people.readers.add((MO, "CDEN"))
    await there.press(user, Order(command="why", place=elsewhere))
    assert (there.practice.last.place, there.practice.last.reads) == (elsewhere, user == MO)


async def test_a_public_button_posts_what_a_moderator_asked_for_in_its_thread() -> None:
    there = World()
    await there.press(MO, FOR_ALL, **on_an_own_card(ROOT))
    (posted,) = there.sender.answers
    assert (posted.public, posted.replace, posted.thread) == (True, False, ROOT)
    assert posted.words.startswith("status")
    shown = list(map(buttons.meant, ({"value": value} for value in posted.values)))
    assert len(shown) == 3
    assert not any(order.public for order in shown if isinstance(order, Order))


async def test_who_no_longer_moderates_posts_nothing() -> None:
    there = World()
    there.people.moderators.clear()
    await there.press(MO, FOR_ALL)
    assert [(answer.words, answer.public) for answer in there.sender.answers] == [(MODERATORS, False)]


async def test_a_file_goes_into_the_direct_messages_with_whoever_asked_for_it() -> None:
    there = World()
    await there.type(MO, "export audits")
    assert there.sender.handed == [(MO, (File(name="audits.csv", data=b"a,b"),))]
    assert "The file is in your direct messages with the bot." in there.told.words
    assert there.told.drawn.files == ()


async def test_a_file_that_cannot_be_handed_over_leaves_the_reason_on_its_card() -> None:
    there = World()
    there.sender.unreachable = ChatError("the workspace takes no files")
    await there.type(MO, "export audits")
    assert "The file could not be sent to you: the workspace takes no files." in there.told.words


@pytest.mark.parametrize(
    "value",
    ['safi0:do:["status"]', "report", 'safi1:do:["gone",{},null,""]', 'safi1:do:["status",{},null,"",["a","b",null]]'],
)
async def test_a_button_from_an_older_version_says_so(value: str) -> None:
    there = World()
    await there.press(MO, {"value": value})
    assert there.told.words == OUTDATED
    assert not there.practice.invoked


async def test_a_button_that_leads_to_a_message_does_nothing_else() -> None:
    there = World()
    await there.press(ADA, {"action_id": buttons.LINK, "type": "button", "url": "https://home.slack.com/archives/C/p1"})
    assert there.sender.answers == []


async def test_ratings_are_brought_thanked_for_and_taken_back() -> None:
    there = World()
    (element,) = buttons.rating_block()["elements"]
    for user, button in ((ADA, "positive_button"), (MO, "negative_button")):
        value = element[button]["value"]
        await there.press(user, {"type": element["type"], "action_id": element["action_id"], "value": value})
    thanked, other = there.sender.answers
    assert [thanked.words, other.words] == [NOTED["up"], NOTED["down"]]
    assert (thanked.replace, thanked.thread, thanked.public) == (False, ROOT, False)
    (back,) = thanked.values
    await there.press(ADA, {"value": back}, **on_an_own_card(ROOT))
    assert there.practice.rated == [
        Rating(place=here(ROOT), message_id=ANSWER, author=ADA, vote="up"),
        Rating(place=here(ROOT), message_id=ANSWER, author=MO, vote="down"),
        Rating(place=here(ROOT), message_id=ANSWER, author=ADA, vote=None),
    ]
    assert (there.told.words, there.told.values, there.told.replace) == (NOTED[None], [], True)


async def test_a_rating_of_what_is_not_in_the_record_is_not_thanked_for() -> None:
    there = World(Practice(recorded=False))
    await there.press(ADA, {"value": written(Vote(vote="up"))})
    assert (there.told.words, there.told.values) == (UNRATED, [])
