"""What asking a model took, in seconds, tokens and money. Unknown is None, never 0."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one faculty's question took, over all tries.

    `model` (`provider:model id`) is the one that answered, or the last one asked; `instead_of` the one it stood in for.
    `seconds` is wall time. `input_tokens` counts all of the input, of which `cached_tokens` were read from the vendor's
    cache and `written_tokens` put into it. `first_token` is how many seconds the first of them took, where the answer
    was streamed. `cost` is in US dollars, None where no price is known. `calls` is how often a vendor was asked: 0 for
    an answer that was at hand.
    """

    model: str
    seconds: float
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    written_tokens: int | None = None
    first_token: float | None = None
    cost: float | None = None
    calls: int = 1
    instead_of: str | None = None


def total(usages: Sequence[Usage]) -> Usage:
    """What questions took together, of which there is at least one; models and `first_token` are the last one's.

    Tokens are what is known of them. A cost is known only if all are.
    """
    last, costs = usages[-1], [usage.cost for usage in usages]
    if len(usages) == 1:  # as nearly always
        return last
    return Usage(
        model=last.model,
        seconds=sum(usage.seconds for usage in usages),
        input_tokens=_sum(usage.input_tokens for usage in usages),
        output_tokens=_sum(usage.output_tokens for usage in usages),
        cached_tokens=_sum(usage.cached_tokens for usage in usages),
        written_tokens=_sum(usage.written_tokens for usage in usages),
        first_token=last.first_token,
        cost=None if None in costs else sum(cost or 0.0 for cost in costs),
        calls=sum(usage.calls for usage in usages),
        instead_of=last.instead_of,
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    known = [number for number in counts if number is not None]
    return sum(known) if known else None
