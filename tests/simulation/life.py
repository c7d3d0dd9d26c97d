"""One life of the program: the real one, put together from simulated parts, from its start to whatever end."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, cast

from adapters.chat.port import Place, Posted
from adapters.store.keys import key_file
from adapters.store.sqlite import SQLiteStore, open_store
from adapters.store.untouched import untouched
from adapters.store.verify.record import check
from bot.app import Parts, Store, assemble
from bot.settings.config import Audits, Config, Limits, Memory
from safi.errors import StoreUnavailable
from safi.ports import Event, Landed
from safi.profile import Rule
from safi.turn import Turn
from tests.doubles import PlainScreen
from tests.simulation.checks import PROVEN, Broken
from tests.simulation.disk import Disk, inline
from tests.simulation.moderators import Moderators
from tests.simulation.platform import PLACES, Connection
from tests.simulation.process import Process
from tests.simulation.world import World

ONLY_THE_STORE: Final = "nothing but the store's failure ends the program"
NO_HANG: Final = "nothing hangs"

CONFIG: Final = Config(
    audits=Audits(at_once=4, hole_after_minutes=1), limits=Limits(message_characters=100), memory=Memory(history=2)
)

_SECONDS_BETWEEN_LOOKS: Final = 30.0
_LONGEST_LIFE: Final = 50_000.0


async def live(world: World) -> bool:
    """Live, and look at what is left behind; whether the program was killed. Raises Broken."""
    process = world.process = Process()
    async with asyncio.TaskGroup() as group:
        program = group.create_task(_ended(_program(world, process)))
        process.ending.append(program.cancel)
        timers = _Timers(world, process)
        await asyncio.wait([program], timeout=_LONGEST_LIFE)
        timers.cancel()
        if not program.done():
            world.broken = world.broken or Broken(NO_HANG, "the program does not come to rest")
            process.kill()
    if world.broken:
        raise world.broken
    if not process.dead:
        _expect(program.result())
    world.checker.look()
    return process.dead


def prove(world: World) -> None:
    """Have the store's own check look at all of it, in this thread: the loop knows no other. Raises Broken."""
    with untouched(world.path) as connection:
        proof = check(connection, world.path, key_file(world.path))
    if proof.findings:
        raise Broken(PROVEN, str(proof.findings[0]))


async def _program(world: World, process: Process) -> None:
    with inline(Disk(process, world.faults, world.chance)):
        async with open_store(world.path) as store:
            app = assemble(_parts(world, process, store))
            process.stop = app.stop
            await app.run(patient=False)


def _parts(world: World, process: Process, store: SQLiteStore) -> Parts:
    scopes = world.scopes()

    def scope() -> tuple[str, str]:
        place = world.chance.choice(PLACES)
        return place.workspace, scopes.scope(place)

    moderators = Moderators(
        store=store,
        scope=scope,
        checker=world.checker,
        faults=world.faults,
        chance=world.chance,
        clock=world.clock,
    )
    return Parts(
        config=CONFIG,
        scopes=scopes,
        models=world.minds.models(process),
        screen=PlainScreen(),
        store=cast("Store", _Witnessed(store=store, world=world)),
        chat=Connection(platform=world.platform, process=process, beside=moderators.work),
        clock=world.clock,
        fresh=world.fresh,
        onlooker=_Witness(world=world),
        version="simulated",
    )


async def _ended(program: Coroutine[Any, Any, None]) -> BaseException | None:
    """What a program ended with."""
    try:
        await program
    except BaseException as error:  # noqa: BLE001  # the operating system's side of it: any end is an end
        return error
    return None


def _expect(end: BaseException | None) -> None:
    """An error of the store ends the program, and is all that may. Anything else is a mistake of ours."""
    for error in _leaves(end):
        if isinstance(error, Broken):
            raise error
        if not isinstance(error, StoreUnavailable):
            raise Broken(ONLY_THE_STORE, f"{type(error).__name__}: {error}") from error


def _leaves(error: BaseException | None) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _leaves(each)
    elif error is not None:
        yield error


class _Timers:
    """What happens to a life from outside, each at its time, if the life lasts until then."""

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process
        plans: dict[str, Callable[[], None]] = {
            "killed at rest": process.kill,
            "stopped": self._stop,
            "clock set wrong": self._set_wrong,
        }
        self._handles = [self._fault(fault, strike) for fault, strike in plans.items() if not world.faults.calm]
        self._look()

    def cancel(self) -> None:
        """Nothing more happens."""
        for handle in self._handles:
            handle.cancel()

    def _fault(self, fault: str, strike: Callable[[], None]) -> asyncio.TimerHandle:
        def due() -> None:
            self._world.faults.struck[fault] += 1
            strike()

        return self._world.loop.call_later(self._world.faults.seconds_to(fault), due)

    def _stop(self) -> None:
        self._process.stop()

    def _set_wrong(self) -> None:
        self._world.clock.ahead = timedelta(seconds=self._world.chance.uniform(-3_600, 3_600))

    def _look(self) -> None:
        self._world.check(self._world.checker.look)
        self._handles.append(self._world.loop.call_later(_SECONDS_BETWEEN_LOOKS, self._look))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witnessed:
    """The store, with somebody who remembers what it has said is done."""

    store: SQLiteStore
    world: World

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def deliver(self, turn_id: str, **rest: Any) -> int | None:
        """As Journal.deliver."""
        number = await self.store.deliver(turn_id, **rest)
        self.world.checker.delivered(turn_id, number)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Witness:
    """Somebody who watches from inside, and is heard outside as long as the process lives."""

    world: World

    async def called(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        pass

    async def turned(self, place: Place, turn: Turn) -> None:
        pass

    async def landed(self, landed: Landed) -> None:
        self.world.check(lambda: self.world.checker.landed(landed.turn_id, read=landed.reading is not None))

    async def left_over(self, events: Sequence[Event], stale: Sequence[Event]) -> None:
        pass

    async def draining(self, audits: int) -> None:
        pass
