"""The whole program as a process to be killed: the real app and store, with scripts for models and a platform outside.

Its arguments are the folder of `tests.whole.outside` and a plan. It ends by itself once all is answered and audited.
"""

import asyncio
import os
import random
import re
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.chat.port import Card, Handlers, Inbound, Place, Posted
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from bot.app import Models, Parts, assemble
from bot.settings.config import Audits, Config, Limits
from safi.ledger import Ledger
from safi.ports import Event, Landed, LeftOver, Model, Owed, Reply, Request
from safi.profile import Profile, Rule
from safi.record import Folded, Item, State, Step
from safi.turn import Turn
from tests.doubles import HandClock, PlainScreen, broken, clear, ids, ledger_text, scopes_with
from tests.whole.outside import Outside, Plan, named

_ANSWER = re.compile(r"re: (\w+):")


@dataclass(slots=True)
class Trap:
    """Kills this process where the plan says so, and writes down that it does."""

    outside: Outside
    plan: Plan
    statements: int = 0

    def reach(self, step: str, about: str) -> None:
        """A step of a message was reached."""
        if (step, about) == (self.plan.step, self.plan.victim):
            self._kill(about, step)

    def count(self, statement: str) -> None:
        """The writer is about to run a statement."""
        self.statements += 1
        if self.statements == self.plan.statement:
            self._kill("", statement)

    def _kill(self, about: str, where: str) -> None:
        self.outside.note("killed", about, where)
        os.kill(os.getpid(), signal.SIGKILL)


class TrappedStore(SQLiteStore):
    """An open store, with the trap before and after each step. An event is acknowledged when it is accepted."""

    def __init__(self, opened: SQLiteStore, trap: Trap) -> None:
        vars(self).update(vars(opened))
        self._trap = trap
        self._names: dict[str, str] = {}  # of the messages that turns answer
        self._unclaimed: set[str] = set()

    async def watched(self) -> None:
        """Show the trap each statement of the writer from now on."""
        await self._writer.write(lambda connection: connection.set_trace_callback(self._trap.count))

    async def accept(self, event: Event) -> bool:
        self._trap.reach("before-accept", event.id)
        accepted = await super().accept(event)
        self._trap.reach("after-accept", event.id)
        self._trap.outside.note("acknowledged", event.id)
        return accepted

    async def recover(self, *, unsent_since: Callable[[str], datetime], at: datetime) -> LeftOver:
        left = await super().recover(unsent_since=unsent_since, at=at)
        self._names |= {unsent.turn.id: unsent.event.id for unsent in left.unsent}
        return left

    async def commit(self, event: Event, turn: Turn, *, profile: Profile, scope: str, at: datetime) -> None:
        self._names[turn.id] = event.id
        self._trap.reach("before-commit", event.id)
        await super().commit(event, turn, profile=profile, scope=scope, at=at)
        self._trap.reach("after-commit", event.id)

    async def deliver(self, turn_id: str, *, message_id: str, more: Sequence[str] = (), at: datetime) -> int | None:
        name = self._names[turn_id]
        self._trap.reach("before-mark", name)
        number = await super().deliver(turn_id, message_id=message_id, more=more, at=at)
        self._trap.reach("after-mark", name)
        self._unclaimed.add(name)
        return number

    async def claim(self, *, at: datetime, until: datetime) -> Owed | None:
        for name in self._unclaimed:
            self._trap.reach("before-claim", name)
        owed = await super().claim(at=at, until=until)
        if owed is not None:
            self._names[owed.turn.id] = name = named(owed.turn.prompt.message.text)
            self._unclaimed.discard(name)
            self._trap.reach("after-claim", name)
        return owed

    async def settle(self, turn_id: str, ledger: Ledger, step: Step, *, at: datetime) -> tuple[Landed, ...]:
        name = self._names[turn_id]

        def trapped(state: State, item: Item) -> Folded:
            """Runs between the ledger's row and the fold, in their transaction."""
            self._trap.reach("within-settle", name)
            return step(state, item)

        self._trap.reach("before-settle", name)
        landed = await super().settle(turn_id, ledger, trapped, at=at)
        self._trap.reach("after-settle", name)
        return landed


@dataclass(frozen=True, slots=True)
class OutsideChat:
    """The platform's adapter: all that is due comes at once."""

    trap: Trap

    def remembers(self, workspace: str) -> timedelta:
        return timedelta(minutes=5) if self.trap.plan.remembers else timedelta()

    async def ready(self, workspace: str | None = None) -> None: ...

    def moderators(self, workspace: str) -> Place | None: ...

    async def run(self, handlers: Handlers) -> None:
        async def hear(inbound: Inbound) -> None:
            await handlers.hear(inbound)

        async with asyncio.TaskGroup() as group:
            for inbound in self.trap.outside.due():
                group.create_task(hear(inbound))

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        self.trap.reach("before-send", str(reply_to))
        posted = self._remembered(turn_id) or self.trap.outside.note("posted", str(reply_to), text)
        self.trap.outside.note("made", turn_id, posted)
        self.trap.reach("after-send", str(reply_to))
        return Posted(place=place, message_id=posted)

    def _remembered(self, turn_id: str) -> str | None:
        """The post that was made of a turn, where the platform remembers it."""
        made = {entry.about: entry.text for entry in self.trap.outside.entries("made")}
        return made.get(turn_id) if self.trap.plan.remembers else None

    async def show(self, place: Place, card: Card) -> Posted:
        return Posted(place=place, message_id=self.trap.outside.note("shown", "", card.title))

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        yield


@dataclass(frozen=True, slots=True)
class TrappedConscience:
    """A model with the trap before and after each answer; who was asked about is written down outside."""

    model: Model
    trap: Trap

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def sees(self) -> bool:
        return self.model.sees

    async def ask(self, request: Request) -> Reply:
        about = audited(request)
        self.trap.reach("before-ledger", about)
        self.trap.outside.note("asked", about, str(self.trap.plan.run))
        reply = await self.model.ask(request)
        self.trap.reach("after-ledger", about)
        return reply


class Nobody:
    """An Onlooker that does not look."""

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None: ...

    async def turned(self, place: Place, turn: Turn) -> None: ...

    async def landed(self, landed: Landed) -> None: ...

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None: ...

    async def draining(self, audits: int) -> None: ...


def found(about: str, run: int) -> dict[str, float | None]:
    """What the Conscience finds in an answer: something else in each run, so that a second audit shows."""
    chance = random.Random(f"{about} in run {run}")
    return {value: chance.choice((-1, -0.5, 0, 0.5, 1, None)) for value in ("Honesty", "Kindness")}


def audited(request: Request) -> str:
    """The message whose answer is to be audited."""
    return _ANSWER.findall(request.messages[-1].text)[-1]


def models(trap: Trap) -> Models:
    """The Intellect repeats the question, which the Will forbids where it insults; what is garbled is never read."""

    async def audit(request: Request) -> str:
        about = audited(request)
        for _ in range(5 * int(about[1:]) % 7):  # audits overtake each other
            await asyncio.sleep(0)
        garbled = "garbled" in request.messages[-1].text.rpartition(f"re: {about}:")[2]
        return "I find" if garbled else ledger_text(**found(about, trap.plan.run))

    return Models(
        intellect=ScriptedModel(lambda request: f"re: {request.messages[-1].text.rpartition(' says: ')[2]}"),
        will=ScriptedModel(lambda request: broken("no-insults") if "insult" in request.messages[-1].text else clear()),
        conscience=TrappedConscience(ScriptedModel(audit), trap),
        line="scripted",
    )


async def whole(trap: Trap) -> None:
    """The program from start to end, unless it is killed."""
    async with open_store(trap.outside.store) as store:
        trapped = TrappedStore(store, trap)
        await trapped.watched()
        parts = Parts(
            config=Config(audits=Audits(at_once=trap.plan.at_once), limits=Limits(waiting=1_000)),
            scopes=scopes_with(),
            models=models(trap),
            screen=PlainScreen(),
            store=trapped,
            chat=OutsideChat(trap),
            clock=HandClock(),
            fresh=ids(f"run{trap.plan.run}"),
            onlooker=Nobody(),
            version="0",
        )
        await assemble(parts).run(patient=True)


def main(folder: str, plan: str) -> None:
    asyncio.run(whole(Trap(Outside(Path(folder)), Plan.unpacked(plan))))


if __name__ == "__main__":
    main(*sys.argv[1:])
