"""Buttons on Discord: their custom ids fit, ratings say what they are about, and no button costs memory."""

import discord

from adapters.chat.discord import buttons
from adapters.chat.discord.buttons import written
from adapters.chat.orders import Order, Vote, read
from adapters.chat.port import Button


def test_an_order_in_any_script_fits_as_far_as_it_is_short() -> None:
    assert written(Order(command="persona show", arguments={"name": "学" * 50})) is not None
    assert written(Order(command="persona show", arguments={"name": "学" * 70})) is None
    assert written(Order(command="persona show", arguments={"name": "𝒜" * 40})) is None, "they count twice"


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
