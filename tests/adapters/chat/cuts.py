"""What can go wrong with a call on either loopback: the connection ends, or the answer is long in coming."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBefore:
    """The connection ends before anything is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAfter:
    """The call is done, the connection ends before the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The call waits for the event, then goes its usual way."""

    until: asyncio.Event
