"""Verdicts that were given before: the same question to the same model is not asked twice."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from safi.errors import Unreadable
from safi.ports import Model, Reply, Request, Schema
from safi.reading import Fields, parse_object
from safi.usage import Usage

SIZE: Final = 2_000
"""Replies that are kept, a few hundred bytes each; the one unused for longest goes first."""


class Cached:
    """A Model round a model. It keeps only what can be read, and only the model's own: no stand-in's.

    Questions without a key or a schema are asked each time, and equal ones that are put at once are each asked.
    """

    def __init__(self, model: Model, *, size: int = SIZE) -> None:
        self._model = model
        self._size = size
        self._replies: OrderedDict[str, Reply] = OrderedDict()

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def sees(self) -> bool:
        """The model's."""
        return self._model.sees

    async def ask(self, request: Request) -> Reply:
        """As Model.ask. An answer at hand took no call, no time and no money; tokens were not counted: None."""
        if kept := self._replies.get(request.key):
            self._replies.move_to_end(request.key)
            return Reply(text=kept.text, usage=Usage(model=self.name, seconds=0.0, cost=0.0, calls=0))
        reply = await self._model.ask(request)
        if request.key and reply.usage.instead_of is None and _readable(reply.text, request.schema):
            self._keep(request.key, reply)
        return reply

    def _keep(self, key: str, reply: Reply) -> None:
        self._replies[key] = reply
        self._replies.move_to_end(key)
        if len(self._replies) > self._size:
            self._replies.popitem(last=False)


def _readable(text: str, schema: Schema | None) -> bool:
    """Whether a reply is an object of texts just as the schema has it. No other form is kept."""
    properties: Mapping[str, Mapping[str, Any]] = {} if schema is None else schema.body.get("properties", {})
    try:
        fields = parse_object(text, list(properties))
    except Unreadable:
        return False
    return bool(properties) and all(_fits(fields, key, form) for key, form in properties.items())


def _fits(fields: Fields, key: str, form: Mapping[str, Any]) -> bool:
    found = fields[key]
    return form.get("type") == "string" and isinstance(found, str) and found in form.get("enum", (found,))
