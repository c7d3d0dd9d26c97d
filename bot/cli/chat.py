"""`safi-bot chat`: one person and a persona at this terminal, with the whole loop behind it."""

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

from adapters.chat.port import Card, Chat, Place
from bot import cards, wiring
from bot.app import Models, Parts, Store, assemble
from bot.choice import Choice, choose
from bot.clock import SystemClock
from bot.config import Config, load
from bot.personas import catalogue
from bot.scopes import Scopes
from safi.ports import Landed
from safi.profile import Profile

CONFIG_FILE: Final = Path("config.toml")
"""Read when no other is named and it is there."""


def run(config_file: Path | None, persona: str | None) -> int:
    """Talk until the person leaves or the input ends. Raises BotError, SafiError or an ExceptionGroup of them."""
    config = load(config_file or (CONFIG_FILE if CONFIG_FILE.exists() else None))
    if persona is not None:
        config = replace(config, personas=replace(config.personas, default=persona))
    choice = choose(config, os.environ, wiring.ollama_models(config, os.environ))
    scopes = Scopes(catalogue=catalogue(config.personas), sharing=config.memory.scope)
    asyncio.run(_run(config, scopes, choice))
    return 0


async def _run(config: Config, scopes: Scopes, choice: Choice) -> None:
    async with wiring.open_models(choice, config, os.environ) as models:
        await talk(config, scopes, models, choice.warnings)


async def talk(config: Config, scopes: Scopes, models: Models, warnings: Sequence[str]) -> None:
    """The program from the first card to the last audit."""
    clock, fresh = SystemClock(), partial(secrets.token_hex, 8)
    async with wiring.open_store(config.store.path) as store:
        console = wiring.open_console(clock, fresh, config.store.path.parent / "history")
        parts = Parts(
            config=config,
            scopes=scopes,
            models=models,
            store=store,
            chat=console,
            clock=clock,
            fresh=fresh,
            landed=partial(tell, console, store),
            version=version("safi-bot"),
        )
        await console.show(console.place, welcome(scopes.persona(console.place), models.line, warnings))
        await assemble(parts).run(patient=not console.interactive)
        await say_what_is_owed(console, console.place, store)


async def tell(chat: Chat, store: Store, landed: Landed) -> None:
    """Show the card of an audit that was settled just now."""
    record = await store.turn(landed.turn_id)
    if record is not None:
        card = cards.audit_landed(record, await store.state(landed.scope))
        await chat.show(Place.decode(landed.place), card)


async def say_what_is_owed(chat: Chat, place: Place, store: Store) -> None:
    """Say which audits are left for the next start, if any are."""
    if owed := await store.audits_owed():
        sentence = f"{owed} audit{'s are' if owed > 1 else ' is'} still owed; the next start takes them up."
        await chat.show(place, Card(title="Audits", sentence=sentence, quiet=True))


def welcome(profile: Profile, models: str, warnings: Sequence[str]) -> Card:
    """Who is here, on which models, and what to beware of."""
    return Card(
        title=profile.name,
        sentence=profile.worldview.strip(),
        lines=(models, *warnings),
        footer="/help lists the commands, /quit leaves.",
    )
