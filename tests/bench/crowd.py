"""A Discord with a crowd in it: all talk at once in many channels, while a few ask now and then where it is quiet.

As a process of its own it takes orders on its input: "warm", "burst", "tell", which it answers with one line of JSON
each. Its arguments are how many messages and how many channels.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any, Final

from tests.adapters.chat.discord.loopback.guild import Channel
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.doubles import NOON

QUIET: Final = 5
"""Questions where it is quiet, from the midst of the burst on, each once the one before is answered."""

_BREATH: Final = 100
"""Messages after which the line has its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the crowd saw: `asked` and `answered` are ids of questions by channel, in the order of asking and answering.

    `notices` are cards that the bot posted, and `quiet` how many seconds each answer took where it is quiet.
    """

    asked: Mapping[str, list[int]]
    answered: Mapping[str, list[int]]
    notices: int
    quiet: list[float]


@dataclass(slots=True, kw_only=True)
class Crowd:
    """So many messages in a burst over so many channels."""

    messages: int
    channels: int
    loopback: Loopback = field(default_factory=lambda: Loopback(base=NOON))
    rooms: list[Channel] = field(init=False)
    _asked: dict[int, tuple[Channel, float]] = field(default_factory=dict[int, tuple[Channel, float]])
    _answered: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    _notices: int = 0
    _left: int = QUIET

    def __post_init__(self) -> None:
        self.rooms = [self.loopback.channel(f"room-{number}") for number in range(self.channels)]
        self.loopback.world.tell = self._overheard(self.loopback.world.tell)

    @property
    def quiet(self) -> Channel:
        """The channel that the crowd leaves alone."""
        return self.loopback.general

    async def warm(self) -> int:
        """One message in each channel; how many that makes."""
        for room in self.rooms:
            self._ask(room)
        return len(self._asked)

    async def burst(self) -> int:
        """All messages as fast as the line takes them; how many there are in all, with those that are to come."""
        for number in range(self.messages):
            self._ask(self.rooms[number % self.channels])
            if number % _BREATH == 0:
                await asyncio.sleep(0)
            if number == self.messages // 2:
                self._ask_quietly()
        return self.channels + self.messages + QUIET

    async def tell(self) -> dict[str, Any]:
        """What was seen so far, as a Seen has it."""
        asked: dict[str, list[int]] = {}
        answered: dict[str, list[int]] = {}
        for question, (channel, _) in self._asked.items():
            asked.setdefault(channel.name, []).append(question)
        for question, times in self._answered.items():  # a second answer stands beside the first
            answered.setdefault(self._asked[question][0].name, []).extend([question] * len(times))
        quiet = [
            times[0] - self._asked[question][1]
            for question, times in self._answered.items()
            if self._asked[question][0] is self.quiet
        ]
        return asdict(Seen(asked=asked, answered=answered, notices=self._notices, quiet=quiet))

    def _ask(self, channel: Channel) -> None:
        said = self.loopback.say(channel, self.loopback.owner, f"question {len(self._asked)}")
        self._asked[said] = channel, monotonic()

    def _ask_quietly(self) -> None:
        if self._left:
            self._left -= 1
            self._ask(self.quiet)

    def _overheard(self, tell: Callable[[str, dict[str, Any]], None]) -> Callable[[str, dict[str, Any]], None]:
        def told(event: str, payload: dict[str, Any]) -> None:
            if event == "MESSAGE_CREATE" and payload["author"]["id"] == str(self.loopback.bot.id):
                self._saw(payload)
            tell(event, payload)

        return told

    def _saw(self, message: Mapping[str, Any]) -> None:
        question = message.get("message_reference")
        if question is None:
            self._notices += 1
        else:
            self._answered.setdefault(int(question["message_id"]), []).append(monotonic())
            if message["channel_id"] == str(self.quiet.id):
                self._ask_quietly()


async def serve(crowd: Crowd) -> None:
    """Take orders until there are no more; the first line of all says the port."""
    orders = {"warm": crowd.warm, "burst": crowd.burst, "tell": crowd.tell}
    async with crowd.loopback.running():
        _say(crowd.loopback.port)
        while order := (await asyncio.to_thread(sys.stdin.readline)).strip():
            _say(await orders[order]())


def _say(what: object) -> None:
    sys.stdout.write(f"{json.dumps(what)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(Crowd(messages=int(sys.argv[1]), channels=int(sys.argv[2]))))
