"""The bot's home on Slack: everyone reads what it is, moderators see how a channel stands, and Slack takes it."""

from adapters.chat.port import Button, Card
from adapters.chat.slack import buttons
from adapters.chat.slack.blocks import Block
from adapters.chat.slack.home import Stand, home
from tests.adapters.chat.slack.every_card import ADDRESS, PLACE, every_card, extremes
from tests.adapters.chat.slack.rules import broken

ABOUT = Card(title="SAFi bot", lines=("It is an AI.",))


def shown(*cards: Card, moderator: bool = False, stand: Stand | None = None) -> list[Block]:
    """The blocks of a home that Slack takes."""
    view = home(cards, address=ADDRESS, moderator=moderator, stand=stand)
    assert broken("views.publish", {"view": view}) == []
    return view["blocks"]


def titles(blocks: list[Block]) -> list[str]:
    return [block["text"]["text"] for block in blocks if block["type"] == "header"]


def test_everyone_is_shown_the_cards_one_below_the_other() -> None:
    blocks = shown(ABOUT, Card(title="Values"))
    assert titles(blocks) == ["SAFi bot", "Values"]
    assert [block["type"] for block in blocks].count("divider") == 1
    assert not any(block["type"] == "section" for block in blocks)


def test_moderators_choose_a_channel_and_see_how_it_stands_above_the_rest() -> None:
    (choose, *_) = shown(ABOUT, moderator=True)
    assert choose["accessory"]["action_id"] == buttons.CHANNEL
    assert "initial_conversation" not in choose["accessory"]
    status = Card(title="Status", buttons=(Button(label="Memory", command="memory show"),))
    blocks = shown(ABOUT, moderator=True, stand=Stand(place=PLACE, card=status))
    assert blocks[0]["accessory"]["initial_conversation"] == PLACE.channel
    assert titles(blocks) == ["Status", "SAFi bot"]


def test_buttons_below_a_channels_card_are_about_that_channel() -> None:
    post = Button(label="Post to channel", command="status", public=True)
    status = Card(title="Status", buttons=(Button(label="Memory", command="memory show"), post))
    blocks = shown(moderator=True, stand=Stand(place=PLACE, card=status))
    (actions,) = (block for block in blocks if block["type"] == "actions")
    (memory,) = actions["elements"]
    order = buttons.meant(memory)
    assert order is not None
    assert getattr(order, "place", None) == PLACE


def test_the_longest_cards_fit() -> None:
    cards = {**every_card(), **extremes()}
    for name in ("twelve values", "any script"):
        stand = Stand(place=PLACE, card=cards[name])
        shown(cards["places.about"], cards["twelve values"], cards["personas.declared"], moderator=True, stand=stand)
