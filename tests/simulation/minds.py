"""The three models, by the seed: mostly apt, and at times slow, away, refusing, unreadable or saying no.

They know which of their drafts may be posted, so that the store's word is not all there is to go by.
"""

import asyncio
import re
from collections.abc import Callable
from random import Random
from typing import Final

from adapters.llm.scripted import Answer, ScriptedModel
from bot.app import Models
from safi.errors import AnswerRefused, ModelUnavailable
from safi.ports import Request
from tests.doubles import broken, clear, ledger_text
from tests.simulation.faults import Faults
from tests.simulation.process import Process

_DRAFT: Final = re.compile(r'"draft": "(Answer \d+)')
_QUESTION: Final = re.compile(r"Question \d+\?")
_UNDER_WAY: Final = 15.0
"""Seconds for which a turn may be under way that was shown a message before it was withdrawn."""

_SCORES: Final = (1.0, 1.0, 0.5, 0.0, -0.5, -1.0, None)


class Minds:
    """What all lives of the program ask. `allowed` holds the drafts that the Will let out.

    `forgotten` holds questions with the time at which the program withdrew them; `told` is called with each of them
    that is shown long after that.
    """

    def __init__(self, faults: Faults, chance: Random, told: Callable[[str], None]) -> None:
        self._faults = faults
        self._chance = chance
        self._told = told
        self._drafts = 0
        self.allowed: set[str] = set()
        self.forgotten: dict[str, float] = {}

    def models(self, process: Process) -> Models:
        """The models of one life."""

        async def drafted(request: Request) -> Answer:
            self._look_for_forgotten(request)
            await self._think(process)
            return self._drafted()

        async def judged(request: Request) -> Answer:
            await self._think(process)
            return self._judged(request.messages[-1].text)

        async def audited(request: Request) -> Answer:
            await self._think(process, "audit slow")
            return self._audited(request)

        return Models(
            intellect=ScriptedModel(drafted, name="sim:intellect"),
            will=ScriptedModel(judged, name="sim:will"),
            conscience=ScriptedModel(audited, name="sim:conscience"),
            line="All by the seed.",
        )

    def _look_for_forgotten(self, request: Request) -> None:
        now = asyncio.get_running_loop().time()
        for message in request.messages[:-1]:
            for question in _QUESTION.findall(message.text):
                if self.forgotten.get(question, now) + _UNDER_WAY < now:
                    self._told(question)

    async def _think(self, process: Process, fault: str = "model slow") -> None:
        process.touch()
        await asyncio.sleep(self._chance.random() * (110 if self._faults.strikes(fault) else 2))
        process.touch()

    def _drafted(self) -> Answer:
        if self._faults.strikes("draft unavailable"):
            return ModelUnavailable("overloaded")
        if self._faults.strikes("draft refused"):
            return AnswerRefused("no")
        self._drafts += 1
        tail = "The code is 1234." if self._faults.strikes("draft with a code") else "So it is."
        return f"Answer {self._drafts}. {tail}"

    def _judged(self, question: str) -> Answer:
        if self._faults.strikes("verdict unavailable"):
            return ModelUnavailable("overloaded")
        if self._faults.strikes("verdict unreadable"):
            return "Fine by me."
        if self._faults.strikes("draft denied"):
            return broken("no-insults")
        found = _DRAFT.search(question)
        assert found is not None, question
        self.allowed.add(f"{found[1]}. So it is.")
        return clear()

    def _audited(self, request: Request) -> Answer:
        if self._faults.strikes("audit unavailable"):
            return ModelUnavailable("overloaded")
        if self._faults.strikes("audit unreadable"):
            return "All is well."
        assert request.schema is not None
        return ledger_text(**{key: self._chance.choice(_SCORES) for key in request.schema.body["properties"]})
