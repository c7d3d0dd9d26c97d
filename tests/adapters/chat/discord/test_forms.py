"""Forms: they ask for what is missing, carry their order, and take what was filled in or say why not."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.chat.asking import Unfit, asked
from adapters.chat.discord.forms import filled, form
from adapters.chat.discord.limits import LIMITS
from adapters.chat.orders import Order, read
from adapters.chat.port import Card, Command, Invocation, Option


async def nothing(_: Invocation) -> Card:
    raise AssertionError


REASON = Option(name="reason", summary="what is wrong with it", long=True, required=True)
COUNT = Option(name="count", summary="how many " * 30, kind="number")
REPORT = Command(
    name="report",
    summary="Tell the moderators of an answer " * 3,
    audience="everyone",
    run=nothing,
    options=(REASON, COUNT, Option(name="place", summary="where")),
    form=("reason", "count"),
)
ORDER = Order(command="report", arguments={"place": "here"}, target="12", confirmed=True)


def field(name: str, value: str) -> dict[str, Any]:
    return {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}


def sent(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"custom_id": "…", "components": list(fields)}


async def test_a_form_asks_for_what_is_missing_and_carries_its_order() -> None:
    shown = form(REPORT, ORDER)
    payload = shown.to_dict()
    assert read(payload["custom_id"]) == ORDER
    assert len(payload["title"]) <= LIMITS.modal.title
    first, second = payload["components"]
    assert (first["label"], first["component"]["custom_id"], first["component"]["style"]) == ("Reason", "reason", 2)
    assert (first["component"]["required"], second["component"]["required"]) == (True, False)
    assert second["component"]["style"] == 1
    assert len(second["description"]) <= LIMITS.modal.input_placeholder
    assert shown.is_finished(), "nobody waits for it in memory"


async def test_no_more_can_be_filled_in_than_is_taken() -> None:
    short = replace(REPORT, options=(replace(REASON, longest=20), COUNT))
    reason, count = form(short, ORDER).to_dict()["components"]
    assert (reason["component"]["max_length"], count["component"]["max_length"]) == (20, 10)
    (free, _) = form(REPORT, ORDER).to_dict()["components"]
    assert free["component"]["max_length"] == LIMITS.modal.input_value


def test_what_was_given_with_the_order_is_not_asked_for() -> None:
    assert asked(REPORT, Order(command="report", arguments={"reason": "rude"})) == (COUNT,)
    assert asked(REPORT, Order(command="report", arguments={"reason": "rude", "count": 1})) == ()


def test_an_order_that_is_too_long_for_a_form_is_refused() -> None:
    with pytest.raises(ValueError, match="/report"):
        form(REPORT, Order(command="report", target="1" * 100))


def test_what_was_filled_in_joins_the_order() -> None:
    made = filled(REPORT, ORDER, sent(field("reason", " it was rude\n"), field("count", "#12"), field("other", "x")))
    assert dict(made.arguments) == {"place": "here", "reason": "it was rude", "count": 12}
    assert (made.target, made.confirmed, made.public) == ("12", True, False)


def test_fields_in_rows_are_read_and_empty_ones_are_not_given() -> None:
    row = {"type": 1, "components": [{"type": 4, "custom_id": "reason", "value": "  "}]}
    assert dict(filled(REPORT, ORDER, sent(row, {"type": 10})).arguments) == {"place": "here"}
    assert dict(filled(REPORT, ORDER, {}).arguments) == {"place": "here"}


@pytest.mark.parametrize("typed", ["many", "0", "-1", "1.5", "1000000000", "٣", "#"])
def test_a_number_that_is_none_is_refused_with_its_range(typed: str) -> None:
    with pytest.raises(Unfit, match="whole number from 1 to 999,999,999"):
        filled(REPORT, ORDER, sent(field("count", typed)))
