"""Commands for moderators: what is remembered and how it drifts, and what can be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Command, Invocation, Option
from bot.cards import memories
from bot.commands.desk import Desk
from safi.errors import InvalidValue
from safi.record import Act, Baseline, Freeze, Reset, Restore, Thaw, fold
from safi.spirit import Reading

READINGS: Final = 10
"""Turns among which the latest readings are looked for."""

NUMBER: Final = Option(
    name="number", kind="number", summary="the number after which memory was as it is to be", required=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memories:
    """Rows of the command table that only moderators may use. Each act takes a number and can be undone by another."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        table = (
            ("drift show", "The latest readings, and how far they drift", self.drift_show, ()),
            ("drift baseline", "Mark where comparing later turns begins", self.drift_baseline, ()),
            ("memory show", "Memory by value, and what was done to it", self.show, ()),
            ("memory reset", "Let memory start anew", self.reset, ()),
            ("memory freeze", "Keep memory as it is, whatever is audited", self.freeze, ()),
            ("memory thaw", "Let audits go into memory again", self.thaw, ()),
            ("memory restore", "Make memory what it was after a number", self.restore, (NUMBER,)),
        )
        return tuple(
            Command(name=name, summary=summary, audience="moderators", run=run, options=options)
            for name, summary, run, options in table
        )

    async def drift_show(self, invocation: Invocation) -> Card:
        """The latest readings."""
        return memories.drift(await self._readings(invocation), await self.desk.remembered(invocation.place))

    async def drift_baseline(self, invocation: Invocation) -> Card:
        """Mark a beginning."""
        return await self._operate(invocation, Baseline())

    async def show(self, invocation: Invocation) -> Card:
        """What is remembered, and what was done to it."""
        return memories.memory(await self.desk.remembered(invocation.place), self.desk.persona(invocation.place))

    async def reset(self, invocation: Invocation) -> Card:
        """Start anew, after a clear yes."""
        if not invocation.confirmed:
            return memories.sure_to_reset(self.desk.persona(invocation.place))
        return await self._operate(invocation, Reset())

    async def freeze(self, invocation: Invocation) -> Card:
        """Hold memory, unless it is held."""
        remembered = await self.desk.remembered(invocation.place)
        return memories.frozen_already(remembered) if remembered.freezing else await self._operate(invocation, Freeze())

    async def thaw(self, invocation: Invocation) -> Card:
        """Let go of memory, if it is held."""
        remembered = await self.desk.remembered(invocation.place)
        return await self._operate(invocation, Thaw()) if remembered.freezing else memories.not_frozen(remembered)

    async def restore(self, invocation: Invocation) -> Card:
        """Go back to an earlier number, if it is there, after a clear yes."""
        number = int(invocation.arguments[NUMBER.name])
        if not invocation.confirmed:
            return memories.sure_to_restore(number, self.desk.persona(invocation.place))
        try:
            return await self._operate(invocation, Restore(to=number))
        except InvalidValue:
            return memories.no_memory_after(number)

    async def _operate(self, invocation: Invocation, act: Act) -> Card:
        place, desk = invocation.place, self.desk
        number = await desk.operators.operate(
            act,
            workspace=place.workspace,
            scope=desk.scopes.scope(place),
            actor=invocation.author,
            step=fold,
            at=desk.clock.now(),
        )
        return memories.operated(act, number, await desk.remembered(place))

    async def _readings(self, invocation: Invocation) -> Sequence[tuple[int, Reading]]:
        records = await self.desk.archive.turns(self.desk.scopes.scope(invocation.place), limit=READINGS)
        return [(record.number or 0, record.reading) for record in records if record.reading is not None]
