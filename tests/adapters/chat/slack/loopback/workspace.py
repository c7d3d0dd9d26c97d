"""The hand of a test in one workspace: people and channels, what people do, and what they are shown for it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.adapters.chat.slack.loopback import elements, payloads
from tests.adapters.chat.slack.loopback.calls import Call
from tests.adapters.chat.slack.loopback.deliveries import Delivery, Journal, Kind, Retry
from tests.adapters.chat.slack.loopback.interaction import Interaction, Interactions
from tests.adapters.chat.slack.loopback.lines import Lines
from tests.adapters.chat.slack.loopback.team import NEEDED, Channel, Message, Payload, Person, Status, Team, View
from tests.adapters.chat.slack.loopback.uploads import Uploads
from tests.adapters.chat.slack.loopback.views import Views
from tests.adapters.chat.slack.loopback.web import Calling, Signature

_TELLING: Final = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
Until = Callable[[Callable[[], object]], Any]


@dataclass(slots=True, kw_only=True, repr=False)
class Workspace:
    """One workspace. What people do is brought to the bot at once, and returns when the bot has acknowledged it.

    With `shown`, what somebody does returns only when they are shown something for it; without `wait`, at once.
    """

    team: Team
    lines: Lines
    calling: Calling
    journal: Journal
    interactions: Interactions
    views: Views
    uploads: Uploads
    until: Until
    tasks: Callable[[], asyncio.TaskGroup]
    deliveries: list[Delivery] = field(default_factory=list[Delivery])

    # The world

    @property
    def bot(self) -> str:
        """The bot's user id."""
        return self.team.app.user

    def person(self, name: str, *, home: str | None = None, **more: Any) -> Person:
        """Somebody new; `home` is another workspace to which they belong, `restricted` and so on make a guest."""
        made = Person(id=self.team.ids.take("U"), name=name, team=home or self.team.id, **more)
        self.team.people[made.id] = made
        return made

    def channel(self, name: str, *members: Person, bot: bool = True, **more: Any) -> Channel:
        """A new channel with these members, and the bot in it."""
        inside = {each.id for each in members} | ({self.bot} if bot else set[str]())
        made = Channel(id=self.team.ids.take("C"), name=name, members=inside, **more)
        self.team.channels[made.id] = made
        return made

    def group(self, *members: Person) -> str:
        """A new user group; its id."""
        made = self.team.ids.take("S")
        self.team.groups[made] = {each.id for each in members}
        return made

    def dm(self, person: Person) -> Channel:
        return self.team.dm(person.id)

    # What people say

    async def says(
        self,
        person: Person,
        channel: Channel,
        text: str,
        *,
        thread: str | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        mention: bool = True,
        wait: bool = True,
    ) -> Message:
        """Somebody writes; in a channel a mention of the bot stands in front, unless it is not to. Files by name."""
        named = mention and channel.partner is None
        said = Message(
            ts=self.team.ids.time(),
            channel=channel.id,
            author=person.id,
            team=person.team,
            text=f"<@{self.bot}> {text}" if named else text,
            files=self.uploads.attach(self.team, files or {}),
            thread=thread,
            bot=f"B{person.id}" if person.bot else None,
        )
        self.team.keep(said)
        await self._brought(self.tell(said), wait=wait)
        return said

    def tell(self, message: Message) -> list[Delivery]:
        """Tell the app of a message, as far as it is told of such: of one with a mention twice, by two events."""
        channel = self.team.channels[message.channel]
        told = list[Delivery]()
        if channel.partner is None and f"<@{self.bot}>" in message.text and message.author != self.bot:
            told += self._event("app_mention", payloads.mention(message), channel)
        return told + self._event(_TELLING[channel.kind], payloads.said(message, channel), channel)

    async def edits(self, message: Message, text: str, *, wait: bool = True) -> None:
        """Somebody changes what they wrote."""
        before, ts, channel = message.payload(), self.team.ids.time(), self.team.channels[message.channel]
        message.text, message.edited = text, ts
        told = list[Delivery]()
        if channel.partner is None and f"<@{self.bot}>" in text:
            told += self._event("app_mention", payloads.mention(message), channel)
        told += self._event(_TELLING[channel.kind], payloads.changed(message, before, channel, ts), channel)
        await self._brought(told, wait=wait)

    async def deletes(self, message: Message, *, wait: bool = True) -> None:
        """Somebody deletes a message."""
        message.gone = True
        channel = self.team.channels[message.channel]
        gone = payloads.deleted(message, channel, self.team.ids.time())
        await self._brought(self._event(_TELLING[channel.kind], gone, channel), wait=wait)

    async def opens_home(self, person: Person, *, shown: bool = True) -> Interaction:
        """Somebody opens the bot's Home."""
        made = self.interactions.begin(self.team, person, view=self.team.homes.get(person.id))
        told = self._event("app_home_opened", payloads.home(self.team, person, self.team.ids.time()))
        assert told, "the app is not told of its Home"
        made.delivery = told[0]
        return await self._finished(made, shown=shown)

    # What people do

    async def types(self, person: Person, channel: Channel, text: str, *, shown: bool = True) -> Interaction:
        """Somebody gives a slash command, such as "/safi status"."""
        made = self.interactions.begin(self.team, person, channel=channel)
        told = payloads.command(made, text, self.interactions.address(made))
        return await self._begun(made, "slash_commands", told, shown=shown)

    async def chooses(self, person: Person, callback_id: str, message: Message, *, shown: bool = True) -> Interaction:
        """Somebody chooses a shortcut on a message."""
        channel = self.team.channels[message.channel]
        made = self.interactions.begin(self.team, person, channel=channel, source=message)
        told = payloads.shortcut(made, callback_id, self.team.ids.time(), self.interactions.address(made))
        return await self._begun(made, "interactive", told, shown=shown)

    async def presses(
        self, person: Person, source: Message | View | Payload, label: str, *, shown: bool = True
    ) -> Interaction:
        """Somebody presses the button with this label, in a message, a modal or the Home."""
        found = elements.buttons(self._blocks(source))
        assert label in found, f"no button {label!r} among {list(found)}"
        return await self._acts(person, source, found[label][0], shown=shown)

    async def selects(
        self, person: Person, source: Message | View | Payload, label: str, *, shown: bool = True
    ) -> Interaction:
        """Somebody chooses the option with this label from a select."""
        return await self._acts(person, source, elements.chosen(self._blocks(source), label), shown=shown)

    async def submits(
        self, person: Person, view: View | Payload, values: elements.Values, *, shown: bool = True
    ) -> Interaction:
        """Somebody sends a form filled in; with `shown` it returns when more is shown than the acknowledgement."""
        made = self.interactions.begin(self.team, person, view=self._view(view))
        told = payloads.submission(made, elements.filled(self._blocks(view), values))
        await self._begun(made, "interactive", told, shown=False)
        self.views.acknowledged(made)
        at_once = len(made.shown)
        if shown:
            await self.until(lambda: len(made.shown) > at_once)
        return made

    async def _acts(
        self, person: Person, source: Message | View | Payload, done: Payload, *, shown: bool
    ) -> Interaction:
        if isinstance(source, Message):
            channel = self.team.channels[source.channel]
            made = self.interactions.begin(self.team, person, channel=channel, source=source, original=source)
        else:
            made = self.interactions.begin(self.team, person, view=self._view(source))
        done |= {"action_ts": self.team.ids.time()}
        told = payloads.action(made, done, self.interactions.address(made))
        return await self._begun(made, "interactive", told, shown=shown)

    def _view(self, source: View | Payload) -> View:
        if isinstance(source, View):
            return source
        homes = {home.id: home for home in self.team.homes.values()}
        return (self.team.views | homes)[source["id"]]

    def _blocks(self, source: Message | View | Payload) -> list[Payload]:
        return source.blocks if isinstance(source, Message) else self._view(source).payload["blocks"]

    # Bringing it

    def _event(self, name: str, event: Payload, channel: Channel | None = None) -> list[Delivery]:
        """Bring an event, if the app is told of such, may know of it, and its bot is there."""
        app = self.team.app
        if name not in app.events or (channel is not None and self.bot not in channel.members):
            return []
        assert name not in NEEDED or NEEDED[name] in app.scopes, (
            f"Slack would not tell of {name} without {NEEDED[name]}"
        )
        told = payloads.callback(self.team, event, shared=channel is not None and channel.shared)
        return [self.bring("events_api", told)]

    def bring(self, kind: Kind, payload: Payload) -> Delivery:
        """Bring anything at all, as it is."""
        made = Delivery(id=self.team.ids.take("E"), kind=kind, payload=payload)
        self.deliveries.append(made)
        self.again(made)
        return made

    def again(self, delivery: Delivery, retry: Retry | None = None, signature: Signature = "right") -> None:
        """Bring it, be it for the first time or once more."""
        if self.team.app.address is None:
            self.lines.bring(delivery, retry)
        else:
            self.tasks().create_task(self.calling.bring(self.team.app, delivery, retry, signature))

    def lose_patience(self) -> list[Delivery]:
        """Three seconds have passed: bring all events anew that were not acknowledged; returns them."""
        late = [each for each in self.deliveries if each.kind == "events_api" and not each.acknowledged]
        for each in late:
            self.again(each, Retry(number=each.sent))
        return late

    async def acknowledged(self) -> None:
        """Wait until all that was brought so far is acknowledged."""
        await self._brought(list(self.deliveries), wait=True)

    async def _brought(self, told: list[Delivery], *, wait: bool) -> None:
        if wait:
            await self.until(lambda: all(each.acknowledged for each in told))

    async def _begun(self, made: Interaction, kind: Kind, payload: Payload, *, shown: bool) -> Interaction:
        made.delivery = self.bring(kind, payload)
        return await self._finished(made, shown=shown)

    async def _finished(self, made: Interaction, *, shown: bool) -> Interaction:
        await self.until(lambda: made.delivery.acknowledged)
        if shown:
            await self.until(lambda: made.shown)
        return made

    # What the bot did

    def calls(self, method: str) -> list[Call]:
        """The calls of a method with this workspace's token, in order."""
        return [each for each in self.journal.calls if (each.method, each.team) == (method, self.team.id)]

    def texts(self, channel: Channel, thread: str | None = None) -> list[str]:
        """What the bot says in a channel, or a thread of it, for all to see."""
        return [each.text for each in self.team.posted(channel.id, thread)]

    @property
    def still_shown(self) -> list[Status]:
        """The statuses that nobody has cleared."""
        latest = {(each.channel, each.thread): each for each in self.team.statuses}
        return [each for each in latest.values() if each.text]
