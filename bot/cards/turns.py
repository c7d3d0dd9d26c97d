"""Cards of turns and their audits, for whoever may read the place in which they were said."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

from adapters.chat.port import Button, Card
from bot import costs, phrases
from bot.cards.findings import caveat, reasoned
from safi.ports import TurnRecord, Votes
from safi.turn import said

SHORTCUTS: Final = 5
"""Turns of a list that have a button each."""


def why(record: TurnRecord) -> Card:
    """What led to an answer, and what became of it, for those to whom it was given."""
    report = Button(label="Report this reply", command="report", arguments=_named(record), target=record.message_id)
    buttons = (report,) if record.message_id is not None else ()
    return _turn(record, title="Why this answer", buttons=buttons)


def audit(record: TurnRecord, votes: Votes, reports: int, *, before: int | None, after: int | None) -> Card:
    """A turn as moderators see it: with what members think of it, and the numbers of its neighbours if it has any."""
    neighbours = (("Earlier ", before), ("Later ", after))
    members = () if record.message_id is None else (("Members", phrases.members(votes, reports)),)
    return _turn(record, title="Audit", more=members, buttons=tuple(_shown(n, way) for way, n in neighbours if n))


def listed(records: Sequence[TurnRecord], *, page: int, further: bool) -> Card:
    """A page of turns, one line each, newest first; `further`: there are older ones."""
    newest = [record.number for record in records if record.number is not None][:SHORTCUTS]
    buttons = (*pages("audit list", page, further=further), *(_shown(number) for number in newest))
    return Card(title="Latest turns", lines=tuple(_line(record) for record in records), buttons=buttons)


def pending(records: Sequence[TurnRecord], *, owed: int, place: str) -> Card:
    """The audits that are owed, longest first; words only of what was said in this place."""
    if not owed:
        return Card(title="No audits are owed", sentence="Every answer that was sent has been dealt with.")
    more = f" The {len(records)} that have waited longest are shown." if len(records) < owed else ""
    lines = tuple(_waiting(record, here=record.event.place == place) for record in records)
    return Card(title="Audits owed", sentence=f"{phrases.audits(owed)} not made yet.{more}", lines=lines)


def pages(
    command: str, page: int, *, further: bool, labels: tuple[str, str] = ("Newer", "Older")
) -> tuple[Button, ...]:
    """Buttons that turn the pages of a list, of which this is one, back and on."""
    turned = ((labels[0], page - 1, page > 1), (labels[1], page + 1, further))
    return tuple(
        Button(label=label, command=command, arguments={"page": number}) for label, number, there in turned if there
    )


def _turn(
    record: TurnRecord, *, title: str, buttons: tuple[Button, ...], more: tuple[tuple[str, str], ...] = ()
) -> Card:
    """One turn with all that became of it: exchange, verdict, coaching, audit, and what the models took."""
    fields = (
        ("Asked", record.turn.prompt.message.text),
        ("Said", said(record.profile, record.turn.outcome)),
        ("Gate", phrases.verdict(record.turn.outcome)),
        ("Coaching", phrases.coaching(record.turn.coaching)),
        ("Audit", phrases.audit_state(record)),
        *more,
        ("Took", costs.took(record)),
        ("Turn", f"{record.turn.persona}, {phrases.when(record.at)}, {record.turn.id}"),
    )
    numbered = title if record.number is None else f"{title} · #{record.number}"
    bars = reasoned(record.ledger) if record.ledger else ()
    footer = caveat(record.ledger) if record.ledger else ""
    return Card(title=numbered, fields=fields, bars=bars, buttons=buttons, footer=footer)


def _shown(number: int, way: str = "") -> Button:
    return Button(label=f"{way}#{number}", command="audit show", arguments={"number": number})


def _named(record: TurnRecord) -> dict[str, str | int]:
    """By which number a turn goes where it is typed; in time, that may be another's where another persona answers."""
    return {} if record.number is None else {"number": record.number}


def _line(record: TurnRecord) -> str:
    number = "–" if record.number is None else f"#{record.number}"
    when = record.at.astimezone(UTC).strftime("%m-%d %H:%M")
    asked = phrases.excerpt(record.turn.prompt.message.text)
    return f"{number:>4}  {when}  {phrases.became(record):<10}  “{asked}”"


def _waiting(record: TurnRecord, *, here: bool) -> str:
    asked = f"“{phrases.excerpt(record.turn.prompt.message.text)}”" if here else "in another place"
    passed = "  passed over in memory" if record.fate == "hole" else ""
    return f"#{record.number}  since {phrases.when(record.at)}  {asked}{passed}"
