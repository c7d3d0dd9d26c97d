"""A vendor's model: a format on the wire, a way to whoever serves it, and one deadline. One call, no retries."""

import time
from contextlib import aclosing
from typing import Any, Unpack

from adapters.llm.answer import Terms, Told, reply
from adapters.llm.failures import bounded
from adapters.llm.wire import Format, Way
from safi.errors import ModelFailure
from safi.ports import Reply, Request


class VendorModel:
    """A Model behind some vendor's interface. `key` is kept out of messages."""

    def __init__(self, form: Format, way: Way, key: str, **terms: Unpack[Terms]) -> None:
        self._form = form
        self._way = way
        self._key = key
        self._stream = terms.get("stream", False)
        self._deadline = terms["deadline"]
        self._sees = terms.get("sees", False)

    @property
    def name(self) -> str:
        """`provider:model id`."""
        return self._form.name

    @property
    def sees(self) -> bool:
        """As the terms say."""
        return self._sees

    @property
    def most_output(self) -> int:
        """Tokens that a reply has at most, thinking included."""
        return self._form.most_output

    async def ask(self, request: Request) -> Reply:
        """One question. Cancelling closes the connection, by which servers know to stop."""
        asking = self._answered(request)
        return await bounded(asking, deadline=self._deadline, key=self._key, model=self.name, unsent=self._unsent)

    async def aclose(self) -> None:
        """Close the connections. The model cannot be asked after that."""
        await self._way.aclose()

    def _unsent(self, error: Exception) -> ModelFailure | None:  # noqa: ARG002  # for clouds with a sign-in of their own
        """What an error means by which the question never left; None where it is none."""
        return None

    async def _answered(self, request: Request) -> Reply:
        question = self._form.question(request, stream=self._stream)
        told = await (self._streamed(question) if self._stream else self._at_once(question))
        return reply(told, ended=self._form.ended, key=self._key)

    async def _at_once(self, question: dict[str, Any]) -> Told:
        started = time.monotonic()
        body = await self._way.whole(question)
        return self._form.told(body, time.monotonic() - started)

    async def _streamed(self, question: dict[str, Any]) -> Told:
        story = self._form.story()
        async with aclosing(self._way.parts(question)) as events:
            async for event in events:
                story.take(event)
        return story.told()


def named(vendor: str, model: str, terms: Terms) -> str:
    """A model's name: whoever serves it is called as the terms say, else by the vendor's usual name."""
    return f"{terms.get('provider', vendor)}:{model}"
