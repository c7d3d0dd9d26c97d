"""What asking a model took, in seconds, tokens and money. Unknown is None, never 0."""

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
