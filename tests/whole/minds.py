"""Models that are functions of what they are asked: they keep every request, and repeat what they should not."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from adapters.llm.scripted import Answer, ScriptedModel
from bot.app import Models
from safi.ports import Request
from tests.doubles import broken, clear

CANARY: Final = re.compile(r"canary-\w+")
"""What a test looks for where it must not be."""


@dataclass
class Minds:
    """A model for each faculty.

    "code", "insult" and "harm" make the Intellect draft what it must not say. Judge and auditor repeat in their reasons
    every canary that they are shown; `kindness` is what the auditor gives each answer. `before` is awaited ahead of
    each draft. With `draft`, that is what the Intellect says.
    """

    kindness: float = -1.0
    sees: bool = False
    draft: Callable[[Request], Answer] | None = None
    before: Callable[[], Awaitable[None]] | None = None
    drafting: list[Request] = field(default_factory=list[Request])
    judging: list[Request] = field(default_factory=list[Request])
    auditing: list[Request] = field(default_factory=list[Request])

    @property
    def asked(self) -> list[Request]:
        """All requests of all faculties."""
        return [*self.drafting, *self.judging, *self.auditing]

    def models(self) -> Models:
        return Models(
            intellect=ScriptedModel(self._drafted, name="script:intellect", sees=self.sees),
            will=ScriptedModel(self._judged, name="script:will"),
            conscience=ScriptedModel(self._audited, name="script:conscience"),
            line="All faculties on scripts.",
        )

    async def _drafted(self, request: Request) -> Answer:
        self.drafting.append(request)
        if self.before is not None:
            await self.before()
        if self.draft is not None:
            return self.draft(request)
        asked = request.messages[-1].text
        forbidden = {"code": "The code is 1234.", "insult": "You are a fool.", "harm": "Take the hammer."}
        said = next((said for word, said in forbidden.items() if word in asked), None)
        return said or f"An answer to “{asked}”"

    def _judged(self, request: Request) -> str:
        self.judging.append(request)
        shown = request.messages[-1].text
        rules = {"fool": "no-insults", "hammer": "no-harm"}
        rule = next((rule for word, rule in rules.items() if word in shown), None)
        return broken(rule, _reason(request)) if rule else clear(_reason(request))

    def _audited(self, request: Request) -> str:
        self.auditing.append(request)
        return json.dumps({name: _finding(score, _reason(request)) for name, score in self._scores(request).items()})

    def _scores(self, request: Request) -> dict[str, float]:
        names = list(request.schema.body["properties"]) if request.schema else []
        return {name: self.kindness if name == "Kindness" else 1.0 for name in names}


def words_of(request: Request) -> str:
    """All that a model is shown."""
    return "\n".join([*request.system, *(message.text for message in request.messages)])


def _reason(request: Request) -> str:
    return " ".join(["it shows", *sorted(set(CANARY.findall(words_of(request))))])


def _finding(score: float, reason: str) -> dict[str, object]:
    return {"sentence": 1 if score > 0 else 0, "reason": reason, "score": score, "confidence": 1}
