"""The bot's home on Slack: cards for everyone, and for moderators, how a channel stands. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.chat.orders import posted
from adapters.chat.port import Card, Place
from adapters.chat.slack.blocks import Block, plain
from adapters.chat.slack.buttons import CHANNEL
from adapters.chat.slack.drawing import drawn

_CHOOSE: Final = "Show how a channel stands"
_DIVIDER: Final[Block] = {"type": "divider"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A channel that a moderator chose, and the card that says how it stands."""

    place: Place
    card: Card


def home(cards: Sequence[Card], *, address: str, moderator: bool, stand: Stand | None = None) -> Block:
    """The view, of `cards` that are for everyone. Buttons below a channel's card are about that channel."""
    sections = [_channels(stand, address)] if moderator else []
    sections += [_shown(card, address, None) for card in cards]
    return {"type": "home", "blocks": list(_divided(sections))}


def _channels(stand: Stand | None, address: str) -> tuple[Block, ...]:
    chosen = {"initial_conversation": stand.place.channel} if stand else {}
    select = {
        "type": "conversations_select",
        "action_id": CHANNEL,
        "placeholder": plain("Choose a channel"),
        "filter": {"include": ["public", "private"]},
        **chosen,
    }
    top: Block = {"type": "section", "text": plain(_CHOOSE), "accessory": select}
    return (top, *_shown(stand.card, address, stand.place)) if stand else (top,)


def _shown(card: Card, address: str, place: Place | None) -> tuple[Block, ...]:
    """A card as it stands on a home, where nobody else is to see it posted."""
    return drawn(posted(card), address=address, place=place).blocks


def _divided(sections: Sequence[Sequence[Block]]) -> Iterator[Block]:
    for number, blocks in enumerate(sections):
        if number:
            yield _DIVIDER
        yield from blocks
