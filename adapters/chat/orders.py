"""What buttons, forms and menus say that they do, as text: it needs no memory of ours, so it works after any restart.

`read` takes what `written` wrote. What it cannot read is of an older version of this program, or rubbish.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, Literal, cast

from adapters.chat.port import Button, Card, Place

_VERSION: Final = "safi1"
"""To be changed with the form of the texts, so that older ones are known as such."""

_VOTES: Final[Mapping[str, Literal["up", "down"] | None]] = {"up": "up", "down": "down", "none": None}
_FLAGS: Final = {"confirmed": "c", "public": "p"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command as a button, a form, a menu or a typed line gives it; the words are those of `port.Button`.

    `place` is the one that it is about, where that is not the one in which it is given.
    """

    command: str
    arguments: Mapping[str, str | int] = field(default_factory=dict[str, str | int], hash=False)
    target: str | None = None
    confirmed: bool = False
    public: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a member thinks of an answer: of `message_id`, or of the message that the button stands under."""

    vote: Literal["up", "down"] | None
    message_id: str | None = None


def ordered(button: Button, place: Place | None = None) -> Order:
    """What a button orders."""
    return Order(
        command=button.command,
        arguments=button.arguments,
        target=button.target,
        confirmed=button.confirmed,
        public=button.public,
        place=place,
    )


def posted(card: Card) -> Card:
    """The card without the buttons that would post it for all to see: all see it, or nobody else is there."""
    return replace(card, buttons=tuple(button for button in card.buttons if not button.public))


def written(order: Order | Vote) -> str:
    """What is meant as text, unlike that of anything else."""
    if isinstance(order, Vote):
        kind, body = "vote", ":".join(filter(None, [order.vote or "none", order.message_id]))
    else:
        kind, body = "do", _body(order)
    return f"{_VERSION}:{kind}:{body}"


def read(text: str) -> Order | Vote | None:
    """What a button or a form does; None where that cannot be told any more."""
    version, _, rest = text.partition(":")
    kind, _, body = rest.partition(":")
    if version != _VERSION:
        return None
    if kind == "do":
        return _order(body)
    if kind == "vote":
        vote, _, message_id = body.partition(":")
        return Vote(vote=_VOTES[vote], message_id=message_id or None) if vote in _VOTES else None
    return None


def fitting(
    buttons: Iterable[Button],
    room: int,
    *,
    fits: Callable[[str], bool],
    place: Place | None = None,
    as_text: Callable[[Order], str] = written,
) -> tuple[dict[str, Button], int]:
    """The first `room` buttons by what is written of them, of those that do the same one, and how many more there are.

    A button whose text does not fit is one of those more. `as_text` is how a platform has orders written.
    """
    texts = [(as_text(ordered(button, place)), button) for button in buttons]
    distinct: dict[str, Button] = {}
    for text, button in texts:
        if fits(text):
            distinct.setdefault(text, button)
    too_long = sum(not fits(text) for text, _ in texts)
    fit = dict(islice(distinct.items(), room))
    return fit, len(distinct) - len(fit) + too_long


def _body(order: Order) -> str:
    flags = "".join(sign for name, sign in _FLAGS.items() if getattr(order, name))
    place = order.place
    about = [] if place is None else [[place.workspace, place.channel, place.thread]]
    parts = (order.command, dict(order.arguments), order.target, flags, *about)
    body = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return body.encode("utf-8", "backslashreplace").decode()


def _order(body: str) -> Order | None:
    try:
        parts = json.loads(body)
    except ValueError:
        return None
    match parts:
        case [str(command), dict(), str() | None as target, str(flags), *about] if not set(flags) - {*_FLAGS.values()}:
            arguments = cast("dict[str, object]", parts[1])
        case _:
            return None
    values = {name: value for name, value in arguments.items() if type(value) in (str, int)}
    place = _place(about)
    if values != arguments or (about and place is None):
        return None
    on = {name: sign in flags for name, sign in _FLAGS.items()}
    given = cast("dict[str, str | int]", values)
    return Order(command=command, arguments=given, target=target, place=place, **on)


def _place(about: list[object]) -> Place | None:
    match about:
        case [[str(workspace), str(channel), str() | None as thread]]:
            return Place(workspace=workspace, channel=channel, thread=thread)
        case _:
            return None
