"""What commands share: the record, the accounts, the personas, whose memory a place has, and how a turn is named."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Chat, Invocation, Option, Place
from bot.cards import costs, places
from bot.cards.remembered import Remembered
from bot.hearing.scopes import Scopes
from bot.settings.config import Spend
from safi.ports import Accounts, Archive, Assignments, Clock, Operators, Opinions, Recall, TurnRecord
from safi.profile import Profile

NUMBER: Final = Option(name="number", kind="number", summary="the number of an audit; without one, the latest turn")

_EVENTS: Final = 100
"""Operator events of a scope that are looked through, newest first: far more than people give."""


Admit = Callable[[Profile], Awaitable[str | None]]
"""Says why the judges of a persona may not sit; None where they may."""


async def unchecked(_: Profile) -> str | None:
    """Any judges may sit: an Admit for where nobody asks whether they were checked, as at a console."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`models` says in one line which model each faculty uses. Texts go after `texts_days`, unless they are `held`."""

    recall: Recall
    archive: Archive
    operators: Operators
    opinions: Opinions
    assignments: Assignments
    accounts: Accounts
    chat: Chat
    clock: Clock
    caps: Spend
    held: bool
    texts_days: int
    scopes: Scopes
    admit: Admit
    models: str
    version: str

    def persona(self, place: Place) -> Profile:
        """Who answers there."""
        return self.scopes.persona(place)

    async def remembered(self, place: Place) -> Remembered:
        """What is remembered there, and what was done to it."""
        scope = self.scopes.scope(place)
        operations = await self.operators.operations(scope, limit=_EVENTS)
        owed = await self._owed_before(scope, operations[0].number or 0) if operations else ()
        return Remembered(state=await self.recall.state(scope), operations=operations, owed=owed)

    async def spent(self) -> str:
        """What all calls to models took this day and this month, in UTC, of what they may take."""
        midnight = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        today = await self.accounts.spent(since=midnight)
        return costs.spent(today, await self.accounts.spent(since=midnight.replace(day=1)), self.caps)

    async def asked(self, invocation: Invocation) -> TurnRecord | None:
        """The turn whose answer is the target, or that the NUMBER option names; the latest where neither is given.

        Only what was said where it is asked for is found: others' words stay theirs.
        """
        if invocation.target is not None:
            return await self._posted(invocation, invocation.target)
        number = invocation.arguments.get(NUMBER.name)
        if number is not None:
            return await self.numbered(invocation, int(number))
        return next(iter(await self.turns(invocation, limit=1)), None)

    async def turns(self, invocation: Invocation, *, limit: int, skip: int = 0) -> Sequence[TurnRecord]:
        """The scope's turns whose words the command may show, newest first."""
        scope, place = self.scopes.scope(invocation.place), invocation.place
        if invocation.threads:
            return await self.archive.turns(scope, limit=limit, skip=skip, within=place.beginning())
        return await self.archive.turns(scope, limit=limit, skip=skip, place=place.encode())

    async def numbered(self, invocation: Invocation, number: int) -> TurnRecord | None:
        """The turn of that number, if it was said where the command may look."""
        record = await self.archive.numbered(self.scopes.scope(invocation.place), number)
        return record if record is not None and record.event.place.startswith(within(invocation)) else None

    async def _posted(self, invocation: Invocation, message_id: str) -> TurnRecord | None:
        """The turn whose words a message is of. A card about a thread's turn may stand in its channel."""
        if invocation.threads:
            return await self.archive.posted_within(invocation.place.beginning(), message_id)
        return await self.archive.posted(invocation.place.encode(), message_id)

    async def _owed_before(self, scope: str, number: int) -> tuple[int, ...]:
        """The numbers before this one that memory waits for. None is, before one that was folded."""
        owed = list[int]()
        left = (await self.archive.standing(scope)).owed
        while left and number > 1:
            number -= 1
            record = await self.archive.numbered(scope, number)
            if record is not None and record.fate == "folded":
                break
            if record is not None and record.audit == "owed":
                left -= 1
                owed += [] if record.fate else [number]
        return tuple(owed)


def within(invocation: Invocation) -> str:
    """With what the keys of those places begin whose words a command may show."""
    return invocation.place.beginning() if invocation.threads else invocation.place.encode()


def nothing(invocation: Invocation) -> Card:
    """Says that what was asked for is not there."""
    if invocation.target is not None:
        return places.not_an_answer()
    number = invocation.arguments.get(NUMBER.name)
    return places.nothing_yet() if number is None else places.no_audit(int(number), moderator=invocation.moderator)
