"""Commands for moderators: which personas there are, and which of them answers in a channel."""

import asyncio
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from adapters.chat.port import Card, Command, Invocation, Option, Place
from bot.cards import personas
from bot.commands.desk import Desk
from bot.commands.moderators import PAGES
from safi.ports import Assignment
from safi.profile import Profile

PAGE: Final = 20
"""Names of a list at a time."""

NEAR: Final = 3
"""Names that are offered in place of one that is not known, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personas:
    """Rows of the command table that only moderators may use. What a channel was given is changed by one at a time."""

    desk: Desk
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        name = Option(name="name", summary="a persona's name", choices=lambda: self.desk.scopes.catalogue.names)
        table = (
            ("persona list", "All personas", self.listed, (PAGES,)),
            ("persona show", "A persona's values and rules", self.show, (name,)),
            ("persona assign", "Let a persona answer in this channel", self.assign, (replace(name, required=True),)),
            ("persona pause", "Let nobody answer in this channel for now", self.pause, ()),
            ("persona resume", "Let the persona answer in this channel again", self.resume, ()),
        )
        return tuple(
            Command(name=name, summary=summary, audience="moderators", run=run, options=options)
            for name, summary, run, options in table
        )

    async def listed(self, invocation: Invocation) -> Card:
        """A page of who there is."""
        page, names = int(invocation.arguments.get(PAGES.name, 1)), self.desk.scopes.catalogue.names
        shown = names[(page - 1) * PAGE : page * PAGE]
        return personas.listed(
            shown, self.desk.persona(invocation.place).name, page=page, further=page * PAGE < len(names)
        )

    async def show(self, invocation: Invocation) -> Card:
        """One persona's declaration."""
        name = str(invocation.arguments.get("name", self.desk.persona(invocation.place).name))
        profile = self.desk.scopes.catalogue.named(name)
        return personas.declared(profile) if profile else self._unknown(name)

    async def assign(self, invocation: Invocation) -> Card:
        """Let a persona answer in the channel of a place, if its judges may sit."""
        name, place = str(invocation.arguments["name"]), invocation.place
        profile = self.desk.scopes.catalogue.named(name)
        if profile is None:
            return self._unknown(name)
        async with self._changing:
            if self._given(place) == name:
                return personas.assigned_already(name)
            if problem := await self.desk.admit(profile):
                return personas.not_admitted(name, problem)
            return await self._assigned(invocation, profile)

    async def pause(self, invocation: Invocation) -> Card:
        """Let nobody answer in the channel of a place."""
        place, name = invocation.place, self._given(invocation.place)
        async with self._changing:
            said = self.desk.scopes.assigned.of(place)
            if said.paused:
                return personas.paused_already(name)
            await self._record(invocation, replace(said, paused=True))
            return personas.paused(thread=place.thread is not None)

    async def resume(self, invocation: Invocation) -> Card:
        """Let the persona of a channel answer again."""
        place, name = invocation.place, self._given(invocation.place)
        async with self._changing:
            said = self.desk.scopes.assigned.of(place)
            if not said.paused:
                return personas.not_paused(name)
            await self._record(invocation, replace(said, paused=False))
            return personas.resumed(name, thread=place.thread is not None)

    async def _assigned(self, invocation: Invocation, profile: Profile) -> Card:
        scopes, place, before = self.desk.scopes, invocation.place, self._given(invocation.place)
        said = scopes.assigned.of(place)
        await self._record(invocation, replace(said, persona=profile.name))
        return personas.assigned(
            profile,
            before,
            back=scopes.catalogue.named(before) is not None,
            shared=scopes.sharing == "persona",
            thread=place.thread is not None,
            paused=said.paused,
        )

    async def _record(self, invocation: Invocation, assignment: Assignment) -> None:
        """Durable first, then in force."""
        desk = self.desk
        await desk.assignments.assign(assignment, actor=invocation.author, at=desk.clock.now())
        desk.scopes.assigned.take_in([assignment])

    def _given(self, place: Place) -> str:
        """The name of the persona that a channel has, whether it is there or not."""
        return self.desk.scopes.assigned.persona(place) or self.desk.scopes.catalogue.default.name

    def _unknown(self, name: str) -> Card:
        return personas.unknown(name, get_close_matches(name, self.desk.scopes.catalogue.names, n=NEAR))
