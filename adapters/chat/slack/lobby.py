"""The bot's home, as each person is shown it: what the bot is, and to moderators, how a channel of theirs stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.chat import attending
from adapters.chat.orders import Order
from adapters.chat.port import Card, Command, Place
from adapters.chat.slack import home, places
from adapters.chat.slack.answering import Means
from adapters.chat.slack.buttons import CHANNEL
from adapters.chat.slack.doorkeeping import Doorkeeper
from adapters.chat.slack.given import Payload, part, parts
from adapters.chat.slack.home import Stand

FOR_EVERYONE: Final = ("about", "values")
FOR_MODERATORS: Final = "status"
"""The commands whose cards stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """Puts the home of one workspace's people together."""

    commands: Mapping[str, Command] = field(hash=False)
    door: Doorkeeper
    means: Means

    async def show(self, user: str, channel: str) -> None:
        """Show somebody the home, to moderators with a channel if one is named. Raises Refused and ChatError."""
        account = self.means.account()
        place = places.place(team=account.team, channel=channel)
        nowhere = places.place(team=account.team, channel="")
        await self.door.admit(user, nowhere)
        moderator = await self.door.people.moderates(user)
        names = [name for name in FOR_EVERYONE if name in self.commands]
        cards = [await self._card(name, user, nowhere, moderator=moderator) for name in names]
        stand = await self._stand(user, place) if moderator and channel else None
        view = home.home(cards, address=account.address, moderator=moderator, stand=stand)
        await self.means.published(user, view)

    async def tell(self, user: str, line: str) -> None:
        """Show somebody a plain line instead. Raises ChatError."""
        view = home.home([Card(title=line)], address=self.means.account().address, moderator=False)
        await self.means.published(user, view)

    async def _stand(self, user: str, place: Place) -> Stand | None:
        """How a channel stands, for a moderator; why it is not told, where commands are off there."""
        try:
            await self.door.admit(user, place)
        except attending.Refused as refused:
            return Stand(place=place, card=Card(title="Nothing to show", sentence=str(refused)))
        return Stand(place=place, card=await self._card(FOR_MODERATORS, user, place, moderator=True))

    async def _card(self, name: str, user: str, place: Place, *, moderator: bool) -> Card:
        order = Order(command=name)
        invocation = await self.door.invocation(order, user, place, there=False, moderator=moderator)
        return await self.commands[name].run(invocation)


def chosen(action: Payload) -> str:
    """The channel that was chosen; "" where none was."""
    found: object = action.get("selected_conversation")
    return found if isinstance(found, str) else ""


def remembered(view: Payload) -> str:
    """The channel that a home shows already; "" where it shows none."""
    menus = (part(block, "accessory") for block in parts(view, "blocks"))
    return next((str(menu.get("initial_conversation", "")) for menu in menus if menu.get("action_id") == CHANNEL), "")
