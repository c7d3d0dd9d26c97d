"""A model that is a function: for tests, demonstrations and whatever must be the same each time."""

import inspect
from collections.abc import Awaitable, Callable

from safi.errors import AnswerEmpty
from safi.ports import Reply, Request
from safi.usage import Usage

Answer = str | Reply | Exception
"""What a script may give: the reply's text, the whole reply, or an error to raise."""

Script = Callable[[Request], Answer | Awaitable[Answer]]


class ScriptedModel:
    """Answers each request with what its script says; a text costs no time and no tokens."""

    def __init__(self, answer: Script, *, name: str = "scripted", most_output: int = 1_000, sees: bool = False) -> None:
        self._answer = answer
        self._name = name
        self._most_output = most_output
        self._sees = sees

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def sees(self) -> bool:
        """As given."""
        return self._sees

    @property
    def most_output(self) -> int:
        """As given."""
        return self._most_output

    async def ask(self, request: Request) -> Reply:
        """Put the request to the script. Raises the error that the script gives, and AnswerEmpty for a blank text."""
        answer = self._answer(request)
        if inspect.isawaitable(answer):
            answer = await answer
        match answer:
            case Exception():
                raise answer
            case str() if not answer.strip():
                raise AnswerEmpty("the script gave a blank text")
            case str():
                return Reply(text=answer, usage=Usage(model=self._name, seconds=0.0))
            case _:
                return answer
