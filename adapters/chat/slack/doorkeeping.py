"""Who may give commands, and what Slack grants them there: asked each time, and kept nowhere."""

from dataclasses import dataclass
from typing import Final

from adapters.chat.attending import REFUSED, Refused
from adapters.chat.orders import Order
from adapters.chat.port import Command, Invocation, Place
from adapters.chat.slack.manifest import COMMAND
from adapters.chat.slack.people import UNKNOWN, People

PREFIX: Final = f"{COMMAND} "
"""What stands before every command where it is typed."""

STRANGE: Final = "Slack does not tell the bot what place this is. It may have to be invited here first, with /invite."


@dataclass(frozen=True, slots=True, kw_only=True)
class Doorkeeper:
    """Asks `people`, for all that is done in one workspace."""

    people: People

    async def admit(self, user: str, place: Place, team: str | None = None) -> None:
        """Return if settings let somebody, of a `team` if Slack says, give commands about a place. Raises Refused."""
        refusal = await self.people.refusal(user, place.channel, team)
        if refusal is not None:
            raise Refused(STRANGE if refusal == UNKNOWN else REFUSED[refusal])

    async def may(self, user: str, command: Command) -> bool:
        """Whether a command is for somebody, who is then asked for what it needs."""
        return command.audience == "everyone" or await self.people.moderates(user)

    async def invocation(
        self, order: Order, user: str, place: Place, *, there: bool, moderator: bool | None = None
    ) -> Invocation:
        """The order as somebody's command about a place; `there`: it was given in that channel, which Slack let be.

        `moderator`: whether they are one, where that has just been asked.
        """
        return Invocation(
            command=order.command,
            arguments=order.arguments,
            place=place,
            author=user,
            target=order.target,
            moderator=await self.people.moderates(user) if moderator is None else moderator,
            reads=there or (bool(place.channel) and await self.people.reads(user, place.channel)),
            threads=True,
            confirmed=order.confirmed,
            prefixes=(PREFIX, PREFIX),
        )
