"""The three models, by the seed: mostly apt, and at times slow, away, refusing, unreadable or saying no.

They know which of their drafts may be posted, so that the store's word is not all there is to go by.
"""

import asyncio
import re
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
_SCORES: Final = (1.0, 1.0, 0.5, 0.0, -0.5, -1.0, None)


class Minds:
    """What all lives of the program ask. `allowed` holds the drafts that the Will let out."""

    def __init__(self, faults: Faults, chance: Random) -> None:
        self._faults = faults
        self._chance = chance
        self._drafts = 0
        self.allowed: set[str] = set()

    def models(self, process: Process) -> Models:
        """The models of one life."""

        async def drafted(request: Request) -> Answer:
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
