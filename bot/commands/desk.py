"""What commands share: the record, the accounts, the personas, whose memory a place has, and how a turn is named."""

from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Invocation, Option, Place
from bot import costs
from bot.config import Spend
from bot.scopes import Scopes
from safi.ports import Accounts, Archive, Clock, Recall, TurnRecord
from safi.profile import Profile
from safi.record import State

NUMBER: Final = Option(name="number", kind="number", summary="the number of an audit; without one, the latest turn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`models` says in one line which model each faculty uses."""

    recall: Recall
    archive: Archive
    accounts: Accounts
    clock: Clock
    caps: Spend
    scopes: Scopes
    models: str
    version: str

    def persona(self, place: Place) -> Profile:
        """Who answers there."""
        return self.scopes.persona(place)

    async def state(self, place: Place) -> State:
        """What is remembered there."""
        return await self.recall.state(self.scopes.scope(place))

    async def spent(self) -> str:
        """What all calls to models took this day and this month, in UTC, of what they may take."""
        midnight = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        today = await self.accounts.spent(since=midnight)
        return costs.spent(today, await self.accounts.spent(since=midnight.replace(day=1)), self.caps)

    async def asked(self, invocation: Invocation) -> TurnRecord | None:
        """The turn that the NUMBER option names, if it was said where it is asked for: others' words stay theirs."""
        scope, place = self.scopes.scope(invocation.place), invocation.place.encode()
        number = invocation.arguments.get(NUMBER.name)
        if number is None:
            return next(iter(await self.archive.turns(scope, limit=1, place=place)), None)
        record = await self.archive.numbered(scope, int(number))
        return record if record is not None and record.event.place == place else None


def nothing(invocation: Invocation) -> Card:
    """Says that what was asked for is not there."""
    number = invocation.arguments.get(NUMBER.name)
    if number is None:
        return Card(title="Nothing here yet", sentence="Say something to the persona first.")
    return Card(title=f"There is no audit #{number} here", sentence="/audit list shows those that there are.")
