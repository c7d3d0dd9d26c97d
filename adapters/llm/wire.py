"""What lies between a question and its answer: a format on the wire, and a way to whoever serves the model."""

from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Any, ClassVar, Protocol

from adapters.llm.answer import Story, Told
from safi.ports import Request


class Format(Protocol):
    """An interface of models, as JSON: pure, it knows no connection.

    A reply whose end is one of the words in `ended` ended of its own accord.
    """

    ended: ClassVar[Collection[str]]

    @property
    def name(self) -> str:
        """`provider:model id`."""
        ...

    @property
    def most_output(self) -> int:
        """Tokens that a reply has at most, thinking included."""
        ...

    def question(self, request: Request, *, stream: bool) -> dict[str, Any]:
        """What is sent."""
        ...

    def told(self, body: object, seconds: float) -> Told:
        """What a whole reply says, which took so long. Raises AnswerEmpty where it is none of this interface."""
        ...

    def story(self) -> Story:
        """Where the events of a reply that comes in parts are taken in."""
        ...


class Way(Protocol):
    """How a question gets to whoever serves a model. Raises Refused or Broken, of `failures`.

    Cancelling closes the connection.
    """

    async def whole(self, question: Mapping[str, Any]) -> object:
        """The reply as JSON."""
        ...

    def parts(self, question: Mapping[str, Any]) -> AsyncGenerator[object]:
        """The events of a reply, each as JSON. Whoever leaves before their end closes it."""
        ...

    async def aclose(self) -> None:
        """Close the connections. Nobody can be asked after that."""
        ...
