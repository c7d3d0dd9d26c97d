"""How what people do with commands, buttons and forms is seen through, on every platform that has them.

Whatever fails ends in a line of the log, without anybody's words, and a plain one for whoever waits.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.chat.port import DIRECT_MESSAGES_OFF, GUESTS_OFF, SHARED_CHANNELS_OFF, Refusal

_log = logging.getLogger(__name__)

DEADLINE: Final = 120.0
"""Seconds that a command may take. Platforms take answers for longer; nobody waits that long."""

OUTDATED: Final = "This is from an older version of the bot. Give the command anew."
FAILED: Final = "That did not work, and the reason is in the bot's log. Nothing more will come of it."
LATE: Final = "That took too long and was broken off. See what became of it before you try again."
NOWHERE: Final = "The bot cannot tell where this is, so it cannot answer here."
MODERATORS: Final = "Only moderators can post that for all to see."
POSTED: Final = "Posted for all to see."
UNRATED: Final = "That answer is not in the record any more, so your rating cannot be kept."
NOTED: Final = {"up": "Noted: 👍. Thank you.", "down": "Noted: 👎. Thank you.", None: "Taken back."}

REFUSED: Final[Mapping[Refusal, str]] = {
    DIRECT_MESSAGES_OFF: "Direct messages with this bot are off. Give the command in a channel.",
    SHARED_CHANNELS_OFF: "This channel is shared with another organization, and commands are off in such channels.",
    GUESTS_OFF: "Commands of this bot are for members, and off for guests.",
}
"""Why a command is not taken, by the platform's setting."""


class Refused(Exception):
    """Ends an interaction with a plain line; its text is the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendant:
    """Sees interactions through; `deadline` is in seconds.

    `reason` says why the platform did not take something, without anybody's words; None for errors that are not the
    platform's. After an error that is `final` nobody can be told anything any more.
    """

    reason: Callable[[Exception], str | None] = field(hash=False)
    final: Callable[[Exception], bool] = field(hash=False)
    deadline: float = DEADLINE

    async def see_through(
        self, act: Awaitable[object], *, name: str, tell: Callable[[str], Coroutine[Any, Any, object]]
    ) -> None:
        """Wait for `act`. Where it fails, `tell` takes the line for whoever waits; the log knows it by its `name`."""
        problem = await self._problem(act)
        if problem is None:
            return
        if not isinstance(problem, Refused):
            _log.error("%s failed: %s", name, self._cause(problem))
        if not self.final(problem) and (untold := await self._problem(tell(_told(problem)))):
            _log.warning("nobody could be told that %s failed: %s", name, self._cause(untold))

    async def _problem(self, act: Awaitable[object]) -> Exception | None:
        """What went wrong with it, if anything did, within the deadline."""
        try:
            async with asyncio.timeout(self.deadline):
                await act
        except Exception as problem:  # noqa: BLE001  # the boundary of an interaction: no failure is to leave somebody waiting
            return problem
        return None

    def _cause(self, problem: Exception) -> str:
        """What the log is told: never the words of an error, which may be somebody's."""
        where = "".join(traceback.format_tb(problem.__traceback__)).rstrip()
        return self.reason(problem) or f"{type(problem).__name__}\n{where}"


def _told(problem: Exception) -> str:
    """What whoever waits is told of a problem."""
    match problem:
        case Refused():
            return str(problem)
        case TimeoutError():
            return LATE
        case _:
            return FAILED
