"""Every error the loop can raise.

SafiError
├── InvalidValue         a profile, ledger or number that is not what it must be
│   ├── InvalidProfile
│   └── RefusedLedger
├── StoreUnavailable     the journal or archive cannot be reached or written
├── Unreadable           a model's structured answer could not be read
├── PatternTooSlow       a search through a text took too long
└── ModelFailure         a model gave no usable answer
    ├── ModelUnavailable     overloaded, late, unreachable, out of credit: worth trying later
    │   └── BudgetSpent      the operator's own cap on money or tokens is reached
    ├── ModelMisconfigured   wrong key, unknown model, refused request: someone must change a setting
    └── NoAnswer             the model replied, but not with an answer
        ├── AnswerRefused    the vendor's model declined
        ├── AnswerCutShort   it ran into its length limit
        └── AnswerEmpty      nothing, or something that is not a reply (an HTML page, say)
"""

from safi.usage import Usage


class SafiError(Exception):
    """Base of all errors of this package."""


class InvalidValue(SafiError, ValueError):
    """A declared or measured value is not what it must be; the message names it."""


class InvalidProfile(InvalidValue):
    """A profile that cannot be lived by. `key` is the path of the offending key, as in `values[2].weight`."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem


class RefusedLedger(InvalidValue):
    """A ledger with anything wrong in it is refused whole: no number is clamped, guessed or left out.

    `usage` is what was spent on it, where a model was asked for it.
    """

    def __init__(self, message: str, *, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class StoreUnavailable(SafiError):
    """Nothing could be recorded or looked up, so nothing may be sent either."""


class Unreadable(SafiError):
    """A model's structured answer is not of the form it was asked for. Read strictly, never repaired."""


class PatternTooSlow(SafiError):
    """A search through a text took too long, so nobody knows what stands there."""


class ModelFailure(SafiError):
    """A model gave no usable answer. Adapters translate their vendor's errors into this branch.

    `usage` is what was spent on it, where anything was.
    """

    def __init__(self, message: str, *, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage

    @property
    def cause(self) -> str:
        """Name under which this failure stands in the record, in lower snake case."""
        return _snake(type(self).__name__)


class ModelUnavailable(ModelFailure):
    """Overloaded, late, unreachable or out of credit. The same request may succeed later.

    `again` says whether it may within seconds; `retry_after` is how many seconds the vendor asks to be left alone.
    """

    def __init__(
        self, message: str, *, usage: Usage | None = None, again: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message, usage=usage)
        self.again = again
        self.retry_after = retry_after


class BudgetSpent(ModelUnavailable):
    """A cap that the operator set on money or tokens is reached; it opens again with the next day or month."""

    def __init__(self, message: str) -> None:
        super().__init__(message, again=False)


class ModelMisconfigured(ModelFailure):
    """The vendor will refuse every such request until a person changes a key, a model id or a setting."""


class NoAnswer(ModelFailure):
    """The vendor replied, but there is no finished answer in it."""


class AnswerRefused(NoAnswer):
    """The vendor's model declined to answer."""


class AnswerCutShort(NoAnswer):
    """The answer ran into its length limit; an unfinished text is never judged or posted."""


class AnswerEmpty(NoAnswer):
    """The answer holds no text, or is not a reply of the vendor's interface at all."""


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
