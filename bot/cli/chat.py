"""`safi-bot chat`: one person and a persona at this terminal, with the whole loop behind it."""

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from adapters.chat.port import Card, Chat, ChatError, Place, Posted
from bot import cards, logs, wiring
from bot.app import App, Models, Parts, Store, assemble
from bot.cards import phrases
from bot.cards.personas import RESUME
from bot.cli.opening import chosen, configured, opening
from bot.clock import SystemClock
from bot.hearing.scopes import Scopes
from bot.settings.config import Config
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Turn

_log = logging.getLogger(__name__)


def run(config_file: Path | None, persona: str | None) -> int:
    """Talk until the person leaves or the input ends. Raises BotError, SafiError or an ExceptionGroup of them."""
    config = configured(config_file)
    start = opening(config, chosen(config, os.environ), os.environ, persona=persona)

    async def whole() -> None:
        async with (
            wiring.open_store(start.config.store) as store,
            wiring.open_models(
                start.choice, start.config, os.environ, accounts=store, fallbacks=start.fallbacks
            ) as models,
        ):
            await talk(start.config, start.scopes, models, store, start.choice.warnings, asked=persona)

    asyncio.run(whole())
    return 0


async def talk(
    config: Config, scopes: Scopes, models: Models, store: Store, warnings: Sequence[str], *, asked: str | None = None
) -> None:
    """The program from the first card to the last audit. `asked`: the persona that the command line asks for."""
    clock, fresh, folder = SystemClock(), partial(secrets.token_hex, 8), config.store.path.parent
    console = wiring.open_console(clock, fresh, folder)
    logs.start(config.log, otherwise=folder / "safi.log" if console.interactive else None)
    watching = Watching(chat=console, store=store, place=console.place)
    parts = Parts(
        config=config,
        scopes=scopes,
        models=models,
        screen=wiring.open_screen(),
        store=store,
        chat=console,
        clock=clock,
        fresh=fresh,
        onlooker=watching,
        version=version("safi-bot"),
    )
    scopes.assigned.take_in(await store.assignments())
    notes = (models.line, *warnings, *overruled(asked, scopes, console.place))
    await watching.show(welcome(scopes, console.place, notes))
    await _until_terminated(assemble(parts), patient=not console.interactive)
    if owed := await store.audits_owed():
        await watching.show(cards.still_owed(owed))


async def _until_terminated(app: App, *, patient: bool) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, app.stop)
    try:
        await app.run(patient=patient)
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """The Onlooker at a console: shows what happens in quiet cards."""

    chat: Chat
    store: Store
    place: Place

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        """Call whoever sits here: there is no other moderator at a console."""
        _log.warning("turn %s calls for a moderator: %s", turn.id, ", ".join(rule.id for rule in rules))
        await self.show(cards.person_needed(rules), asked.place)

    async def turned(self, place: Place, turn: Turn) -> None:
        """Say why there is no answer, where there is none."""
        if card := cards.no_answer(turn.outcome):
            await self.show(card, place)

    async def landed(self, landed: Landed) -> None:
        """Show the audit that was settled."""
        record = await self.store.turn(landed.turn_id)
        if record is not None:
            state = await self.store.state(landed.scope)
            await self.show(cards.audit_landed(record, state), Place.decode(landed.place))

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        """Recall what was asked, since its answer comes without the question."""
        for event in events:
            await self.show(cards.taken_up(event.text), Place.decode(event.place))
        for event in stale:
            await self.show(cards.interrupted(event.text), Place.decode(event.place))

    async def draining(self, audits: int) -> None:
        """Say what the end waits for."""
        await self.show(cards.draining(audits))

    async def show(self, card: Card, place: Place | None = None) -> None:
        """Show a card, here if nowhere else. A console that is gone is no reason to stop."""
        try:
            await self.chat.show(place or self.place, card)
        except ChatError as error:
            _log.warning("a card could not be shown: %s", error)


def welcome(scopes: Scopes, place: Place, notes: Sequence[str]) -> Card:
    """Who is here, if anybody, and what there is to know: on which models, and what to beware of."""
    paused = scopes.assigned.paused(place)
    return Card(
        title=scopes.assigned.persona(place) or scopes.catalogue.default.name,
        sentence=phrases.silence(scopes, place),
        lines=tuple(notes),
        footer="/values shows what it stands for, /help lists the commands, /quit leaves.",
        buttons=(RESUME,) if paused else (),
        tone="warning" if scopes.silent(place) else "plain",
    )


def overruled(asked: str | None, scopes: Scopes, place: Place) -> Iterator[str]:
    """A warning where the persona that the command line asks for is not the one that answers."""
    given = scopes.assigned.persona(place)
    if asked is not None and given not in {None, asked}:
        yield f"{given} was assigned here, which goes before --persona; /persona assign {asked} changes that."
