"""Counts what calls to vendors take, in money or tokens, and lets none begin that could pass a cap."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from safi.errors import BudgetSpent
from safi.ports import Accounts, Call, Clock, Request, Schema, Spent
from safi.usage import Usage

Tariff = Callable[[Usage], float | None]
"""What a call costs in US dollars, by its input and output tokens, which are known; None if there is no price."""

OVERHEAD_TOKENS: Final = 1_000
"""What vendors add to a question on their own: roles, and the instruction by which a structured answer is had."""

PICTURE_TOKENS: Final = 6_000
"""More than any vendor counts for one picture, however large it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may be spent: US dollars a day and a month, and tokens a day of models without a price. In UTC."""

    day: float
    month: float
    day_tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class Hold:
    """Money or tokens that are set aside for a call under way."""

    spent: Spent


class Meter:
    """Every call is held before it begins and booked or released when it ended, so that calls at once pass no cap.

    `day` and `month` are what was spent in those of `clock` so far.
    """

    def __init__(self, *, accounts: Accounts, clock: Clock, caps: Caps, day: Spent, month: Spent) -> None:
        self._accounts = accounts
        self._clock = clock
        self._caps = caps
        self._today = clock.now().date()
        self._day = day
        self._month = month
        self._held: set[Hold] = set()

    def hold(self, most: Spent) -> Hold:
        """Set aside what a call can take at most. Raises BudgetSpent."""
        self._turn_over()
        if problem := self._passed(most):
            raise BudgetSpent(problem)
        hold = Hold(most)
        self._held.add(hold)
        return hold

    def release(self, hold: Hold) -> None:
        """Give back what was set aside for a call that was not made."""
        self._held.discard(hold)

    def book(self, hold: Hold, call: Call) -> None:
        """Record a call that was made, in place of what was set aside for it."""
        self._turn_over()
        self._held.discard(hold)
        taken = Spent(cost=call.usage.cost or 0.0, unpriced=call.unpriced)
        self._day, self._month = _sum(self._day, taken), _sum(self._month, taken)
        self._accounts.note(call)

    def _passed(self, most: Spent) -> str | None:
        """The cap that a call could pass, with all that is under way. What costs nothing passes none."""
        caps, day, month = self._caps, self._day, self._month
        wanted = self._with_held(most)
        if most.cost and day.cost + wanted.cost > caps.day:
            return _told("spend.day", _Cap(caps.day, day.cost, most.cost, self._tomorrow()), _dollars)
        if most.cost and month.cost + wanted.cost > caps.month:
            return _told("spend.month", _Cap(caps.month, month.cost, most.cost, self._next_month()), _dollars)
        if most.unpriced and day.unpriced + wanted.unpriced > caps.day_tokens:
            tokens = _Cap(caps.day_tokens, day.unpriced, most.unpriced, self._tomorrow())
            return _told("spend.day_tokens", tokens, _tokens)
        return None

    def _with_held(self, most: Spent) -> Spent:
        """What a call can take, and all that is under way. Summed anew, so that no rounding ever adds up."""
        held = [hold.spent for hold in self._held]
        return Spent(
            cost=math.fsum([most.cost, *(spent.cost for spent in held)]),
            unpriced=most.unpriced + sum(spent.unpriced for spent in held),
        )

    def _turn_over(self) -> None:
        """A new day, perhaps a new month, starts at 0. A clock that is set back starts none."""
        today = self._clock.now().date()
        if today <= self._today:
            return
        if (today.year, today.month) != (self._today.year, self._today.month):
            self._month = Spent()
        self._today, self._day = today, Spent()

    def _tomorrow(self) -> date:
        return self._today + timedelta(days=1)

    def _next_month(self) -> date:
        return (self._today.replace(day=1) + timedelta(days=31)).replace(day=1)


class Unrecorded:
    """Accounts that nobody keeps: for looking at models where no store is to be written."""

    def note(self, call: Call) -> None:
        """Nothing is kept."""

    async def spent(self, *, since: datetime) -> Spent:  # noqa: ARG002  # the contract's
        """Nothing is known."""
        return Spent()


async def open_meter(*, accounts: Accounts, clock: Clock, caps: Caps) -> Meter:
    """A meter that knows what was spent before. Raises StoreUnavailable."""
    today = datetime.combine(clock.now().date(), time(), tzinfo=UTC)
    day = await accounts.spent(since=today)
    month = await accounts.spent(since=today.replace(day=1))
    return Meter(accounts=accounts, clock=clock, caps=caps, day=day, month=month)


def estimate(request: Request, tariff: Tariff, *, model: str, most_output: int) -> Spent:
    """The most that a question can take, if its answer has at most so many tokens, thinking included.

    Putting input into a vendor's cache costs more than input without a cache, or nothing: the dearer counts.
    """
    tokens = most_input(request)
    ways = [
        Usage(model=model, seconds=0.0, input_tokens=tokens, written_tokens=written, output_tokens=most_output)
        for written in (0, tokens)
    ]
    costs = [cost for usage in ways if (cost := tariff(usage)) is not None]
    return Spent(cost=max(costs)) if costs else Spent(unpriced=tokens + most_output)


def most_input(request: Request) -> int:
    """More tokens than a question has: a token stands for a byte at the least, whatever the script."""
    texts = (*request.system, *(message.text for message in request.messages))
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    pictures = sum(len(message.images) for message in request.messages)
    return size + (_size(request.schema) if request.schema else 0) + PICTURE_TOKENS * pictures + OVERHEAD_TOKENS


@lru_cache(maxsize=64)
def _size(schema: Schema) -> int:
    """Bytes of a form; those in use are asked about again and again."""
    return len(json.dumps(schema.body))


def counted(tariff: Tariff, usage: Usage) -> Spent | None:
    """What a call took; None if the vendor did not count its tokens."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    cost = tariff(usage)
    return Spent(unpriced=usage.input_tokens + usage.output_tokens) if cost is None else Spent(cost=cost)


def _sum(one: Spent, other: Spent) -> Spent:
    return Spent(cost=one.cost + other.cost, unpriced=one.unpriced + other.unpriced)


def _told(key: str, cap: "_Cap", words: Callable[[float], str]) -> str:
    """Why a call is not made, and when that changes."""
    this = f"{key}: this call may take {words(cap.call)}"
    spent = f"of the {words(cap.limit)} allowed, {words(cap.spent)} are spent"
    if cap.call > cap.limit:
        return f"{this}, and {words(cap.limit)} are allowed, so none like it can be made until the cap is raised"
    if cap.call + cap.spent > cap.limit:
        return f"{this}, and {spent}; it opens again on {cap.opens} at 00:00 UTC"
    return f"{this}, and {spent}, with the rest set aside for calls under way; try again when they have ended"


@dataclass(frozen=True, slots=True)
class _Cap:
    """A cap, what is spent of it, what a call may take, and when it opens again."""

    limit: float
    spent: float
    call: float
    opens: date


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount == 0 or amount >= 0.1 else f"${amount:.4f}"


def _tokens(amount: float) -> str:
    return f"{amount:,.0f} tokens"
