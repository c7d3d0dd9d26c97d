"""What members are told of their own messages, in the program's own name: too long, too many, not all of it read."""

from collections.abc import Mapping
from typing import Final

from adapters.chat.port import DIRECT_MESSAGES_OFF, GUESTS_OFF, SHARED_CHANNELS_OFF, Card
from bot.hearing import heard

BUSY: Final = Card(
    title="Busy: too many messages are waiting here",
    sentence="Those that came before are answered in their order; please ask again in a while.",
    quiet=True,
)

REFUSED: Final[Mapping[str, Card]] = {
    DIRECT_MESSAGES_OFF: Card(
        title="Direct messages are off",
        sentence="What you write here is neither answered nor kept. Please ask in a channel.",
        quiet=True,
    ),
    SHARED_CHANNELS_OFF: Card(
        title="This channel is shared with another organization",
        sentence="What is written in such channels is neither answered nor kept. Please ask in one of your own.",
        quiet=True,
    ),
    GUESTS_OFF: Card(
        title="Guests are not answered here",
        sentence="What guests write to this bot is neither answered nor kept. Members may ask it.",
        quiet=True,
    ),
}
"""What is said where the platform's settings leave a message without an answer, by the reason."""

EMPTY: Final = Card(
    title="There was nothing to read in that",
    sentence="Say something after the mention, or reply to a message of mine and say it there.",
    quiet=True,
)

_LEFT_OUT: Final = {
    heard.HIDDEN: "What you replied to was not shown to this bot: please copy its words into your message.",
    heard.UNSEEN: "The model behind this persona cannot see pictures: {}.",
    heard.PICTURE: "Pictures are not kept, and a restart came in between: {}.",
    heard.UNREAD: "Neither text nor picture, too large, or not for this bot to read: {}.",
    heard.CUT: "Too long to be read as a whole: {} were left out.",
}
"""What is said of what was left out, by its mark."""


def too_long(longest: int) -> Card:
    """A message was longer than is heard."""
    return Card(title="That message is too long", sentence=f"Please keep it under {longest:,} characters.")


def left_out(words: str, *, seen: bool) -> Card | None:
    """Of these words, what nobody saw or read; None where nothing is missing. `seen`: pictures were shown."""
    marks = [mark for mark in _LEFT_OUT if not (seen and mark == heard.PICTURE)]
    found = {mark: heard.named(words, mark) for mark in marks}
    lines = tuple(_LEFT_OUT[mark].format(", ".join(names)) for mark, names in found.items() if names)
    answered = not heard.says_nothing(words)
    sentence = "The answer goes by the rest." if answered else "There was nothing else to answer."
    return Card(title="Not all of that was read", sentence=sentence, lines=lines, quiet=answered) if lines else None
