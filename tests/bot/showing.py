"""Cards of a small conversation on the real store, and all that can be seen of a card: words, buttons and all."""

from adapters.chat.port import Button, Card, Command
from adapters.store.sqlite import SQLiteStore
from safi.ports import Landed
from tests.bot.making import auditing, commands, conversing, drawn
from tests.doubles import (
    NOON,
    PLACE,
    FakeChat,
    HandClock,
    ids,
    in_turn,
    inbound,
    ledger_text,
    scopes_with,
    small_profile,
)


async def talked(store: SQLiteStore) -> dict[str, Command]:
    """Three turns: one audited and voted on, one whose audit is owed, and one that was held back."""
    drafts = in_turn("Oil the hinge.", "I am Ada.", "The code is 99.")
    converse = conversing(store, FakeChat(), intellect=drafts, fresh=ids("turn"))
    await converse.hear(inbound("It squeaks.", 1))
    audits = auditing(store, in_turn(ledger_text(Honesty=1, Kindness=-0.5)), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    await converse.hear(inbound("And who are you?", 2))
    await converse.hear(inbound("What is the door's code?", 3))
    first = await store.posted(PLACE.encode(), "out-1")
    assert first is not None
    await store.vote(first.turn.id, author="eve", vote="up", at=NOON)
    return commands(store, scopes=scopes_with(small_profile(), small_profile(name="bob")))


def shown(card: Card) -> str:
    """A card at a terminal, and its buttons, of which a terminal shows only those that can be typed."""
    return "\n".join([drawn(card), *map(_told, card.buttons)])


def _told(button: Button) -> str:
    marks = [name for name in ("confirmed", "dangerous", "public") if getattr(button, name)]
    target = f"on {button.target}" if button.target else ""
    words = [f"[{button.label}]", button.command, *map(str, button.arguments.values()), target, *marks]
    return " ".join(word for word in words if word)
