"""Cards of a place as a whole: how it stands, what can be done about it, and what cannot be done there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.chat.port import Button, Card
from bot.cards import phrases
from bot.cards.memories import bars
from bot.cards.remembered import Remembered
from safi.ports import Agreement, Standing

_PANEL: Final = (
    Button(label="Status", command="status"),
    Button(label="Latest audits", command="audit list"),
    Button(label="Values", command="values"),
    Button(label="Help", command="help"),
)

_LINES: Final = (
    "• It is an AI: every answer is drafted by a language model, never by a person.",
    "• A gate checks each draft against the persona's rules; a draft that breaks one is never sent.",
    "• An auditor scores each sent answer value by value, in the background.",
    "• The scores are remembered, show whether the persona drifts, and coach its next answers.",
    "• What is stored, where this bot runs: messages that are for it, the text files that come with them and what they "
    "reply to; its answers, their audits, votes and reports; each with the id of whoever it is from.",
    "• Pictures never are, nor what others say around it. Models are shown a tag in place of your name.",
)

_ERASED: Final = "• Whoever runs this bot can erase what is kept of you: ask them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a place stands. `persona` says who answers and why, `quiet` why nobody does, "" where somebody does.

    `spent` is what the program spent, all places together; `held`: there is a legal hold.
    """

    persona: str
    quiet: str
    standing: Standing = field(hash=False)
    remembered: Remembered
    agreement: Agreement
    reports: str
    models: str
    spent: str
    held: bool


def panel(persona: str, quiet: str) -> Card:
    """Where moderators begin: who answers here, or why nobody does."""
    return Card(title="SAFi bot", sentence=quiet or f"Who answers here: {persona}.", buttons=_PANEL)


def status(stand: Stand) -> Card:
    """How a place stands, at a glance."""
    counted = stand.standing
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(counted.outcomes.items())) or "none yet"
    oldest = "" if counted.oldest_owed is None else f" (since {phrases.when(counted.oldest_owed)})"
    spent, *calls = stand.spent.splitlines()
    fields = (
        ("Persona", stand.persona),
        ("Turns", outcomes),
        ("Audits", f"{counted.folded} remembered, {counted.owed} owed{oldest}, {counted.holes} without a ledger"),
        ("Memory", phrases.memory(stand.remembered)),
        ("Agreement", phrases.agreement(stand.agreement)),
        ("Reports", stand.reports),
        ("Models", stand.models),
        ("Spent", spent),
        ("Calls", "; ".join(calls)),
    )
    sentence = " ".join(part for part in (stand.quiet, phrases.LEGAL_HOLD if stand.held else "") if part)
    buttons = (*_PANEL[1:2], Button(label="Memory", command="memory show"))
    return Card(
        title="Status",
        sentence=sentence,
        fields=fields,
        bars=bars(stand.remembered.state.memory),
        buttons=buttons,
        tone="warning" if stand.quiet else "plain",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """What there is to know of the bot itself. `kept` is for how many days texts are; None: a legal hold keeps them."""

    version: str
    models: str
    kept: int | None


def about(bot: Bot, persona: str, quiet: str, commands: Sequence[tuple[str, str]]) -> Card:
    """What this bot is, and the commands (how it is typed, what it does) that everyone has.

    `quiet` says why nobody answers there, "" where `persona` does.
    """
    return Card(
        title=f"SAFi bot {bot.version}",
        sentence=quiet or f"You are talking with {persona}, who is held to declared values.",
        fields=(*commands, ("Models", bot.models)),
        lines=(*_LINES, *_keeping(bot.kept)),
        footer="Self-Alignment Framework (SAF), originally structured by Nelson Amaya.",
    )


def _keeping(days: int | None) -> tuple[str, ...]:
    if days is None:
        return ("• A legal hold is on: nothing of it goes for now.",)
    after = "a day" if days == 1 else f"{days} days"
    return (f"• Texts go after {after}, with who said them; scores stay longer.", _ERASED)


def moderators_only() -> Card:
    """Whoever gave a command may not."""
    return Card(title="For moderators", sentence="Only moderators of this place can use this. Nothing was done.")


def unreadable() -> Card:
    """Whoever gave a command may not read what it is about."""
    sentence = "This is only for those who may read what was said in this place. Nothing was done."
    return Card(title="You may not read here", sentence=sentence)


def not_an_answer() -> Card:
    """The message that a command is about is none of the bot's answers."""
    sentence = "Choose a message in which the persona answered. What is older than the record is no longer known."
    return Card(title="That is not one of the persona's answers", sentence=sentence)


def no_audit(number: int, *, moderator: bool) -> Card:
    """Nothing here has that number."""
    buttons = _PANEL[1:2] if moderator else ()
    return Card(title=f"There is no audit #{number} here", buttons=buttons)


def nobody(quiet: str) -> Card:
    """There is no persona, so there are no values."""
    return Card(title="Nobody answers here for now", sentence=quiet)


def nothing_yet() -> Card:
    """Nothing was said here."""
    return Card(title="Nothing here yet", sentence="Say something to the persona first.")
