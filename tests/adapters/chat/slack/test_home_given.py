"""The bot's home on Slack: what everyone is shown there, what moderators are, and how its buttons are answered."""

from typing import Any

import pytest

from adapters.chat.attending import FAILED, OUTDATED, REFUSED
from adapters.chat.orders import Order
from adapters.chat.port import GUESTS_OFF, SHARED_CHANNELS_OFF, ChatError, Place
from adapters.chat.slack.buttons import CHANNEL
from tests.adapters.chat.slack.practising import ADA, GENERAL, MO, TEAM, World, here, in_a_view

NOWHERE_YET = Place(workspace="slack:T1", channel="")
TO_DEN = {"type": "conversations_select", "action_id": CHANNEL, "selected_conversation": "CDEN"}


async def opened(there: World, user: str, tab: str = "home", **more: Any) -> None:
    await there.desk.opened({"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab, **more})


def menus(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The menus that choose a channel."""
    return [block["accessory"] for block in view["blocks"] if "accessory" in block]


async def test_everyone_is_shown_what_the_bot_is_and_what_it_stands_for() -> None:
    there = World()
    await opened(there, ADA)
    assert (there.view.how, there.view.by, there.view.view["type"]) == ("publish", ADA, "home")
    assert [(given.command, given.place) for given in there.practice.invoked] == [
        ("about", NOWHERE_YET),
        ("values", NOWHERE_YET),
    ]
    assert [(given.moderator, given.reads, given.author) for given in there.practice.invoked] == [
        (False, False, ADA)
    ] * 2
    assert menus(there.view.view) == []


async def test_opening_the_messages_beside_it_publishes_nothing() -> None:
    there = World()
    await opened(there, ADA, tab="messages")
    assert there.client.views == []


async def test_a_moderator_chooses_a_channel_and_is_shown_how_it_stands() -> None:
    there = World()
    await opened(there, MO)
    (menu,) = menus(there.view.view)
    assert "initial_conversation" not in menu
    there.practice.invoked.clear()
    await there.press(MO, TO_DEN, **in_a_view("home"))
    den = Place(workspace=f"slack:{TEAM}", channel="CDEN")
    assert [(given.command, given.place) for given in there.practice.invoked][-1] == ("status", den)
    assert menus(there.view.view)[0]["initial_conversation"] == "CDEN"
    assert (there.view.how, there.view.by) == ("publish", MO)


async def test_a_home_that_is_opened_again_shows_the_same_channel_anew() -> None:
    there = World()
    await there.press(MO, TO_DEN, **in_a_view("home"))
    await opened(there, MO, view={**there.view.view, "id": "VHOME"})
    assert menus(there.view.view)[0]["initial_conversation"] == "CDEN"


async def test_each_opening_asks_once_whether_somebody_moderates() -> None:
    there = World()
    await there.press(MO, TO_DEN, **in_a_view("home"))
    assert there.people.counted == 1
    there.people.moderators.clear()
    await opened(there, MO, view={**there.view.view, "id": "VHOME"})
    assert there.people.counted == 2
    assert menus(there.view.view) == []
    assert not any(given.moderator for given in there.practice.invoked[-2:])


async def test_who_does_not_moderate_chooses_no_channel() -> None:
    there = World()
    await there.press(ADA, TO_DEN, **in_a_view("home"))
    assert [given.command for given in there.practice.invoked] == ["about", "values"]
    assert menus(there.view.view) == []


async def test_a_channel_where_commands_are_off_is_not_shown() -> None:
    there = World()
    there.people.refused["CDEN"] = SHARED_CHANNELS_OFF
    await there.press(MO, TO_DEN, **in_a_view("home"))
    assert [given.command for given in there.practice.invoked] == ["about", "values"]
    assert REFUSED[SHARED_CHANNELS_OFF] in there.view.words


async def test_guests_are_told_that_it_is_not_for_them() -> None:
    there = World()
    there.people.refused[ADA] = GUESTS_OFF
    await opened(there, ADA)
    assert REFUSED[GUESTS_OFF] in there.view.words
    assert there.practice.invoked == []


@pytest.mark.parametrize("reads", [True, False])
async def test_a_button_below_a_channel_is_about_it_and_answers_in_a_view_of_its_own(reads: bool) -> None:
    there = World()
    there.people.readers |= {(MO, "CDEN")} if reads else set()
    await there.press(MO, TO_DEN, **in_a_view("home"))
    await there.press(MO, {"value": there.view.values[0]}, **in_a_view("home"))
    given = there.practice.last
    assert (given.command, given.place.channel, given.reads) == ("audit list", "CDEN", reads)
    waiting, answer = there.client.views[-2:]
    assert (waiting.how, waiting.by) == ("open", "trigger")
    assert (answer.how, answer.by) == ("update", "V2")
    assert answer.words.startswith("audit list")


async def test_the_view_is_opened_before_anything_is_asked_of_slack() -> None:
    there = World()
    there.people.refused[""] = GUESTS_OFF
    await there.press(ADA, Order(command="values"), **in_a_view("home"))
    assert [shown.how for shown in there.client.views] == ["open", "update"]
    assert there.view.words == REFUSED[GUESTS_OFF]


async def test_a_form_from_the_home_is_opened_at_once() -> None:
    there = World()
    await there.press(MO, Order(command="note", place=here()), **in_a_view("home"))
    assert [(shown.how, shown.by) for shown in there.client.views] == [("open", "trigger")]
    await there.send(MO, there.view.view, reason="x")
    assert (there.practice.last.command, there.practice.last.place.channel) == ("note", GENERAL)


async def test_a_button_that_is_gone_says_so_in_a_view() -> None:
    there = World()
    await there.press(ADA, {"value": "old"}, **in_a_view("home"))
    assert (there.view.how, there.view.words) == ("open", OUTDATED)


async def test_a_home_that_slack_does_not_take_is_a_plain_line_instead(caplog: pytest.LogCaptureFixture) -> None:
    there = World()
    there.client.faults.append(ChatError("it has a form that Slack does not take"))
    await opened(there, ADA)
    assert FAILED in there.view.words
    assert "slack.home: the home failed: it has a form that Slack does not take" in caplog.text
