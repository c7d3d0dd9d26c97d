"""Commands of the table, given on a loopback Slack in every way there is: typed, chosen, pressed, at Home."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from adapters.chat.port import Button, Card, Command
from adapters.chat.slack.drawing import drawn
from adapters.chat.slack.manifest import COMMAND, SHORTCUT
from tests.adapters.chat.slack.loopback.elements import Values
from tests.adapters.chat.slack.loopback.interaction import Interaction
from tests.adapters.chat.slack.loopback.team import Channel, Message, Payload, Person, View
from tests.whole.slack_seeing import Seen, blocks_of, shown, words
from tests.whole.slack_world import Site, World

WAITING = "One moment…"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Giver:
    """Somebody who gives commands in a channel, where an answer stands that shortcuts can be chosen on."""

    there: World
    site: Site
    person: Person
    channel: Channel
    answer: Message

    async def every_way(self, row: Command) -> AsyncIterator[tuple[str, Seen]]:
        """The command in every way there is for it, and what was shown."""
        given = Button(label="do", command=row.name, arguments=needed(row), confirmed=True)
        yield "slash", await self.types(" ".join([row.name, *map(str, needed(row).values())]))
        if row.menu:
            chosen = await self.site.space.chooses(self.person, f"{SHORTCUT}{row.name}", self.answer)
            yield "shortcut", await self.final(chosen)
            aimed = Button(label="do", command=row.name, target=self.answer.ts)
            yield "button about a message", await self.presses(aimed)
        yield "button", await self.presses(given)
        yield "button with a form", await self.presses(Button(label="do", command=row.name, confirmed=True))
        yield "home", await self.presses_at_home(given)
        yield "home with a form", await self.presses_at_home(Button(label="do", command=row.name, confirmed=True))

    async def types(self, text: str) -> Seen:
        """What is shown for a command that is typed."""
        return await self.final(await self.site.space.types(self.person, self.channel, f"{COMMAND} {text}"))

    async def presses(self, button: Button) -> Seen:
        """What is shown after a button on a card for all."""
        card = await posted(self.there, self.site, self.channel, button)
        return await self.final(await self.site.space.presses(self.person, card, button.label))

    async def presses_at_home(self, button: Button) -> Seen:
        """What is shown after a button on the bot's Home that is about the channel."""
        made = drawn(Card(title="Press", buttons=(button,)), address="", place=self.site.place(self.channel))
        blocks = [{"block_id": f"b{number}", **block} for number, block in enumerate(made.blocks)]
        view = View(id=f"V{self.person.id}", user=self.person.id, payload={"type": "home", "blocks": blocks})
        view.payload["id"] = view.id
        return await self.final(await self.site.space.presses(self.person, view, button.label))

    async def final(self, given: Interaction) -> Seen:
        """What is shown in the end, after a form where there is one."""
        await self.there.until(lambda: WAITING not in words(given.shown[-1]))
        seen = shown(given)
        if isinstance(seen, Message) or not seen.get("submit"):
            return seen
        return await self.final(await self.site.space.submits(self.person, seen, filling(seen)))


def filling(view: Payload) -> Values:
    """Something for every field of a form."""
    return {block["block_id"]: _fit(block["element"]) for block in blocks_of(view) if block["type"] == "input"}


def _fit(element: Payload) -> str:
    if "options" in element:
        return str(element["options"][-1]["value"])
    return "1" if element["action_id"] in {"number", "page"} else "because"


def needed(row: Command) -> dict[str, str | int]:
    """What a command cannot be given without."""
    return {
        option.name: 1 if option.kind == "number" else option.choices()[-1] if option.choices else "words"
        for option in row.options
        if option.required
    }


async def posted(there: World, site: Site, channel: Channel, button: Button) -> Message:
    """A card with that button, for all to see."""
    made = await there.life.app.chat.show(site.place(channel), Card(title="Press", buttons=(button,)))
    return site.space.team.messages[made.message_id]
