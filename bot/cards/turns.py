"""Cards of turns and their audits, for whoever may read the place in which they were said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Final

from adapters.chat.port import Bar, Button, Card, Place, Posted
from bot.cards import costs, phrases, rulings
from bot.cards.findings import caveat, reasoned, scored
from safi.ports import TurnRecord, Votes
from safi.turn import Approved

SHORTCUTS: Final = 5
"""Turns of a list that have a button each."""


def why(record: TurnRecord) -> Card:
    """What led to an answer, and what became of it, for those to whom it was given."""
    report = Button(label="Report this reply", command="report", arguments=_named(record), target=record.message_id)
    buttons = (report,) if record.message_id is not None else ()
    return _turn(record, title="Why this answer", gate=_gate(record, reasons=False), buttons=buttons)


def audit(record: TurnRecord, votes: Votes, reports: int, *, before: int | None, after: int | None) -> Card:
    """A turn as moderators see it: with what members think of it, and the numbers of its neighbours if it has any."""
    neighbours = (("Earlier ", before), ("Later ", after))
    members = () if record.message_id is None else (("Members", phrases.members(votes, reports)),)
    buttons = tuple(_shown(n, way) for way, n in neighbours if n)
    card = _turn(record, title="Audit", gate=_gate(record, reasons=True), more=members, buttons=buttons)
    return replace(card, about=about(record), tone="warning" if reports else "plain")


def about(record: TurnRecord) -> Posted | None:
    """The message that answered, if it was posted."""
    if record.message_id is None:
        return None
    return Posted(place=Place.decode(record.event.place), message_id=record.message_id)


def listed(records: Sequence[TurnRecord], *, page: int, further: bool) -> Card:
    """A page of turns, a row each, newest first; `further`: there are older ones."""
    newest = [record.number for record in records if record.number is not None][:SHORTCUTS]
    buttons = (*pages("audit list", page, further=further), *(_shown(number) for number in newest))
    return Card(title="Latest turns", fields=tuple(_row(record) for record in records), buttons=buttons)


def pending(records: Sequence[TurnRecord], *, owed: int, within: str) -> Card:
    """The audits that are owed, longest first; words only of what was said in places whose keys begin so."""
    if not owed:
        return Card(title="No audits are owed", sentence="Every answer that was sent has been dealt with.")
    more = f" The {len(records)} that have waited longest are shown." if len(records) < owed else ""
    rows = tuple(_waiting(record, here=record.event.place.startswith(within)) for record in records)
    return Card(title="Audits owed", sentence=f"{phrases.audits(owed)} not made yet.{more}", fields=rows)


def pages(
    command: str, page: int, *, further: bool, labels: tuple[str, str] = ("Newer", "Older")
) -> tuple[Button, ...]:
    """Buttons that turn the pages of a list, of which this is one, back and on."""
    turned = ((labels[0], page - 1, page > 1), (labels[1], page + 1, further))
    return tuple(
        Button(label=label, command=command, arguments={"page": number}) for label, number, there in turned if there
    )


def _turn(
    record: TurnRecord, *, title: str, gate: str, buttons: tuple[Button, ...], more: tuple[tuple[str, str], ...] = ()
) -> Card:
    """One turn with all that became of it: exchange, verdict, coaching, audit, and what the models took."""
    fields = (
        ("Asked", phrases.asked(record)),
        ("Said", phrases.answered(record)),
        ("Gate", gate),
        ("Coaching", phrases.coaching(record.turn.coaching)),
        *more,
        ("Took", costs.took(record)),
    )
    known = f"{record.turn.persona} · {phrases.when(record.at)} · turn {record.turn.id}"
    return Card(
        title=title if record.number is None else f"{title} · #{record.number}",
        sentence=phrases.gist(record),
        fields=fields,
        bars=_bars(record),
        buttons=buttons,
        footer="\n".join(filter(None, [known, caveat(record.ledger) if record.ledger else ""])),
    )


def _gate(record: TurnRecord, *, reasons: bool) -> str:
    """What the gate decided; `reasons`: also why, in a judge's words. Those on what was deleted are not shown."""
    outcome = record.turn.outcome
    if record.withdrawn:
        return "let out" if isinstance(outcome, Approved) else rulings.ruling(outcome)
    return rulings.verdict(outcome) if reasons else rulings.ruling(outcome)


def _bars(record: TurnRecord) -> tuple[Bar, ...]:
    """The scores; with what shows them, as long as that may be shown."""
    if record.ledger is None:
        return ()
    return scored(record.ledger) if record.withdrawn else reasoned(record.ledger)


def _shown(number: int, way: str = "") -> Button:
    return Button(label=f"{way}#{number}", command="audit show", arguments={"number": number})


def _named(record: TurnRecord) -> dict[str, str | int]:
    """By which number a turn goes where it is typed; in time, that may be another's where another persona answers."""
    return {} if record.number is None else {"number": record.number}


def _row(record: TurnRecord) -> tuple[str, str]:
    when = record.at.astimezone(UTC).strftime("%m-%d %H:%M")
    return _number(record), f"{when} · {phrases.became(record)} · {_excerpt(record)}"


def _waiting(record: TurnRecord, *, here: bool) -> tuple[str, str]:
    asked = _excerpt(record) if here else "in another place"
    passed = " · passed over in memory" if record.fate == "hole" else ""
    return _number(record), f"since {phrases.when(record.at)} · {asked}{passed}"


def _excerpt(record: TurnRecord) -> str:
    return phrases.DELETED if record.withdrawn else f"“{phrases.excerpt(phrases.asked(record))}”"


def _number(record: TurnRecord) -> str:
    return "–" if record.number is None else f"#{record.number}"
