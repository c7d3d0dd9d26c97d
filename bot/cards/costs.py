"""What asking models took, in plain words: a turn faculty by faculty, and a day and a month together. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.settings.config import Spend
from bot.settings.prices import is_free
from safi.ports import Spent, TurnRecord
from safi.usage import Usage, total

_SMALLEST: Final = 0.0001
_CENTS_FROM: Final = 0.1
"""Dollars below which a sum is not told apart from any other, and from which cents are fine enough."""


def took(record: TurnRecord) -> str:
    """A line for each faculty whose model was asked, audits that failed included, and one for all of them together."""
    turn, ledger = record.turn, record.ledger
    audits = [usage for usage in (record.wasted, ledger and ledger.usage) if usage is not None]
    usages = {"Intellect": turn.drafting, "Will": turn.judging, "Conscience": total(audits) if audits else None}
    known = {faculty: usage for faculty, usage in usages.items() if usage is not None}
    lines = [f"{faculty}: {_one(usage)}" for faculty, usage in known.items()]
    asked = [usage for usage in known.values() if usage.calls]
    together = [f"in all: {_together(asked)}"] if len(asked) > 1 else []
    return "\n".join((*lines, *together)) or "nothing: no model was asked"


def spent(today: Spent, month: Spent, caps: Spend) -> str:
    """A line each of money, of calls and, where a price is not known, of tokens: this day and month, and the caps."""
    day = f"{_about(today.cost)} of {_dollars(caps.day)} today"
    lines = [
        f"{day}, {_about(month.cost)} of {_dollars(caps.month)} this month, in all places together",
        f"{today.calls:,} today, {today.failed:,} of them without an answer",
    ]
    if month.unpriced:
        tokens = f"{today.unpriced:,} of {caps.day_tokens:,} tokens today, {month.unpriced:,} this month"
        lines.append(f"{tokens} on models of which no price is known")
    return "\n".join(lines)


def _one(usage: Usage) -> str:
    if not usage.calls:
        return f"{_model(usage)} · no call was made"
    parts = [_model(usage), _seconds(usage), _tokens(usage), _cost(usage)]
    if usage.calls > 1:
        parts.append(f"{usage.calls} calls")
    return " · ".join(parts)


def _model(usage: Usage) -> str:
    return f"{usage.model} stood in for {usage.instead_of}" if usage.instead_of else usage.model


def _seconds(usage: Usage) -> str:
    first = "" if usage.first_token is None else f", first token after {usage.first_token:.1f} s"
    return f"{usage.seconds:.1f} s{first}"


def _tokens(usage: Usage) -> str:
    if usage.input_tokens is None and usage.output_tokens is None:
        return "tokens unknown"
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return f"{_number(usage.input_tokens)} tokens in{cached}, {_number(usage.output_tokens)} out"


def _number(tokens: int | None) -> str:
    return "unknown" if tokens is None else f"{tokens:,}"


def _cost(usage: Usage) -> str:
    if usage.cost is None:
        return "no price known"
    if usage.cost == 0 and is_free(usage.model):
        return "free: on this machine"
    return _about(usage.cost)


def _together(usages: Sequence[Usage]) -> str:
    seconds = sum(usage.seconds for usage in usages)
    tokens = [number for usage in usages for number in (usage.input_tokens, usage.output_tokens)]
    costs = [usage.cost for usage in usages]
    least = "at least " if None in tokens else ""
    counted = f"{least}{sum(_known(tokens)):,.0f} tokens" if _known(tokens) else "tokens unknown"
    return f"{seconds:.1f} s · {counted} · {_charged(costs)}"


def _charged(costs: Sequence[float | None]) -> str:
    total = sum(_known(costs))
    if None not in costs:
        return _about(total)
    return f"at least {_dollars(total)}" if total >= _SMALLEST else "no price known"


def _known(numbers: Iterable[float | None]) -> list[float]:
    return [number for number in numbers if number is not None]


def _about(cost: float) -> str:
    """Sums are of prices as they were known, so none is exact."""
    if cost == 0:
        return "$0"
    return f"about {_dollars(cost)}" if cost >= _SMALLEST else f"less than ${_SMALLEST}"


def _dollars(cost: float) -> str:
    return f"${cost:,.2f}" if cost >= _CENTS_FROM else f"${cost:.4f}"
