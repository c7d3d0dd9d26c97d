"""What people do with commands, shortcuts, buttons, menus and forms: each is an invocation, and its card the answer.

Slack waits three seconds for a sign that it was heard, which whoever brings these gives. Whatever fails ends in a line
of the log and a plain one for whoever waits.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Final

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat import orders, parsing
from adapters.chat.asking import asked
from adapters.chat.attending import (
    DEADLINE,
    MODERATORS,
    NOTED,
    NOWHERE,
    OUTDATED,
    UNRATED,
    Attendant,
    Refused,
)
from adapters.chat.orders import Order, Vote
from adapters.chat.parsing import Call, Dialect, Mistake
from adapters.chat.port import Card, ChatError, Command, Handlers, Rating
from adapters.chat.slack import buttons, calls, drawing, forms, lobby, places
from adapters.chat.slack.account import Account
from adapters.chat.slack.answering import Answers, Beside, Means, Within
from adapters.chat.slack.doorkeeping import PREFIX, Doorkeeper
from adapters.chat.slack.drawing import Drawn
from adapters.chat.slack.forms import Mistakes
from adapters.chat.slack.given import Given, Payload, given, part, parts
from adapters.chat.slack.lobby import Lobby
from adapters.chat.slack.manifest import SHORTCUT
from adapters.chat.slack.people import People
from adapters.chat.slack.sending import Sender
from adapters.chat.slack.settings import Settings
from adapters.chat.slack.text import escaped, unescaped

_DIALECT: Final = Dialect(prefix=PREFIX)
_BARE: Final = {True: "panel", False: "about"}
"""What `/safi` alone means, to moderators and to others."""

_NAME: Final = "SAFi"
"""What a view is called that is about no command."""

_NOTHING: Final[Payload] = {}
_GONE: Final = frozenset({"expired_url", "no_more_responses", "used_url"})
"""Slack's codes where it takes no further answer."""

_HANDED: Final = "The file is in your direct messages with the bot."


class Interactions:
    """The desk at which all interactions of one workspace arrive. Nothing here raises. `deadline` is in seconds."""

    def __init__(  # noqa: PLR0913  # all that a workspace has, and nothing that could be one
        self,
        handlers: Handlers,
        settings: Settings,
        *,
        people: People,
        sender: Sender,
        account: Callable[[], Account],
        client: Callable[[], Awaitable[AsyncWebClient]],
        deadline: float = DEADLINE,
    ) -> None:
        self._rate = handlers.rate
        self._commands = {command.name: command for command in handlers.commands}
        self._workspace = settings.name
        self._account = account
        self._sender = sender
        self._door = Doorkeeper(people=people)
        self._means = Means(sender=sender, account=account, client=client)
        self._lobby = Lobby(commands=self._commands, door=self._door, means=self._means)
        self._attendant = Attendant(reason=_cause, final=_final, deadline=deadline)

    async def typed(self, body: Payload) -> None:
        """Run a command that was typed, or say why not and let one be chosen."""
        doing = self._given(body)
        answers = Beside(self._means, doing)
        text = unescaped(str(body.get("text", ""))).strip()
        if not text:
            await self._attend("the command alone", self._bare(doing, answers), answers.tell)
            return
        match parsing.understand(
            text, tuple(self._commands.values()), place=doing.place, author=doing.user, dialect=_DIALECT
        ):
            case Mistake(message=message):
                await self._attend("a command that is none", self._pick(doing, answers, message), answers.tell)
            case Call(invocation=call):
                order = Order(command=call.command, arguments=call.arguments)
                act = self._run(doing, answers, order)
                await self._attend(f"the command {order.command}", act, answers.tell)

    async def chosen(self, body: Payload) -> None:
        """Run a command about a message, or ask for what it needs first."""
        doing = self._given(body)
        name = str(body.get("callback_id", "")).removeprefix(SHORTCUT)
        answers = Beside(self._means, doing)
        act = self._begin(doing, answers, Order(command=name, target=doing.message))
        await self._attend(f"the shortcut for {name}", act, answers.tell)

    async def pressed(self, body: Payload) -> None:
        """Do what a button or a menu says; nothing for those that lead somewhere."""
        doing = self._given(body)
        action = next(iter(parts(body, "actions")), _NOTHING)
        if action.get("action_id") == buttons.LINK:
            return
        if action.get("action_id") == buttons.CHANNEL:
            await self._show_home(doing.user, lobby.chosen(action))
            return
        meant = buttons.meant(action)
        answers = self._answers(doing, meant)
        await self._attend(_name(meant), self._press(doing, answers, meant), answers.tell)

    def filling(self, body: Payload) -> dict[str, Any]:
        """What a form is acknowledged with, at once: what is wrong with it, or that its answer is on its way."""
        match self._form(body):
            case Mistakes() as mistakes:
                return mistakes.response()
            case order:
                return {"response_action": "update", "view": forms.waiting(self._title(order))}

    async def filled(self, body: Payload) -> None:
        """Run the command of a form; nothing where that has to be filled in anew."""
        match self._form(body):
            case Mistakes():
                return
            case order:
                doing = self._given(body)
                answers = self._answers(doing, order)
                await self._attend(_name(order), self._run(doing, answers, order), answers.tell)

    async def opened(self, event: Payload) -> None:
        """Show somebody the bot's home, who opened it."""
        if event.get("tab") == "home":
            await self._show_home(str(event.get("user", "")), lobby.remembered(part(event, "view")))

    async def _show_home(self, user: str, channel: str) -> None:
        act = self._lobby.show(user, channel)
        await self._attend("the home", act, partial(self._lobby.tell, user))

    async def _bare(self, doing: Given, answers: Answers) -> None:
        moderates = await self._door.people.moderates(doing.user)
        await self._run(doing, answers, Order(command=_BARE[moderates]), moderator=moderates)

    async def _pick(self, doing: Given, answers: Answers, line: str) -> None:
        await self._door.admit(doing.user, doing.place, doing.team)
        moderates = await self._door.people.moderates(doing.user)
        theirs = [row for row in self._commands.values() if moderates or row.audience == "everyone"]
        await answers.show(Drawn(text=escaped(line), blocks=buttons.picker(theirs, line)))

    async def _press(self, doing: Given, answers: Answers, meant: Order | Vote | None) -> None:
        match meant:
            case Vote():
                await self._vote(doing, answers, meant)
            case order:
                await self._begin(doing, answers, order)

    async def _begin(self, doing: Given, answers: Answers, order: Order | None) -> None:
        """Ask for what is missing, if whoever is asked may give the command; else run it."""
        command, order = self._known(order)
        if asked(command, order) and await self._door.may(doing.user, command):
            place = order.place or doing.place
            await self._door.admit(doing.user, place, doing.team)
            await answers.ask(command, replace(order, place=place))
        else:
            await answers.begin()
            await self._run(doing, answers, order)

    async def _run(self, doing: Given, answers: Answers, order: Order | None, *, moderator: bool | None = None) -> None:
        """Run a command for whoever may give commands there, and show its card: to them alone, or for all to see."""
        command, order = self._known(order)
        place = order.place or doing.place
        await self._door.admit(doing.user, place, doing.team)
        there = place.channel == doing.place.channel != ""
        invocation = await self._door.invocation(order, doing.user, place, there=there, moderator=moderator)
        if order.public and not invocation.moderator:
            raise Refused(MODERATORS)
        card = await self._handed(doing.user, await command.run(invocation))
        if order.public:
            await answers.publish(orders.posted(card), place)
        else:
            await answers.show(self._means.drawn(card, place))

    async def _handed(self, user: str, card: Card) -> Card:
        """The card without its files, which are handed over before: nothing that one person is shown can hold any."""
        if not card.files:
            return card
        try:
            await self._sender.hand(user, card.files)
        except ChatError as error:
            line = f"The file could not be sent to you: {error}."
        else:
            line = _HANDED
        return replace(card, files=(), lines=(*card.lines, line))

    async def _vote(self, doing: Given, answers: Answers, vote: Vote) -> None:
        rated = vote.message_id or doing.message
        if not rated or not doing.place.channel:
            raise Refused(NOWHERE)
        await self._door.admit(doing.user, doing.place, doing.team)
        counts = await self._rate(Rating(place=doing.place, message_id=rated, author=doing.user, vote=vote.vote))
        below = buttons.rated_blocks(rated) if vote.vote and counts else ()
        await answers.show(drawing.told(NOTED[vote.vote] if counts else UNRATED, *below))

    def _known(self, order: Order | None) -> tuple[Command, Order]:
        """The command of an order of ours. Raises Refused."""
        command = self._commands.get(order.command) if order else None
        if order is None or command is None or (order.place and order.place.workspace != self._here()):
            raise Refused(OUTDATED)
        return command, order

    def _form(self, body: Payload) -> Order | Mistakes | None:
        """What a form says, with what was filled in."""
        view = part(body, "view")
        order = forms.ordered(view)
        command = self._commands.get(order.command) if order else None
        return forms.filled(command, order, view) if command and order else order

    def _here(self) -> str:
        return places.workspace(self._account().team)

    def _given(self, body: Payload) -> Given:
        return given(body, self._account().team)

    def _answers(self, doing: Given, meant: Order | Vote | None) -> Answers:
        if doing.view is None:
            return Beside(self._means, doing)
        return Within(self._means, doing, self._title(meant))

    def _title(self, meant: Order | Vote | None) -> str:
        command = self._commands.get(meant.command) if isinstance(meant, Order) else None
        return forms.title(command) if command else _NAME

    async def _attend(
        self, name: str, act: Coroutine[Any, Any, None], tell: Callable[[str], Coroutine[Any, Any, None]]
    ) -> None:
        await self._attendant.see_through(act, name=f"slack.{self._workspace}: {name}", tell=tell)


def _name(meant: Order | Vote | None) -> str:
    """What somebody pressed or sent, without what they said with it."""
    return f"a button or form for {meant.command}" if isinstance(meant, Order) else "a button"


def _cause(problem: Exception) -> str | None:
    """Why Slack did not take something; None for what is not Slack's."""
    return str(problem) if isinstance(problem, ChatError) else None


def _final(problem: Exception) -> bool:
    """Whether nobody can be told anything any more."""
    return isinstance(problem, calls.Refused) and problem.code in _GONE
