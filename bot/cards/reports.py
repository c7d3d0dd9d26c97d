"""Cards of reports: what the moderators are told, and what whoever reported an answer is told."""

from typing import Final, Literal

from adapters.chat.port import Card
from bot.cards import phrases, turns
from safi.ports import TurnRecord

Told = Literal["told", "nowhere", "unreachable"]
"""Whether the moderators were told of a report: they have no place where they are, or it could not be reached."""

_TOLD: Final[dict[Told, str]] = {
    "told": "The moderators have been told.",
    "nowhere": "It is recorded. The moderators have set no channel yet in which they are told of it.",
    "unreachable": "It is recorded. The moderators' channel cannot be reached just now: tell them if it is urgent.",
}


def reported(record: TurnRecord, reason: str, reports: int) -> Card:
    """Tells moderators of a report. It holds no words of the exchange: they stand where it leads to."""
    which = "a notice" if record.number is None else f"#{record.number}"
    members = "1 member" if reports == 1 else f"{reports} members"
    return Card(
        title="Reply reported",
        sentence=f"{members} reported an answer of {record.turn.persona}.",
        lines=(f"Reason: {reason or 'none given'}",),
        fields=(("Answer", which), ("Audit", phrases.audit_state(record))),
        about=turns.about(record),
        tone="warning",
    )


def thanks(told: Told) -> Card:
    """Tells whoever reported an answer what became of it."""
    return Card(title="Thank you for the report", sentence=_TOLD[told])


def reported_already() -> Card:
    """Tells whoever reports an answer a second time that once is enough."""
    return Card(title="You reported this reply before", sentence="Your report is recorded; nothing was added to it.")
