"""What somebody does with a command, a shortcut, a button or a form, and what is shown to them for it."""

from dataclasses import dataclass, field
from typing import Any, Final

from tests.adapters.chat.slack.loopback.calls import Call, Refusal
from tests.adapters.chat.slack.loopback.deliveries import Delivery
from tests.adapters.chat.slack.loopback.methods import numbered
from tests.adapters.chat.slack.loopback.team import Channel, Message, Payload, Person, Team, View

USES: Final = 5
"""How often a response address may be used."""


@dataclass(slots=True, kw_only=True, repr=False)
class Interaction:
    """One thing that somebody did; `shown` is all that they saw of it, in order: messages, and views as they were then.

    `source` is the message that it was done to, `original` the one that an answer may take the place of, `view` the
    modal or Home that is before them. `uses` are those of its response address that are left; `expired` ends that, and
    its trigger.
    """

    id: str
    team: Team
    person: Person
    channel: Channel | None = None
    source: Message | None = None
    original: Message | None = None
    view: View | None = None
    delivery: Delivery = field(init=False)
    uses: int = USES
    expired: bool = False
    triggered: bool = False
    shown: list[Message | Payload] = field(default_factory=list[Message | Payload])

    @property
    def trigger(self) -> str:
        return f"trigger.{self.id}"

    @property
    def message(self) -> Message:
        """The message that was shown last."""
        found = [each for each in self.shown if isinstance(each, Message)]
        assert found, f"no message was shown, but {self.shown}"
        return found[-1]

    @property
    def modal(self) -> Payload:
        """The view that was shown last."""
        found = [each for each in self.shown if not isinstance(each, Message)]
        assert found, f"no view was shown, but {self.shown}"
        return found[-1]

    def respond(self, args: Payload) -> Message | None:
        """What is posted to the response address; None where it deletes. Raises Refusal."""
        if self.expired:
            raise Refusal("expired_url")
        if not self.uses:
            raise Refusal("used_url")
        self.uses -= 1
        if args.get("delete_original") and self.original is not None:
            self.original.gone = True
            return None
        replaced = self.original if args.get("replace_original") else None
        message = self._new(args) if replaced is None else self._replaced(replaced, args)
        self.shown.append(message)
        self.original = self.original or message
        return message

    def _replaced(self, message: Message, args: Payload) -> Message:
        message.text, message.blocks = str(args.get("text") or ""), self._blocks(args)
        return message

    def _new(self, args: Payload) -> Message:
        assert self.channel is not None, "only what was done in a channel has a response address"
        app = self.team.app
        return self.team.keep(
            Message(
                ts=self.team.ids.time(),
                channel=self.channel.id,
                author=app.user,
                team=self.team.id,
                bot=app.bot,
                text=str(args.get("text") or ""),
                blocks=self._blocks(args),
                thread=args.get("thread_ts"),
                whom=None if args.get("response_type") == "in_channel" else self.person.id,
            )
        )

    def _blocks(self, args: Payload) -> list[Payload]:
        return numbered(self.team, args.get("blocks") or [])


@dataclass(slots=True, repr=False)
class Interactions:
    """All interactions there were, by id, in order, and the views that the bot opens for them."""

    url: str = ""
    known: dict[str, Interaction] = field(default_factory=dict[str, Interaction])

    def begin(self, team: Team, person: Person, **more: Any) -> Interaction:
        made = Interaction(id=team.ids.take("i"), team=team, person=person, **more)
        self.known[made.id] = made
        return made

    def address(self, made: Interaction) -> str:
        """Its response address."""
        return f"{self.url}/response/{made.id}"

    def triggered(self, call: Call) -> Interaction:
        """Whose trigger a call names; it opens one view, and not for long. Raises Refusal."""
        made = self.known.get(str(call.needed("trigger_id")).removeprefix("trigger."))
        if made is None:
            raise Refusal("invalid_trigger_id")
        if made.expired:
            raise Refusal("expired_trigger_id")
        if made.triggered:
            raise Refusal("exchanged_trigger_id")
        made.triggered = True
        return made

    def see(self, view: View) -> None:
        """Whoever has this view before them sees it as it is now."""
        concerned = [each for each in self.known.values() if each.view is view]
        if concerned:
            concerned[-1].shown.append(dict(view.payload))
