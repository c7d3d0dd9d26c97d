"""A desk for what people do on Slack, with people, a sender and a client that keep what they are asked for.

What people do is told as Slack tells it: by the bodies of a slash command, a shortcut, a button, a form and a home.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from adapters.chat.orders import Order, written
from adapters.chat.port import Card, ChatError, File, Place, Posted, Refusal
from adapters.chat.slack import buttons
from adapters.chat.slack.account import Account
from adapters.chat.slack.drawing import Drawn
from adapters.chat.slack.interactions import Interactions
from adapters.chat.slack.people import Unknown
from adapters.chat.slack.places import place
from adapters.chat.slack.settings import Settings, Socket
from tests.adapters.chat.commanding import Practice

TEAM, BOT = "T1", "U0BOT"
ADA, MO = "UADA", "UMO"
"""A member, and a moderator."""

GENERAL, DIRECT = "CGENERAL", "DADA"
ROOT, ANSWER = "1700000000.000100", "1700000000.000200"
"""A message that begins a thread, and the bot's answer in it."""

ACCOUNT = Account(
    team=TEAM,
    team_name="Home",
    address="https://home.slack.com/",
    user=BOT,
    bot="B0BOT",
    name="safi",
    scopes=frozenset(),
)
Body = dict[str, Any]


@dataclass
class People:
    """People of whom all is known; `counted` is how often it was asked who moderates."""

    moderators: set[str] = field(default_factory=lambda: {MO})
    refused: dict[str, Refusal | Unknown] = field(default_factory=dict[str, Refusal | Unknown])
    readers: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    asked: list[tuple[str, str, str | None]] = field(default_factory=list[tuple[str, str, str | None]])
    counted: int = 0

    async def moderates(self, user: str) -> bool:
        self.counted += 1
        return user in self.moderators

    async def refusal(self, user: str, channel: str, team: str | None) -> Refusal | Unknown | None:
        self.asked.append((user, channel, team))
        return self.refused.get(channel) or self.refused.get(user)

    async def reads(self, user: str, channel: str) -> bool:
        return (user, channel) in self.readers


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was sent to the address that came with an interaction."""

    url: str
    drawn: Drawn
    replace: bool
    public: bool
    thread: str | None

    @property
    def words(self) -> str:
        return self.drawn.plain

    @property
    def values(self) -> list[str]:
        return values(self.drawn.blocks)


@dataclass
class Sender:
    """Keeps what it is to send; `faults` are what becomes of the next answers instead."""

    answers: list[Answer] = field(default_factory=list[Answer])
    handed: list[tuple[str, tuple[File, ...]]] = field(default_factory=list[tuple[str, tuple[File, ...]]])
    posted: list[tuple[Place, Card]] = field(default_factory=list[tuple[Place, Card]])
    faults: list[Exception] = field(default_factory=list[Exception])
    unreachable: ChatError | None = None

    async def answer(
        self, url: str, drawn: Drawn, *, replace: bool = False, public: bool = False, thread: str | None = None
    ) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.answers.append(Answer(url=url, drawn=drawn, replace=replace, public=public, thread=thread))

    async def hand(self, user: str, files: Sequence[File]) -> None:
        if self.unreachable:
            raise self.unreachable
        self.handed.append((user, tuple(files)))

    async def show(self, place: Place, card: Card) -> Posted:
        if self.unreachable:
            raise self.unreachable
        self.posted.append((place, card))
        return Posted(place=place, message_id=ANSWER)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A view that somebody is shown: how it came there, and by what."""

    how: str
    by: str
    view: Body

    @property
    def words(self) -> str:
        return Drawn(text="", blocks=tuple(self.view["blocks"])).plain

    @property
    def values(self) -> list[str]:
        return values(self.view["blocks"])


@dataclass
class Client:
    """Slack's client, as far as views go."""

    views: list[Shown] = field(default_factory=list[Shown])
    faults: list[Exception] = field(default_factory=list[Exception])

    async def views_open(self, *, trigger_id: str, view: Body) -> Body:
        return self._show("open", trigger_id, view)

    async def views_update(self, *, view_id: str, view: Body) -> Body:
        return self._show("update", view_id, view)

    async def views_publish(self, *, user_id: str, view: Body) -> Body:
        return self._show("publish", user_id, view)

    def _show(self, how: str, by: str, view: Body) -> Body:
        if self.faults:
            raise self.faults.pop(0)
        self.views.append(Shown(how=how, by=by, view=view))
        return {"ok": True, "view": {"id": f"V{len(self.views)}"}}


class World:
    """A workspace with a channel, in which a thread is under way, a member and a moderator."""

    def __init__(self, practice: Practice | None = None, *, deadline: float = 60) -> None:
        self.practice = practice or Practice()
        self.people, self.sender, self.client = People(), Sender(), Client()
        self.desk = Interactions(
            self.practice.handlers(),
            Settings(name="home", bot_token="t", line=Socket(token="t")),
            people=cast("Any", self.people),
            sender=cast("Any", self.sender),
            account=lambda: ACCOUNT,
            client=self._client,
            deadline=deadline,
        )

    async def _client(self) -> Any:
        return self.client

    @property
    def told(self) -> Answer:
        """The last answer; whoever gave the command is the only one to see it."""
        answer = self.sender.answers[-1]
        assert not answer.public
        return answer

    @property
    def view(self) -> Shown:
        """The last view."""
        return self.client.views[-1]

    def choices(self) -> list[str]:
        """The commands in the menu of the last answer."""
        menus = (element for block in self.told.drawn.blocks for element in block["elements"])
        groups = (group for menu in menus for group in menu.get("option_groups", ()))
        found = (buttons.meant({"selected_option": option}) for group in groups for option in group["options"])
        return [order.command for order in found if isinstance(order, Order)]

    async def type(self, user: str, text: str, *, channel: str = GENERAL) -> None:
        """A slash command."""
        await self.desk.typed(
            {
                "command": "/safi",
                "text": text,
                "team_id": TEAM,
                "user_id": user,
                "channel_id": channel,
                "response_url": "https://answer",
                "trigger_id": "trigger",
            }
        )

    async def choose(self, user: str, command: str, *, ts: str = ANSWER, thread: str | None = ROOT) -> None:
        """A shortcut on a message."""
        await self.desk.chosen(
            {
                "type": "message_action",
                "callback_id": f"safi1:{command}",
                "message_ts": ts,
                "message": {"ts": ts, **({"thread_ts": thread} if thread else {})},
                **by(user),
            }
        )

    async def press(self, user: str, action: Order | Body, /, **where: Any) -> None:
        """A button, on a card in the thread that all see, or `where` else."""
        pressed = {"type": "button", "value": written(action)} if isinstance(action, Order) else action
        await self.desk.pressed({"type": "block_actions", "actions": [pressed], **by(user), **(where or on_a_card())})

    async def send(self, user: str, view: Mapping[str, Any], **filled: str) -> Body:
        """A form that was filled in: what it is acknowledged with, before anything comes of it."""
        state = {"values": {name: {name: {"value": value}} for name, value in filled.items()}}
        body: Body = {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": user}}
        body["view"] = {**view, "id": "VFORM", "state": state}
        answer = self.desk.filling(body)
        await self.desk.filled(body)
        return answer


def by(user: str) -> Body:
    """Who did something in the channel, and by what it can be answered."""
    return {
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": GENERAL},
        "response_url": "https://answer",
        "trigger_id": "trigger",
    }


def on_a_card(ts: str = ANSWER, thread: str | None = ROOT) -> Body:
    """Something under a message that all see."""
    in_thread = {"thread_ts": thread} if thread else {}
    container = {"type": "message", "message_ts": ts, "channel_id": GENERAL, "is_ephemeral": False, **in_thread}
    return {"container": container, "message": {"ts": ts, **in_thread}}


def on_an_own_card(thread: str | None = None) -> Body:
    """Something under a message that one person alone is shown."""
    in_thread = {"thread_ts": thread} if thread else {}
    return {"container": {"type": "message", "message_ts": "1.2", "is_ephemeral": True, **in_thread}}


def in_a_view(kind: str, **more: Any) -> Body:
    """Something in a view, which is in no channel and has no address for answers."""
    nowhere = {"channel": None, "response_url": None}
    return {**nowhere, "container": {"type": "view", "view_id": "VOPEN"}, "view": {"type": kind, "id": "VOPEN", **more}}


def values(blocks: Sequence[Body]) -> list[str]:
    """What can be pressed, by its value."""
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [element["value"] for row in rows for element in row if "value" in element]


def here(thread: str | None = None) -> Place:
    return place(team=TEAM, channel=GENERAL, thread=thread)
