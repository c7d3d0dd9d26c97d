"""How commands are given on Slack, typed and by shortcuts: who may, where, what they are shown, and what when not."""

import pytest

from adapters.chat.attending import OUTDATED, REFUSED
from adapters.chat.orders import Order, written
from adapters.chat.port import GUESTS_OFF, SHARED_CHANNELS_OFF
from adapters.chat.slack.doorkeeping import STRANGE
from adapters.chat.slack.people import UNKNOWN
from tests.adapters.chat.slack.practising import (
    ADA,
    ANSWER,
    DIRECT,
    GENERAL,
    MO,
    ROOT,
    TEAM,
    World,
    here,
    on_an_own_card,
)


async def test_a_command_is_answered_for_whoever_typed_it_alone() -> None:
    there = World()
    await there.type(ADA, "why page=2")
    assert (there.told.url, there.told.replace, there.told.thread) == ("https://answer", False, None)
    assert there.told.words.startswith("why")
    given = there.practice.last
    assert (given.command, dict(given.arguments), given.target) == ("why", {"page": 2}, None)
    assert (given.author, given.place) == (ADA, here())
    assert (given.moderator, given.reads, given.threads, given.confirmed) == (False, True, True, False)
    assert given.prefixes == ("/safi ", "/safi ")


async def test_the_command_alone_is_the_panel_for_moderators_and_about_for_others() -> None:
    there = World()
    await there.type(MO, "")
    await there.type(ADA, "  ")
    assert [given.command for given in there.practice.invoked] == ["panel", "about"]
    assert [given.moderator for given in there.practice.invoked] == [True, False]
    assert there.people.counted == 2


async def test_a_line_is_read_as_it_was_typed_with_all_that_looks_like_markup() -> None:
    there = World()
    await there.type(ADA, 'report "@mo &amp; #den: 1 &lt; 2, <b>bold</b>"')
    assert dict(there.practice.last.arguments) == {"reason": "@mo & #den: 1 < 2, <b>bold</b>"}


@pytest.mark.parametrize("line", ["vlaues", "audit", "audit show", "why page=many", 'report "half'])
async def test_what_is_no_command_is_said_with_all_that_there_are_to_choose_from(line: str) -> None:
    there = World()
    await there.type(ADA, line)
    assert not there.practice.invoked
    (answer,) = there.sender.answers
    (words,) = answer.words.splitlines()
    assert words.startswith(("There is no command /safi", "/safi", "A quotation mark"))
    assert there.choices() == ["values", "about", "why", "report", "privacy show"]


async def test_moderators_choose_from_their_commands_as_well() -> None:
    there = World()
    await there.type(MO, "vlaues")
    assert "audit list" in there.choices()


async def test_choosing_a_command_gives_it_in_the_place_of_the_menu() -> None:
    there = World()
    picked = {"type": "static_select", "selected_option": {"value": written(Order(command="values"))}}
    await there.press(ADA, picked, **on_an_own_card())
    assert (there.practice.last.command, there.practice.last.place) == ("values", here())
    assert there.told.replace


async def test_choosing_a_command_that_needs_something_asks_for_that() -> None:
    there = World()
    picked = {"type": "static_select", "selected_option": {"value": written(Order(command="audit show"))}}
    await there.press(MO, picked, **on_an_own_card())
    assert (there.view.how, there.view.by) == ("open", "trigger")
    await there.send(MO, there.view.view, number="#12")
    assert dict(there.practice.last.arguments) == {"number": 12}


async def test_a_shortcut_is_about_its_message_and_is_answered_in_its_thread() -> None:
    there = World()
    await there.choose(ADA, "why")
    given = there.practice.last
    assert (given.command, given.target, given.place) == ("why", ANSWER, here(ROOT))
    assert (given.reads, given.threads) == (True, True)
    assert there.told.thread == ROOT


async def test_a_shortcut_on_a_message_outside_threads_is_about_the_channel() -> None:
    there = World()
    await there.choose(ADA, "why", ts=ROOT, thread=None)
    assert (there.practice.last.target, there.practice.last.place) == (ROOT, here())


async def test_a_shortcut_that_is_gone_says_so() -> None:
    there = World()
    await there.choose(ADA, "gone")
    assert there.told.words == OUTDATED
    assert not there.practice.invoked


async def test_who_moderates_is_asked_anew_for_each_command() -> None:
    there = World()
    await there.type(MO, "status")
    there.people.moderators.clear()
    await there.type(MO, "status")
    assert [given.moderator for given in there.practice.invoked] == [True, False]
    assert there.told.words.startswith("For moderators")


@pytest.mark.parametrize("user", [ADA, MO])
@pytest.mark.parametrize("row", World().practice.commands(), ids=lambda row: row.name)
async def test_every_command_is_run_with_what_slack_grants(row: object, user: str) -> None:
    there, name = World(), getattr(row, "name", "")
    needed = {"audit show": " number=3"}.get(name, "")
    await there.type(user, name + needed)
    assert there.practice.last.command == name
    assert there.practice.last.moderator is (user == MO)


async def test_slack_is_asked_of_each_person_where_each_command_is_given() -> None:
    there = World()
    await there.type(ADA, "values")
    await there.choose(MO, "why")
    await there.press(ADA, Order(command="values"), user={"id": ADA, "team_id": "T2"})
    assert there.people.asked == [(ADA, GENERAL, TEAM), (MO, GENERAL, TEAM), (ADA, GENERAL, "T2")]


async def test_direct_messages_are_a_place_as_well() -> None:
    there = World()
    await there.type(ADA, "values", channel=DIRECT)
    assert (there.practice.last.place.channel, there.practice.last.reads) == (DIRECT, True)


@pytest.mark.parametrize(
    ("refused", "line"),
    [
        ({GENERAL: SHARED_CHANNELS_OFF}, REFUSED[SHARED_CHANNELS_OFF]),
        ({ADA: GUESTS_OFF}, REFUSED[GUESTS_OFF]),
        ({GENERAL: UNKNOWN}, STRANGE),
    ],
)
async def test_where_commands_are_off_every_way_to_give_one_says_so(refused: dict[str, str], line: str) -> None:
    there = World()
    there.people.refused.update(refused)  # pyright: ignore[reportArgumentType, reportCallIssue]  # they are of the kind
    await there.type(ADA, "values")
    await there.type(ADA, "")
    await there.type(ADA, "vlaues")
    await there.choose(ADA, "why")
    await there.choose(ADA, "report")
    await there.press(ADA, Order(command="values"))
    await there.press(ADA, {"value": "safi1:vote:up"})
    assert [answer.words for answer in there.sender.answers] == [line] * 7
    assert (there.practice.invoked, there.practice.rated, there.client.views) == ([], [], [])
