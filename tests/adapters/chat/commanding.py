"""A command table that shows what each invocation was, for tests of how commands are given on a platform."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from adapters.chat.port import (
    Button,
    Card,
    Command,
    File,
    Handlers,
    Inbound,
    Invocation,
    Option,
    Place,
    Rating,
    nobody_waits,
)

PERSONAS = ("ada", "guitar-teacher", "my uncle", "librarian")
NUMBER = Option(name="number", summary="which audit", kind="number", required=True)
PAGE = Option(name="page", summary="which page", kind="number")
NAME = Option(name="name", summary="a persona's name", choices=lambda: PERSONAS)
REASON = Option(name="reason", summary="what is wrong with it", long=True)
COUNT = Option(name="count", summary="how many times", kind="number")

OLDER = Button(label="Older", command="audit list", arguments={"page": 2})
BUTTONS = (
    OLDER,
    Button(label="Reset", command="memory reset", confirmed=True, dangerous=True),
    Button(label="Report", command="report", target="77"),
    Button(label="Status for all", command="status", public=True),
)

Run = Callable[[Invocation], Awaitable[Card]]


@dataclass
class Practice:
    """Keeps what was invoked and rated. Moderators' commands refuse others, as the real table has it."""

    invoked: list[Invocation] = field(default_factory=list[Invocation])
    rated: list[Rating] = field(default_factory=list[Rating])
    fault: Exception | None = None
    recorded: bool = True
    came: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.free.set()

    @property
    def last(self) -> Invocation:
        return self.invoked[-1]

    def handlers(self) -> Handlers:
        return Handlers(hear=self._hear, withdraw=self._withdraw, rate=self._rate, commands=self.commands())

    def commands(self) -> tuple[Command, ...]:
        """Rows of every kind that a table may hold."""
        show = self._show
        return (
            Command(name="values", summary="What it stands for", audience="everyone", run=show),
            Command(name="about", summary="What this bot is", audience="everyone", run=show),
            Command(
                name="why", summary="Why?", audience="everyone", run=show, options=(PAGE,), menu="Why this answer?"
            ),
            Command(
                name="report",
                summary="Tell the moderators",
                audience="everyone",
                run=show,
                options=(REASON, COUNT),
                menu="Report this reply",
                form=("reason", "count"),
            ),
            Command(name="privacy show", summary="What is kept", audience="everyone", run=show),
            *(
                Command(name=name, summary=f"Do {name}", audience="moderators", run=self._guarded, options=options)
                for name, options in (
                    ("panel", ()),
                    ("status", ()),
                    ("audit list", (PAGE,)),
                    ("persona show", (NAME,)),
                    ("memory reset", ()),
                    ("export audits", ()),
                )
            ),
            Command(
                name="audit show",
                summary="One audit",
                audience="moderators",
                run=self._guarded,
                options=(NUMBER,),
                menu="Audit this reply",
            ),
            Command(
                name="note",
                summary="Note it",
                audience="moderators",
                run=self._guarded,
                options=(REASON,),
                menu="Note this reply",
                form=("reason",),
            ),
        )

    async def _guarded(self, invocation: Invocation) -> Card:
        if not invocation.moderator:
            self.invoked.append(invocation)
            return Card(title="For moderators", sentence="Only moderators can do that.")
        return await self._show(invocation)

    async def _show(self, invocation: Invocation) -> Card:
        self.invoked.append(invocation)
        self.came.set()
        await self.free.wait()
        if self.fault:
            raise self.fault
        files = (File(name="audits.csv", data=b"a,b"),) if invocation.command == "export audits" else ()
        given = ", ".join(f"{name} {value}" for name, value in invocation.arguments.items())
        return Card(title=invocation.command, fields=(("Given", given),), buttons=BUTTONS, files=files)

    async def _rate(self, rating: Rating) -> bool:
        self.rated.append(rating)
        if self.fault:
            raise self.fault
        return self.recorded

    async def _hear(self, inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
        raise AssertionError("nothing is said here")

    async def _withdraw(self, place: Place, message_id: str) -> None:
        raise AssertionError("nothing is taken back here")
