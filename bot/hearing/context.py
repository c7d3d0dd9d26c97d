"""Which earlier exchanges a turn is shown: what its message replies to, and what was said lately. Pure."""

from collections.abc import Sequence

from safi.turn import Exchange


def shown(recent: Sequence[Exchange], chain: Sequence[Exchange], *, most: int, characters: int) -> tuple[Exchange, ...]:
    """Of both, each oldest first, at most so many exchanges of so many characters together, and only whole ones.

    `chain` leads to the message that is replied to; the nearest of it are kept before all others. What was not said
    lately comes first.
    """
    linked = latest(chain, most=most, characters=characters)
    left = characters - sum(map(_length, linked))
    others = latest([each for each in recent if each not in linked], most=most - len(linked), characters=left)
    kept = {each.id for each in (*linked, *others)}
    lately = {each.id for each in recent}
    return (
        *(each for each in linked if each.id not in lately),
        *(each for each in recent if each.id in kept),
    )


def latest(history: Sequence[Exchange], *, most: int, characters: int) -> tuple[Exchange, ...]:
    """The last exchanges, at most so many and of so many characters together; the oldest go first, and only whole."""
    kept = list[Exchange]()
    for exchange in reversed(history):
        characters -= _length(exchange)
        if characters < 0 or len(kept) >= most:
            break
        kept.append(exchange)
    return tuple(reversed(kept))


def _length(exchange: Exchange) -> int:
    return len(exchange.message.text) + len(exchange.answer)
