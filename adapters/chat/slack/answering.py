"""Where the answer to what somebody did goes: beside the message, by the address that Slack gave for it, or in a view.

Slack lets a view be opened for three seconds only. So one that is opened from the bot's home first says that the answer
is on its way. Whatever Slack does not take is a ChatError.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.attending import NOWHERE, POSTED, Refused
from adapters.chat.orders import Order
from adapters.chat.port import Card, ChatError, Command, Place
from adapters.chat.slack import drawing, forms
from adapters.chat.slack.account import Account
from adapters.chat.slack.drawing import Drawn
from adapters.chat.slack.failures import translated
from adapters.chat.slack.given import Given
from adapters.chat.slack.sending import Sender
from adapters.chat.supervision import ChatRefused

View = dict[str, Any]

TOO_LATE: Final = "Slack lets a view be opened for three seconds only, and that was too slow. Please try again."
_TOO_LATE: Final = frozenset({"exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "trigger_expired"})
"""What is said where Slack does not open a view any more, and its codes for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What answers are given with: who posts them, as whom, and the client that opens views."""

    sender: Sender
    account: Callable[[], Account]
    client: Callable[[], Awaitable[AsyncWebClient]]

    async def opened(self, trigger: str, view: View) -> str:
        """The id of a view, now that it is open. Raises ChatError; Refused where it came too late."""
        try:
            return await self._opened(trigger, view)
        except ChatRefused as late:
            raise Refused(str(late)) from None

    async def _opened(self, trigger: str, view: View) -> str:
        with translated(dict.fromkeys(_TOO_LATE, TOO_LATE)):
            answer = await (await self.client()).views_open(trigger_id=trigger, view=view)  # pyright: ignore[reportUnknownMemberType]  # slack_sdk does not say what a view holds
            return str(cast("Any", answer)["view"]["id"])

    async def updated(self, view_id: str, view: View) -> None:
        """Put a view in the place of another. Raises ChatError."""
        with translated():
            await (await self.client()).views_update(view_id=view_id, view=view)  # pyright: ignore[reportUnknownMemberType]  # slack_sdk does not say what a view holds

    async def published(self, user: str, view: View) -> None:
        """Put a view on the bot's home, as somebody is shown it. Raises ChatError."""
        with translated():
            await (await self.client()).views_publish(user_id=user, view=view)  # pyright: ignore[reportUnknownMemberType]  # slack_sdk does not say what a view holds

    def drawn(self, card: Card, place: Place) -> Drawn:
        """A card whose buttons are about a place, wherever it is shown."""
        return drawing.drawn(card, address=self.account().address, place=place)


class Answers(Protocol):
    """Where one interaction is answered. All raise ChatError."""

    async def begin(self) -> None:
        """Show that the answer is on its way, if that takes long and can be shown."""
        ...

    async def ask(self, command: Command, order: Order) -> None:
        """Ask for what the command needs."""
        ...

    async def show(self, drawn: Drawn) -> None:
        """Show whoever waits, and nobody else, the answer."""
        ...

    async def publish(self, card: Card, place: Place) -> None:
        """Post the answer for all to see."""
        ...

    async def tell(self, line: str) -> None:
        """Say what went wrong, in a plain line."""
        ...


class Beside:
    """Beside the message, command or shortcut; on a card that one person is shown, in its place."""

    def __init__(self, means: Means, given: Given) -> None:
        self._means = means
        self._given = given

    async def begin(self) -> None:
        """Nothing: Slack shows by itself that it was taken."""

    async def ask(self, command: Command, order: Order) -> None:
        """Open the form."""
        await self._means.opened(self._given.trigger, forms.form(command, order))

    async def show(self, drawn: Drawn) -> None:
        """In the place of the card on which it was pressed, if nobody else sees that."""
        await self._answer(drawn, replace=self._given.private)

    async def publish(self, card: Card, place: Place) -> None:
        """In the thread that it is about."""
        drawn = self._means.drawn(card, place)
        await self._means.sender.answer(self._given.answers, drawn, public=True, thread=place.thread)

    async def tell(self, line: str) -> None:
        """Whoever gave it alone; a card stays."""
        await self._answer(drawing.told(line))

    async def _answer(self, drawn: Drawn, *, replace: bool = False) -> None:
        await self._means.sender.answer(self._given.answers, drawn, replace=replace, thread=self._given.place.thread)


class Within:
    """In a modal view: the one in which it was given, or one that is opened from the bot's home."""

    def __init__(self, means: Means, given: Given, title: str) -> None:
        self._means = means
        self._title = title
        self._trigger = given.trigger
        self._open = given.view_id if given.view == "modal" else ""

    async def begin(self) -> None:
        """Open the view, before Slack lets it be opened no more."""
        if not self._open:
            await self._put(forms.waiting(self._title))

    async def ask(self, command: Command, order: Order) -> None:
        """Put the form into the view."""
        await self._put(forms.form(command, order))

    async def show(self, drawn: Drawn) -> None:
        """Put it into the view."""
        await self._put(forms.shown(self._title, drawn))

    async def publish(self, card: Card, place: Place) -> None:
        """Post it in the channel that it is about, as the bot."""
        if not place.channel:
            raise Refused(NOWHERE)
        try:
            await self._means.sender.show(place, card)
        except ChatError as error:
            raise Refused(f"It could not be posted: {error}.") from None
        await self.tell(POSTED)

    async def tell(self, line: str) -> None:
        """In the view, in the place of whatever it shows."""
        await self._put(forms.shown(self._title, drawing.told(line)))

    async def _put(self, view: View) -> None:
        if self._open:
            await self._means.updated(self._open, view)
        else:
            self._open = await self._means.opened(self._trigger, view)
