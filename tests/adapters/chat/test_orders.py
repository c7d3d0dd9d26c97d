"""Orders as text: what is read is what was meant, everything else is told as older, and no old text changes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.orders import Order, Vote, fitting, ordered, posted, read, written
from adapters.chat.port import Button, Card, Place

PLACES = st.builds(Place, workspace=st.text(max_size=9), channel=st.text(max_size=9), thread=st.none() | st.text())
TEXTS = st.text(st.characters(codec=None), max_size=12)
ORDERS = st.builds(
    Order,
    command=TEXTS,
    arguments=st.dictionaries(TEXTS, TEXTS | st.integers(), max_size=2),
    target=st.none() | TEXTS,
    confirmed=st.booleans(),
    public=st.booleans(),
    place=st.none() | PLACES,
)
VOTES = st.builds(Vote, vote=st.sampled_from(("up", "down", None)), message_id=st.none() | st.just("12"))


@given(ORDERS | VOTES)
def test_what_is_meant_is_read_as_it_was_written(order: Order | Vote) -> None:
    assert read(written(order).encode().decode()) == order


@given(ORDERS, ORDERS)
def test_different_orders_are_written_differently(one: Order, other: Order) -> None:
    if (one, dict(one.arguments)) != (other, dict(other.arguments)):
        assert written(one) != written(other)


def test_texts_that_stand_under_posted_messages_stay_what_they_are() -> None:
    order = Order(command="audit show", arguments={"number": 13, "a": "é"}, target="12", confirmed=True, public=True)
    assert written(order) == 'safi1:do:["audit show",{"a":"é","number":13},"12","cp"]'
    assert written(Order(command="status")) == 'safi1:do:["status",{},null,""]'
    assert written(Vote(vote="up")) == "safi1:vote:up"
    assert written(Vote(vote=None, message_id="12")) == "safi1:vote:none:12"


def test_an_order_may_say_which_place_it_is_about() -> None:
    place = Place(workspace="slack:T1", channel="C1")
    order = ordered(Button(label="Memory", command="memory show"), place)
    assert written(order) == 'safi1:do:["memory show",{},null,"",["slack:T1","C1",null]]'
    assert read(written(order)) == order


@given(st.text(max_size=100) | st.builds("safi1:{}:{}".format, st.sampled_from(("do", "vote", "post")), st.text()))
def test_whatever_comes_is_read_or_refused(rubbish: str) -> None:
    assert read(rubbish) is None or read(rubbish) == read(rubbish)


@pytest.mark.parametrize(
    "text",
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
        'safi1:do:["status",{},null,"",null]',
        'safi1:do:["status",{},null,"",["w","c"]]',
        'safi1:do:["status",{},null,"",["w","c",1]]',
        'safi1:do:["status",{},null,"",["w","c",null],1]',
        "safi1:vote:sideways",
        "safi1:post",
        "somebody-elses",
    ],
)
def test_foreign_old_and_broken_texts_are_told_as_such(text: str) -> None:
    assert read(text) is None


def test_buttons_that_do_the_same_are_one_and_those_without_room_are_counted() -> None:
    same = Button(label="Status", command="status"), Button(label="Again", command="status")
    pages = [Button(label=str(page), command="audit list", arguments={"page": page}) for page in range(30)]
    long = Button(label="Long", command="persona show", arguments={"name": "n" * 200})
    fit, left = fitting([*same, long, *pages], 25, fits=lambda text: len(text) <= 100)
    assert [button.label for button in fit.values()] == ["Status", *map(str, range(24))]
    assert left == 7


def test_what_is_posted_has_no_button_that_would_post_it_again() -> None:
    again = Button(label="Post to channel", command="status", public=True)
    memory = Button(label="Memory", command="memory show")
    card = Card(title="Status", buttons=(memory, again))
    assert posted(card) == replace(card, buttons=(memory,))
