"""Serving a platform: from the first signal of readiness, which is told to whoever started it, to the last audit."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from adapters.chat.port import ChatError
from adapters.chat.several import Member
from bot.app import App
from bot.doctor.finding import counted
from bot.errors import ConfigError

_NAMED: Final = 5
"""Servers that are named; of more, only how many there are is said."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

_AT_ONCE: Final = "a second signal"


_LAST: Final = "Ctrl-C stops it."


class Servers(Protocol):
    """Where a bot is at Discord; with a `fault`, nobody knows."""

    @property
    def fault(self) -> str:
        """Why that could not be learned."""
        ...

    @property
    def name(self) -> str:
        """Its account."""
        ...

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of the servers that it is in."""
        ...

    @property
    def invitation(self) -> str:
        """Where it can be invited to one more."""
        ...


class Workspace(Protocol):
    """Where a bot is at Slack; with a `fault`, nobody knows."""

    @property
    def fault(self) -> str:
        """Why that could not be learned."""
        ...

    @property
    def name(self) -> str:
        """Its account."""
        ...

    @property
    def workspace(self) -> str:
        """The name of the workspace."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The lines that whoever started the bot is told of a platform, once something can be posted there."""

    chat: Member
    lines: Callable[[], Awaitable[Iterable[str]]]


async def serve(app: App, greetings: Iterable[Greeting], tell: Callable[[str], None], more: Iterable[str]) -> None:
    """Run until SIGTERM or Ctrl-C, then drain; a second one ends it at once. `tell` is given line by line.

    Each platform is greeted as soon as it is ready; `more` is told when the last of them was. Raises ConfigError where
    a platform wants something changed first, or StoreUnavailable, or a group of them.
    """
    try:
        async with asyncio.TaskGroup() as group:
            greeting = group.create_task(_greet(app, greetings, tell, more))
            with _stopped_by_signals(app):
                await app.run(patient=False)
            greeting.cancel()
    except* ChatError as refusals:
        raise ConfigError(map(str, _single(refusals))) from None


async def _greet(app: App, greetings: Iterable[Greeting], tell: Callable[[str], None], more: Iterable[str]) -> None:
    async def told(greeting: Greeting) -> bool:
        try:
            await greeting.chat.ready()
        except ChatError:  # all is over before it was there; whoever ended it knows why
            return False
        for line in await greeting.lines():
            tell(line)
        return True

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(told(greeting)) for greeting in greetings]
    there = any(task.result() for task in tasks) and not app.stopping
    for line in (*more, _LAST) if there else ():
        tell(line)


def at_discord(found: Servers) -> Iterator[str]:
    """Where the bot is at Discord, line by line."""
    if found.fault:
        yield "Connected to Discord."
    elif found.servers:
        named = f": {', '.join(found.servers)}" if len(found.servers) <= _NAMED else ""
        yield f"Connected to Discord as {found.name}, in {counted(len(found.servers), 'server')}{named}."
    else:
        yield f"Connected to Discord as {found.name}, which is in no server yet. Invite it:"
        yield found.invitation


def at_slack(table: str, found: Workspace) -> str:
    """Where the bot is at Slack, with the workspace that a table of the configuration is about."""
    if found.fault:
        return f"Connected to Slack ({table})."
    return f"Connected to Slack as @{found.name}, in the workspace {found.workspace}."


def called_at(address: str, setup: str) -> str:
    """Where the bot listens for Slack, and how Slack comes to call it; `setup` is the command that says so."""
    return (
        f"It listens at {address}. Slack calls it by the address in the app's manifest ({setup}), which has to be "
        "verified once, on the app's page “App Manifest”."
    )


@contextmanager
def _stopped_by_signals(app: App) -> Generator[None]:
    """A second signal cancels whoever is in this context: all is closed in order, and ends as Ctrl-C does.

    A KeyboardInterrupt out of any task would leave the others, and with them the store's threads, where they are.
    """
    loop, serving, signals = asyncio.get_running_loop(), asyncio.current_task(), count(1)

    def stop() -> None:
        if next(signals) == 1:
            app.stop()
        elif serving is not None:
            serving.cancel(_AT_ONCE)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError as cancelled:
        if cancelled.args != (_AT_ONCE,):
            raise
        raise KeyboardInterrupt from None
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _single(group: BaseExceptionGroup[ChatError]) -> Sequence[ChatError]:
    """The errors of a group, whatever groups they are in."""
    found: list[ChatError] = []
    for error in group.exceptions:
        found += _single(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
