"""Buttons and menus on Slack: what is pressed is what was meant, and nothing is offered that Slack would not take."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.orders import Order, Vote
from adapters.chat.port import Button, Card, Command, Invocation
from adapters.chat.slack import buttons
from adapters.chat.slack.blocks import Block
from tests.adapters.chat.slack.every_card import PLACE
from tests.adapters.chat.slack.rules import broken

TEXTS = st.text(max_size=12) | st.text('&<>;\\"', max_size=12)


async def nothing(_: Invocation) -> Card:
    raise AssertionError


def commands(number: int = 2, summary: str = "What it does") -> list[Command]:
    audiences = ("everyone", "moderators")
    return [
        Command(name=f"command {each}", summary=summary, audience=audiences[each % 2], run=nothing)
        for each in range(number)
    ]


def problems(*blocks: Block) -> list[str]:
    return broken("chat.postMessage", {"channel": "C1", "text": "x", "blocks": blocks})


@given(
    st.builds(
        Button,
        label=TEXTS,
        command=TEXTS,
        arguments=st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=2),
        target=st.none() | TEXTS,
        confirmed=st.booleans(),
        public=st.booleans(),
    ),
    st.none() | st.just(PLACE),
)
def test_pressing_a_button_is_read_as_what_the_card_meant_whatever_slack_escapes(button: Button, place: Any) -> None:
    (element,), left = buttons.fitting([button], None, place)
    element["value"] = element["value"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    meant = buttons.meant(json.loads(json.dumps(element)))
    assert left == 0
    assert meant == Order(
        command=button.command,
        arguments=button.arguments,
        target=button.target,
        confirmed=button.confirmed,
        public=button.public,
        place=place,
    )


def test_buttons_have_actions_of_their_own_and_dangerous_ones_look_like_it() -> None:
    given = [Button(label=" ", command="memory reset", dangerous=True), Button(label="Status", command="status")]
    elements, _ = buttons.fitting(given, "https://a.slack.com/archives/C1/p1", None)
    assert [element["action_id"] for element in elements] == ["safi1:0", "safi1:1", buttons.LINK]
    assert [element.get("style") for element in elements] == ["danger", None, None]
    assert [element["text"]["text"] for element in elements] == ["…", "Status", "Go to message"]
    assert problems({"type": "actions", "elements": list(elements)}) == []


def test_buttons_that_are_too_many_or_say_too_much_are_left_out_and_counted() -> None:
    pages = [Button(label=str(page), command="audit list", arguments={"page": page}) for page in range(30)]
    long = Button(label="Long", command="persona show", arguments={"name": "n" * 2_000})
    elements, left = buttons.fitting([long, *pages], None, None)
    assert ([element["text"]["text"] for element in elements], left) == ([str(page) for page in range(25)], 6)
    wide = [Button(label=str(page), command="persona show", arguments={"name": f"{page}" * 900}) for page in range(9)]
    elements, left = buttons.fitting(wide, None, None)
    assert (len(elements), left) == (5, 4)


def test_a_rating_says_the_vote_and_taking_it_back_says_the_message() -> None:
    (element,) = buttons.rating_block()["elements"]
    votes = [buttons.meant(element[name]) for name in ("positive_button", "negative_button")]
    assert votes == [Vote(vote="up"), Vote(vote="down")]
    (block,) = buttons.rated_blocks("1.2")
    assert buttons.meant(block["elements"][0]) == Vote(vote=None, message_id="1.2")
    assert problems(buttons.rating_block(), block) == []


def test_what_is_not_ours_or_too_old_means_nothing() -> None:
    actions: tuple[dict[str, Any], ...] = ({}, {"value": None}, {"value": "old"}, {"selected_option": {}})
    for action in actions:
        assert buttons.meant(action) is None


def test_the_picker_offers_commands_by_who_may_give_them() -> None:
    line, menu = blocks = buttons.picker(commands(), "There is no command /safi <stauts>.")
    assert problems(*blocks) == []
    assert line["elements"][0]["elements"][0]["text"] == "There is no command /safi <stauts>."
    groups = menu["elements"][0]["option_groups"]
    assert [group["label"]["text"] for group in groups] == ["For everyone", "For moderators"]
    assert groups[0]["options"][0]["text"]["text"] == "command 0 – What it does"
    assert buttons.meant({"selected_option": groups[1]["options"][0]}) == Order(command="command 1")


def test_the_picker_takes_any_table_and_any_mistake() -> None:
    blocks = buttons.picker(commands(300, "What it does. " * 20), "no " * 4_000)
    assert problems(*blocks) == []
    only_one = buttons.picker(commands(1), "?")
    assert [group["label"]["text"] for group in only_one[1]["elements"][0]["option_groups"]] == ["For everyone"]
