"""Forms on Slack: they ask for what is missing, carry their order, and take what was filled in or say why not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from adapters.chat.orders import Order
from adapters.chat.port import Card, Command, Invocation, Option
from adapters.chat.slack import drawing, forms
from adapters.chat.slack.forms import Mistakes
from tests.adapters.chat.slack.every_card import ADDRESS, PLACE, every_card
from tests.adapters.chat.slack.rules import broken


async def nothing(_: Invocation) -> Card:
    raise AssertionError


REASON = Option(name="reason", summary="what is wrong with it", long=True, required=True)
COUNT = Option(name="count", summary="how many " * 30, kind="number")
REPORT = Command(
    name="report",
    summary="Tell the moderators of an answer",
    audience="everyone",
    run=nothing,
    options=(REASON, COUNT, Option(name="place", summary="where")),
    menu="Report this reply, please, to the moderators",
    form=("reason", "count"),
)
NAME = Option(name="name", summary="a persona's name", required=True, choices=lambda: ("ada", "bob"))
ASSIGN = Command(
    name="persona assign", summary="Let a persona answer", audience="moderators", run=nothing, options=(NAME,)
)
ORDER = Order(command="report", arguments={"place": "here"}, target="1.2", confirmed=True, place=PLACE)


def opened(command: Command, order: Order) -> dict[str, Any]:
    """A form as Slack is sent it; it has to be what Slack takes."""
    view = json.loads(json.dumps(forms.form(command, order)))
    assert broken("views.open", {"view": view}) == []
    return view


def sent(view: dict[str, Any], **typed: str | None) -> dict[str, Any]:
    """What Slack sends of it once it is filled in."""
    fields = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in typed.items()}
    return {**view, "state": {"values": fields}}


def test_a_form_asks_for_what_is_missing_and_carries_its_order_and_place() -> None:
    view = opened(REPORT, ORDER)
    assert forms.ordered(view) == ORDER
    assert view["title"]["text"] == "Report this reply, plea…"
    first, second = view["blocks"]
    assert (first["block_id"], first["label"]["text"], first["hint"]["text"]) == (
        "reason",
        "Reason",
        "What is wrong with it",
    )
    assert [block["optional"] for block in (first, second)] == [False, True]
    assert [block["element"]["multiline"] for block in (first, second)] == [True, False]


def test_no_more_can_be_filled_in_than_is_taken() -> None:
    short = replace(REPORT, options=(replace(REASON, longest=20), COUNT))
    assert [block["element"]["max_length"] for block in opened(short, ORDER)["blocks"]] == [20, 10]
    assert opened(REPORT, ORDER)["blocks"][0]["element"]["max_length"] == 3_000


def test_what_a_command_cannot_do_without_is_asked_for_with_what_may_stand_there() -> None:
    view = opened(ASSIGN, Order(command="persona assign"))
    (block,) = view["blocks"]
    assert view["title"]["text"] == "Persona assign"
    assert [option["value"] for option in block["element"]["options"]] == ["ada", "bob"]
    choice = {"name": {"name": {"type": "static_select", "selected_option": {"value": "bob"}}}}
    made = forms.filled(ASSIGN, Order(command="persona assign"), {**view, "state": {"values": choice}})
    assert made == Order(command="persona assign", arguments={"name": "bob"})


def test_what_is_chosen_is_what_it_is_called_though_slack_escapes_it() -> None:
    chosen = {"name": {"name": {"type": "static_select", "selected_option": {"value": "R&amp;D &lt;3"}}}}
    made = forms.filled(ASSIGN, Order(command="persona assign"), {"state": {"values": chosen}})
    assert made == Order(command="persona assign", arguments={"name": "R&D <3"})


@pytest.mark.parametrize("choices", [(), ("ada",) * 101, ("a" * 151,), (" ",)])
def test_choices_that_fit_into_no_menu_are_typed(choices: tuple[str, ...]) -> None:
    typed = replace(ASSIGN, options=(replace(NAME, choices=lambda: choices),))
    (block,) = opened(typed, Order(command="persona assign"))["blocks"]
    assert block["element"]["type"] == "plain_text_input"


def test_an_order_that_is_too_long_for_a_form_is_refused() -> None:
    with pytest.raises(ValueError, match="report"):
        forms.form(REPORT, Order(command="report", target="1" * 3_000))


def test_what_was_filled_in_joins_the_order() -> None:
    made = forms.filled(REPORT, ORDER, sent({}, reason=" it was rude\n", count="#12", other="x"))
    assert made == replace(ORDER, arguments={"place": "here", "reason": "it was rude", "count": 12})


def test_empty_fields_are_not_given() -> None:
    made = forms.filled(REPORT, ORDER, sent({}, reason="rude", count=None))
    assert made == replace(ORDER, arguments={"place": "here", "reason": "rude"})


def test_what_cannot_be_taken_is_told_at_its_field() -> None:
    made = forms.filled(REPORT, ORDER, sent({}, reason="  ", count="many"))
    assert isinstance(made, Mistakes)
    assert made.response() == {
        "response_action": "errors",
        "errors": {
            "count": "“count” must be a whole number from 1 to 999,999,999.",
            "reason": "This is needed.",
        },
    }


@pytest.mark.parametrize("metadata", [None, "", "old", "safi1:vote:up"])
def test_a_form_without_an_order_of_ours_has_none(metadata: str | None) -> None:
    assert forms.ordered({"private_metadata": metadata}) is None
    assert forms.ordered({}) is None


def test_answers_are_shown_in_the_view_and_until_then_that_they_are_on_their_way() -> None:
    title = forms.title(REPORT)
    for view in (
        forms.waiting(title),
        *(forms.shown(title, drawing.drawn(card, address=ADDRESS)) for card in every_card().values()),
    ):
        assert broken("views.update", {"view": view}) == []
        assert "submit" not in view
