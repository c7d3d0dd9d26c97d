"""Models that answer, what asking them takes, and what libraries see in a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from safi.turn import Image
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation, as a model is shown it. Only the user's last message can have `images`."""

    role: Literal["user", "assistant"]
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The JSON Schema that a structured answer must follow: closed objects, every property required."""

    name: str
    body: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model.

    `system` holds blocks from the most to the least stable, so that an adapter may cache a prefix. `messages` is not
    empty and starts and ends with the user. With a `schema` the reply's text is one JSON value of that form, where the
    vendor can enforce it; it is read strictly all the same. How long a reply may be and take is the model's own affair:
    adapters are made with `max_tokens` and `deadline`.

    `key` names the question apart from its nonce: replies to one key are interchangeable and may be reused; "" is never
    reused. `instead` lists providers that may be asked where the first one is unavailable, in order.
    """

    system: tuple[str, ...]
    messages: tuple[Message, ...]
    schema: Schema | None = None
    key: str = ""
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A finished reply: `text` is not blank, and the model ended it of its own accord."""

    text: str
    usage: Usage


class Model(Protocol):
    """Something that answers."""

    @property
    def name(self) -> str:
        """`provider:model id`, as it stands in records and is shown to moderators."""
        ...

    @property
    def sees(self) -> bool:
        """Whether it takes images. One that does not is never given any."""
        ...

    async def ask(self, request: Request) -> Reply:
        """Put one question. Raises ModelUnavailable, ModelMisconfigured or a NoAnswer; no vendor's own error.

        Bounded in time by the adapter. Cancelling the await abandons the call.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to a vendor, for the accounts.

    `fate` is "answered", "cancelled" or a ModelFailure's cause. `unpriced` are the tokens that count against a cap
    where `usage.cost` is None. Where the vendor gave no figures, both are estimates on the safe side.
    """

    at: datetime
    role: str
    fate: str
    usage: Usage
    unpriced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What calls took together: US dollars, and tokens of models without a price.

    `calls` is how many there were, and `failed` how many of them were not answered.
    """

    cost: float = 0.0
    unpriced: int = 0
    calls: int = 0
    failed: int = 0


class Accounts(Protocol):
    """Every call to a vendor, and what they took."""

    def note(self, call: Call) -> None:
        """Record a call; durable with whatever is recorded next, and at the latest when the store is closed."""
        ...

    async def spent(self, *, since: datetime) -> Spent:
        """What all noted calls from `since` on took. Raises StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What a search came to: the keys of which a pattern is found, and those for which it took too long to tell."""

    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Screen(Protocol):
    """What it takes libraries to see in a text. No I/O; each method ends within a second or so, whatever the text."""

    def matches(self, patterns: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Matches:
        """The keys that have a regular expression which is found in one of the texts, case ignored."""
        ...

    def problem(self, pattern: str) -> str | None:
        """Why a regular expression cannot be searched for, in words that follow its key; None where it can."""
        ...

    def unmasked(self, text: str) -> str:
        """`text` with what imitates a Latin letter replaced by that one, where it is no word of another script."""
        ...

    def secrets(self, text: str) -> tuple[str, ...]:
        """The kinds of keys and tokens that stand in a text, in plain words; none is quoted. Raises PatternTooSlow."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the Will judges with: what a library sees, and then what a model does."""

    screen: Screen
    model: Model
