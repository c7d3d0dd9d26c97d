"""Custom ids: what they say is what was meant, and everything else is told as older; no button costs memory."""

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.discord import buttons
from adapters.chat.discord.buttons import Order, Vote, fitting, read, written
from adapters.chat.discord.text import length
from adapters.chat.port import Button

TEXTS = st.text(st.characters(codec=None), max_size=12)
ORDERS = st.builds(
    Order,
    command=TEXTS,
    arguments=st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=2),
    target=st.none() | TEXTS,
    confirmed=st.booleans(),
    public=st.booleans(),
)


@given(ORDERS)
def test_an_order_is_read_as_it_was_written_wherever_it_fits(order: Order) -> None:
    custom_id = written(order)
    if custom_id is not None:
        assert length(custom_id) <= 100
        assert read(custom_id.encode().decode()) == order


@given(ORDERS, ORDERS)
def test_different_orders_have_different_ids(one: Order, other: Order) -> None:
    if (one, dict(one.arguments)) != (other, dict(other.arguments)) and (custom_id := written(one)) is not None:
        assert custom_id != written(other)


@given(st.text(max_size=100) | st.builds("safi1:{}:{}".format, st.sampled_from(("do", "vote", "post")), st.text()))
def test_whatever_comes_as_an_id_is_read_or_refused(rubbish: str) -> None:
    assert read(rubbish) is None or read(rubbish) == read(rubbish)


@pytest.mark.parametrize(
    "custom_id",
    [
        "",
        "safi1",
        "safi1:",
        'safi0:do:["status",{},null,""]',
        'safi2:do:["status",{},null,""]',
        "safi1:do:status",
        "safi1:do:[]",
        'safi1:do:["status"]',
        'safi1:do:["status",{},null,"x"]',
        'safi1:do:["status",{},12,""]',
        'safi1:do:["status",[],null,""]',
        'safi1:do:["status",{"page":true},null,""]',
        'safi1:do:["status",{"page":1.5},null,""]',
        'safi1:do:["status",{"page":null},null,""]',
        'safi1:do:[1,{},null,""]',
        "safi1:vote:sideways",
        "safi1:post",
        "somebody-elses",
    ],
)
def test_foreign_old_and_broken_ids_are_told_as_such(custom_id: str) -> None:
    assert read(custom_id) is None


def test_an_order_in_any_script_fits_as_far_as_it_is_short() -> None:
    assert written(Order(command="persona show", arguments={"name": "学" * 50})) is not None
    assert written(Order(command="persona show", arguments={"name": "学" * 70})) is None
    assert written(Order(command="persona show", arguments={"name": "𝒜" * 40})) is None, "they count twice"


def test_buttons_that_do_the_same_are_one_and_those_without_room_are_counted() -> None:
    same = Button(label="Status", command="status"), Button(label="Again", command="status")
    pages = [Button(label=str(page), command="audit list", arguments={"page": page}) for page in range(30)]
    long = Button(label="Long", command="persona show", arguments={"name": "n" * 200})
    fit, left = fitting([*same, long, *pages], 25)
    assert [button.label for button in fit.values()] == ["Status", *map(str, range(24))]
    assert left == 7


async def test_the_client_keeps_no_button() -> None:
    view = buttons.rating_view()
    assert view.is_finished()
    assert view.timeout is None


def test_rating_buttons_say_the_vote_and_taking_back_says_the_message() -> None:
    ids = [item.custom_id for item in buttons.rating_view().children if isinstance(item, discord.ui.Button)]
    assert [read(custom_id or "") for custom_id in ids] == [Vote(vote="up"), Vote(vote="down")]
    (back,) = buttons.rated_view("12").children
    assert isinstance(back, discord.ui.Button)
    assert read(back.custom_id or "") == Vote(vote=None, message_id="12")


def test_a_dangerous_button_looks_like_it_and_one_without_a_name_can_be_pressed() -> None:
    pressable = buttons.pressable("i", Button(label=" ", command="memory reset", dangerous=True))
    assert (pressable.style, pressable.label) == (discord.ButtonStyle.danger, "…")
