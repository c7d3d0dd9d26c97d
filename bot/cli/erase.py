"""`safi-bot erase`: says what will go of a person, has somebody agree to it, and erases that. It ends no legal hold."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from bot import wiring
from bot.cli.judges import Terminal, here, refused, say
from bot.cli.opening import configured
from bot.clock import SystemClock
from bot.doctor.finding import counted
from bot.errors import Refused
from bot.retention import Keeper
from safi.ports import Erased, Retention
from safi.record import fold

ACTOR: Final = "the command line"
"""Who erases here, as the record has it."""

QUESTION: Final = "Erase this person now?"


class Store(Retention, Protocol):
    """What is asked for here."""

    async def said_by(self, author: str, *, workspace: str | None) -> Mapping[str, int]:
        """How many messages of a person are kept, by workspace; in one workspace, or in all of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is to be erased: the platform's id, and in which workspace; None for all of them."""

    author: str
    workspace: str | None = None


def run(config_file: Path | None, person: Person, *, yes: bool) -> int:
    """Erase a person. Exit status as `erase`. Raises Refused or StoreUnavailable."""
    if not person.author.strip():
        raise Refused(["--person: must not be empty"])
    config = configured(config_file)
    wiring.require_store(config.store)

    async def whole() -> int:
        async with wiring.open_store(config.store) as store:
            keeper = Keeper(store=store, clock=SystemClock(), settings=config.retention)
            return await erase(store, person, keeper, here(), yes=yes)

    return asyncio.run(whole())


async def erase(store: Store, person: Person, keeper: Keeper, terminal: Terminal, *, yes: bool) -> int:
    """Erase a person, if somebody agrees. Exit status: 0 done or queued, 1 not agreed to, 2 nobody here can agree.

    A legal hold that `keeper` is to begin has begun before anything goes; one that it is to end stays.
    """
    say(terminal.out, _to_go(person, await store.said_by(person.author, workspace=person.workspace)))
    no = None if yes else await refused(terminal, QUESTION, undone="Nothing was erased", about="this")
    if no is not None:
        return no
    legal_hold = keeper.settings.legal_hold
    if legal_hold:
        await keeper.begin()
    now = keeper.clock.now()
    erased = await store.erase(person.author, workspace=person.workspace, actor=ACTOR, step=fold, at=now)
    say(terminal.out, _waits(person, legal_hold=legal_hold) if erased.queued else _gone(person, erased))
    return 0


def _to_go(person: Person, said: Mapping[str, int]) -> Iterator[str]:
    where = f"in {person.workspace}" if person.workspace else "anywhere"
    if not said:
        yield f"No message of “{person.author}” is kept {where}; a backup that is restored will lose them too."
        yield "Ids are digits at Discord, like U0123456789 at Slack, and “you” in this terminal."
        return
    yield f"Of “{person.author}”, this will go for good, with the answers to it and the name on whatever was done:"
    for workspace, messages in said.items():
        yield f"  {counted(messages, 'message')} in {workspace}"


def _waits(person: Person, *, legal_hold: bool) -> Iterator[str]:
    if legal_hold:
        yield f"A legal hold keeps everything: “{person.author}” will be erased when it ends."
        return
    yield (
        "The store is under a legal hold that the configuration no longer has, and which the next start will end: "
        f"until then the erasure of “{person.author}” waits."
    )


def _gone(person: Person, erased: Erased) -> Iterator[str]:
    if not erased.events:
        yield f"No message of “{person.author}” was there to go; nothing that was done here bears the name any more."
        yield "A backup that still holds any loses them when it is restored."
        return
    yield f"{counted(erased.events, 'message')} of “{person.author}” went. Scores stay, and so does the chain."
    yield "Backups made before still hold them; one that is restored loses them then."
