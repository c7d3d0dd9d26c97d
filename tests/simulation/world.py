"""Everything outside the program, which outlives it: time, faults, members, models and whoever watches."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Final, Literal

from adapters.chat.port import Inbound
from bot.hearing.scopes import Scopes
from safi.profile import Value
from tests.doubles import scopes_with, small_profile
from tests.simulation.checks import FORGOTTEN, Broken, Checker
from tests.simulation.faults import Faults
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.minds import Minds
from tests.simulation.platform import REMEMBERS, Platform
from tests.simulation.process import Process

PROFILES: Final = tuple(
    small_profile(values=tuple(Value(name=name, meaning="as it says") for name in names))
    for names in (("Honesty", "Kindness"), ("Kindness", "Honesty", "Patience"), ("Honesty", "Wit"))
)
"""One persona, worded anew: values stay, come, go and change places."""


class World:
    """One seed's world. `path` is the store's file; members write `messages` messages."""

    def __init__(self, seed: int, messages: int, path: Path) -> None:
        self.chance = chance = Random(seed)
        self.loop = VirtualLoop(chance)
        self.clock = VirtualClock(self.loop)
        self.faults = Faults(chance)
        self.minds = Minds(self.faults, chance, told=self._told)
        self.path = path
        self._sharing: Literal["channel", "persona"] = "persona" if seed % 2 else "channel"
        self._profile = PROFILES[0]
        words = PROFILES[0].wording
        self.checker = Checker(path, self.minds, (words.suppressed, words.unjudged, words.failed, words.spent))
        self.platform = Platform(
            messages=messages,
            remembers=REMEMBERS if seed // 2 % 2 else timedelta(),
            faults=self.faults,
            chance=chance,
            clock=self.clock,
            shown=lambda turn_id, words: self.check(lambda: self.checker.shown(turn_id, words)),
            taken=lambda inbound: self.check(lambda: self.checker.acknowledged(inbound)),
            forgotten=self._forgotten,
            quiet=lambda: self.checker.owed == 0,
        )
        self.process = Process()
        self.broken: Broken | None = None
        self._ids = count(1)

    def scopes(self) -> Scopes:
        """Those of the next life: now and then somebody has edited the profile."""
        if self.chance.random() < 0.2:
            self._profile = self.chance.choice(PROFILES)
        return scopes_with(self._profile, sharing=self._sharing)

    def fresh(self) -> str:
        """An id that was never given."""
        return f"id-{next(self._ids)}"

    def _forgotten(self, inbound: Inbound) -> None:
        self.minds.forgotten.setdefault(inbound.text, self.loop.time())

    def _told(self, question: str) -> None:
        """A model was shown what had been deleted long before."""

        def broken() -> None:
            raise Broken(FORGOTTEN, question)

        self.check(broken)

    def check(self, check: Callable[[], None]) -> None:
        """Check what must hold; where it does not, the program ends at once."""
        try:
            check()
        except Broken as broken:
            self.broken = self.broken or broken
            self.process.kill()

    def close(self) -> None:
        """Leave nothing open."""
        self.checker.close()
        self.loop.close()
